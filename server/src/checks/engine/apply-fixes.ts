/**
 * Many fixes at once: which of them go together, and what a text is after them. Works on findings and texts; it
 * reads and writes no file.
 */

import type { TextEdit } from '../../edits/text-edit.ts';
import type { Finding, Fix } from '../rule.ts';

/** A fix that is to be applied, and the finding that it cures. */
export interface Chosen {
  readonly finding: Finding;
  readonly fix: Fix;
}

/** Returns whether the fix may be applied without anybody having looked at it. */
export function isSafe({ preferred, guess }: Fix): boolean {
  return preferred && guess !== true;
}

/** Returns whether it is the fix for a person who asks for the cure of a rule, whatever it is. */
export function isPreferred({ preferred }: Fix): boolean {
  return preferred;
}

/**
 * Returns the first acceptable fix of each finding, in the order of the findings, as far as they go together: a fix
 * that touches what an earlier one edits is left out as a whole. A fix with the very same edits is one with it.
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

/** Returns the edits of fixes that go together, by file, in the order of the text, each once. */
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

/** Returns a text after edits that do not overlap, given in the order of the text. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let from = 0;
  for (const { start, end, text: written } of edits) {
    result += text.slice(from, start) + written;
    from = end;
  }
  return result + text.slice(from);
}

/** Returns whether edits of one list meet others. An edit does not meet itself. */
function clashes(edits: readonly TextEdit[], others: readonly TextEdit[]): boolean {
  return edits.some(edit =>
    others.some(other => other !== edit && other.file === edit.file && meet(edit, other)),
  );
}

/** Two edits that share a character, or an insertion at the edge of another edit: their order would be a guess. */
function meet(a: TextEdit, b: TextEdit): boolean {
  if (a.start === a.end || b.start === b.end) return a.start <= b.end && b.start <= a.end;
  return a.start < b.end && b.start < a.end;
}

function equal(a: TextEdit, b: TextEdit): boolean {
  return a.file === b.file && a.start === b.start && a.end === b.end && a.text === b.text;
}
