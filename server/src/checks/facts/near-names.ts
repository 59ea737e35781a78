/** Names of generators that are probably slips of others: one or two letters from one that there is. */

import { editDistance, suggest } from '../../edits/suggest.ts';
import { mayBeBrought } from '../../fleet/elsewhere/elsewhere.ts';
import { literalsOf } from '../../fleet/elsewhere/name-patterns.ts';
import type { UnnamedGenerator } from '../../fleet/elsewhere/unnamed-generators.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import { derived } from '../memory/derived.ts';
import { type Facts, somewhere } from './fleet-facts.ts';

/** What a service brings for certain, by its whole name. */
interface Brought {
  readonly name: string;
  readonly machines: readonly string[];
}

const broughtOf = derived((fleet): readonly Brought[] =>
  fleet.brought.flatMap(({ name, isPattern, certain, machines }) =>
    certain && !isPattern && machines !== null ? [{ name, machines }] : [],
  ),
);

/** Returns the names of generators that services bring to all of the machines; null: to any. */
export function broughtNames(fleet: Fleet, machines: readonly string[] | null): readonly string[] {
  return broughtOf(fleet).flatMap(brought =>
    machines === null || machines.every(machine => brought.machines.includes(machine)) ? [brought.name] : [],
  );
}

/**
 * Returns the generator that is surely meant by a name that nothing is known to define on the machines; null if there is
 * none, or if the name may be right. It may be if clan-core has it, and not because something has a name that nobody knows.
 * @param brought names that services bring
 */
export function nearName(
  facts: Facts,
  name: string,
  machines: readonly string[] | null,
  brought: readonly string[] = [],
): string | null {
  if (facts.generators.has(name) || brought.includes(name)) return null;
  const meant = suggest(name, [...facts.generators.keys(), ...brought]);
  if (meant === null || !isSlipOf(name, meant)) return null;
  const { elsewhere } = facts;
  const asked = { name, declared: [] };
  if (somewhere(machines, machine => mayBeBrought(elsewhere, asked, machine))) return null;
  return elsewhere.about(name).unnamed.every(unnamed => isNearBeside(unnamed, name, meant)) ? meant : null;
}

/** Returns whether a name is one or two letters from another, and not the next of a row. */
export function isSlipOf(name: string, other: string): boolean {
  return suggest(name, [other]) !== null && editDistance(name, other) <= 2 && !isNextOf(name, other);
}

/** `key-1` and `key-2`: who has the one may have the other from elsewhere. */
function isNextOf(name: string, other: string): boolean {
  return name.replace(/\d+/g, '') === other.replace(/\d+/g, '');
}

/**
 * Returns whether a name is a slip of the other although it may be one with holes: what the two have in common is then
 * more than what all of those have.
 */
function isNearBeside({ name: pattern, matches }: UnnamedGenerator, name: string, other: string): boolean {
  if (!matches.test(other)) return literalsOf(pattern).every(text => text === '');
  const [before, ...others] = literalsOf(pattern);
  const after = others.at(-1) ?? '';
  const filling = (text: string) => text.slice(before.length, text.length - after.length);
  return suggest(filling(name), [filling(other)]) !== null;
}
