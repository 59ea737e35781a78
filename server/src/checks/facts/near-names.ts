/** Finds generator names that are probably misspelt: one or two letters away from an existing one. */

import { certainCorrection, suggest } from '../../edits/suggest.ts';
import { mayBeOfClan } from '../../fleet/elsewhere/elsewhere.ts';
import type { UnnamedGenerator } from '../../fleet/elsewhere/unnamed-generators.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { ClanGenerator } from '../../fleet/model/services.ts';
import { literalsOf } from '../../modules/name-patterns.ts';
import { derived } from '../memory/derived.ts';
import { type Facts, possibleMachines, somewhere } from './fleet-facts.ts';

const clanGeneratorsWith = derived((fleet): readonly ClanGenerator[] =>
  fleet.clanGenerators.filter(
    ({ isPattern, certain, machines }) => certain && !isPattern && machines !== null,
  ),
);

/**
 * Returns the names of generators that services provide to all of the machines, or to any machine if `machines`
 * is null.
 */
export function clanGeneratorNames(fleet: Fleet, machines: readonly string[] | null): readonly string[] {
  return clanGeneratorsWith(fleet).flatMap(generator =>
    isOnAll(generator, machines) ? [generator.name] : [],
  );
}

/**
 * Returns the generators of this name that services provide to all of the machines, or to any machine if
 * `machines` is null.
 */
export function clanGeneratorsFor(
  fleet: Fleet,
  name: string,
  machines: readonly string[] | null,
): readonly ClanGenerator[] {
  return clanGeneratorsWith(fleet).filter(
    generator => generator.name === name && isOnAll(generator, machines),
  );
}

function isOnAll({ machines }: ClanGenerator, wanted: readonly string[] | null): boolean {
  return wanted === null || wanted.every(machine => machines?.includes(machine));
}

/**
 * Returns the generator that was surely meant by a name without a known definition on the machines. Null if
 * there is none or the name may be correct, which it may be if clan-core has it, but not merely because of
 * definitions with unknown names.
 *
 * @param candidates the existing names
 */
export function nearName(
  facts: Facts,
  name: string,
  machines: readonly string[] | null,
  candidates: readonly string[],
): string | null {
  if (facts.generators.has(name) || candidates.includes(name)) return null;
  const meant = certainCorrection(name, candidates);
  if (meant === null) return null;
  const { elsewhere } = facts;
  const asked = { name, declared: [] };
  if (somewhere(machines, machine => mayBeOfClan(elsewhere, asked, machine))) return null;
  return elsewhere.about(name).unnamed.every(unnamed => isNearBeside(unnamed, name, meant)) ? meant : null;
}

/**
 * Returns the names of generators that one of the machines may have. A generator without known machines counts
 * for all.
 */
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

/**
 * Returns whether a name is a misspelling of another although it also matches a partly known one: the two share
 * more than all names of that pattern do.
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
