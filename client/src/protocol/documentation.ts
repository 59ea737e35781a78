/** The request for pages of the documentation, and the command that shows them. */
/** The command that findings, hovers and quick fixes run to show a page. The server receives its name at the start. */
export const showRuleCommand = 'varsmith.showRule';

/** Request: a page about a rule, or `null` if it does not exist. */
export const rulePageRequest = 'varsmith/rulePage';

export interface RulePageParams {
  /** The path below `docs/` without an extension: `rules/registry/unknown-key`. */
  readonly page: string;
}

export interface RulePageResult {
  readonly markdown: string;
}
