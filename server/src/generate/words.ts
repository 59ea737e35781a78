/** Words that plans and problems share. */
import type { Generator, UnknownPart } from './generators.ts';

/** Where a generator is: `machine web`, or `shared by web, mail`. */
export function whereOf({ machine, machines }: Pick<Generator, 'machine' | 'machines'>): string {
  return machine === null ? `shared by ${listed(machines)}` : `machine ${machine}`;
}

/** Names, a few of them where there are many. */
export function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  return names.length > 6 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
}

/** What only Nix can tell: `its script is made with ${config.x}`. */
export function partText({ part, expression }: UnknownPart): string {
  return `only evaluation can tell its ${part}: ${expression}`;
}

/** Names of which few are known, and how many there are beside them: `a, b and 19,990 more`. */
export function someText(names: readonly string[], more: number): string {
  return `${names.join(', ')}${more === 0 ? '' : ` and ${countText(more)} more`}`;
}

/** `19,990` */
export function countText(count: number): string {
  return count.toLocaleString('en');
}
