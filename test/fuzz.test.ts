// Mutated files of whole fleets, edited as in an editor, through everything: parser, evaluator, fleet, rules, editor.
// Whatever comes in, nothing throws, nothing hangs, and all that is said of the files holds.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runChecks } from '../server/src/checks/engine/run.ts';
import { rethrow } from './checks/small-workspace.ts';
import { type FleetWorkspace, fleetWorkspace } from './fleet/workspace.ts';
import { claimFinding, claimPlace } from './fuzz/claims.ts';
import { claimCursor, claimFile, claimWorkspace, snapshotOf } from './fuzz/editor-claims.ts';
import { spot, textChange } from './fuzz/mutations.ts';
import { filesBelow } from './fuzz/worlds.ts';
import type { Texts } from './nix/support.ts';
import { runs } from './support/runs.ts';

const RUNS = runs(600);

/** One workspace a fleet: the files mutated last are restored with the next mutation. */
interface Mutable {
  readonly texts: Texts;
  readonly paths: readonly string[];
  readonly workspace: FleetWorkspace;
  changed: readonly string[];
}

function mutable(folder: string): Mutable {
  const texts = filesBelow(folder);
  const paths = Object.keys(texts).filter(path => path.endsWith('.nix'));
  return { texts, paths, workspace: fleetWorkspace(texts), changed: [] };
}

const EXAMPLE = mutable('examples/fleet');
const BROKEN = mutable('examples/broken-fleet');
const MINI = mutable('test/mini-fleet/fleet');

/** What a file becomes: null where it is removed. */
type FileChange = (one: Mutable, path: string, other: string) => Record<string, string | null>;

const fileChange: fc.Arbitrary<FileChange> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.array(textChange, { minLength: 1, maxLength: 4 }).map(
      (changes): FileChange =>
        ({ texts }, path) => ({
          [path]: changes.reduce((now, change) => change(now), texts[path] as string),
        }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<FileChange>(
      (_, path) => ({ [path]: null }),
      ({ texts }, path, other) => ({ [path]: texts[other] as string, [other]: texts[path] as string }),
      ({ texts }, path) => ({ [path]: null, [path.replace('.nix', '😀.nix')]: texts[path] as string }),
    ),
  },
);

/** All that is said of a fleet holds. Throws where it does not. */
function claimFleet({ workspace: { files, ...workspace } }: Mutable, path: string, at: number): number {
  const fleet = workspace.fleet();
  const findings = runChecks(fleet, files, { severities: {} }, { onFailure: rethrow });
  for (const finding of findings) claimFinding(files, finding);
  for (const unit of fleet.units.values()) {
    for (const use of unit.uses) claimPlace(files, use.at, 'a use');
    for (const definition of unit.definitions) {
      claimPlace(files, definition.at, 'a definition');
      definition.body();
    }
  }
  const snapshot = snapshotOf({ fleet, files, findings });
  claimWorkspace(snapshot);
  claimFile(snapshot, path);
  claimCursor(snapshot, path, at);
  return findings.length;
}

describe('mutated fleets', () => {
  it(
    'are looked at without a crash, and all that is said of them holds',
    () => {
      let found = 0;
      fc.assert(
        fc.property(
          fc.constantFrom(EXAMPLE, EXAMPLE, BROKEN, BROKEN, MINI),
          fc.nat(),
          fc.nat(),
          fileChange,
          spot,
          (one, first, second, change, at) => {
            const path = one.paths[first % one.paths.length] as string;
            const changes = change(one, path, one.paths[second % one.paths.length] as string);
            const restored = one.changed.map(each => [each, one.texts[each] ?? null] as const);
            one.changed = Object.keys(changes);
            one.workspace.write({ ...Object.fromEntries(restored), ...changes });
            found += claimFleet(one, path, at);
          },
        ),
        { numRuns: RUNS },
      );
      // The broken fleet has its findings in nearly every run: the runs did look at something.
      expect(found).toBeGreaterThan(RUNS);
    },
    Math.max(1_200_000, RUNS * 500),
  );
});
