/**
 * Merges generators that both the fleet and a service of clan-core define on a machine. The fleet's definition takes
 * precedence; what it leaves out comes from the service.
 */

import { groupBy, once, sortedUnique, uniqueBy } from '../../std.ts';
import { variantsOf } from '../generators/variants.ts';
import type {
  Generator,
  GeneratorBody,
  GeneratorFile,
  GeneratorPrompt,
  WrittenOption,
} from '../model/generators.ts';
import type { ClanGenerator } from '../model/services.ts';

/** Returns whether a generator of a service is certainly there, under a name and on machines that are known. */
export function mayExtend({ certain, isPattern, machines }: ClanGenerator): boolean {
  return certain && !isPattern && machines !== null;
}

/**
 * Returns the generator with what services add to it; the same object if that is nothing.
 * @param by generators of services that have its name and `mayExtend` others
 */
export function extendedBy(generator: Generator, by: readonly ClanGenerator[]): Generator {
  if (by.length === 0 || generator.nameKind === 'pattern') return generator;
  const brings = new Map(by.flatMap(added => (added.machines ?? []).map(machine => [machine, added])));
  const has = new Set(generator.machines);
  const both = [...has].filter(machine => brings.has(machine));
  // With a script of the fleet's own, the generator is not the service's; and how two services merge is unknown.
  const isOwn = both.length === 0 || both.some(machine => generator.bodyOn(machine).script !== null);
  if (isOwn || brings.size < by.flatMap(({ machines }) => machines ?? []).length) return generator;
  const machines = sortedUnique([...has, ...brings.keys()]);
  const joinedWith = joiner();
  const there = (machine: string): GeneratorBody | null =>
    has.has(machine) ? generator.bodyOn(machine) : null;
  const bodyOn = (machine: string): GeneratorBody => {
    const added = brings.get(machine);
    return added === undefined
      ? generator.bodyOn(machine)
      : joinedWith(there(machine), added.bodyOn(machine));
  };
  /** Returns the same body, but with holes for values that differ by machine, so that machines share one object. */
  const commonOn = (machine: string): GeneratorBody => {
    const added = brings.get(machine);
    return added === undefined ? generator.bodyOn(machine) : joinedWith(there(machine), added.body());
  };
  const all = new Set(machines);
  const judged = silencer();
  const certainBodyOn = (machine: string): GeneratorBody | null => {
    if (!all.has(machine) || (has.has(machine) && generator.certainBodyOn(machine) === null)) return null;
    return brings.has(machine) ? judged(commonOn(machine)) : generator.certainBodyOn(machine);
  };
  const isPlaced = once(() => machines.every(machine => certainBodyOn(machine) !== null));
  const common = once(() => [...new Set(machines.map(commonOn))]);
  return {
    ...generator,
    machines,
    possibleMachines: generator.possibleMachines.filter(machine => !brings.has(machine)),
    machinesComplete: generator.machinesComplete && by.every(added => added.machinesComplete),
    conditional: false,
    body: once(() => variantsOf(isPlaced() ? common() : [...common(), generator.body()])),
    bodies: once(() => [
      ...new Set(
        machines.map(machine => (brings.has(machine) ? judged(commonOn(machine)) : commonOn(machine))),
      ),
    ]),
    bodyOn: machine => (all.has(machine) ? bodyOn(machine) : generator.body()),
    certainBodyOn,
    variants: once(() =>
      [...groupBy(machines, certainBodyOn)].flatMap(([body, those]) =>
        body === null ? [] : [{ body, machines: those }],
      ),
    ),
  };
}

/** Returns a memoised `joinedBodies`, which gives the same object for the same two bodies. */
function joiner(): (declared: GeneratorBody | null, added: GeneratorBody) => GeneratorBody {
  const memo = new Map<GeneratorBody, Map<GeneratorBody, GeneratorBody>>();
  return (declared, added) => {
    if (declared === null) return added;
    const byDeclared = memo.get(added) ?? new Map<GeneratorBody, GeneratorBody>();
    memo.set(added, byDeclared);
    const joined = byDeclared.get(declared) ?? joinedBodies(declared, added);
    byDeclared.set(declared, joined);
    return joined;
  };
}

/** Returns a memoised function that removes the script from a body: rules do not judge clan-core's own scripts. */
function silencer(): (body: GeneratorBody) => GeneratorBody {
  const memo = new Map<GeneratorBody, GeneratorBody>();
  return body => {
    const { script } = body;
    const silent =
      memo.get(body) ??
      (script === null ? body : { ...body, script: { text: null, source: null, file: null, at: script.at } });
    memo.set(body, silent);
    return silent;
  };
}

/** Merges the fleet's body of a generator with a service's. */
function joinedBodies(declared: GeneratorBody, added: GeneratorBody): GeneratorBody {
  const written = declared.options();
  const says = (of: WrittenOption['of'], owner: string | null) => (name: string) =>
    written.some(option => option.of === of && option.owner === owner && option.name === name);
  const isFull = declared.completeness === 'full' && added.completeness === 'full';
  return {
    completeness: isFull ? 'full' : 'partial',
    share: says('generator', null)('share') ? declared.share : added.share,
    files: joinedLists(declared.files, added.files, (file, theirs) =>
      joinedFile(file, theirs, says('file', file.name)),
    ),
    prompts: joinedLists(declared.prompts, added.prompts, (prompt, theirs) =>
      joinedPrompt(prompt, theirs, says('prompt', prompt.name)),
    ),
    dependencies: uniqueBy([...declared.dependencies, ...added.dependencies], ({ value }) => value),
    runtimeInputs: [...new Set([...declared.runtimeInputs, ...added.runtimeInputs])],
    packages: [...declared.packages, ...added.packages],
    complete: {
      files: declared.complete.files && added.complete.files,
      prompts: declared.complete.prompts && added.complete.prompts,
      dependencies: declared.complete.dependencies && added.complete.dependencies,
      packages: declared.complete.packages && added.complete.packages,
    },
    options: once(() => [...declared.options(), ...added.options()]),
    script: declared.script ?? added.script,
    validation: declared.validation === undefined ? added.validation : declared.validation,
    asksMachine: declared.asksMachine,
  };
}

function joinedLists<T extends { readonly name: string }>(
  declared: readonly T[],
  added: readonly T[],
  join: (declared: T, added: T) => T,
): T[] {
  const theirs = new Map(added.map(item => [item.name, item]));
  const names = new Set(declared.map(({ name }) => name));
  return [
    ...declared.map(item => {
      const other = theirs.get(item.name);
      return other === undefined ? item : join(item, other);
    }),
    ...added.filter(({ name }) => !names.has(name)),
  ];
}

type Says = (option: string) => boolean;

function joinedFile(declared: GeneratorFile, added: GeneratorFile, says: Says): GeneratorFile {
  const of = <K extends keyof GeneratorFile>(option: K) => (says(option) ? declared[option] : added[option]);
  return {
    ...declared,
    secret: of('secret'),
    deploy: of('deploy'),
    owner: of('owner'),
    group: of('group'),
    hasDefaultGroup: !says('group') && added.hasDefaultGroup,
    mode: of('mode'),
    neededFor: of('neededFor'),
    conditional: declared.conditional && added.conditional,
  };
}

function joinedPrompt(declared: GeneratorPrompt, added: GeneratorPrompt, says: Says): GeneratorPrompt {
  const of = <K extends keyof GeneratorPrompt>(option: K) =>
    says(option) ? declared[option] : added[option];
  return { ...declared, type: of('type'), description: of('description'), persist: of('persist') };
}
