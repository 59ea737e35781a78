/** Runs the rules over a fleet. A rule that throws is a bug of ours and costs only its own findings. */
import type { Fleet } from '../../fleet/model/fleet.ts';
import { query } from '../../query/database.ts';
import { finish, type Steps } from '../../query/steps.ts';
import { storedIn } from '../facts/stored-facts.ts';
import { beginRun, createMemory, currentRun, type Memory, type Run } from '../memory/memory.ts';
import { watching, watchingRegistries } from '../memory/watched.ts';
import type { CheckContext, CheckFiles, Finding, Report, Rule } from '../rule.ts';
import { rules } from '../rules/index.ts';
import { type CheckSettings, findingsOf, noteReports, noteRules } from './findings.ts';

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
): readonly Finding[] {
  return runRules(rules, fleet, sources, settings, options);
}

/** Does the same in steps. Whoever gives up after some of them has told the memory of the changes all the same. */
export function runChecksInSteps(
  fleet: Fleet,
  sources: CheckFiles,
  settings: CheckSettings,
  options: RunOptions = {},
): Steps<readonly Finding[]> {
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
): readonly Finding[] {
  const context: CheckContext = { fleet, sources, stored: storedIn(fleet, sources) };
  const run = finish(beginRun(since.memory, context, since.changed, watchingRegistries));
  const { database } = run.memory;
  noteRules(database, rules, settings);
  for (const rule of EARLY)
    if (settings.severities[rule.id] !== 'off')
      noteReports(database, rule, outcomeOf(database, rule).reports);
  // What the others have reported may be of a text that is gone.
  const isThere = ({ at, rule }: Finding) =>
    at.start < at.end || since.changed?.includes(at.file) !== true || EARLY_IDS.has(rule);
  return findingsOf(database).filter(isThere);
}

const EARLY = rules.filter(({ isEarly }) => isEarly === true);
const EARLY_IDS: ReadonlySet<string> = new Set(EARLY.map(({ id }) => id));

/** Returns the findings of the chosen rules, like `runChecks`. */
export function runRules(
  chosen: readonly Rule[],
  fleet: Fleet,
  sources: CheckFiles,
  settings: CheckSettings,
  options: RunOptions = {},
): readonly Finding[] {
  return finish(runInSteps(chosen, fleet, sources, settings, options));
}

function* runInSteps(
  chosen: readonly Rule[],
  fleet: Fleet,
  sources: CheckFiles,
  settings: CheckSettings,
  { onFailure = () => {}, since = { memory: createMemory(), changed: null } }: RunOptions,
): Steps<readonly Finding[]> {
  const context: CheckContext = { fleet, sources, stored: storedIn(fleet, sources) };
  const run = yield* beginRun(since.memory, context, since.changed, watching);
  const { database } = run.memory;
  noteRules(database, chosen, settings);
  for (const rule of chosen) {
    if (settings.severities[rule.id] === 'off') continue;
    noteReports(database, rule, reportsOf(run, rule, onFailure));
    yield;
  }
  return findingsOf(database);
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
