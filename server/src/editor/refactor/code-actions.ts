/**
 * Computes the code actions for the findings in a range: their own fixes first, then fixes for all findings of
 * a rule, then ways to suppress them. Pure; independent of any editor.
 */

import { chooseFixes, editsByFile, isPreferred, isSafe } from '../../checks/engine/apply-fixes.ts';
import type { Finding, Fix } from '../../checks/rule.ts';
import type { Sources } from '../../edits/text-edit.ts';
import type { Snapshot } from '../snapshot.ts';

export interface CodeAction {
  /** The finding it concerns; if several of one rule are affected, the one in the range. */
  readonly finding: Finding;
  readonly fix: Fix;
}

/** Creates fixes that suppress a finding. */
export type Silence = (finding: Finding, sources: Sources) => readonly Fix[];

/**
 * Returns the code actions of a range.
 *
 * @param start start of the range, a 0-based UTF-16 offset; `end` is exclusive unless they are equal
 */
export function codeActions(
  snapshot: Snapshot,
  file: string,
  start: number,
  end: number,
  silence: Silence,
): CodeAction[] {
  const here = findingsIn(snapshot, file, start, end);
  const actionsOf = (findings: readonly Finding[], fixesOf: (finding: Finding) => readonly Fix[]) =>
    findings.flatMap(finding => fixesOf(finding).map(fix => ({ finding, fix })));
  return [
    ...actionsOf(here, ({ fixes }) => fixes),
    ...actionsOf(oneOfEachRule(here), ({ rule }) => fixesOfRule(snapshot, file, rule)),
    ...actionsOf(here, finding => silence(finding, snapshot.files)),
  ];
}

/** Returns the findings that a range touches. */
export function findingsIn({ findings }: Snapshot, file: string, start: number, end: number): Finding[] {
  return (findings.get(file) ?? []).filter(({ at }) => at.start <= end && start <= at.end);
}

export function oneOfEachRule(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.toReversed().map(finding => [finding.rule, finding])).values()].reverse();
}

/** Returns the fix that is applied on saving: all safe fixes confined to the file. Null if there are none. */
export function fixAllIn(snapshot: Snapshot, file: string): Fix | null {
  const accept = (fix: Fix) => isSafe(fix) && fix.edits.every(edit => edit.file === file);
  return joined('Fix all Varsmith findings with one certain fix', snapshot.findings.get(file) ?? [], accept);
}

/**
 * Returns the preferred fixes of all findings of a rule: in the file and, if there are more, in the workspace.
 */
function fixesOfRule({ findings }: Snapshot, file: string, rule: string): Fix[] {
  const ofRule = (all: readonly Finding[]) => all.filter(finding => finding.rule === rule);
  const inFile = ofRule(findings.get(file) ?? []);
  const everywhere = ofRule([...findings.values()].flat());
  const fixes: Fix[] = [];
  if (inFile.length > 1) {
    const fix = joined(`Fix all ${rule} in this file`, inFile, isPreferred);
    if (fix !== null) fixes.push(fix);
  }
  if (everywhere.length > inFile.length) {
    const fix = joined(`Fix all ${rule} in the workspace`, everywhere, isPreferred);
    if (fix !== null) fixes.push(fix);
  }
  return fixes;
}

function joined(title: string, findings: readonly Finding[], accept: (fix: Fix) => boolean): Fix | null {
  const chosen = chooseFixes(findings, accept);
  if (chosen.length === 0) return null;
  const edits = [...editsByFile(chosen.map(({ fix }) => fix)).values()].flat();
  return { title, edits, preferred: false };
}
