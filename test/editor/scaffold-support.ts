// What a scaffolding command makes of a small fleet: the texts afterwards, which parse and have no finding that was not
// there before.
import { expect } from 'vitest';
import {
  editedFiles,
  type Refused,
  type Scaffolded,
  type ScaffoldSources,
} from '../../server/src/editor/scaffold/scaffold.ts';
import type { Fleet } from '../../server/src/fleet/model/fleet.ts';
import { type Checked, check, type Texts } from '../checks/harness.ts';
import { sourceFile } from '../nix/support.ts';

export interface After {
  readonly texts: Texts;
  readonly fleet: Fleet;
  readonly scaffolded: Scaffolded;
}

/** By the object: several tests begin with the same texts. */
const known = new WeakMap<Texts, Checked>();

function checkedOnce(texts: Texts): Checked {
  const checked = known.get(texts) ?? check(texts);
  known.set(texts, checked);
  return checked;
}

export function around(texts: Texts): ScaffoldSources {
  const { fleet, files } = checkedOnce(texts);
  return { fleet, files: files as ScaffoldSources['files'] };
}

/** Fails where it is refused. */
export function carriedOut(texts: Texts, make: (around: ScaffoldSources) => Scaffolded | Refused): After {
  const before = checkedOnce(texts);
  const state: ScaffoldSources = { fleet: before.fleet, files: before.files as ScaffoldSources['files'] };
  const scaffolded = make(state);
  if ('refused' in scaffolded) throw new Error(scaffolded.refused);
  const changed = editedFiles(state, scaffolded.edits);
  const after = { ...texts, ...Object.fromEntries(changed.map(({ path, after: text }) => [path, text])) };
  for (const { path, after: text } of changed) expect(sourceFile(path, text).errors, text).toEqual([]);
  const old = new Set(before.findings.map(({ rule, message }) => `${rule} ${message}`));
  const checked = check(after);
  const fresh = checked.findings
    .filter(({ severity }) => severity === 'error' || severity === 'warning')
    .map(({ rule, message }) => `${rule} ${message}`)
    .filter(finding => !old.has(finding));
  expect(fresh).toEqual([]);
  return { texts: after, fleet: checked.fleet, scaffolded };
}

export function refusal(texts: Texts, make: (around: ScaffoldSources) => Scaffolded | Refused): string {
  const found = make(around(texts));
  return 'refused' in found ? found.refused : `not refused: ${JSON.stringify(found.edits)}`;
}

/** The lines of the text afterwards that were not there before. */
export function added(before: Texts, after: Texts, file: string): string {
  const old = (before[file] ?? '').split('\n');
  const lines = (after[file] ?? '').split('\n');
  let from = 0;
  while (from < old.length && old[from] === lines[from]) from++;
  let behind = 0;
  while (behind < old.length - from && old.at(-1 - behind) === lines.at(-1 - behind)) behind++;
  return lines.slice(from, lines.length - behind).join('\n');
}
