/**
 * Who reads a generator's files, for rules about files that lie where nobody needs them. Uses that are not fully known
 * count for everything that they may read.
 */
import type { Fleet, Use } from '../../fleet/model.ts';
import { patternOf } from '../facts.ts';

interface Consumers {
  readonly byGenerator: ReadonlyMap<string, readonly Use[]>;
  /** Uses of generators with a name that is not wholly known. */
  readonly vague: readonly { readonly use: Use; readonly pattern: RegExp }[];
}

const cache = new WeakMap<Fleet, Consumers>();

function consumersOf(fleet: Fleet): Consumers {
  const known = cache.get(fleet);
  if (known !== undefined) return known;
  const byGenerator = new Map<string, Use[]>();
  const vague: { use: Use; pattern: RegExp }[] = [];
  for (const unit of fleet.units.values()) {
    for (const use of unit.uses) {
      if (use.generatorKind === 'pattern') vague.push({ use, pattern: patternOf(use.generator) });
      else {
        const same = byGenerator.get(use.generator);
        if (same === undefined) byGenerator.set(use.generator, [use]);
        else same.push(use);
      }
    }
  }
  const consumers = { byGenerator, vague };
  cache.set(fleet, consumers);
  return consumers;
}

/** All uses that read, or may read, a file of a generator. */
export function usesOf(fleet: Fleet, generator: string, file: string): readonly Use[] {
  const { byGenerator, vague } = consumersOf(fleet);
  const perhaps = vague.filter(({ pattern }) => pattern.test(generator)).map(({ use }) => use);
  return [...(byGenerator.get(generator) ?? []), ...perhaps].filter(use => mayRead(use, file));
}

function mayRead({ fileName, fileKind }: Use, file: string): boolean {
  if (fileName === null || fileName === file) return true;
  return fileKind === 'pattern' && patternOf(fileName).test(file);
}
