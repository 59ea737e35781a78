/** Wording shared by plans and problems. */
import type { Generator, UnknownPart } from './generators.ts';

/** Returns where a generator is: `machine web`, or `shared by web, mail`. */
export function whereOf({ machine, machines }: Pick<Generator, 'machine' | 'machines'>): string {
  return machine === null ? `shared by ${listed(machines)}` : `machine ${machine}`;
}

/** Lists names, shortened if there are many. */
export function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  return names.length > 6 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
}

/**
 * Returns what only Nix can evaluate and why, one clause per reason, in the order of the parts: `only
 * evaluation can tell its files and script: cfg.x`.
 */
export function partsText(unknown: readonly UnknownPart[]): string[] {
  const byReason = new Map<string, Set<string>>();
  for (const { part, expression } of unknown)
    byReason.set(expression, (byReason.get(expression) ?? new Set()).add(part));
  return [...byReason].map(([expression, parts]) => {
    const names = [...parts];
    const last = names.pop();
    const text = names.length === 0 ? last : `${names.join(', ')} and ${last}`;
    return `its ${text} cannot be determined by reading: ${expression}`;
  });
}

/** Returns `machine a` or `machines a and b`. */
export function several(word: string, names: readonly string[]): string {
  const [first, ...others] = names;
  const last = others.pop();
  if (last === undefined) return `${word} ${first ?? ''}`;
  return `${word}s ${[first, ...others].join(', ')} and ${last}`;
}

/** Lists a few names and the number of others: `a, b and 19,990 more`. */
export function someText(names: readonly string[], more: number): string {
  return `${names.join(', ')}${more === 0 ? '' : ` and ${countText(more)} more`}`;
}

/** Formats a number: `19,990`. */
export function countText(count: number): string {
  return count.toLocaleString('en');
}
