/**
 * What is known of the file that a use names: whether it is secret, deployed, and what it is needed for. Only what
 * all definitions that it may have agree in is said.
 */
import { catalogueEntries, catalogueFile } from '../../fleet/catalogue.ts';
import type { Fleet, Generator, GeneratorFile, Unit, Use } from '../../fleet/model.ts';
import { type Facts, factsOf } from '../facts.ts';

export interface UsedFile {
  /** Null where it is not known, as for the others. */
  readonly secret: boolean | null;
  readonly deploy: boolean | null;
  readonly neededFor: string | null;
  /** Where the workspace declares it, one a generator; none for those of clan-core's own services. */
  readonly declared: readonly GeneratorFile[];
  readonly generators: readonly Generator[];
}

/** The file that a use names; null where it is not certain which that is, or what it is like. */
export function usedFile(facts: Facts, use: Use): UsedFile | null {
  if (use.generatorKind === 'pattern' || use.fileKind === 'pattern' || use.fileName === null) return null;
  const generators = facts.generators.get(use.generator) ?? [];
  const declared: GeneratorFile[] = [];
  for (const generator of generators) {
    const body = generator.body();
    const file = body.files.find(each => each.name === use.fileName);
    if (file !== undefined) declared.push(file);
    else if (!body.complete.files) return null;
  }
  if (declared.length === 0) {
    if (facts.patterns.some(pattern => pattern.test(use.generator))) return null;
    return fromCatalogue(use.generator, use.fileName);
  }
  return {
    secret: agreed(declared, file => file.secret),
    deploy: agreed(declared, file => file.deploy),
    neededFor: agreed(declared, file => file.neededFor),
    declared,
    generators,
  };
}

/** Several services may declare the file, and settings may decide what it is like. */
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
  return first !== undefined && others.every(each => each === first) ? first : null;
}

/** A use of a file of which enough is known. */
export interface KnownUse {
  readonly unit: Unit;
  readonly use: Use;
  readonly file: UsedFile;
}

/** The uses that read one of these attributes, of files that are certainly secret. */
export function* usesOfSecrets(fleet: Fleet, attributes: readonly string[]): Iterable<KnownUse> {
  const facts = factsOf(fleet);
  for (const unit of fleet.units.values())
    for (const use of unit.uses) {
      if (use.attribute === null || !attributes.includes(use.attribute)) continue;
      const file = usedFile(facts, use);
      if (file?.secret === true) yield { unit, use, file };
    }
}

/** `the file "password" of generator "mail"` */
export function fileText(use: Use): string {
  return `the file "${use.fileName}" of generator "${use.generator}"`;
}
