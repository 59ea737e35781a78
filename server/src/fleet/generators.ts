/**
 * Joins the definitions of all files to generators: one a name, whatever the number of modules that add to it, and
 * tells which machines have it.
 */
import { joinedBody } from './definitions.ts';
import type { MachineGenerators } from './machine-modules.ts';
import type { Fleet, Generator, GeneratorBody, GeneratorDefinition, Unit } from './model.ts';
import { placeKey } from './places.ts';
import { variantsOf } from './variants.ts';

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
  const havings = havingsOf(sites, owners);
  const unclear = [...owners].filter(([, own]) => !own.complete).map(([machine]) => machine);
  return [...sites.entries()]
    .flatMap(([name, places]) => {
      const kept = [...places].flatMap(([place, site]) => {
        const isSettled = site.general?.nameKind === 'pattern' && settled.has(place);
        return isSettled ? [] : [site];
      });
      if (kept.length === 0) return [];
      const machines = certain.get(name) ?? new Set();
      const others = [...(possible.get(name) ?? []), ...unclear];
      const complete = owners.size > 0 && others.every(machine => machines.has(machine));
      return [generator(name, kept, havings.get(name) ?? [], machines, complete)];
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
  const merged = variantsOf([...new Set(special.slice(0, MAX_SPECIAL))].map(one => one.body()));
  return special.length > MAX_SPECIAL && merged.completeness === 'full'
    ? { ...merged, completeness: 'partial' }
    : merged;
}

/** What a machine has of a generator that several places define. */
interface Having {
  readonly certain: readonly GeneratorDefinition[];
  readonly possible: readonly GeneratorDefinition[];
  /** False if the machine may have more. */
  readonly complete: boolean;
}

/** By name; a generator that one place defines is the same wherever it is. */
function havingsOf(sites: Sites, owners: ReadonlyMap<string, MachineGenerators>): Map<string, Having[]> {
  const found = new Map<string, Having[]>();
  for (const own of owners.values()) {
    const here = new Map<string, { certain: GeneratorDefinition[]; possible: GeneratorDefinition[] }>();
    const add = (definition: GeneratorDefinition, kind: 'certain' | 'possible') => {
      if ((sites.get(definition.name)?.size ?? 0) < 2) return;
      const having = here.get(definition.name) ?? { certain: [], possible: [] };
      here.set(definition.name, having);
      having[kind].push(definition);
    };
    for (const definition of own.certain) add(definition, 'certain');
    for (const definition of own.possible) add(definition, 'possible');
    for (const [name, having] of here) {
      const list = found.get(name) ?? [];
      found.set(name, list);
      list.push({ ...having, complete: own.complete });
    }
  }
  return found;
}

/**
 * What several places make of one generator: on each machine that has it, and where it is not known who has it.
 * @returns several bodies only where each is certainly the one of some machine
 */
function bodiesOf(sites: readonly Site[], havings: readonly Having[]): readonly GeneratorBody[] {
  const ids = new Map<GeneratorDefinition, number>();
  const idOf = (definition: GeneratorDefinition) => {
    const id = ids.get(definition) ?? ids.size;
    ids.set(definition, id);
    return id;
  };
  const seen = new Map<string, Having>();
  for (const having of havings) {
    const isAll = isSettled(having, sites);
    if (having.certain.length > 0) seen.set(`${having.certain.map(idOf).sort().join()} ${isAll}`, having);
  }
  const bodies = [...seen.values()].slice(0, MAX_SPECIAL).map(having => {
    const body = joinedBody([...new Set(having.certain)], 'together');
    if (isSettled(having, sites) || body.completeness === 'opaque') return body;
    return { ...body, completeness: 'partial' as const };
  });
  const settled = havings.filter(having => isSettled(having, sites));
  const placed = new Set(settled.flatMap(placesOf));
  const isAll = settled.length === havings.length && seen.size > 0 && seen.size <= MAX_SPECIAL;
  const isPlaced = isAll && sites.every(site => placed.has(placeOfSite(site)));
  return isPlaced ? bodies : [variantsOf([...bodies, ...alternatives(sites)])];
}

/** Is it known which of the definitions the machine has? */
function isSettled(having: Having, sites: readonly Site[]): boolean {
  if (having.possible.length > 0) return false;
  const own = new Set(placesOf(having));
  return having.complete || sites.every(site => own.has(placeOfSite(site)));
}

function placesOf({ certain }: Having): string[] {
  return certain.map(({ at }) => placeKey(at));
}

function placeOfSite({ general, special }: Site): string {
  return placeKey((general ?? (special[0] as GeneratorDefinition)).at);
}

/** Where it is not known which definitions go together: each that stands for itself, with all that add to it. */
function alternatives(sites: readonly Site[]): GeneratorBody[] {
  const parts = sites.flatMap(partsOf);
  const whole = parts.filter(part => part.kind === 'full');
  const additions = parts.filter(part => part.kind === 'partial');
  if (whole.length === 0) return [joinedBody(additions, 'perhaps')];
  return whole.map(one => joinedBody([one, ...additions], 'perhaps'));
}

function partsOf({ general, special }: Site): readonly GeneratorDefinition[] {
  if (general !== null && (special.length === 0 || general.body().completeness === 'full')) return [general];
  return [...new Set(special)].slice(0, MAX_SPECIAL);
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
  sites: readonly Site[],
  havings: readonly Having[],
  machines: ReadonlySet<string>,
  complete: boolean,
): Generator {
  const definitions = sites.map(definitionOf);
  const [only] = definitions;
  let body: GeneratorBody | null = null;
  let several: readonly GeneratorBody[] | null = null;
  const bodies = () => {
    several ??= definitions.length === 1 && only !== undefined ? [only.body()] : bodiesOf(sites, havings);
    return several;
  };
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
      body ??= variantsOf(bodies());
      return body;
    },
    bodies,
  };
}
