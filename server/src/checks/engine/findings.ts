/**
 * Turns the reports of rules into findings by file: applies severities from the settings and suppression comments, and sorts.
 * Only files of which a report has changed, or whose text has, are looked at again. Runs no rules.
 */
import { type Named, reusing, settledByName } from '../../query/by-name.ts';
import { type Database, input, query, set } from '../../query/database.ts';
import { forAll } from '../../query/groups.ts';
import { addToList, compareTexts, sameItems } from '../../std.ts';
import { summarised } from '../facts/leftover-summaries.ts';
import { currentRun } from '../memory/memory.ts';
import type { Finding, Report, Rule, Severity } from '../rule.ts';
import { withoutSilenced } from './suppress.ts';

export interface CheckSettings {
  /** Severities by rule id; `off` disables a rule. Rules that are not listed keep their own severity. */
  readonly severities: Readonly<Record<string, Severity | 'off'>>;
  /** Returns true for files in which a rule must not report. If absent, no file is excluded. */
  readonly isExcluded?: (rule: string, file: string) => boolean;
}

/** The rules that are run, with their settings. */
interface Chosen {
  readonly rules: ReadonlyMap<string, Rule>;
  readonly settings: CheckSettings;
}

const NO_CHOICE: Chosen = { rules: new Map(), settings: { severities: {} } };

const CHOSEN = input<null, Chosen>('chosen rules', () => NO_CHOICE, {
  equals: (left, right) =>
    left.settings === right.settings && sameItems([...left.rules.values()], [...right.rules.values()]),
});

const RULES = query<null, readonly string[]>(
  'names of chosen rules',
  database => [...CHOSEN(database, null).rules.keys()],
  { equals: sameItems },
);

/** The reports of a rule, by its id. */
const REPORTS = input<string, readonly Report[]>('reports of rule', () => []);

/** Sets the rules whose reports count. */
export function noteRules(database: Database, rules: readonly Rule[], settings: CheckSettings): void {
  const running = rules.filter(({ id }) => settings.severities[id] !== 'off');
  set(database, CHOSEN, null, { rules: new Map(running.map(rule => [rule.id, rule])), settings });
}

/** Sets the reports of a rule. */
export function noteReports(database: Database, { id }: Rule, reports: readonly Report[]): void {
  set(database, REPORTS, id, reports);
}

/** Returns all findings of the noted rules, sorted by file, place and rule. */
export function findingsOf(database: Database): readonly Finding[] {
  const { rules } = CHOSEN(database, null);
  BY_FILE.settle(database);
  return summarised(IN_ALL_FILES(database, null).flat(), id => rules.get(id));
}

/** The findings of a rule by file. */
const OF_RULE = query<string, Named<readonly Finding[]>>('findings of rule', (database, id, before) => {
  const { rules, settings } = CHOSEN(database, null);
  const rule = rules.get(id);
  const severity = settings.severities[id];
  const byFile = new Map<string, Finding[]>();
  if (rule !== undefined && severity !== 'off')
    for (const report of REPORTS(database, id)) {
      if (settings.isExcluded?.(id, report.at.file)) continue;
      addToList(byFile, report.at.file, keptFinding(rule, report, severity));
    }
  return reusing(before, byFile, sameItems);
});

const BY_FILE = settledByName(RULES, OF_RULE);

/** The findings in a file, sorted. */
const IN_FILE = query<string, readonly Finding[]>(
  'findings in file',
  (database, file) => {
    const byRule = BY_FILE.holders(database, file).list();
    const sortedByPlace = byRule.flatMap(({ value }) => value).sort(byPlace);
    return withoutSilenced(currentRun(database).watched.sources.parse(file), sortedByPlace);
  },
  { equals: sameItems },
);

const IN_ALL_FILES = forAll(BY_FILE.names, IN_FILE);

/** The findings of reports, which are kept from one run to the next, by the severity of the settings. */
const findings = new WeakMap<
  Report,
  { readonly severity: Severity | undefined; readonly finding: Finding }
>();

function keptFinding(rule: Rule, report: Report, severity: Severity | undefined): Finding {
  const before = findings.get(report);
  if (before !== undefined && before.severity === severity && before.finding.rule === rule.id)
    return before.finding;
  const finding = findingOf(rule, report, severity);
  findings.set(report, { severity, finding });
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
