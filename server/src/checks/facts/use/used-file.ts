/**
 * Facts about the file that a use names: whether it is secret, deployed, and what it is needed for. Contains
 * only what all possible definitions agree on.
 */

import { catalogueEntries, catalogueFile } from '../../../fleet/catalogue/catalogue.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Generator, GeneratorFile } from '../../../fleet/model/generators.ts';
import type { UnitOutline, Use } from '../../../fleet/model/uses.ts';
import type { SourceFile } from '../../../nix/source.ts';
import { isAmong } from '../../../std.ts';
import { perObject } from '../../memory/kept.ts';
import { perUnit } from '../../memory/per-unit.ts';
import type { CheckContext } from '../../rule.ts';
import { type Facts, factsOf } from '../fleet-facts.ts';
import { readersOf } from './reading-machines.ts';

export interface UsedFile {
  /** Null if not known, like the other fields. */
  readonly secret: boolean | null;
  readonly deploy: boolean | null;
  readonly neededFor: string | null;
  /** The workspace's declarations, one per generator; empty for clan-core's own services. */
  readonly declared: readonly GeneratorFile[];
  readonly generators: readonly Generator[];
}

/** Facts about files declared in the workspace, by generator and file name. */
const declaredFiles = perObject((_: Generator) => new Map<string, UsedFile>());

/**
 * Returns the file that a use names, or null if it is not certain which one that is or what its options are.
 */
export function usedFile(facts: Facts, use: Use): UsedFile | null {
  if (use.generatorKind === 'pattern' || use.fileKind === 'pattern' || use.fileName === null) return null;
  const generators = facts.generators.get(use.generator) ?? [];
  const [only, ...others] = generators;
  if (only === undefined || others.length > 0)
    return readUsed(facts, generators, use.generator, use.fileName);
  const files = declaredFiles(only);
  const before = files.get(use.fileName);
  if (before !== undefined) return before;
  const fresh = readUsed(facts, generators, use.generator, use.fileName);
  // A file not declared in the workspace depends on more than this generator.
  if (fresh !== null && fresh.declared.length > 0) files.set(use.fileName, fresh);
  return fresh;
}

function readUsed(
  facts: Facts,
  generators: readonly Generator[],
  generatorName: string,
  fileName: string,
): UsedFile | null {
  const declared: GeneratorFile[] = [];
  for (const generator of generators) {
    const body = generator.body();
    const file = body.files.find(generatorFile => generatorFile.name === fileName);
    if (file !== undefined) declared.push(file);
    else if (!body.complete.files) return null;
  }
  if (declared.length === 0) {
    if (facts.elsewhere.about(generatorName).unnamed.length > 0) return null;
    return fromCatalogue(generatorName, fileName);
  }
  return {
    secret: agreed(declared, file => file.secret),
    deploy: agreed(declared, file => file.deploy),
    neededFor: agreed(declared, file => file.neededFor),
    declared,
    generators,
  };
}

/**
 * Returns the facts from the catalogue. Several services may declare the file, and settings may change its
 * options.
 */
function fromCatalogue(generator: string, name: string): UsedFile | null {
  if (catalogueFile(generator, name) === null) return null;
  const all = catalogueEntries(generator).flatMap(entry => entry.files.filter(file => file.name === name));
  if (all.length === 0 || all.some(file => file.secretBy !== undefined)) return null;
  return {
    secret: agreed(all, file => file.secret),
    deploy: agreed(all, file => file.deploy),
    neededFor: agreed(all, file => file.neededFor),
    declared: [],
    generators: [],
  };
}

function agreed<F, T>(files: readonly F[], of: (file: F) => T | null): T | null {
  const [first, ...others] = files.map(of);
  return first !== undefined && others.every(other => other === first) ? first : null;
}

/** A use of a file about which enough is known. */
export interface ResolvedUse {
  readonly unit: UnitOutline;
  readonly use: Use;
  readonly file: UsedFile;
}

/** Returns a function that yields the uses that read an attribute of certainly secret files. */
export function usesOfSecrets(attribute: string): (context: CheckContext) => Iterable<ResolvedUse> {
  return perUnit(function* (unit, { fleet }) {
    const facts = factsOf(fleet);
    for (const use of unit.uses) {
      const file = use.attribute === attribute ? usedFile(facts, use) : null;
      if (file?.secret === true) yield { unit, use, file };
    }
  });
}

/** The facts that the text around a use shows, regardless of what is used. */
interface UseMatch<T> {
  readonly use: Use;
  readonly fact: T;
}

/** A use of a file with the facts from its surroundings. */
export interface ResolvedUseMatch<T> extends ResolvedUse {
  readonly fact: T;
}

/**
 * Inspects uses of paths of secrets in their source, once while the file is unchanged, because hardly any file has a
 * match. The used file is looked up every time.
 *
 * @param mark matches the text of files worth inspecting
 *
 * @param look returns the facts, or null; they must not keep any part of the tree
 */
export function seenAtPaths<T>(
  mark: RegExp,
  look: (source: SourceFile, use: Use) => T | null,
): (context: CheckContext) => Iterable<ResolvedUseMatch<T>> {
  const paths = seenAtReads(['path'], mark, look);
  return function* (context) {
    for (const match of paths(context)) if (match.file.secret === true) yield match;
  };
}

/** Inspects uses of some attributes of any files, as `seenAtPaths` does. */
export function seenAtReads<T>(
  attributes: readonly string[],
  mark: Pick<RegExp, 'test'>,
  look: (source: SourceFile, use: Use) => T | null,
): (context: CheckContext) => Iterable<ResolvedUseMatch<T>> {
  const cache = new WeakMap<UnitOutline, readonly UseMatch<T>[]>();
  const seenIn = (unit: UnitOutline, { sources }: CheckContext): readonly UseMatch<T>[] => {
    const before = cache.get(unit);
    if (before !== undefined) return before;
    const uses = unit.uses.filter(
      use => use.attribute !== null && attributes.includes(use.attribute) && use.at.file === unit.file,
    );
    const source =
      uses.length === 0 || !mark.test(sources.text(unit.file) ?? '') ? null : sources.parse(unit.file);
    const fresh = source === null ? [] : uses.flatMap(use => seenAt(use, look(source, use)));
    cache.set(unit, fresh.length === 0 ? NOTHING : fresh);
    return fresh;
  };
  return perUnit(function* (unit, context) {
    const facts = factsOf(context.fleet);
    for (const { use, fact } of seenIn(unit, context)) {
      const file = usedFile(facts, use);
      if (file !== null) yield { unit, use, file, fact };
    }
  });
}

const NOTHING: readonly never[] = [];

function seenAt<T>(use: Use, fact: T | null): UseMatch<T>[] {
  return fact === null ? [] : [{ use, fact }];
}

/**
 * Returns the machines on which a use reads the file: those that have the generator and import the use's file.
 */
export function machinesAt(fleet: Fleet, { unit, file }: ResolvedUse): readonly string[] {
  const having = file.generators.flatMap(generator =>
    generator.machines === null ? [] : [generator.machines],
  );
  const readers = readersOf(fleet, unit.file)?.certain ?? [];
  if (readers.length === 0) return having.flat();
  return readers.filter(machine => having.some(machines => isAmong(machines, machine)));
}

/** Returns a description: `the file "password" of generator "mail"`. */
export function fileText(use: Use): string {
  return `the file "${use.fileName}" of generator "${use.generator}"`;
}
