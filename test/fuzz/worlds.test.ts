/**
 * Mutated repositories through everything: the fleet, what is stored, the rules, the editor. Whatever comes in,
 * nothing throws, nothing hangs, every place lies inside its file, and every fix leaves what could be read readable.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../support/runs.ts';
import { worldChange } from './mutations.ts';
import { claimWorld } from './world-claims.ts';
import { exampleWorlds, secretWorlds, templateWorlds } from './worlds.ts';

const RUNS = runs(400);

describe('mutated examples', () => {
  it(
    'are looked at without a crash, and all that is said of them holds',
    () => {
      let found = 0;
      fc.assert(
        fc.property(
          fc.constantFrom(...exampleWorlds, ...templateWorlds, ...secretWorlds),
          fc.array(worldChange, { minLength: 1, maxLength: 2 }),
          fc.double({ min: 0, max: 1, noNaN: true }),
          (seed, changes, spot) => {
            found += claimWorld(
              changes.reduce((now, change) => change(now), seed),
              spot,
            );
          },
        ),
        { numRuns: RUNS },
      );
      // The runs did look at something.
      expect(found).toBeGreaterThan(RUNS / 10);
    },
    Math.max(600_000, RUNS * 500),
  );
});
