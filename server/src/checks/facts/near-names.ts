/** Names of generators that are probably slips of others: one or two letters from one that there is. */

import { editDistance, suggest } from '../../edits/suggest.ts';
import { mayBeBrought } from '../../fleet/elsewhere/elsewhere.ts';
import { literalsOf } from '../../fleet/elsewhere/name-patterns.ts';
import type { UnnamedGenerator } from '../../fleet/elsewhere/unnamed-generators.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { BroughtGenerator } from '../../fleet/model/services.ts';
import { derived } from '../memory/derived.ts';
import { type Facts, possibleMachines, somewhere } from './fleet-facts.ts';

const broughtOf = derived((fleet): readonly BroughtGenerator[] =>
  fleet.brought.filter(({ isPattern, certain, machines }) => certain && !isPattern && machines !== null),
);

/** Returns the names of generators that services bring to all of the machines; null: to any. */
export function broughtNames(fleet: Fleet, machines: readonly string[] | null): readonly string[] {
  return broughtOf(fleet).flatMap(brought => (isOnAll(brought, machines) ? [brought.name] : []));
}

/** Returns what services bring of a name to all of the machines; null: to any. */
export function broughtFor(
  fleet: Fleet,
  name: string,
  machines: readonly string[] | null,
): readonly BroughtGenerator[] {
  return broughtOf(fleet).filter(brought => brought.name === name && isOnAll(brought, machines));
}

function isOnAll({ machines }: BroughtGenerator, wanted: readonly string[] | null): boolean {
  return wanted === null || wanted.every(machine => machines?.includes(machine));
}

/**
 * Returns the generator that is surely meant by a name that nothing is known to define on the machines; null if there is
 * none, or if the name may be right. It may be if clan-core has it, and not because something has a name that nobody knows.
 * @param candidates the names that there are
 */
export function nearName(
  facts: Facts,
  name: string,
  machines: readonly string[] | null,
  candidates: readonly string[],
): string | null {
  if (facts.generators.has(name) || candidates.includes(name)) return null;
  const meant = suggest(name, candidates);
  if (meant === null || editDistance(name, meant) > 2 || isNextOf(name, meant)) return null;
  const { elsewhere } = facts;
  const asked = { name, declared: [] };
  if (somewhere(machines, machine => mayBeBrought(elsewhere, asked, machine))) return null;
  return elsewhere.about(name).unnamed.every(unnamed => isNearBeside(unnamed, name, meant)) ? meant : null;
}

/** Returns the names of generators that may be on one of the machines; of those that no machine is known to have, all. */
export function namesOn(facts: Facts, machines: readonly string[] | null): readonly string[] {
  if (machines === null || machines.length === 0) return [...facts.generators.keys()];
  const there = new Set(machines);
  return [...facts.generators].flatMap(([name, generators]) =>
    generators.some(generator => {
      const possible = possibleMachines(generator);
      return possible.length === 0 || possible.some(machine => there.has(machine));
    })
      ? [name]
      : [],
  );
}

/** `key-1` and `key-2`: who has the one may have the other from elsewhere. */
export function isNextOf(name: string, other: string): boolean {
  return name.replace(/\d+/g, '') === other.replace(/\d+/g, '');
}

/**
 * Returns whether a name is a slip of the other although it may be one with holes: what the two have in common is then
 * more than what all of those have.
 */
export function isNearBeside(
  { name: pattern, matches }: Pick<UnnamedGenerator, 'name' | 'matches'>,
  name: string,
  other: string,
): boolean {
  if (!matches.test(other)) return literalsOf(pattern).every(text => text === '');
  const [before, ...others] = literalsOf(pattern);
  const after = others.at(-1) ?? '';
  const filling = (text: string) => text.slice(before.length, text.length - after.length);
  return suggest(filling(name), [filling(other)]) !== null;
}
