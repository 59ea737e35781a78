// Renaming there and back gives the very same bytes; on the way nothing is reported that was not before, and sessions
// get as much as before.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyEdits, editsByFile } from '../../server/src/checks/engine/apply-fixes.ts';
import type { Finding } from '../../server/src/checks/rule.ts';
import { environmentOf } from '../../server/src/editor/environment/environment.ts';
import { environmentMachines } from '../../server/src/editor/environment/environment-keys.ts';
import { indexOf } from '../../server/src/editor/names/fleet-index.ts';
import { nameOf, subjectKey, type Target } from '../../server/src/editor/names/subjects.ts';
import { filesWithTargets } from '../../server/src/editor/names/targets.ts';
import { rename } from '../../server/src/editor/rename/rename.ts';
import type { Renaming } from '../../server/src/editor/rename/renaming.ts';
import type { Snapshot } from '../../server/src/editor/snapshot.ts';
import { isBareName } from '../../server/src/edits/edits.ts';
import type { TextEdit } from '../../server/src/edits/text-edit.ts';
import { readContents } from '../../server/src/store/vars/read.ts';
import { check } from '../checks/harness.ts';
import { storeFiles } from '../store/support.ts';
import { runs } from '../support/runs.ts';
import { type Files, fleets } from './rename-fleets.ts';
import { exampleFiles } from './support.ts';

function snapshotOf(texts: Files): Snapshot {
  const { fleet, findings, files } = check(texts);
  const byFile = new Map<string, Finding[]>();
  for (const finding of findings)
    byFile.set(finding.at.file, [...(byFile.get(finding.at.file) ?? []), finding]);
  const all = { ...storeFiles(texts), ...files };
  return {
    version: 1,
    fleet,
    findings: byFile,
    files: all as Snapshot['files'],
    stored: () => readContents(all),
    noted: () => new Map(),
  };
}

/** Rules that report, each with how often. */
function reported({ findings }: Snapshot): string[] {
  return [...findings.values()]
    .flat()
    .map(({ rule }) => rule)
    .sort();
}

/** What sessions get: how many variables and steps, and how much is not known. */
function sessionsOf(snapshot: Snapshot): string[] {
  return environmentMachines(snapshot.fleet)
    .map(machine => environmentOf({ ...snapshot, elsewhere: false }, machine))
    .map(({ variables, steps, notes }) => `${variables.length} ${steps.length} ${notes.length}`)
    .sort();
}

/** One place for each thing that has a name of its own. */
function subjectsIn(snapshot: Snapshot): Target[] {
  const index = indexOf(snapshot);
  const targets = filesWithTargets(snapshot.fleet).flatMap(file => index.targetsIn(file));
  // The folder of a machine is shown as the beginning of its file: nothing is written there.
  const named = targets.filter(({ at, role }) => role !== 'field' && at.start < at.end);
  return [...new Map(named.map(target => [subjectKey(target.subject), target])).values()];
}

function edited(texts: Files, { edits, moves }: Renaming): Record<string, string> {
  const after: Record<string, string> = { ...texts };
  for (const [file, own] of editsByFile([{ title: '', edits, preferred: true }]))
    after[file] = applyEdits(texts[file] ?? '', own);
  for (const path of Object.keys(after))
    for (const { from, to } of moves) {
      if (!path.startsWith(`${from}/`)) continue;
      after[to + path.slice(from.length)] = after[path] ?? '';
      delete after[path];
    }
  return after;
}

/** Where what began at an offset begins after edits. */
function moved(edits: readonly TextEdit[], { file, start }: Target['at']): number {
  return edits
    .filter(edit => edit.file === file && edit.end <= start)
    .reduce((sum, edit) => sum + edit.text.length - (edit.end - edit.start), start);
}

function movedPath(moves: Renaming['moves'], path: string): string {
  const move = moves.find(({ from }) => path.startsWith(`${from}/`));
  return move ? move.to + path.slice(move.from.length) : path;
}

/** Renames there and back. False if it was refused. */
function roundTrip(texts: Files, before: Snapshot, { at, subject }: Target, name = 'renamed-once'): boolean {
  const there = rename(before, at.file, at.start + 1, name);
  if (there === null || 'refused' in there) {
    return false;
  }
  const between = edited(texts, there);
  const after = snapshotOf(between);
  const what = `${subject.kind} ${nameOf(subject)} as ${name}`;
  expect(reported(after), what).toEqual(reported(before));
  expect(sessionsOf(after), what).toEqual(sessionsOf(before));
  const back = rename(after, movedPath(there.moves, at.file), moved(there.edits, at) + 1, nameOf(subject));
  expect(back, what).not.toBeNull();
  expect(back && 'refused' in back ? back.refused : null, what).toBeNull();
  if (back && 'edits' in back) {
    const again = edited(between, back);
    expect(isBareName(name) ? again : unquoted(again), what).toEqual(
      isBareName(name) ? texts : unquoted(texts),
    );
  }
  return true;
}

/** A name that has to stand in quotes keeps them when it goes: there and back they are all that is left of it. */
function unquoted(texts: Files): Files {
  return Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, text.replaceAll('"', '')]));
}

/** With comments between names and values, characters of two units, and the line ends of Windows. */
function oddlyWritten(texts: Files): Files {
  const odd = (text: string) => `# 😀 ä\n${text}`.replaceAll(' = ', ' /* 😀 */ = ').replaceAll('\n', '\r\n');
  return Object.fromEntries(
    Object.entries(texts).map(([path, text]) => [path, path.endsWith('.nix') ? odd(text) : text]),
  );
}

const KINDS = ['generator', 'file', 'prompt', 'key', 'machine', 'row'] as const;

const NEW_NAMES = [
  'renamed-once',
  'xy',
  'A-1',
  'renamed.once',
  '2nd',
  'inherit',
  'ca.key',
  'k',
  '.hidden',
  'a+b',
];

/** A machine is a host. */
const MACHINE_NAMES = ['renamed-once', 'xy', 'A-1', '2nd', 'assert'];

const RUNS = runs(30);

test.each(KINDS)(
  'a %s of generated fleets',
  kind => {
    let done = 0;
    const names = kind === 'machine' || kind === 'row' ? MACHINE_NAMES : NEW_NAMES;
    fc.assert(
      fc.property(fleets, fc.nat(), fc.constantFrom(...names), fc.boolean(), (plain, choice, name, isOdd) => {
        const texts = isOdd ? oddlyWritten(plain) : plain;
        const before = snapshotOf(texts);
        const subjects = subjectsIn(before).filter(({ subject }) => subject.kind === kind);
        const target = subjects[choice % subjects.length];
        if (target && roundTrip(texts, before, target, name)) done++;
      }),
      { numRuns: RUNS },
    );
    expect(done).toBeGreaterThan(RUNS / 4);
  },
  600_000,
);

test.each(['fleet', 'broken-fleet'] as const)(
  'in the example %s, everything that is written out',
  name => {
    const texts = exampleFiles(name);
    const before = snapshotOf(texts);
    const done = subjectsIn(before).filter(target => roundTrip(texts, before, target));
    const kinds = new Set(done.map(({ subject }) => subject.kind));
    expect([...kinds]).toEqual(expect.arrayContaining(['file', 'generator', 'key']));
  },
  60_000,
);
