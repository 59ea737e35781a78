/** What holds of every answer, whatever the files are. Each function throws where it does not. */

import { applyEdits, editsByFile, isSafe } from '../../server/src/checks/engine/apply-fixes.ts';
import { silenceFixes } from '../../server/src/checks/engine/suppress.ts';
import type { Finding, Fix } from '../../server/src/checks/rule.ts';
import type { TextEdit } from '../../server/src/edits/text-edit.ts';
import type { NixFiles } from '../../server/src/nix/eval/value.ts';
import type { Place } from '../../server/src/nix/places.ts';
import { sourceFile } from '../nix/support.ts';

type Files = Pick<NixFiles, 'text' | 'parse'>;

/** The place lies inside its file and cuts no character in two. */
export function claimPlace(files: Files, place: Place, what: string): void {
  const text = files.text(place.file);
  const wrong = (why: string) => new Error(`${what}: ${JSON.stringify(place)} ${why}`);
  if (place.start < 0 || place.end < place.start || place.end > (text?.length ?? 0))
    throw wrong(`is outside its file of ${text?.length} characters`);
  if (text !== null && (cutsPair(text, place.start) || cutsPair(text, place.end)))
    throw wrong(`cuts a character: ${JSON.stringify(text.slice(place.start - 1, place.end + 1))}`);
}

function cutsPair(text: string, offset: number): boolean {
  return /[\ud800-\udbff]/.test(text.charAt(offset - 1)) && /[\udc00-\udfff]/.test(text.charAt(offset));
}

/** Every place in plain data does. */
export function claimPlaces(files: Files, value: unknown, what: string): void {
  if (typeof value !== 'object' || value === null) return;
  if ('file' in value && 'start' in value && 'end' in value) claimPlace(files, value as Place, what);
  for (const part of Object.values(value)) claimPlaces(files, part, what);
}

/** Every range in plain data lies inside the text that it is of. */
export function claimRanges(text: string, value: unknown, what: string): void {
  if (typeof value !== 'object' || value === null) return;
  if ('start' in value && 'end' in value) {
    const { start, end } = value as Place;
    claimPlace({ text: () => text, parse: () => null }, { file: '', start, end }, what);
  }
  for (const part of Object.values(value)) claimRanges(text, part, what);
}

/** The edits can be made together; a Nix file that could be read before can be read after. */
export function claimEdits(files: Files, edits: readonly TextEdit[], what: string): void {
  for (const edit of edits) claimPlace(files, edit, what);
  for (const [file, ordered] of editsByFile([{ title: '', preferred: false, edits }])) {
    for (const [index, edit] of ordered.entries())
      if (edit.start < (ordered[index - 1]?.end ?? 0)) throw new Error(`${what}: edits of ${file} overlap`);
    const before = file.endsWith('.nix') ? files.parse(file) : null;
    if (before === null || before.errors.length > 0) continue;
    const after = sourceFile(file, applyEdits(before.text, ordered));
    if (after.errors.length > 0)
      throw new Error(`${what}: ${JSON.stringify(ordered)} breaks ${JSON.stringify(before.text)}`);
  }
}

/** A finding's places and fixes, and the comments that silence it. */
export function claimFinding(files: Files, finding: Finding): void {
  claimPlace(files, finding.at, finding.rule);
  claimPlaces(files, finding.related, `${finding.rule}, related`);
  for (const fix of finding.fixes) claimEdits(files, fix.edits, nameOf(finding, fix));
  for (const fix of silenceFixes(finding, files)) claimEdits(files, fix.edits, nameOf(finding, fix));
}

function nameOf(finding: Finding, fix: Fix): string {
  return `${finding.rule}${isSafe(fix) ? ', safe' : ''}, fix "${fix.title}"`;
}
