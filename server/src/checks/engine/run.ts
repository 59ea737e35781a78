/**
 * Runs the rules over a fleet and makes findings of what they report: severities from the settings, silencing by
 * comments, one order. A rule that fails is our mistake; it costs its own findings and no others.
 */
import type { Fleet } from '../../fleet/model/fleet.ts';
import { query } from '../../query/database.ts';
import { compareTexts } from '../../std.ts';
import { summarised } from '../facts/leftover-summaries.ts';
import { storedIn } from '../facts/stored-facts.ts';
import { beginRun, createMemory, currentRun, type Memory, type Run } from '../memory/memory.ts';
import { watching } from '../memory/watched.ts';
import type { CheckContext, CheckFiles, Finding, Report, Rule, Severity } from '../rule.ts';
import { rules } from '../rules/index.ts';
import { isSilenced } from './suppress.ts';

export interface CheckSettings {
  /** By rule id. What is not listed has the rule's own severity; `off` switches the rule off. */
  readonly severities: Readonly<Record<string, Severity | 'off'>>;
  /** True for files in which a rule is not reported. Without it there are none. */
  readonly isExcluded?: (rule: string, file: string) => boolean;
}

/** What is known of a run before, for runs over one workspace again and again. */
interface Since {
  /** Belongs to the workspace. */
  readonly memory: Memory;
  /** The files that have changed since, relative to the workspace; null: anything may have. */
  readonly changed: readonly string[] | null;
}

/** What a rule threw, for the log. */
export interface RuleFailure {
  readonly rule: string;
  readonly error: unknown;
}

export interface RunOptions {
  /** Called with what a rule threw: a mistake of this program, not of the workspace. */
  readonly onFailure?: (failure: RuleFailure) => void;
  /** Absent: all rules run from the beginning. */
  readonly since?: Since;
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

/** Returns the findings of the chosen rules, as `runChecks`. */
export function runRules(
  chosen: readonly Rule[],
  fleet: Fleet,
  sources: CheckFiles,
  settings: CheckSettings,
  { onFailure = () => {}, since = { memory: createMemory(), changed: null } }: RunOptions = {},
): Finding[] {
  const findings: Finding[] = [];
  const context: CheckContext = { fleet, sources, stored: storedIn(fleet, sources) };
  const run = beginRun(since.memory, context, since.changed, watching);
  for (const rule of chosen) {
    const severity = settings.severities[rule.id];
    if (severity === 'off') continue;
    for (const report of reportsOf(run, rule, onFailure)) {
      if (settings.isExcluded?.(rule.id, report.at.file)) continue;
      const finding = findingOf(rule, report, severity);
      if (!isSilenced(finding, sources)) findings.push(finding);
    }
  }
  return summarised(findings.sort(byPlace), id => chosen.find(rule => rule.id === id));
}

/** What a rule reported, and what it threw then, if it did. */
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

/** Returns the reports of a rule; those before it threw if it does. */
function reportsOf(run: Run, rule: Rule, onFailure: (failure: RuleFailure) => void): readonly Report[] {
  const { reports, failure } = outcomeOf(run.memory.database, rule);
  if (failure !== null) onFailure({ rule: rule.id, error: failure.error });
  return reports;
}

function findingOf(rule: Rule, report: Report, severity: Severity | undefined): Finding {
  return {
    rule: rule.id,
    severity: severity ?? report.severity ?? rule.severity,
    message: report.message,
    at: report.at,
    machines: [...(report.machines ?? [])].sort(),
    related: report.related ?? [],
    fixes: report.fixes ?? [],
    ...(report.cure === undefined ? {} : { cure: report.cure }),
    ...(report.unnecessary === true ? { unnecessary: true } : {}),
    ...(report.leftover === undefined ? {} : { leftover: report.leftover }),
  };
}

function byPlace(a: Finding, b: Finding): number {
  return (
    compareTexts(a.at.file, b.at.file) ||
    a.at.start - b.at.start ||
    a.at.end - b.at.end ||
    compareTexts(a.rule, b.rule)
  );
}
