/** Validates rule ids on the command line. */
import type { Rule } from '../checks/rule.ts';
import { didYouMean, nearestRule } from '../edits/suggest.ts';
import { groupsOf } from '../workspace/settings/rule-settings.ts';
import { UsageError } from './io.ts';

/**
 * Checks that rules or groups exist.
 * @throws UsageError for the first id that does not exist
 */
export function rejectUnknownRules(ids: readonly string[], rules: readonly Rule[]): void {
  const groups = groupsOf(rules.map(rule => rule.id));
  for (const id of ids) {
    if (!rules.some(rule => rule.id === id) && !groups.includes(id))
      throw new UsageError(unknownRule(id, rules, groups));
  }
}

/** Returns whether a rule was requested, by its id or its group (`eval/*`). */
export function isAskedFor(rule: string, ids: readonly string[]): boolean {
  return ids.includes(rule) || ids.includes(`${rule.slice(0, rule.indexOf('/'))}/*`);
}

/** Returns the message for a rule that does not exist. */
export function unknownRule(id: string, rules: readonly Rule[], groups: readonly string[] = []): string {
  const near = nearestRule(id, [...rules.map(rule => rule.id), ...groups]);
  return `There is no rule "${id}".${didYouMean(near)} \`varsmith rules\` lists them.`;
}
