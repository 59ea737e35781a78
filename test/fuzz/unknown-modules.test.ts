/**
 * What a machine has is what its own modules say: a module of one machine of which nobody can say what it defines changes no
 * finding about another machine, neither away nor in addition.
 *
 * It does today: KNOWN_REACH says which modules change the findings of which rules on other machines. The lists are to become
 * empty; whatever is not in them is a new mistake. `npm run fuzz` looks for more.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check, type Texts } from '../checks/harness.ts';
import { CHANGED, type FleetOf, fleets, UNKNOWN_MODULES } from './unknown-modules.ts';

const RUNS = Number(process.env.VARSMITH_FUZZ_RUNS ?? 60);

/**
 * Modules that reach other machines today, with the rules whose findings come or go there: what makes a part of a generator
 * uncertain that other machines have as well. Where it is shared that is right, since it is one generator for all.
 */
const KNOWN_REACH: readonly { readonly modules: readonly string[]; readonly rules: readonly string[] }[] = [
  {
    modules: [
      'a generator of which one part is computed',
      'files of a generator that are computed',
      'dependencies that are computed',
    ],
    rules: [
      'generator/dependency-cycle',
      'generator/legacy-facts',
      'generator/output-never-written',
      'generator/own-previous-output',
      'generator/prompts-unset',
      'generator/random-public',
      'generator/shared-depends-on-machine',
      'generator/shared-machine-specific',
      'generator/trailing-newline',
      'generator/undeclared-dependency',
      'generator/undeclared-output',
      'generator/unknown-dependency',
      'generator/unknown-dependency-file',
      'generator/unused-dependency',
      'generator/unused-tool',
      'store/missing',
      'store/orphan-file',
      'store/orphan-generator',
      'use/undefined-file',
    ],
  },
];

const knownRules = (name: string) =>
  KNOWN_REACH.filter(({ modules }) => modules.includes(name)).flatMap(({ rules }) => rules);

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
    (name, module) => {
      fc.assert(
        fc.property(fleets, fleetOf => {
          const known = knownRules(name);
          const more = [...changedRules(fleetOf, module)].filter(rule => !known.includes(rule));
          if (more.length > 0)
            throw new Error(`${more.join(', ')} in ${JSON.stringify(fleetOf(module), null, 1)}`);
        }),
        { numRuns: RUNS },
      );
    },
    Math.max(60_000, RUNS * 200),
  );

  // What is mended leaves the list.
  it.each(KNOWN_REACH.flatMap(({ modules }) => modules))('%s: is still known to', name => {
    const module = UNKNOWN_MODULES[name] as string;
    const rules = fc
      .sample(fleets, { numRuns: 60, seed: 7 })
      .flatMap(fleetOf => [...changedRules(fleetOf, module)]);
    expect(rules).not.toEqual([]);
  });

  it('is looked at in fleets that have something to find', () => {
    const counts = fc
      .sample(fleets, { numRuns: 60, seed: 7 })
      .map(fleetOf => aboutOthers(fleetOf(null)).size);
    expect(counts.filter(count => count > 1).length).toBeGreaterThan(40);
  });
});
