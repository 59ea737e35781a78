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
  if (argument === 'pkgs') return !fleet.mayGivePackages;
  return fleet.lateArguments.some(({ name, file }) => name === argument && files.includes(file));
}

const WHAT: Readonly<Record<CircularImport['what'], string>> = {
  imports: 'These imports depend',
  item: 'This import depends',
  config: 'The names of the options that this module sets depend',
  module: 'The names of what this module consists of depend',
};

function reportOf(
  { at, what, argument, asked, askedAt }: CircularImport,
  machines: readonly string[],
): Report {
  const isInside = askedAt?.file === at.file && at.start <= askedAt.start && askedAt.end <= at.end;
  const isOwn = argument === 'config' || argument === 'options';
  const isPackages = argument === 'pkgs';
  const origin = isOwn ? '' : isPackages ? ', which the configuration makes' : ', which _module.args gives';
  return {
    at: isInside ? askedAt : at,
    severity: 'error',
    message:
      `${WHAT[what]} on ${asked}${origin}, but all modules have to be known before there is a configuration: ` +
      `evaluation ends in infinite recursion${inBrackets(machines)}. ${insteadOf(what, argument, asked)}`,
    machines,
    related: askedAt !== null && !isInside ? [{ at: askedAt, message: `${asked} is read here` }] : [],
  };
}

/** Returns what to do instead. */
function insteadOf(what: CircularImport['what'], argument: string, asked: string): string {
  if (argument === 'pkgs' && /^pkgs\.lib(\.|$)/.test(asked))
    return 'Take the argument lib instead of pkgs.lib.';
  if (what === 'module') return 'Put what depends on it into `config = lib.mkIf … { … };`.';
  if (what === 'config') return 'Use lib.mkIf, whose condition is read later.';
  if (['config', 'options', 'pkgs'].includes(argument))
    return 'Import the module unconditionally, and move the condition into it with lib.mkIf.';
  return `Give ${argument} with specialArgs, or import the module by its path.`;
}
