/**
 * Settings of rules: a severity or `off`, and paths where a rule is not reported, for a rule or a group
 * (`registry/*`). Knows the names of rules, but not what they do.
 */
import * as v from 'valibot';
import type { CheckSettings } from '../../checks/engine/findings.ts';
import type { Severity } from '../../checks/rule.ts';
import { didYouMean, nearestRule } from '../../edits/suggest.ts';
import { matchesAny } from './glob.ts';
import { type NoteProblem, noteUnknownNames } from './unknown-names.ts';

export const SEVERITY_WORDS = ['off', 'error', 'warning', 'info', 'hint'] as const satisfies readonly (
  | Severity
  | 'off'
)[];

/** Settings of a rule, from a single layer or merged. */
interface RuleSetting {
  readonly severity?: Severity | 'off';
  /** Path patterns of files in which the rule is not reported. */
  readonly exclude?: readonly string[];
}

/** Settings by rule id or `group/*`. */
export type RuleSettings = Readonly<Record<string, RuleSetting>>;

const severity = v.picklist(SEVERITY_WORDS);
const patterns = v.array(v.string());

/** Reads the `rules` of a layer and leaves out invalid ones. */
export function readRules(rules: object, ruleIds: readonly string[], note: NoteProblem): RuleSettings {
  const read: Record<string, RuleSetting> = {};
  const existing = [...ruleIds, ...groupsOf(ruleIds)];
  const messageOf = (id: string, near: string | null) =>
    `There is no rule "${id}".${didYouMean(near)} \`varsmith rules\` lists them.`;
  noteUnknownNames(Object.keys(rules), existing, [], messageOf, note, nearestRule);
  const known = new Set(existing);
  for (const [id, value] of Object.entries(rules)) {
    const setting = known.has(id) ? readRule(id, value, note) : null;
    if (setting !== null) read[id] = setting;
  }
  return read;
}

function readRule(id: string, value: unknown, note: NoteProblem): RuleSetting | null {
  const asObject = typeof value === 'string' ? { severity: value } : value;
  if (typeof asObject !== 'object' || asObject === null || Array.isArray(asObject)) {
    const message = `"${id}" must be off, error, warning, info or hint, or an object with "severity" and "exclude".`;
    note({ path: [id], part: 'value', message });
    return null;
  }
  const setting: { -readonly [name in keyof RuleSetting]: RuleSetting[name] } = {};
  for (const [name, part] of Object.entries(asObject)) {
    // The short form has no member of its own to report.
    const path = typeof value === 'string' ? [id] : [id, name];
    if (name === 'severity') {
      const result = v.safeParse(severity, part);
      if (result.success) setting.severity = result.output;
      else note({ path, part: 'value', message: `"${id}" must be off, error, warning, info or hint.` });
    } else if (name === 'exclude') {
      const result = v.safeParse(patterns, part);
      if (result.success) setting.exclude = result.output;
      else note({ path, part: 'value', message: `"exclude" of "${id}" must be a list of path patterns.` });
    } else {
      const message = `A rule has no setting "${name}"; it has "severity" and "exclude".`;
      note({ path, part: 'key', message });
    }
  }
  return setting;
}

/** Returns `registry/*` and so on for each group that has a rule, in the order of the rules. */
export function groupsOf(ruleIds: readonly string[]): string[] {
  return [...new Set(ruleIds.map(groupOf))];
}

function groupOf(id: string): string {
  return `${id.slice(0, id.indexOf('/'))}/*`;
}

/**
 * Merges two layers. A group in the upper layer overrides all of its rules in the lower layer, even those that are
 * named there.
 */
export function mergeRules(below: RuleSettings, above: RuleSettings): RuleSettings {
  const merged: Record<string, RuleSetting> = {};
  for (const [id, setting] of Object.entries(below)) {
    const group = Object.hasOwn(above, groupOf(id)) ? (above[groupOf(id)] as RuleSetting) : {};
    const { severity: configured, exclude } = setting;
    merged[id] = {
      ...(configured === undefined || group.severity !== undefined ? {} : { severity: configured }),
      ...(exclude === undefined || group.exclude !== undefined ? {} : { exclude }),
    };
  }
  for (const [id, setting] of Object.entries(above)) merged[id] = { ...merged[id], ...setting };
  return merged;
}

/**
 * Returns the settings that the rules are run with. A rule's own severity takes precedence over its group's; the
 * paths of both apply.
 * @param ruleIds all existing rules
 * @param optional rules that are off unless the settings name them individually; settings of their group do not
 * enable them
 */
export function checkSettings(
  rules: RuleSettings,
  ruleIds: readonly string[],
  optional: readonly string[] = [],
): CheckSettings {
  const severities: Record<string, Severity | 'off'> = {};
  const excluded = new Map<string, (file: string) => boolean>();
  for (const id of ruleIds) {
    const rule = rules[id];
    const group = rules[groupOf(id)];
    const chosen = rule?.severity ?? (optional.includes(id) ? 'off' : group?.severity);
    if (chosen !== undefined) severities[id] = chosen;
    const paths = [...(rule?.exclude ?? []), ...(group?.exclude ?? [])];
    if (paths.length > 0) excluded.set(id, matchesAny(paths));
  }
  return { severities, isExcluded: (rule, file) => excluded.get(rule)?.(file) ?? false };
}
