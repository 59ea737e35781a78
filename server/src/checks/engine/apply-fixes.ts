/**
 * Selects the fixes that can be applied together and computes the resulting texts. Works on findings and texts
 * only; reads and writes no files.
 */

import type { TextEdit } from '../../edits/text-edit.ts';
import type { Finding, Fix } from '../rule.ts';

/** A fix to apply and the finding that it cures. */
export interface Chosen {
  readonly finding: Finding;
  readonly fix: Fix;
}

/** Returns whether the fix may be applied without review. */
export function isSafe({ preferred, guess }: Fix): boolean {
  return preferred && guess !== true;
}

/** Returns whether the fix should be applied when a user asks for a rule to be fixed, safe or not. */
export function isPreferred({ preferred }: Fix): boolean {
  return preferred;
}

/**
 * Returns the first acceptable fix of each finding, in the order of the findings. A fix that overlaps the edits
 * of an earlier one is left out as a whole; a fix with exactly the same edits counts as the same fix.
 */
export function chooseFixes(findings: readonly Finding[], accept: (fix: Fix) => boolean): Chosen[] {
  const taken = new Map<string, TextEdit[]>();
  const chosen: Chosen[] = [];
  for (const finding of findings) {
    const fix = finding.fixes.find(accept);
    if (fix === undefined || fix.edits.length === 0 || clashes(fix.edits, fix.edits)) continue;
    const same = fix.edits.every(edit => taken.get(edit.file)?.some(other => equal(edit, other)) === true);
    if (!same && fix.edits.some(edit => clashes([edit], taken.get(edit.file) ?? []))) continue;
    chosen.push({ finding, fix });
    if (same) continue;
    for (const edit of fix.edits) taken.set(edit.file, [...(taken.get(edit.file) ?? []), edit]);
  }
  return chosen;
}

/** Returns the edits of compatible fixes by file, in text order and without duplicates. */
export function editsByFile(fixes: readonly Fix[]): ReadonlyMap<string, readonly TextEdit[]> {
  const byFile = new Map<string, TextEdit[]>();
  for (const edit of fixes.flatMap(({ edits }) => edits)) {
    const inFile = byFile.get(edit.file) ?? [];
    if (!inFile.some(other => equal(edit, other))) inFile.push(edit);
    byFile.set(edit.file, inFile);
  }
  for (const edits of byFile.values()) edits.sort((a, b) => a.start - b.start || a.end - b.end);
  return byFile;
}

/** Applies edits to a text. The edits must be in text order and must not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let from = 0;
  for (const { start, end, text: written } of edits) {
    result += text.slice(from, start) + written;
    from = end;
  }
  return result + text.slice(from);
}

/** Returns whether any edit overlaps one in the other list. An edit does not overlap itself. */
function clashes(edits: readonly TextEdit[], others: readonly TextEdit[]): boolean {
  return edits.some(edit =>
    others.some(other => other !== edit && other.file === edit.file && meet(edit, other)),
  );
}

/**
 * Returns whether two edits share a character, or one is an insertion at the edge of the other, so that their
 * order would be a guess.
 */
function meet(a: TextEdit, b: TextEdit): boolean {
  if (a.start === a.end || b.start === b.end) return a.start <= b.end && b.start <= a.end;
  return a.start < b.end && b.start < a.end;
}

function equal(a: TextEdit, b: TextEdit): boolean {
  return a.file === b.file && a.start === b.start && a.end === b.end && a.text === b.text;
}
