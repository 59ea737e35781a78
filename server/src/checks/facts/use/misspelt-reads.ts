/**
 * Finds misspelt names in the arguments of `getPublicValue`. It reads the stored file, so stored names count as much as
 * declared ones, and a name that is neither but is near to one is a slip even if not all declarations are known.
 */

import { certainCorrection } from '../../../edits/suggest.ts';
import { catalogueEntries } from '../../../fleet/catalogue/catalogue.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Use } from '../../../fleet/model/uses.ts';
import { literalsOf, patternOf } from '../../../modules/name-patterns.ts';
import { sortedUnique } from '../../../std.ts';
import { derived } from '../../memory/derived.ts';
import type { CheckContext } from '../../rule.ts';
import type { Facts } from '../fleet-facts.ts';
import { mayBeSame } from '../generator/script-io.ts';
import { isNearBeside } from '../near-names.ts';
import { storedIndex } from '../store/stored-index.ts';
import type { LackingFile } from './lacking-files.ts';

/** The shortest file name to judge where the generator's name has holes: shorter ones are near to others by chance. */
const MIN_LENGTH = 5;

/** Returns the files of the generators that the use names, if none of them has the file and one has a similar name. */
export function misspeltFile(context: CheckContext, use: Use): LackingFile | null {
  const { fileName, fileKind, generator, generatorKind } = use;
  if (fileName === null || fileKind === 'pattern') return null;
  const isPattern = generatorKind === 'pattern';
  if (isPattern && (fileName.length < MIN_LENGTH || hasFileAnywhere(context, fileName))) return null;
  const files = filesOf(context, generator);
  const names = files.filter(file => !file.includes('${'));
  const meant = certainCorrection(fileName, names);
  if (meant === null) return null;
  const isSlip = files.every(file => {
    const matches = patternOf(file);
    return (
      !matches.test(fileName) || (file !== fileName && isNearBeside({ name: file, matches }, fileName, meant))
    );
  });
  return isSlip ? { files: isPattern ? [meant] : files, machines: [], severity: 'warning' } : null;
}

/** Returns the stored generator with the file that was meant by a name that is not stored, declared here or by clan-core. */
export function misspeltGenerator({ stored }: CheckContext, facts: Facts, use: Use): string | null {
  const { generator, fileName } = use;
  const { generators } = storedIndex(stored());
  const about = facts.elsewhere.about(generator);
  if (facts.generators.has(generator) || generators.has(generator) || about.clanGenerators.length > 0)
    return null;
  const names = [...generators.values()].flatMap(({ name, files }) =>
    fileName !== null && isPublic(files.get(fileName)?.all ?? []) ? [name] : [],
  );
  const meant = certainCorrection(generator, names);
  const isMeant = meant !== null && about.unnamed.every(unnamed => isNearBeside(unnamed, generator, meant));
  return isMeant ? meant : null;
}

/** Returns the files of all declared and stored generators that match the name, which may have holes. */
function filesOf({ fleet, stored }: CheckContext, generator: string): readonly string[] {
  const isMeant = ({ name }: { readonly name: string }) => mayBeSame(generator, name);
  const kept = [...storedIndex(stored()).generators.values()].filter(isMeant);
  return sortedUnique([
    ...fleet.generators.filter(isMeant).flatMap(declared => declared.body().files.map(({ name }) => name)),
    ...fleet.clanGenerators.filter(isMeant).flatMap(({ files }) => files.map(({ name }) => name)),
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

/** Returns the names of all files that are declared here or by clan-core. */
const declaredNames = derived(
  (fleet: Fleet): ReadonlySet<string> =>
    new Set([
      ...fleet.generators.flatMap(generator => generator.body().files.map(({ name }) => name)),
      ...fleet.clanGenerators.flatMap(({ files }) => files.map(({ name }) => name)),
    ]),
);
