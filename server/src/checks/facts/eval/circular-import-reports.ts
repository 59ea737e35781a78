/** Reports imports that depend on the configuration they are part of. */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { CircularImport } from '../../../fleet/model/uses.ts';
import { placeIdentity } from '../../../nix/places.ts';
import type { Report } from '../../rule.ts';
import { inBrackets } from '../wording.ts';

/** Reports circular imports, one report per place, with the machines that have the module. */
export function* circularImports(fleet: Fleet): Iterable<Report> {
  const imports = new Map<string, { readonly circular: CircularImport; readonly machines: string[] }>();
  for (const [machine, { circular, files }] of fleet.modules)
    for (const circularImport of circular) {
      if (!isLate(fleet, circularImport.argument, files)) continue;
      const earlier = imports.get(placeIdentity(circularImport.at));
      if (earlier === undefined)
        imports.set(placeIdentity(circularImport.at), { circular: circularImport, machines: [machine] });
      else if (!earlier.machines.includes(machine)) earlier.machines.push(machine);
    }
  for (const { circular, machines } of imports.values()) yield reportOf(circular, machines.sort());
}

/**
 * Returns whether the argument comes from the configuration that the modules produce. `files` are the modules
 * of one machine.
 */
function isLate(fleet: Fleet, argument: string, files: readonly string[]): boolean {
  // A replacement for `config` may be known before the modules are evaluated.
  if (argument === 'config' || argument === 'options') return !fleet.replacesConfig;
  return fleet.lateArguments.some(({ name, file }) => name === argument && files.includes(file));
}

const WHAT: Readonly<Record<CircularImport['what'], string>> = {
  imports: 'These imports depend',
  item: 'This import depends',
  module: 'The names of what this module consists of depend',
};

function reportOf(
  { at, what, argument, asked, askedAt }: CircularImport,
  machines: readonly string[],
): Report {
  const isInside = askedAt?.file === at.file && at.start <= askedAt.start && askedAt.end <= at.end;
  const isOwn = argument === 'config' || argument === 'options';
  const origin = isOwn ? '' : ', which _module.args gives';
  const instead = !isOwn
    ? `Give ${argument} with specialArgs, or import the module by its path.`
    : what === 'module'
      ? 'Put what depends on it into `config = lib.mkIf … { … };`.'
      : 'Import the module unconditionally, and move the condition into it with lib.mkIf.';
  return {
    at: isInside ? askedAt : at,
    severity: 'error',
    message:
      `${WHAT[what]} on ${asked}${origin}, but all modules have to be known before there is a configuration: ` +
      `evaluation ends in infinite recursion${inBrackets(machines)}. ${instead}`,
    machines,
    related: askedAt !== null && !isInside ? [{ at: askedAt, message: `${asked} is read here` }] : [],
  };
}
