/** Rules as data, for `rules --json` and `explain --json`. */
import { ruleUrl } from '../../checks/pages/pages.ts';
import type { Rule, Severity } from '../../checks/rule.ts';

/** Returns the severity of a rule without settings. */
export function defaultSeverity({ optional, severity }: Rule): Severity | 'off' {
  return optional === true ? 'off' : severity;
}

export function ruleSummary(rule: Rule) {
  const { id, summary } = rule;
  return { id, summary, defaultSeverity: defaultSeverity(rule), url: ruleUrl(id) };
}
