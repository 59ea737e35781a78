/**
 * Checks a workspace: finds the findings of the wanted rules, separates those that a baseline silences, and summarises
 * the rest. The door to a check, for the command line and for editors.
 */
import { applyBaseline, type Baseline } from '../checks/engine/baseline.ts';
import { fingerprintsOf, lineTextIn } from '../checks/engine/fingerprint.ts';
import { singles, summarised } from '../checks/facts/leftover-summaries.ts';
import type { Finding, Severity } from '../checks/rule.ts';
import { once } from '../std.ts';
import type { Workspace } from './workspace.ts';

export interface CheckRequest {
  /** Selects rules by their ids. */
  readonly isWanted: (rule: string) => boolean;
  /** The findings accepted for now; null if there is no baseline. */
  readonly baseline: Baseline | null;
}

/** Computes the fingerprints on the first call; most formats and runs need none. */
export type Fingerprints = () => ReadonlyMap<Finding, string>;

export type SeverityCounts = Readonly<Record<Severity, number>>;

/** Findings separated by a baseline. Silences refer to individual findings, not to summaries. */
interface SeparatedFindings {
  readonly open: readonly Finding[];
  readonly silenced: readonly Finding[];
  /** The number of entries of the baseline without a matching finding. */
  readonly obsolete: number;
}

export interface CheckResult extends SeparatedFindings {
  /** The open findings; leftovers of a store are summarised. */
  readonly open: readonly Finding[];
  /** All individual findings of the wanted rules, open or silenced. */
  readonly findings: readonly Finding[];
  /** The fingerprints of all findings, also of rules that are not wanted, and of summaries. */
  readonly fingerprints: Fingerprints;
}

/** Returns the findings of the workspace as it is now. */
export function checkWorkspace(workspace: Workspace, { isWanted, baseline }: CheckRequest): CheckResult {
  const everything = individualFindings(workspace);
  const findings = everything.filter(({ rule }) => isWanted(rule));
  const individual = fingerprintsIn(workspace, everything);
  const { open, ...silences } = separated(findings, individual, { isWanted, baseline });
  const shown = summarised(open, id => workspace.rules.find(({ rule }) => rule.id === id)?.rule);
  const summaries = shown.filter(({ covers }) => covers !== undefined);
  return {
    ...silences,
    ...{ open: shown, findings },
    fingerprints:
      summaries.length === 0 ? individual : fingerprintsIn(workspace, [...everything, ...summaries]),
  };
}

/** Returns the open individual findings among some, such as those to be fixed. */
export function openAmong(
  findings: readonly Finding[],
  workspace: Workspace,
  request: CheckRequest,
): readonly Finding[] {
  const wanted = findings.filter(({ rule }) => request.isWanted(rule));
  return separated(wanted, fingerprintsIn(workspace, findings), request).open;
}

/** Returns the findings of all rules, with summaries replaced by what they cover. */
export function individualFindings(workspace: Workspace): Finding[] {
  return singles([...workspace.snapshot().findings.values()].flat());
}

export function countsOf(findings: readonly Finding[]): SeverityCounts {
  const counts = { error: 0, warning: 0, info: 0, hint: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}

function separated(
  findings: readonly Finding[],
  fingerprints: Fingerprints,
  { isWanted, baseline }: CheckRequest,
): SeparatedFindings {
  if (baseline === null) return { open: findings, silenced: [], obsolete: 0 };
  const { silenced, obsolete } = applyBaseline(baseline, findings, fingerprints(), isWanted);
  return {
    open: findings.filter(finding => !silenced.has(finding)),
    silenced: findings.filter(finding => silenced.has(finding)),
    obsolete,
  };
}

function fingerprintsIn({ files }: Workspace, findings: readonly Finding[]): Fingerprints {
  return once(() => fingerprintsOf(findings, lineTextIn(files)));
}
