/**
 * Indexes over a fleet that several rules use, built once per fleet. Only looks things up; rules decide what is
 * wrong.
 */

import {
  createElsewhere,
  type Elsewhere,
  mayBeElsewhere,
  mayHaveFileElsewhere,
  mayHaveGenerator,
} from '../../fleet/elsewhere/elsewhere.ts';
import type { Machine } from '../../fleet/model/base.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { Generator } from '../../fleet/model/generators.ts';
import type { KeyLookup, Matrix, MatrixRow, Registry, RegistryKey } from '../../fleet/model/registries.ts';
import type { UnitOutline, Use } from '../../fleet/model/uses.ts';
import type { Place } from '../../nix/places.ts';
import { placeIdentity, placeKey } from '../../nix/places.ts';
import { addToList, isAmong, memoized, sortedUnique } from '../../std.ts';
import { derived, derivedIndex, type Index } from '../memory/derived.ts';
import { inUnits } from '../memory/per-unit.ts';
import { unitIndex } from '../memory/unit-index.ts';
import type { CheckFiles } from '../rule.ts';

export interface RegistryFacts {
  readonly registry: Registry;
  readonly byKey: ReadonlyMap<string, RegistryKey>;
  /** The matrices that list keys of this registry. */
  readonly matrices: readonly Matrix[];
  /** The rows of each machine in these matrices. */
  readonly rows: ReadonlyMap<string, readonly MachineRow[]>;
}

export interface MachineRow {
  readonly matrix: Matrix;
  readonly row: MatrixRow;
}

export interface Facts {
  readonly registries: ReadonlyMap<string, RegistryFacts>;
  readonly machines: ReadonlyMap<string, Machine>;
  /** Generators whose name is fully known; a name may have several placements. */
  readonly generators: ReadonlyMap<string, readonly Generator[]>;
  /** Generators that may exist elsewhere. */
  readonly elsewhere: Elsewhere;
  /** The `placeKey`s of places where generators are assigned from a registry. */
  readonly assignments: ReadonlySet<string>;
}

const views = new WeakMap<Fleet, Facts>();

/** Returns the index of a fleet. Each part is computed on first use. */
export function factsOf(fleet: Fleet): Facts {
  let facts = views.get(fleet);
  if (facts === undefined) {
    facts = {
      get registries() {
        return registriesOf(fleet);
      },
      get machines() {
        return machinesOf(fleet);
      },
      get generators() {
        return generatorsOf(fleet);
      },
      get elsewhere() {
        return elsewhereOf(fleet);
      },
      get assignments() {
        return assignmentsOf(fleet);
      },
    };
    views.set(fleet, facts);
  }
  return facts;
}

const registriesOf = derived((fleet): ReadonlyMap<string, RegistryFacts> => {
  const registries = new Map<string, RegistryFacts>();
  for (const registry of fleet.registries) {
    const matrices = fleet.matrices.filter(matrix => matrix.registry === registry.file);
    const byKey = new Map(registry.keys.map(key => [key.key, key]));
    registries.set(registry.file, { registry, byKey, matrices, rows: rowsByMachine(matrices) });
  }
  return registries;
});

const machinesOf = derived(({ machines }) => new Map(machines.map(machine => [machine.name, machine])));

const generatorsOf = derivedIndex((fleet): Index<Generator> => {
  const generators = new Map<string, Generator[]>();
  for (const generator of fleet.generators) {
    if (generator.nameKind === 'pattern') continue;
    addToList(generators, generator.name, generator);
  }
  return generators;
});

/** The generators of each machine, and those without a known machine under ''. */
export const generatorsByMachine = derivedIndex((fleet): Index<Generator> => {
  const generators = new Map<string, Generator[]>();
  for (const generator of fleet.generators) {
    const machines = generator.machines ?? [];
    for (const machine of machines) addToList(generators, machine, generator);
    if (machines.length === 0) addToList(generators, '', generator);
  }
  return generators;
});

const elsewhereOf = derived(createElsewhere);

const assignmentPlaces = inUnits(({ assignments }) => assignments.map(({ at }) => placeKey(at)));

const assignmentsOf = derived((fleet, before: ReadonlySet<string> | undefined) =>
  sameOr(before, new Set(assignmentPlaces(fleet))),
);

const lookedUp = inUnits(unit => new Set(lookupsIn(unit).map(({ registry, key }) => `${registry}\0${key}`)));

/** The keys of each registry, by its file, that are read by name outside of matrices. */
export const lookedUpKeys = derivedIndex((fleet): Index<string> => {
  const keysByRegistry = new Map<string, string[]>();
  for (const pair of new Set(lookedUp(fleet))) {
    const [registry, key] = pair.split('\0') as [string, string];
    addToList(keysByRegistry, registry, key);
  }
  return keysByRegistry;
});

function sameOr<T>(before: ReadonlySet<T> | undefined, now: ReadonlySet<T>): ReadonlySet<T> {
  if (before?.size !== now.size) return now;
  for (const nullable of now) if (!before.has(nullable)) return now;
  return before;
}

function rowsByMachine(matrices: readonly Matrix[]): Map<string, MachineRow[]> {
  const rows = new Map<string, MachineRow[]>();
  for (const matrix of matrices) {
    for (const row of matrix.rows) {
      if (row.shared) continue;
      addToList(rows, row.machine, { matrix, row });
    }
  }
  return rows;
}

