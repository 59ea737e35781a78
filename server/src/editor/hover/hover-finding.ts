/** Describes the rules with findings at a place. The editor itself shows the findings. Pure. */
import { ruleUrl } from '../../checks/pages/pages.ts';
import type { Finding, Rule } from '../../checks/rule.ts';
import type { Snapshot } from '../snapshot.ts';

/** Looks up a rule by id. */
export type RuleLookup = (id: string) => Pick<Rule, 'id' | 'summary'> | null;

export interface RuleCard {
  readonly at: Finding['at'];
  readonly markdown: string;
}

/**
 * Returns the rules of the findings at an offset without duplicates, or null if there are none.
 *
 * @param pageOf returns the address of a rule's page
 */
export function ruleCards(
  { findings }: Snapshot,
  file: string,
  offset: number,
  rules: RuleLookup,
  pageOf: (rule: string) => string = ruleUrl,
): RuleCard | null {
  const here = (findings.get(file) ?? []).filter(({ at }) => at.start <= offset && offset <= at.end);
  const [first] = here;
  const cards = [...new Set(here.map(({ rule }) => rule))].flatMap(id => {
    const rule = rules(id);
    return rule === null ? [] : [cardOf(rule, pageOf(id))];
  });
  return first === undefined || cards.length === 0
    ? null
    : { at: first.at, markdown: cards.join('\n\n---\n\n') };
}

/** Returns one line: the finding says what is the matter here, and the rule's text is about other causes as well. */
function cardOf({ id, summary }: ReturnType<RuleLookup> & object, page: string): string {
  return `**${id}** · ${summary} · [Documentation](${page})`;
}
