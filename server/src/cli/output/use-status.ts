/**
 * Determines whether the target of a use exists. It is `undefined` only if a rule has proved it, and `unknown` if it
 * is neither found nor proved to be missing.
 */

import { runRules } from '../../checks/engine/run.ts';
import type { CheckFiles } from '../../checks/rule.ts';
import { undefinedFile } from '../../checks/rules/use/undefined-file.ts';
import { undefinedGenerator } from '../../checks/rules/use/undefined-generator.ts';
import { catalogueFile, isCatalogueGenerator } from '../../fleet/catalogue/catalogue.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { Generator } from '../../fleet/model/generators.ts';
import type { Use } from '../../fleet/model/uses.ts';
import { placeKey } from '../../nix/places.ts';

export type UseStatus = 'resolved' | 'catalogue' | 'undefined' | 'guarded' | 'unknown';

/** The rules that prove a use to be wrong. */
const PROOFS = [undefinedGenerator, undefinedFile];

/** Returns a function for the status of a fleet's uses. */
export function statusesIn(fleet: Fleet, files: CheckFiles): (use: Use) => UseStatus {
  const generators = new Map<string, Generator[]>();
  for (const generator of fleet.generators) {
    generators.set(generator.name, [...(generators.get(generator.name) ?? []), generator]);
  }
  const proved = new Set<string>();
  for (const { at } of runRules(PROOFS, fleet, files, { severities: {} })) proved.add(placeKey(at));

  const patterns = fleet.generators.filter(generator => generator.nameKind === 'pattern');

  return use => {
    const isPattern = use.generatorKind === 'pattern';
    const named = isPattern
      ? fleet.generators.filter(generator => mayBeOne(generator, use.generator))
      : [
          ...(generators.get(use.generator) ?? []),
          ...patterns.filter(({ name }) => fits(name, use.generator)),
        ];
    if (named.some(generator => hasFile(generator, use))) return 'resolved';
    if (!isPattern && (isInCatalogue(use) || isAdded(fleet, use))) return 'catalogue';
    if (use.guarded) return 'guarded';
    const places = [use.at, use.generatorAt, ...(use.fileAt ? [use.fileAt] : [])];
    return places.some(place => proved.has(placeKey(place))) ? 'undefined' : 'unknown';
  };
}

/** Returns whether one of clan-core's services declares the target. A workspace may add files to such a generator. */
function isInCatalogue({ generator, fileName }: Use): boolean {
  return fileName === null ? isCatalogueGenerator(generator) : catalogueFile(generator, fileName) !== null;
}

/** Returns whether a service of the fleet declares the target in the locked clan-core, which may have what the newest lacks. */
function isAdded({ clanGenerators }: Fleet, { generator, fileName }: Use): boolean {
  return clanGenerators.some(
    added =>
      added.name === generator && (fileName === null || added.files.some(({ name }) => name === fileName)),
  );
}

/** Returns whether a use whose generator name has holes could refer to this generator. An unknown name could be any. */
function mayBeOne({ name, nameKind }: Generator, wanted: string): boolean {
  if (name === wanted) return true;
  if (nameKind === 'pattern' && lettersOf(name).length < 3 && lettersOf(wanted).length >= 3) return false;
  return name !== NO_NAME && unify(name, wanted);
}

/** The name of a collection without known names. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the hole as the fleet writes it
const NO_NAME = '${…}';

function hasFile(generator: Generator, { fileName, fileKind }: Use): boolean {
  if (fileName === null) return true;
  const { files } = generator.body();
  if (fileKind === 'pattern') return files.some(({ name }) => unify(name, fileName));
  return files.some(({ name }) => name === fileName || fits(name, fileName));
}

const HOLE = /\$\{(?:[^{}]|\{[^}]*\})*\}/;

/** Returns the known letters of a name with holes. */
function lettersOf(name: string): string {
  return name.split(HOLE).join('');
}

/**
 * Returns whether a name with holes could match another name. A pattern needs at least three letters of its own, as
 * it could otherwise be anything.
 */
export function fits(pattern: string, name: string): boolean {
  const parts = pattern.split(HOLE);
  if (parts.length === 1 || parts.join('').length < 3) return false;
  const quoted = parts.map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${quoted.join('.+')}$`, 's').test(name);
}

/** Returns whether some name could match both. A hole stands for at least one character. */
function unify(a: string, b: string): boolean {
  const left = symbolsOf(a);
  const right = symbolsOf(b);
  /** Pairs of positions whose remainders were found not to match. */
  const failed = new Set<number>();
  const meet = (i: number, j: number): boolean => {
    if (i === left.length || j === right.length) return i === left.length && j === right.length;
    const key = i * (right.length + 1) + j;
    if (failed.has(key)) return false;
    const [leftItem, rightItem] = [left[i], right[j]];
    const holes = leftItem === null || rightItem === null;
    const match =
      ((holes || leftItem === rightItem) && meet(i + 1, j + 1)) ||
      (leftItem === null && meet(i, j + 1)) ||
      (rightItem === null && meet(i + 1, j));
    if (!match) failed.add(key);
    return match;
  };
  return meet(0, 0);
}

/** Returns the characters of a name, with `null` for a hole. */
function symbolsOf(name: string): (string | null)[] {
  return name.split(HOLE).flatMap((part, index) => (index === 0 ? [...part] : [null, ...part]));
}
