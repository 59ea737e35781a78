/**
 * Reports names on the command line that do not exist: machines, generators, vars. Each is a usage mistake (exit code
 * 2), reported in the same words everywhere, with a suggestion or the existing names.
 */

import { joined } from '../checks/facts/wording.ts';
import { suggest } from '../edits/suggest.ts';
import type { Machine } from '../fleet/model/base.ts';
import type { Fleet } from '../fleet/model/fleet.ts';
import { type Var, varsOf } from '../generate/plan/declared-vars.ts';
import type { Generators } from '../generate/plan/generators.ts';
import type { Plan } from '../generate/plan/plan.ts';
import { isOfRequest } from '../generate/plan/problems.ts';
import { UsageError } from './io.ts';

/** Returns a sentence of suggestions with a leading space, or '' if there are no names. */
export function otherNames(name: string, names: readonly string[]): string {
  const near = suggest(name, names);
  if (near !== null) return ` Did you mean "${near}"?`;
  const [only, ...others] = names;
  if (only === undefined) return '';
  return others.length === 0 ? ` There is only ${only}.` : ` There are ${joined(names, 12)}.`;
}

/**
 * Returns the message for a name that does not exist: `There is no machine "tvoe". Did you mean "tove"?`
 * @param names the existing names
 * @param on the machine that was named with it
 */
export function noSuch(
  kind: 'machine' | 'generator',
  name: string,
  names: readonly string[],
  on?: string,
): string {
  return `There is no ${kind} "${name}"${on === undefined ? '' : ` on ${on}`}.${otherNames(name, names)}`;
}

/**
 * Checks that a machine exists.
 * @throws UsageError
 */
export function mustBeMachine(machines: readonly string[], machine: string): void {
  if (!machines.includes(machine)) throw new UsageError(noSuch('machine', machine, machines));
}

/**
 * Returns the machine with a name.
 * @throws UsageError if the fleet has no such machine
 */
export function machineNamed({ machines }: Fleet, name: string): Machine {
  const machine = machines.find(candidate => candidate.name === name);
  if (machine !== undefined) return machine;
  const names = machines.map(candidate => candidate.name);
  throw new UsageError(noSuch('machine', name, names));
}

/**
 * Rejects a plan for machines or generators that do not exist.
 * @throws UsageError with a line for each
 */
export function mustBeKnownNames({ problems, generators }: Plan, machines: readonly string[]): void {
  const unknown = problems.filter(isOfRequest);
  if (unknown.length === 0) return;
  const lines = unknown.map(problem => {
    const { kind, generator } = problem;
    if (kind === 'unknown-machine') return noSuch('machine', problem.machines[0] ?? '', machines);
    const names = [...new Set([...generators.all.values()].map(({ name }) => name))].sort();
    return `${problem.message}${otherNames(generator ?? '', names)}`;
  });
  throw new UsageError(lines.join('\n'));
}

/**
 * Returns the var with an id.
 * @throws UsageError that suggests similar ids
 */
export function varNamed(generators: Generators, machine: string, id: string): Var {
  const all = varsOf(generators, machine);
  const exact = all.find(declared => declared.id === id);
  if (exact !== undefined) return exact;
  const ids = all.map(declared => declared.id);
  const beginning = ids.filter(other => other.startsWith(id));
  const near = beginning.length === 1 ? (beginning[0] ?? null) : suggest(id, ids);
  const advice =
    near !== null
      ? ` Did you mean "${near}"?`
      : beginning.length > 1
        ? ` There are ${joined(beginning, 12)}.`
        : ` \`varsmith list --machine ${machine}\` lists those that are known without Nix.`;
  throw new UsageError(`There is no var "${id}" on machine ${machine}.${advice}`);
}
