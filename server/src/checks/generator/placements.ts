/**
 * What a generator is on each of its machines, for rules about sharing: only where it is settled which definitions a
 * machine has.
 */
import type { Generator, GeneratorBody, GeneratorDefinition, Place } from '../../fleet/model.ts';

/** A body and the machines that have it; the same for all where a generator is the same everywhere. */
export interface Variant {
  readonly body: GeneratorBody;
  readonly machines: readonly string[];
}

const cache = new WeakMap<Generator, readonly Variant[]>();

/** The different bodies of a generator, in the order of their machines; at most one where nothing can differ. */
export function variantsOn(generator: Generator): readonly Variant[] {
  const known = cache.get(generator);
  if (known !== undefined) return known;
  const found = new Map<GeneratorBody, string[]>();
  for (const machine of generator.machines ?? []) {
    const body = generator.settledOn(machine);
    if (body === null) continue;
    const same = found.get(body);
    if (same === undefined) found.set(body, [machine]);
    else same.push(machine);
  }
  const variants = [...found].map(([body, machines]) => ({ body, machines }));
  cache.set(generator, variants);
  return variants;
}

/** The first definition that makes a generator shared, or does not. */
export function placeOfShare(generator: Generator, isShared: boolean): Place {
  const { definitions } = generator;
  const found = definitions.find(one => one.body().share === isShared) ?? definitions[0];
  return (found as GeneratorDefinition).at;
}
