/** Maps findings, which have places, to generators, which views display. */
import type { Finding } from '../../checks/rule.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { Generator } from '../../fleet/model/generators.ts';
import type { Place } from '../../nix/places.ts';

/** Counts the errors at places of each generator, by name, once each; generators without errors are omitted. */
export function errorsByGenerator(
  fleet: Fleet,
  findings: ReadonlyMap<string, readonly Finding[]>,
): ReadonlyMap<string, number> {
  const places = new Map<string, Place[]>();
  for (const [file, all] of findings) {
    const errors = all.filter(({ severity }) => severity === 'error');
    if (errors.length > 0)
      places.set(
        file,
        errors.map(({ at }) => at),
      );
  }
  if (places.size === 0) return new Map();
  const broken = new Map<string, Set<Place>>();
  const note = (generator: string, around: readonly Place[]) => {
    const errors = broken.get(generator) ?? new Set<Place>();
    for (const place of around)
      for (const error of places.get(place.file) ?? [])
        if (error.start >= place.start && error.end <= place.end) errors.add(error);
    if (errors.size > 0) broken.set(generator, errors);
  };
  for (const generator of fleet.generators) note(generator.name, placesOf(generator));
  // The entry of a registry is where its generator is written, whatever function makes it.
  for (const { keys } of fleet.registries)
    for (const { generator, entry } of keys) if (generator !== null) note(generator.value, [entry]);
  return new Map([...broken].map(([name, errors]) => [name, errors.size]));
}

function placesOf(generator: Generator): Place[] {
  const { files, prompts, dependencies, script } = generator.body();
  return [
    ...generator.definitions.map(({ at }) => at),
    ...[...files, ...prompts, ...dependencies].map(({ at }) => at),
    ...(script === null ? [] : [script.at]),
  ];
}
