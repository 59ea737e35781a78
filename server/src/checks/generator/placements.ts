/**
 * What a generator is on each of its machines, for rules about sharing: only where it is settled which definitions a
 * machine has.
 */
import type { Generator, GeneratorBody, Place } from '../../fleet/model.ts';

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

/** Where a generator says whether it is shared; where it is defined if it does not say. */
export function placeOfShare(generator: Generator, body: GeneratorBody): Place {
  const said = body.options().find(one => one.of === 'generator' && one.name === 'share');
  return said?.at ?? (generator.definitions[0]?.at as Place);
}
