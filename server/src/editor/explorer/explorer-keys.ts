/** Builds the second view of the explorer: registry keys, the machines that have each, and their uses. */
import type { Place } from '../../nix/places.ts';
import { isUnfinished, type StoredState } from '../../store/vars/tally.ts';
import { indexOf } from '../names/fleet-index.ts';
import type { Snapshot } from '../snapshot.ts';
import { stateOn } from './explorer.ts';
import { type ExplorerFilter, matches } from './explorer-filter.ts';

export interface KeyEntry {
  readonly key: string;
  /** The file of the registry. */
  readonly registry: string;
  readonly generator: string | null;
  readonly variable: string | null;
  readonly machines: readonly string[];
  readonly at: Place;
}

export interface KeyDetail {
  readonly machines: readonly {
    readonly name: string;
    readonly state: StoredState;
    /** The key in the machine's row. */
    readonly at: Place | null;
  }[];
  /** The places that look up the key or name its generator, in file and text order. */
  readonly uses: readonly Place[];
}

export function keyEntries(snapshot: Snapshot, filter: ExplorerFilter): readonly KeyEntry[] {
  const index = indexOf(snapshot);
  return snapshot.fleet.registries.flatMap(({ file, keys }) =>
    keys.flatMap(({ key, at, generator, envVar }): KeyEntry[] => {
      const machines = index.machinesOfKey(file, key);
      const [name, variable] = [generator?.value ?? null, envVar?.value ?? null];
      if (!matches(filter, [key, name ?? '', variable ?? '', ...machines])) return [];
      if (filter.lacking && !machines.some(machine => isUnfinished(stateOf(snapshot, name, machine))))
        return [];
      return [{ key, registry: file, generator: name, variable, machines, at }];
    }),
  );
}

function stateOf(snapshot: Snapshot, generator: string | null, machine: string): StoredState {
  return (generator === null ? null : stateOn(snapshot, generator, machine)) ?? 'unknown';
}

/** Returns the details of a key, or null if it does not exist. Searches all files for its uses. */
export function keyDetail(snapshot: Snapshot, registry: string, key: string): KeyDetail | null {
  const index = indexOf(snapshot);
  const entry = index.key(registry, key);
  if (entry === null) return null;
  const generator = entry.generator?.value ?? null;
  const rows = snapshot.fleet.matrices.filter(matrix => matrix.registry === registry);
  const listed = new Set(
    rows.flatMap(matrix => matrix.rows.flatMap(({ keys }) => keys.map(({ at }) => idOf(at)))),
  );
  const occurrences = [
    ...index.occurrencesOf({ kind: 'key', registry, key }),
    ...(generator === null ? [] : index.occurrencesOf({ kind: 'generator', name: generator })),
  ];
  const uses = new Map(
    occurrences
      .filter(({ role, at }) => role === 'use' && !listed.has(idOf(at)) && !isWithin(at, entry.entry))
      .map(({ at }) => [idOf(at), at]),
  );
  return {
    machines: index.machinesOfKey(registry, key).map(name => ({
      name,
      state: stateOf(snapshot, generator, name),
      at:
        rows
          .flatMap(matrix => matrix.rows)
          .find(row => row.machine === name)
          ?.keys.find(listedKey => listedKey.key === key)?.at ?? null,
    })),
    uses: [...uses.values()].sort(
      (a, b) => (a.file < b.file ? -1 : Number(a.file > b.file)) || a.start - b.start,
    ),
  };
}

function idOf({ file, start, end }: Place): string {
  return `${file}:${start}:${end}`;
}

function isWithin(place: Place, around: Place): boolean {
  return place.file === around.file && place.start >= around.start && place.end <= around.end;
}
