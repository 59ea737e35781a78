/**
 * Joins the definitions of all files to generators: one a name, whatever the number of modules that add to it, and
 * tells which machines have it.
 */
import type { MachineGenerators } from './machine-modules.ts';
import { mergeBodies } from './merge-bodies.ts';
import type { Fleet, Generator, GeneratorBody, GeneratorDefinition, Unit } from './model.ts';
import { placeKey } from './places.ts';

/** Definitions that are written in one place and have one name: what a service gives differs from machine to machine. */
interface Site {
  /** As the file shows it by itself; null if only machines show it. */
  general: GeneratorDefinition | null;
  readonly special: GeneratorDefinition[];
}

/** By name, then by place. */
type Sites = Map<string, Map<string, Site>>;
type Machines = Map<string, Set<string>>;

export function mergeGenerators(
  units: ReadonlyMap<string, Unit>,
  registries: Fleet['registries'],
  matrices: Fleet['matrices'],
  owners: ReadonlyMap<string, MachineGenerators>,
): Generator[] {
  const sites: Sites = new Map();
  for (const unit of units.values())
    for (const definition of unit.definitions) siteOf(sites, definition).general ??= definition;
  const certain = machinesByAssignment(units, registries, matrices);
  const possible: Machines = new Map();
  /** Places of which the names are known for the machines that have them. */
  const settled = new Set<string>();
  for (const [machine, own] of owners) {
    for (const definition of own.certain) note(certain, definition.name, machine);
    for (const definition of own.possible) note(possible, definition.name, machine);
    for (const definition of [...own.certain, ...own.possible]) {
      siteOf(sites, definition).special.push(definition);
      if (definition.nameKind !== 'pattern') settled.add(placeKey(definition.at));
    }
  }
  const unclear = [...owners].filter(([, own]) => !own.complete).map(([machine]) => machine);
  return [...sites.entries()]
    .flatMap(([name, places]) => {
      const definitions = [...places].flatMap(([place, site]) => {
        const isSettled = site.general?.nameKind === 'pattern' && settled.has(place);
        return isSettled ? [] : [definitionOf(site)];
      });
      if (definitions.length === 0) return [];
      const machines = certain.get(name) ?? new Set();
      const others = [...(possible.get(name) ?? []), ...unclear];
      const complete = owners.size > 0 && others.every(machine => machines.has(machine));
      return [generator(name, definitions, machines, complete)];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function siteOf(sites: Sites, { name, at }: GeneratorDefinition): Site {
  let places = sites.get(name);
  if (places === undefined) {
    places = new Map();
    sites.set(name, places);
  }
  const key = placeKey(at);
  let site = places.get(key);
  if (site === undefined) {
    site = { general: null, special: [] };
    places.set(key, site);
  }
  return site;
}

/** Bodies that differ from machine to machine are looked into up to this number. */
const MAX_SPECIAL = 40;

/** One definition a place: the general one if it says all, otherwise what it is on the machines. */
function definitionOf({ general, special }: Site): GeneratorDefinition {
  const [first] = special;
  if (first === undefined) return general as GeneratorDefinition;
  let body: GeneratorBody | null = null;
  return {
    ...(general ?? first),
    conditional: (general ?? first).conditional && special.every(one => one.conditional),
    body() {
      body ??= specialBody(general, special);
      return body;
    },
  };
}

function specialBody(
  general: GeneratorDefinition | null,
  special: readonly GeneratorDefinition[],
): GeneratorBody {
  const own = general?.body() ?? null;
  if (own?.completeness === 'full') return own;
  const bodies = [...new Set(special.slice(0, MAX_SPECIAL))].map(one => one.body());
  const merged = variantsOf(bodies);
  return special.length > MAX_SPECIAL && merged.completeness === 'full'
    ? { ...merged, completeness: 'partial' }
    : merged;
}

/** One body of several that stand for one another: nothing is added up. */
function variantsOf(bodies: readonly GeneratorBody[]): GeneratorBody {
  const [first] = bodies;
  const merged = mergeBodies(bodies);
  if (first === undefined || bodies.length === 1) return merged;
  const dependencies = new Map(merged.dependencies.map(one => [one.value, one]));
  return { ...merged, dependencies: [...dependencies.values()] };
}

function note(machines: Machines, name: string, machine: string): void {
  const known = machines.get(name);
  if (known === undefined) machines.set(name, new Set([machine]));
  else known.add(machine);
}

/** Machines that get a generator through a registry assignment, which names the row it reads. */
function machinesByAssignment(
  units: ReadonlyMap<string, Unit>,
  registries: Fleet['registries'],
  matrices: Fleet['matrices'],
): Machines {
  const found: Machines = new Map();
  for (const unit of units.values())
    for (const assignment of unit.assignments)
      for (const machine of assignment.machines)
        for (const name of assignment.names ?? namesFromRows(machine, registries, matrices))
          note(found, name, machine);
  return found;
}

/** What a machine's row asks for, where the assignment itself could not be taken apart. */
function namesFromRows(
  machine: string,
  registries: Fleet['registries'],
  matrices: Fleet['matrices'],
): string[] {
  return matrices.flatMap(matrix => {
    const row = matrix.rows.find(one => one.machine === machine);
    const registry = registries.find(one => one.file === matrix.registry);
    if (row === undefined || registry === undefined) return [];
    const wanted = new Set(row.keys.map(key => key.key));
    return registry.keys.flatMap(key =>
      wanted.has(key.key) && key.generator !== null ? [key.generator.value] : [],
    );
  });
}

function generator(
  name: string,
  definitions: readonly GeneratorDefinition[],
  machines: ReadonlySet<string>,
  complete: boolean,
): Generator {
  let body: GeneratorBody | null = null;
  return {
    name,
    nameKind: definitions.some(one => one.nameKind === 'literal')
      ? 'literal'
      : (definitions[0]?.nameKind ?? 'pattern'),
    definitions,
    machines: machines.size > 0 || complete ? [...machines].sort() : null,
    machinesComplete: complete,
    conditional: definitions.every(one => one.conditional),
    body() {
      body ??= mergeBodies(definitions.map(definition => definition.body()));
      return body;
    },
  };
}
