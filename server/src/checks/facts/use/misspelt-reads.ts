/**
 * Slips in what `getPublicValue` is asked for. It reads the stored file: what is stored counts as much as what is
 * declared, and a name that is neither, beside one that is, is a slip even where not all declarations are known.
 */

import { editDistance, suggest } from '../../../edits/suggest.ts';
import { catalogueEntries } from '../../../fleet/catalogue/catalogue.ts';
import { literalsOf, patternOf } from '../../../fleet/elsewhere/name-patterns.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Use } from '../../../fleet/model/uses.ts';
import { sortedUnique } from '../../../std.ts';
import { derived } from '../../memory/derived.ts';
import type { CheckContext } from '../../rule.ts';
import type { Facts } from '../fleet-facts.ts';
import { mayBeSame } from '../generator/script-io.ts';
import { isNearBeside, isNextOf } from '../near-names.ts';
import { storedIndex } from '../store/stored-index.ts';
import type { LackingFile } from './lacking-files.ts';

/** Of generators that may be nearly any, a short file name has near ones by chance. */
const MIN_LENGTH = 5;

/** Returns the files of the generators that are meant, if none of them has the file and one has a name beside it. */
export function misspeltFile(context: CheckContext, use: Use): LackingFile | null {
  const { fileName, fileKind, generator, generatorKind } = use;
  if (fileName === null || fileKind === 'pattern') return null;
  const isPattern = generatorKind === 'pattern';
  if (isPattern && (fileName.length < MIN_LENGTH || hasFileAnywhere(context, fileName))) return null;
  const files = filesOf(context, generator);
  const names = files.filter(file => !file.includes('${'));
  const meant = suggest(fileName, names);
  if (meant === null || editDistance(fileName, meant) > 2 || isNextOf(fileName, meant)) return null;
  const isSlip = files.every(file => {
    const matches = patternOf(file);
    return (
      !matches.test(fileName) || (file !== fileName && isNearBeside({ name: file, matches }, fileName, meant))
    );
  });
  return isSlip ? { files: isPattern ? [meant] : files, machines: [], severity: 'warning' } : null;
}

/** Returns the stored generator that has the file and is meant by a name that nothing stores, declares or brings. */
export function misspeltGenerator({ stored }: CheckContext, facts: Facts, use: Use): string | null {
  const { generator, fileName } = use;
  const { generators } = storedIndex(stored());
  const about = facts.elsewhere.about(generator);
  if (facts.generators.has(generator) || generators.has(generator) || about.brought.length > 0) return null;
  const names = [...generators.values()].flatMap(({ name, files }) =>
    fileName !== null && isPublic(files.get(fileName)?.all ?? []) ? [name] : [],
  );
  const meant = suggest(generator, names);
  if (meant === null || editDistance(generator, meant) > 2 || isNextOf(generator, meant)) return null;
  return about.unnamed.every(unnamed => isNearBeside(unnamed, generator, meant)) ? meant : null;
}

/** Returns the files of all generators that the name, which may have holes, may stand for: declared, brought or stored. */
function filesOf({ fleet, stored }: CheckContext, generator: string): readonly string[] {
  const isMeant = ({ name }: { readonly name: string }) => mayBeSame(generator, name);
  const kept = [...storedIndex(stored()).generators.values()].filter(isMeant);
  return sortedUnique([
    ...fleet.generators.filter(isMeant).flatMap(declared => declared.body().files.map(({ name }) => name)),
    ...fleet.brought.filter(isMeant).flatMap(({ files }) => files.map(({ name }) => name)),
    ...catalogueEntries(literalsOf(generator).join('x')).flatMap(({ files }) =>
      files.map(({ name }) => name),
    ),
    ...kept.flatMap(({ files }) =>
      [...files.values()].flatMap(({ name, all }) => (isPublic(all) ? [name] : [])),
    ),
  ]);
}

function isPublic(all: readonly { readonly kind: string }[]): boolean {
  return all.some(({ kind }) => kind === 'public');
}

function hasFileAnywhere({ fleet, stored }: CheckContext, fileName: string): boolean {
  if (declaredNames(fleet).has(fileName)) return true;
  return [...storedIndex(stored()).generators.values()].some(({ files }) => files.has(fileName));
}

/** The names of all files that are declared or brought. */
const declaredNames = derived(
  (fleet: Fleet): ReadonlySet<string> =>
    new Set([
      ...fleet.generators.flatMap(generator => generator.body().files.map(({ name }) => name)),
      ...fleet.brought.flatMap(({ files }) => files.map(({ name }) => name)),
    ]),
);
