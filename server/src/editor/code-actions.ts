/**
 * What can be done about the findings of a range: their own fixes first, then ways to silence them. Pure; it
 * knows no editor.
 */
import type { Finding, Fix, Sources } from '../checks/rule.ts';
import type { Snapshot } from './snapshot.ts';

export interface CodeAction {
  readonly finding: Finding;
  readonly fix: Fix;
}

/**
 * @param start start of the range, a 0-based UTF-16 offset; `end` is not part of it unless they are equal
 * @param silence makes the fixes that silence a finding
 */
export function codeActions(
  snapshot: Snapshot,
  file: string,
  start: number,
  end: number,
  silence: (finding: Finding, sources: Sources) => readonly Fix[],
): CodeAction[] {
  const here = (snapshot.findings.get(file) ?? []).filter(({ at }) => at.start <= end && start <= at.end);
  const actionsOf = (fixesOf: (finding: Finding) => readonly Fix[]) =>
    here.flatMap(finding => fixesOf(finding).map(fix => ({ finding, fix })));
  return [...actionsOf(({ fixes }) => fixes), ...actionsOf(finding => silence(finding, snapshot.files))];
}
