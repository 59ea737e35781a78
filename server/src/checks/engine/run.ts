/**
 * Runs the rules over a fleet and turns their reports into findings: applies severities from the settings and
 * suppression comments, and sorts. A rule that throws is a bug of ours and costs only its own findings.
 */
import type { Fleet } from '../../fleet/model/fleet.ts';
import { query } from '../../query/database.ts';
import { addToList, compareTexts } from '../../std.ts';
import { summarised } from '../facts/leftover-summaries.ts';
import { storedIn } from '../facts/stored-facts.ts';
import { beginRun, createMemory, currentRun, type Memory, type Run } from '../memory/memory.ts';
import { watching } from '../memory/watched.ts';
import type { CheckContext, CheckFiles, Finding, Report, Rule, Severity } from '../rule.ts';
import { rules } from '../rules/index.ts';
import { withoutSilenced } from './suppress.ts';

export interface CheckSettings {
  /** Severities by rule id; `off` disables a rule. Rules that are not listed keep their own severity. */
  readonly severities: Readonly<Record<string, Severity | 'off'>>;
  /** Returns true for files in which a rule must not report. If absent, no file is excluded. */
  readonly isExcluded?: (rule: string, file: string) => boolean;
}

/** State carried over from the previous run, for repeated runs over one workspace. */
interface PreviousRun {
  /** The memory of this workspace. */
  readonly memory: Memory;
  /**
   * The files changed since the previous run, relative to the workspace, or null if any file may have changed.
   */
  readonly changed: readonly string[] | null;
}

/** An exception thrown by a rule, for the log. */
export interface RuleFailure {
  readonly rule: string;
  readonly error: unknown;
}

export interface RunOptions {
  /** Called when a rule throws, which is a bug of this program and not of the workspace. */
  readonly onFailure?: (failure: RuleFailure) => void;
  /** The previous run; if absent, all rules run from scratch. */
  readonly since?: PreviousRun;
}

/**
 * Returns all findings of a fleet, sorted by file, place and rule.
 * @param sources the files that the fleet was built from
 */
export function runChecks(
  fleet: Fleet,
  sources: CheckFiles,
  settings: CheckSettings,
  options: RunOptions = {},
): Finding[] {
  return runRules(rules, fleet, sources, settings, options);
}

/** Returns the findings of the chosen rules, like `runChecks`. */
export function runRules(
  chosen: readonly Rule[],
  fleet: Fleet,
  sources: CheckFiles,
  settings: CheckSettings,
  { onFailure = () => {}, since = { memory: createMemory(), changed: null } }: RunOptions = {},
): Finding[] {
  const byFile = new Map<string, Finding[]>();
  const context: CheckContext = { fleet, sources, stored: storedIn(fleet, sources) };
  const run = beginRun(since.memory, context, since.changed, watching);
  for (const rule of chosen) {
    const severity = settings.severities[rule.id];
    if (severity === 'off') continue;
    for (const report of reportsOf(run, rule, onFailure)) {
      if (settings.isExcluded?.(rule.id, report.at.file)) continue;
      addToList(byFile, report.at.file, keptFinding(rule, report, severity));
    }
  }
  const findings = [...byFile.keys()].sort().flatMap(file => {
    const found = byFile.get(file) as Finding[];
    return withoutSilenced(sources.parse(file), found.length === 1 ? found : found.sort(byPlace));
  });
  return summarised(findings, id => chosen.find(rule => rule.id === id));
}

/** The reports of a rule and the exception it threw, if any. */
interface Outcome {
  readonly reports: readonly Report[];
  readonly failure: { readonly error: unknown } | null;
}

const outcomeOf = query<Rule, Outcome>('reports', (database, rule) => {
  const reports: Report[] = [];
  try {
    for (const report of rule.check(currentRun(database).watched)) reports.push(report);
    return { reports, failure: null };
  } catch (error) {
    return { reports, failure: { error } };
  }
});

/** Returns the reports of a rule. If the rule throws, returns the reports made before that. */
function reportsOf(run: Run, rule: Rule, onFailure: (failure: RuleFailure) => void): readonly Report[] {
  const { reports, failure } = outcomeOf(run.memory.database, rule);
  if (failure !== null) onFailure({ rule: rule.id, error: failure.error });
  return reports;
}

/** The findings of reports, which are kept from one run to the next, by the severity of the settings. */
const findingsOf = new WeakMap<
  Report,
  { readonly severity: Severity | undefined; readonly finding: Finding }
>();

function keptFinding(rule: Rule, report: Report, severity: Severity | undefined): Finding {
  const before = findingsOf.get(report);
  if (before !== undefined && before.severity === severity && before.finding.rule === rule.id)
    return before.finding;
  const finding = findingOf(rule, report, severity);
  findingsOf.set(report, { severity, finding });
  return finding;
}

function findingOf(rule: Rule, report: Report, severity: Severity | undefined): Finding {
  return {
    rule: rule.id,
    severity: severity ?? report.severity ?? rule.severity,
    message: report.message,
    at: report.at,
    machines: sorted(report.machines ?? []),
    related: report.related ?? [],
    fixes: report.fixes ?? [],
    ...(report.cure === undefined ? {} : { cure: report.cure }),
    ...(report.unnecessary === true ? { unnecessary: true } : {}),
    ...(report.leftover === undefined ? {} : { leftover: report.leftover }),
  };
}

/** Returns the names in order. Those of a finding about a thousand machines nearly always are. */
function sorted(names: readonly string[]): readonly string[] {
  const isSorted = names.every((name, index) => index === 0 || (names[index - 1] as string) <= name);
  return isSorted ? names : [...names].sort();
}

/** Compares findings of one file. */
function byPlace(a: Finding, b: Finding): number {
  return a.at.start - b.at.start || a.at.end - b.at.end || compareTexts(a.rule, b.rule);
}
