/**
 * The options of all generators as they are written, for rules about single options. What is wrong with them is the
 * rules' business.
 */
import type { Fleet, Generator, GeneratorDefinition, WrittenOption } from '../../fleet/model.ts';

/** What one definition of a generator writes. */
export interface WrittenIn {
  readonly generator: Generator;
  readonly definition: GeneratorDefinition;
  readonly options: readonly WrittenOption[];
}

const cache = new WeakMap<Fleet, readonly WrittenIn[]>();

/** Every definition of every generator, with what it writes. */
export function writtenIn(fleet: Fleet): readonly WrittenIn[] {
  const known = cache.get(fleet);
  if (known !== undefined) return known;
  const all = fleet.generators.flatMap(generator =>
    generator.definitions.map(definition => ({
      generator,
      definition,
      options: definition.body().options(),
    })),
  );
  cache.set(fleet, all);
  return all;
}

/** `files.key.mode`, as people write it. */
export function optionText({ of, owner, name }: Pick<WrittenOption, 'of' | 'owner' | 'name'>): string {
  return of === 'generator' ? name : `${of}s.${owner}.${name}`;
}