/** Returns all reads of a registry's keys by name in a unit, outside matrices. */
export function lookupsIn(unit: UnitOutline): readonly KeyLookup[] {
  return [...unit.keyLookups, ...unit.uses.flatMap(use => use.key ?? [])];
}

/**
 * Returns whether `isThere` holds on one of the machines. An empty list or null means that the machine is not
 * known, and `isThere` gets null.
 */
export function somewhere(
  machines: readonly string[] | null,
  isThere: (machine: string | null) => boolean,
): boolean {
  return machines === null || machines.length === 0 ? isThere(null) : machines.some(isThere);
}

/**
 * Returns whether one of the machines may have a generator of this name from a definition with a partly known
 * name, from a clan-core service, or from a file that cannot be parsed.
 *
 * @param machines null or empty if they are not known
 */
export function mayBeDefinedElsewhere(
  facts: Facts,
  name: string,
  machines: readonly string[] | null,
): boolean {
  const { unnamed, isOfClan, clanGenerators } = facts.elsewhere.about(name);
  if (unnamed.length === 0 && !isOfClan && clanGenerators.length === 0 && !facts.elsewhere.isUnparsed(null))
    return false;
  const asked = { name, declared: facts.generators.get(name) ?? [] };
  return somewhere(machines, machine => mayBeElsewhere(facts.elsewhere, asked, machine));
}

/**
 * Returns whether files can be parsed, so that what is not in them does not exist. Asked of texts as they are now, also
 * where the fleet is that of earlier ones.
 */
export function areIntact(sources: CheckFiles, files: readonly string[]): boolean {
  return files.every(file => sources.parse(file)?.errors.length === 0);
}

/** Like `mayBeDefinedElsewhere`, for a file that is not among the generator's known files. */
export function mayHaveFileDefinedElsewhere(
  facts: Facts,
  name: string,
  file: string,
  machines: readonly string[] | null,
): boolean {
  const asked = { name, file, declared: facts.generators.get(name) ?? [] };
  return somewhere(machines, machine => mayHaveFileElsewhere(facts.elsewhere, asked, machine));
}

/**
 * Returns whether the machine certainly has no generator of this name. This requires that all of its modules
 * and services are known.
 */
export function isSurelyWithout(facts: Facts, machine: string, name: string): boolean {
  const asked = { name, declared: facts.generators.get(name) ?? [] };
  return !mayHaveGenerator(facts.elsewhere, asked, machine);
}

/** Returns all machines that have or may have the generator. */
export function possibleMachines({ machines, possibleMachines: perhaps }: Generator): readonly string[] {
  return perhaps.length === 0 ? (machines ?? []) : [...(machines ?? []), ...perhaps];
}

/**
 * Returns whether the machine certainly lacks the generator, considering only definitions with known names.
 * That is so if there are none, or if all of them come from a registry and are assigned to other machines.
 */
export function isWithout(facts: Facts, machine: string, name: string): boolean {
  return (facts.generators.get(name) ?? []).every(
    generator =>
      generator.machines !== null &&
      !isAmong(generator.machines, machine) &&
      generator.definitions.every(
        ({ via }) => via[0] !== undefined && facts.assignments.has(placeKey(via[0])),
      ),
  );
}

/** All uses by the generator's name, as far as it is known, in file order. */
export const usesByGenerator = unitIndex(({ uses }) => uses.map(use => [use.generator, use] as const));

/**
 * Returns the uses of a unit that select the option of a generator with a known name and fail if it does not
 * exist. Other rules check keys that accessors look up.
 */
export const plainUses = memoized((unit: UnitOutline): readonly Use[] =>
  unit.uses.filter(
    use => use.by === 'option' && use.generatorKind !== 'pattern' && !use.guarded && use.key === null,
  ),
);

/** Returns the uses of a unit that are guarded by the existence of a generator whose name is known. */
export function assumingUses(unit: UnitOutline): readonly Use[] {
  return unit.uses.filter(use => use.assumesGenerator && use.generatorKind !== 'pattern' && use.key === null);
}

/**
 * Returns the uses of a unit that look up a generator with a known name through a function. Uses with a default
 * are guarded.
 */
export const calledUses = memoized((unit: UnitOutline): readonly Use[] =>
  unit.uses.filter(use => use.by === 'function' && use.generatorKind !== 'pattern'),
);

/** Returns the machines whose matrix rows a module reads to assign generators, sorted. */
export const machinesOfUnit = memoized((unit: UnitOutline) =>
  sortedUnique(unit.assignments.flatMap(assignment => assignment.machines)),
);

/**
 * Returns a machine's row in the matrix of a registry, or null if there is none or several matrices have one.
 */
export function rowOf(facts: Facts, registry: string, machine: string): MachineRow | null {
  const rows = facts.registries.get(registry)?.rows.get(machine) ?? [];
  return rows.length === 1 ? (rows[0] ?? null) : null;
}

/**
 * Returns the place of a field if it is written in the entry, or of the key if a helper function supplied it.
 */
export function fieldPlace(entry: RegistryKey, field: { readonly at: Place }): Place {
  const { at } = field;
  const isInEntry =
    at.file === entry.entry.file && entry.entry.start <= at.start && at.end <= entry.entry.end;
  return isInEntry ? at : entry.at;
}

/**
 * Returns a predicate that is true the first time it sees a place. One line may create many generators but is
 * reported once.
 */
export function firstTime(): (what: { readonly at: Place }) => boolean {
  const seen = new Set<string>();
  return ({ at }) => {
    const key = placeIdentity(at);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  };
}
