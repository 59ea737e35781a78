// Mutated files of real shape through everything: parser, evaluator, fleet, rules. Whatever comes in, nothing
// throws, nothing hangs, and every place that comes out lies inside its file.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runChecks } from '../server/src/checks/run.ts';
import type { Place } from '../server/src/fleet/model.ts';
import { type FleetWorkspace, fleetWorkspace } from './fleet/workspace.ts';
import type { Texts } from './nix/support.ts';

const ROOT = join(import.meta.dirname, '..');

function readFleet(folder: string): Texts {
  const top = join(ROOT, folder);
  const texts: Record<string, string> = {};
  for (const entry of readdirSync(top, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.nix')) continue;
    const path = join(entry.parentPath, entry.name);
    texts[relative(top, path)] = readFileSync(path, 'utf8');
  }
  return texts;
}

const fleets = ['examples/fleet', 'examples/broken-fleet'].map(readFleet);

/** Text that breaks things: half brackets, keywords, astral characters, NUL, endless recursion. */
const SPLINTERS = [
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  ';',
  '=',
  "''",
  '"',
  '${',
  '}',
  '@',
  '...',
  '?',
  ' or ',
  '//',
  '++',
  '.',
  ',',
  ':',
  'rec {',
  'let',
  'in',
  'with ',
  'inherit ',
  'if ',
  'then ',
  'else ',
  'assert ',
  'import ',
  'builtins.',
  'null',
  '[]',
  '𝒳',
  'é',
  '\0',
  '\r\n',
  '\ud800',
  '# varsmith: ignore ',
  '/*',
  '*/',
  '-',
  '1.5e9',
  './..',
  '<x>',
  'rec { a = a; }',
  'builtins.genList (x: x) 1000000',
  '(x: x x) (x: x x)',
  '((((((((((',
  'config.clan.core.vars.generators.',
];

interface Mutation {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 4, max: 400 })),
  insert: fc.oneof(
    fc.constant(''),
    fc.constantFrom(...SPLINTERS),
    fc.string({ unit: 'binary', maxLength: 6 }),
  ),
});

function mutate(text: string, mutations: readonly Mutation[]): string {
  return mutations.reduce((now, { at, remove, insert }) => {
    const offset = Math.floor(at * now.length);
    return now.slice(0, offset) + insert + now.slice(offset + remove);
  }, text);
}

function checkPlace(texts: Texts, place: Place): void {
  const length = texts[place.file]?.length;
  if (length === undefined || place.start < 0 || place.end < place.start || place.end > length)
    throw new Error(`a place outside its file: ${JSON.stringify(place)} of ${length}`);
}

/** All that the fleet and the rules say of a workspace. Throws where something is not as it must be. */
function analyse(workspace: FleetWorkspace, texts: Texts): number {
  const fleet = workspace.fleet();
  const findings = runChecks(fleet, workspace.files, { severities: {} }, failure => {
    throw failure.error;
  });
  for (const finding of findings) {
    checkPlace(texts, finding.at);
    for (const related of finding.related) checkPlace(texts, related.at);
    for (const fix of finding.fixes) for (const edit of fix.edits) checkPlace(texts, edit);
  }
  for (const unit of fleet.units.values()) {
    for (const use of unit.uses) checkPlace(texts, use.at);
    for (const definition of unit.definitions) {
      checkPlace(texts, definition.at);
      definition.body();
    }
  }
  return findings.length;
}

describe('mutated fleets', () => {
  it('never throw, and every place lies inside its file', () => {
    let found = 0;
    const runs = Number(process.env.VARSMITH_FUZZ_RUNS ?? 1_000);
    // One workspace a fleet, edited as in an editor: the file mutated last is restored with the next mutation.
    const workspaces = fleets.map(texts => ({ texts, workspace: fleetWorkspace(texts), last: '' }));
    fc.assert(
      fc.property(
        fc.constantFrom(...workspaces),
        fc.nat(),
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        (one, which, mutations) => {
          const paths = Object.keys(one.texts);
          const path = paths[which % paths.length] as string;
          const change = { [path]: mutate(one.texts[path] as string, mutations) };
          const restored = one.last === '' ? {} : { [one.last]: one.texts[one.last] as string };
          one.last = path;
          one.workspace.write({ ...restored, ...change });
          found += analyse(one.workspace, { ...one.texts, ...change });
        },
      ),
      { numRuns: runs },
    );
    // The broken fleet has its findings in nearly every run: the runs did look at something.
    expect(found).toBeGreaterThan(runs);
  }, 600_000);
});
