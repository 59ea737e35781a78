/** Suggests the nearest existing name: "Did you mean". */

import { suggest } from '../nix/near-names.ts';

export { certainCorrection, editDistance, suggest } from '../nix/near-names.ts';

/** Returns ` Did you mean "x"?`, or '' without a suggestion. */
export function didYouMean(suggestion: string | null): string {
  return suggestion === null ? '' : ` Did you mean "${suggestion}"?`;
}

/**
 * Returns the rule that was most likely meant, by its whole id or by its name without the group, or `null` if none is
 * similar.
 */
export function nearestRule(id: string, ids: readonly string[]): string | null {
  const near = suggest(id, ids);
  if (near !== null) return near;
  const name = id.slice(id.indexOf('/') + 1);
  const nameOf = (ruleId: string) => ruleId.slice(ruleId.indexOf('/') + 1);
  const same = ids.find(ruleId => nameOf(ruleId) === name || ruleId === `${id}/*`);
  if (same !== undefined) return same;
  const meant = suggest(name, ids.map(nameOf));
  return ids.find(ruleId => nameOf(ruleId) === meant) ?? null;
}
