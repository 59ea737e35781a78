/** Maps findings, which have places, to generators, which views display. */
import type { Finding } from '../../checks/rule.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { Generator } from '../../fleet/model/generators.ts';
import type { Place } from '../../nix/places.ts';

/** Counts the errors at places of each generator, by name; generators without errors are omitted. */
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
  const counts = new Map<string, number>();
  if (places.size === 0) return counts;
  for (const generator of fleet.generators) {
    const broken = new Set<Place>();
    for (const place of placesOf(generator))
      for (const error of places.get(place.file) ?? [])
        if (error.start >= place.start && error.end <= place.end) broken.add(error);
    if (broken.size > 0) counts.set(generator.name, (counts.get(generator.name) ?? 0) + broken.size);
  }
  return counts;
}

function placesOf(generator: Generator): Place[] {
  const { files, prompts, dependencies, script } = generator.body();
  return [
    ...generator.definitions.map(({ at }) => at),
    ...[...files, ...prompts, ...dependencies].map(({ at }) => at),
    ...(script === null ? [] : [script.at]),
  ];
}
