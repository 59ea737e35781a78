/**
 * What a machine has is what its own modules say: a module of one machine of which nobody can say what it defines changes no
 * finding about another machine, neither away nor in addition.
 * `npm run fuzz` looks for more.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check, type Texts } from '../checks/harness.ts';
import { runs } from '../support/runs.ts';
import { CHANGED, comparable, type FleetOf, fleets, UNKNOWN_MODULES } from './unknown-modules.ts';

const RUNS = runs(60);

const OF_MACHINE = /^(?:machines|vars\/per-machine)\/([^/]+)\//;

/** The findings in what belongs to other machines, by place and rule, with their messages. */
function aboutOthers(texts: Texts): Map<string, string> {
  const others = check(texts).findings.filter(({ at }) => {
    const machine = OF_MACHINE.exec(at.file)?.[1];
    return machine !== undefined && machine !== CHANGED;
  });
  return new Map(
    others.map(({ rule, at, message }) => [`${rule} ${at.file}:${at.start}-${at.end}`, message]),
  );
}

/** The rules of which a finding about another machine comes or goes with the module. What names the machine is about it, too. */
function changedRules(fleetOf: FleetOf, module: string): Set<string> {
  const without = aboutOthers(fleetOf(null));
  const withModule = aboutOthers(fleetOf(module));
  const isShared = (key: string) =>
    [without, withModule].some(findings => findings.get(key)?.includes(CHANGED));
  const changed = [...without.keys(), ...withModule.keys()].filter(
    key => !isShared(key) && without.has(key) !== withModule.has(key),
  );
  return new Set(changed.map(key => key.split(' ')[0] as string));
}

const modules = Object.entries(UNKNOWN_MODULES);

describe('an unknown module of one machine changes nothing about another', () => {
  it.each(modules)(
    '%s',
    (_, module) => {
      fc.assert(
        fc.property(fleets, fleetOf => {
          const changed = [...changedRules(comparable(fleetOf, module), module)];
          if (changed.length > 0)
            throw new Error(`${changed.join(', ')} in ${JSON.stringify(fleetOf(module), null, 1)}`);
        }),
        { numRuns: RUNS },
      );
    },
    Math.max(600_000, RUNS * 1000),
  );

  it('is looked at in fleets that have something to find', () => {
    const counts = fc
      .sample(fleets, { numRuns: 60, seed: 7 })
      .map(fleetOf => aboutOthers(fleetOf(null)).size);
    expect(counts.filter(count => count > 1).length).toBeGreaterThan(40);
  });
});
