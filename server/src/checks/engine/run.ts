/**
 * Runs the rules over a fleet and turns their reports into findings: applies severities from the settings and
 * suppression comments, and sorts. A rule that throws is a bug of ours and costs only its own findings.
 */
import type { Fleet } from '../../fleet/model/fleet.ts';
import { lastAnswer, query } from '../../query/database.ts';
import { finish, type Steps } from '../../query/steps.ts';
import { addToList, compareTexts } from '../../std.ts';
import { summarised } from '../facts/leftover-summaries.ts';
import { storedIn } from '../facts/stored-facts.ts';
import { beginRun, createMemory, currentRun, type Memory, type Run } from '../memory/memory.ts';
import { watching, watchingRegistries } from '../memory/watched.ts';
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
export interface PreviousRun {
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

/** Does the same in steps. Whoever gives up after some of them has told the memory of the changes all the same. */
export function runChecksInSteps(
  fleet: Fleet,
  sources: CheckFiles,
  settings: CheckSettings,
  options: RunOptions = {},
): Steps<Finding[]> {
  return runInSteps(rules, fleet, sources, settings, options);
}

/**
 * Returns findings before all of a changed fleet is known: those of early rules, and all others as they last were. Takes
 * next to no time.
 * @param fleet the last fleet, with the registries and matrices of now
 */
export function runEarlyChecks(
  fleet: Fleet,
  sources: CheckFiles,
  settings: CheckSettings,
  since: PreviousRun,
): Finding[] {
  const context: CheckContext = { fleet, sources, stored: storedIn(fleet, sources) };
  const run = finish(beginRun(since.memory, context, since.changed, watchingRegistries));
  const { database } = run.memory;
  const isThere = ({ at }: Report) => at.start < at.end || since.changed?.includes(at.file) !== true;
  return findingsBy(rules, sources, settings, rule =>
    rule.isEarly === true
      ? outcomeOf(database, rule).reports
      : (lastAnswer(database, outcomeOf, rule)?.reports ?? NONE).filter(isThere),
  );
}

const NONE: readonly Report[] = [];

/** Returns the findings of the chosen rules, like `runChecks`. */
export function runRules(
  chosen: readonly Rule[],
  fleet: Fleet,
  sources: CheckFiles,
  settings: CheckSettings,
  options: RunOptions = {},
): Finding[] {
  return finish(runInSteps(chosen, fleet, sources, settings, options));
}

function* runInSteps(
  chosen: readonly Rule[],
  fleet: Fleet,
  sources: CheckFiles,
  settings: CheckSettings,
  { onFailure = () => {}, since = { memory: createMemory(), changed: null } }: RunOptions,
): Steps<Finding[]> {
  const context: CheckContext = { fleet, sources, stored: storedIn(fleet, sources) };
  const run = yield* beginRun(since.memory, context, since.changed, watching);
  const reports = new Map<Rule, readonly Report[]>();
  for (const rule of chosen) {
    if (settings.severities[rule.id] === 'off') continue;
    reports.set(rule, reportsOf(run, rule, onFailure));
    yield;
  }
  return findingsBy(chosen, sources, settings, rule => reports.get(rule) ?? NONE);
}

/** Turns reports into findings, in order. */
function findingsBy(
  chosen: readonly Rule[],
  sources: CheckFiles,
  settings: CheckSettings,
  reportsBy: (rule: Rule) => readonly Report[],
): Finding[] {
  const byFile = new Map<string, Finding[]>();
  for (const rule of chosen) {
    const severity = settings.severities[rule.id];
    if (severity === 'off') continue;
    for (const report of reportsBy(rule)) {
      if (settings.isExcluded?.(rule.id, report.at.file)) continue;
      addToList(byFile, report.at.file, keptFinding(rule, report, severity));
    }
  }
  const findings = [...byFile.keys()].sort().flatMap(file => {
    const inFile = byFile.get(file) as Finding[];
    return withoutSilenced(sources.parse(file), inFile.length === 1 ? inFile : inFile.sort(byPlace));
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
