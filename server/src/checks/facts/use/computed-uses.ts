/** Finds uses of generators with a computed name: `generators."svc-${name}"`. */

import { suggest } from '../../../edits/suggest.ts';
import { isCatalogueGenerator } from '../../../fleet/catalogue/catalogue.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { UnitOutline, Use } from '../../../fleet/model/uses.ts';
import { literalsOf } from '../../../modules/name-patterns.ts';
import { sortedUnique } from '../../../std.ts';
import { factsOf, mayHaveFileDefinedElsewhere } from '../fleet-facts.ts';
import { mayBeSame } from '../generator/script-io.ts';
import { type LackingFile, mayHave } from './lacking-files.ts';

/** Returns the uses of a unit that read a generator with a computed name, through its option or a function. */
export function computedUses(unit: UnitOutline): readonly Use[] {
  return unit.uses.filter(
    use => use.by !== 'name' && use.generatorKind === 'pattern' && !use.guarded && use.key === null,
  );
}

/**
 * Returns the files of all generators that match a partly known name if none of them has the used file, but one
 * has a similar name. Otherwise returns null.
 */
export function lackingOfFitting(fleet: Fleet, { generator, fileName, fileKind }: Use): LackingFile | null {
  if (fileName === null || fileKind === 'pattern' || mayBeAnyName(generator)) return null;
  const facts = factsOf(fleet);
  const fitting = fleet.generators.filter(
    ({ name, machines }) =>
      machines?.length !== 0 && mayBeSame(generator, name) && haveSameEnds(generator, name),
  );
  const isKnown = fitting.every(
    ({ name, nameKind }) =>
      nameKind === 'pattern' || !mayHaveFileDefinedElsewhere(facts, name, fileName, null),
  );
  if (!isKnown || fitting.some(candidate => mayHave(candidate.body(), fileName))) return null;
  const files = sortedUnique(fitting.flatMap(candidate => candidate.body().files.map(({ name }) => name)));
  return suggest(fileName, files) === null ? null : { files, machines: [] };
}

/** Returns whether two names are compatible in the text before the first hole and after the last. */
function haveSameEnds(name: string, other: string): boolean {
  const [first, second] = [literalsOf(name), literalsOf(other)];
  const starts = (left = '', right = '') => left.startsWith(right) || right.startsWith(left);
  const ends = (left = '', right = '') => left.endsWith(right) || right.endsWith(left);
  return starts(first[0], second[0]) && ends(first.at(-1), second.at(-1));
}

/** Returns whether hardly anything of a name is known, or a clan-core service may have created it. */
function mayBeAnyName(name: string): boolean {
  const parts = literalsOf(name);
  return parts.join('').length < MIN_WRITTEN || isCatalogueGenerator(parts.join('x'));
}

const MIN_WRITTEN = 4;
