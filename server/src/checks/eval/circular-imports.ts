/** What is reported of imports that need the configuration which they are part of. */
import type { CircularImport, Fleet } from '../../fleet/model.ts';
import { placeKey } from '../../fleet/places.ts';
import type { Report } from '../rule.ts';
import { inBrackets } from '../wording.ts';

/** One report a place, with the machines that have the module. */
export function* circularImports(fleet: Fleet): Iterable<Report> {
  // Whatever modules are given in its place may be known before they are.
  if (fleet.replacesConfig) return;
  const found = new Map<string, { readonly circular: CircularImport; readonly machines: string[] }>();
  for (const [machine, { circular }] of fleet.modules())
    for (const each of circular) {
      const known = found.get(placeKey(each.at));
      if (known === undefined) found.set(placeKey(each.at), { circular: each, machines: [machine] });
      else if (!known.machines.includes(machine)) known.machines.push(machine);
    }
  for (const { circular, machines } of found.values()) yield reportOf(circular, machines.sort());
}

const WHAT: Readonly<Record<CircularImport['what'], string>> = {
  imports: 'These imports depend',
  item: 'This import depends',
  module: 'The names of what this module consists of depend',
};

function reportOf({ at, what, asked, askedAt }: CircularImport, machines: readonly string[]): Report {
  const isInside = askedAt?.file === at.file && at.start <= askedAt.start && askedAt.end <= at.end;
  const instead =
    what === 'module'
      ? 'Put what depends on it into `config = lib.mkIf … { … };`.'
      : 'Import the module always, and put the condition into it, with lib.mkIf.';
  return {
    at: isInside ? askedAt : at,
    severity: 'error',
    message:
      `${WHAT[what]} on ${asked}, but all modules have to be known before there is a configuration: ` +
      `evaluation ends in infinite recursion${inBrackets(machines)}. ${instead}`,
    machines,
    related: askedAt !== null && !isInside ? [{ at: askedAt, message: `${asked} is read here` }] : [],
  };
}
