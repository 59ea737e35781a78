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
  const refused = [...new Set(unknown.filter(({ isRefused }) => isRefused).map(({ part }) => part))];
  const byReason = new Map<string, Set<string>>();
  for (const { part, expression, isRefused } of unknown)
    if (!isRefused) byReason.set(expression, (byReason.get(expression) ?? new Set()).add(part));
  const reasons = [...byReason].map(([expression, parts]) => {
    const names = [...parts];
    const last = names.pop();
    const text = names.length === 0 ? last : `${names.join(', ')} and ${last}`;
    return `its ${text} cannot be determined by reading: ${expression}`;
  });
  if (refused.length === 0) return reasons;
  return [...reasons, `Nix does not evaluate its ${refused.join(', ')} ("varsmith check --nix" shows why)`];
}

/** Returns ` needs Nix: its script …`, or `: Nix does not evaluate its script …` if it was asked already. */
export function needText(reason: string, unknown: readonly UnknownPart[]): string {
  return unknown.every(({ isRefused }) => isRefused) ? `: ${reason}` : ` needs Nix: ${reason}`;
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
