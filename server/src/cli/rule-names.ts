/** Rule ids as somebody types them, and the sentence about those that do not exist. */
import type { Rule } from '../checks/rule.ts';
import { didYouMean, nearestRule } from '../checks/suggest.ts';
import { UsageError } from './io.ts';

/** @throws UsageError for the first id that is none */
export function rejectUnknownRules(ids: readonly string[], rules: readonly Rule[]): void {
  for (const id of ids) {
    if (!rules.some(rule => rule.id === id)) throw new UsageError(unknownRule(id, rules));
  }
}

/** The sentence about a rule that does not exist. */
export function unknownRule(id: string, rules: readonly Rule[]): string {
  const near = nearestRule(
    id,
    rules.map(rule => rule.id),
  );
  return `There is no rule "${id}".${didYouMean(near)} \`varsmith rules\` lists them.`;
}
