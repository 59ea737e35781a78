/** The request for pages of the documentation, and the command that shows them. */
/** The command that findings, hovers and quick fixes run to show a page; the server gets its name at start. */
export const showRuleCommand = 'varsmith.showRule';

/** Request: a page of the documentation of rules; null where there is none of the name. */
export const rulePageRequest = 'varsmith/rulePage';

export interface RulePageParams {
  /** Below `docs/`, without an ending: `rules/registry/unknown-key`. */
  readonly page: string;
}

export interface RulePageResult {
  readonly markdown: string;
}
