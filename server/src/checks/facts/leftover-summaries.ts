/**
 * Summarises leftovers of a store per folder: an old fleet has dozens, and nobody reads them one by one. Runs
 * after everything that suppresses single findings (settings, baselines), which keeps working on each.
 */

import { addToList, sortedUnique } from '../../std.ts';
import type { Finding, Rule } from '../rule.ts';

/**
 * Returns the folder in which a store keeps files of one kind: `vars/per-machine` for
 * `vars/per-machine/lea/mail/password/secret`.
 */
export function storeFolderOf(path: string): string {
  return (
    /^(?:.*?\/)??(?:[^/]+\/)?(?:per-machine|shared|machines)(?=\/)/.exec(path)?.[0] ??
    path.replace(/\/[^/]*$/, '')
  );
}

/**
 * Merges findings of one rule, severity and folder if the rule can summarise them; keeps the others.
 *
 * @param findings sorted by place
 */
export function summarised(
  findings: readonly Finding[],
  ruleOf: (id: string) => Rule | undefined,
): readonly Finding[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.leftover === undefined) continue;
    const key = keyOf(finding);
    addToList(groups, key, finding);
  }
  if (groups.size === 0) return findings;
  return findings.flatMap(finding => {
    const group = finding.leftover === undefined ? [] : (groups.get(keyOf(finding)) ?? []);
    const text = group.length > 1 ? ruleOf(finding.rule)?.summarise : undefined;
    if (text === undefined) return [finding];
    return group[0] === finding ? [summaryOf(finding, group, text)] : [];
  });
}

/** Returns the single findings, including those within summaries. */
export function singles(findings: readonly Finding[]): Finding[] {
  return findings.flatMap(finding => finding.covers ?? [finding]);
}

function keyOf({ rule, severity, at }: Finding): string {
  return [rule, severity, storeFolderOf(at.file)].join('\0');
}

function summaryOf(
  first: Finding,
  group: readonly Finding[],
  textOf: NonNullable<Rule['summarise']>,
): Finding {
  const folder = storeFolderOf(first.at.file);
  return {
    rule: first.rule,
    severity: first.severity,
    message: textOf(
      group.flatMap(finding => finding.leftover ?? []),
      folder,
    ),
    at: first.at,
    machines: sortedUnique(group.flatMap(finding => finding.machines)),
    related: group.map(({ at, message }) => ({ at, message })),
    fixes: [],
    covers: group,
  };
}
