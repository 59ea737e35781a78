/**
 * Joins the definitions of one name to a generator, whatever the number of modules that add to it, and tells which
 * machines have it. Which definitions there are is gathered in generator-index.ts.
 */

import type { Place } from '../../nix/places.ts';
import { isSamePlace, placeKey } from '../../nix/places.ts';
import { addToList } from '../../std.ts';
import type { Generator, GeneratorBody, GeneratorDefinition, Variant } from '../model/generators.ts';
import type { MachineGenerators } from '../model/machines.ts';
import { joinedBody } from './definitions.ts';
import { variantsOf } from './variants.ts';

/** All that is said of one name. */
export interface Sources {
  readonly name: string;
  /** As the files show it by themselves, in their order. */
  readonly general: readonly GeneratorDefinition[];
  /** The machines that have definitions of the name, and all that they have, in the order of their names. */
  readonly holders: readonly (readonly [machine: string, own: MachineGenerators])[];
  /** Machines that have it without our knowing its definition. */
  readonly assigned: readonly string[];
  /** Places with a name that has holes, of which the names are known for the machines that have them. */
  readonly isSettled: (place: string) => boolean;
}

/** A generator, and what is needed to tell whether further machines may have it. */
export interface Merged {
  readonly generator: Generator;
  /** The machines that certainly have it, sorted. */
  readonly certain: readonly string[];
}

/** Definitions that are written in one place and have one name: what a service gives differs from machine to machine. */
interface Site {
  /** As the file shows it by itself; null if only machines show it. */
  readonly general: GeneratorDefinition | null;
  /** As machines show it, each once. */
  special: Set<GeneratorDefinition>;
}

/** Shared by all that have none; never added to. */
const NO_SPECIAL = new Set<GeneratorDefinition>();

/**
 * Joins what is said of a name. Whether all machines are known that have it is left open: see `withCompleteness`.
 * @returns null if it is but a name with holes, and the names it stands for are known
 */
export function mergeOne(sources: Sources): Merged | null {
  const { name, general, holders, isSettled } = sources;
  const sites = new Map<string, Site>();
  const noteSite = siteNoter(sites);
  const certain = new Set(sources.assigned);
  const possible: string[] = [];
  for (const definition of general) noteSite(definition, true);
  for (const [machine, own] of holders) {
    const having = havingOf(name, own);
    for (const definition of having.certain) noteSite(definition, false);
    for (const definition of having.possible) noteSite(definition, false);
    if (having.certain.length > 0) certain.add(machine);
    if (having.possible.length > 0) possible.push(machine);
  }
  const kept = [...sites].flatMap(([place, site]) =>
    site.general?.nameKind === 'pattern' && isSettled(place) ? [] : [site],
  );
  if (kept.length === 0) return null;
  return {
    generator: {
      ...generator(name, kept, holders, sites.size > 1),
      perhaps: possible.filter(machine => !certain.has(machine)),
    },
    certain: [...certain].sort(),
  };
}

/** Returns the generator with what is known of its machines. */
export function withCompleteness({ generator: one, certain }: Merged, complete: boolean): Generator {
  return { ...one, machines: certain.length > 0 || complete ? certain : null, machinesComplete: complete };
}

function siteNoter(sites: Map<string, Site>) {
  let at: Place | null = null;
  let site: Site | undefined;
  return (definition: GeneratorDefinition, isGeneral: boolean): void => {
    // Nearly always they stand where the one before stands.
    if (at === null || site === undefined || !isSamePlace(at, definition.at)) {
      const key = placeKey(definition.at);
      at = definition.at;
      site = sites.get(key);
      if (site === undefined) {
        site = { general: isGeneral ? definition : null, special: NO_SPECIAL };
        sites.set(key, site);
      }
    }
    if (isGeneral || definition === site.general) return;
    if (site.special === NO_SPECIAL) site.special = new Set();
    site.special.add(definition);
  };
}

/** Bodies that differ from machine to machine are looked into up to this number. */
const MAX_SPECIAL = 40;

/** Returns one definition a place: the general one if it says all, otherwise what it is on the machines. */
function definitionOf({ general, special }: Site): GeneratorDefinition {
  const [first] = special;
  if (first === undefined) return general as GeneratorDefinition;
  const everywhere = [...special].every(definition => definition.conditional);
  let body: GeneratorBody | null = null;
  return {
    ...(general ?? first),
    conditional: (general ?? first).conditional && everywhere,
    body() {
      body ??= specialBody(general, special);
      return body;
    },
  };
}

function specialBody(
  general: GeneratorDefinition | null,
  special: ReadonlySet<GeneratorDefinition>,
): GeneratorBody {
  const own = general?.body() ?? null;
  if (own?.completeness === 'full') return own;
  const merged = variantsOf([...special].slice(0, MAX_SPECIAL).map(definition => definition.body()));
  return special.size > MAX_SPECIAL && merged.completeness === 'full'
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

const NONE: readonly GeneratorDefinition[] = [];

/** By name: a machine is asked again for as long as it is the same, and of a large fleet nearly all are after an edit. */
const havingsOf = new WeakMap<MachineGenerators, ReadonlyMap<string, Having>>();

/** Returns what a machine has of a name. */
function havingOf(name: string, own: MachineGenerators): Having {
  return havingsBy(own).get(name) ?? { certain: [], possible: [], complete: own.complete };
}

/** Returns whether the machine has, perhaps at least, a definition of the name. */
export function hasAny(name: string, own: MachineGenerators): boolean {
  return havingsBy(own).has(name);
}

function havingsBy(own: MachineGenerators): ReadonlyMap<string, Having> {
  let byName = havingsOf.get(own);
  if (byName === undefined) {
    byName = indexOf(own);
    havingsOf.set(own, byName);
  }
  return byName;
}

function indexOf({ certain, possible, complete }: MachineGenerators): Map<string, Having> {
  const found = new Map<string, Having>();
  // Nearly all have one definition, and lists that grow keep room for many.
  for (const definition of certain) {
    const before = found.get(definition.name) ?? { certain: NONE, possible: NONE, complete };
    found.set(definition.name, { ...before, certain: [...before.certain, definition] });
  }
  for (const definition of possible) {
    const before = found.get(definition.name) ?? { certain: NONE, possible: NONE, complete };
    found.set(definition.name, { ...before, possible: [...before.possible, definition] });
  }
  return found;
}

/**
 * Returns the bodies that several places make of one generator: on each machine that has it, and where it is not
 * known which has it.
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
  const isAll =
    seen.size > 0 && seen.size <= MAX_SPECIAL && havings.every(having => isSettled(having, sites));
  const placed = new Set(isAll ? havings.flatMap(({ certain }) => certain) : []);
  const isPlaced =
    isAll && sites.every(site => definitionsAt(site).some(definition => placed.has(definition)));
  return isPlaced ? bodies : [variantsOf([...bodies, ...alternatives(sites)])];
}

/** Returns whether it is known which of the definitions the machine has. */
function isSettled(having: Having, sites: readonly Site[]): boolean {
  if (having.possible.length > 0) return false;
  if (having.complete) return true;
  // What a machine has was noted at its site.
  return sites.every(({ general, special }) =>
    having.certain.some(definition => definition === general || special.has(definition)),
  );
}

function definitionsAt({ general, special }: Site): readonly GeneratorDefinition[] {
  return general === null ? [...special] : [general, ...special];
}

/**
 * Returns, where it is not known which definitions go together, each that is a generator by itself, with all that add
 * to it.
 */
function alternatives(sites: readonly Site[]): GeneratorBody[] {
  const parts = sites.flatMap(partsOf);
  const whole = parts.filter(part => part.kind === 'full');
  const additions = parts.filter(part => part.kind === 'partial');
  if (whole.length === 0) return [joinedBody(additions, 'perhaps')];
  return whole.map(definition => joinedBody([definition, ...additions], 'perhaps'));
}

function partsOf({ general, special }: Site): readonly GeneratorDefinition[] {
  if (general !== null && (special.size === 0 || general.body().completeness === 'full')) return [general];
  return [...special].slice(0, MAX_SPECIAL);
}

/** `several`: it is defined in more than one place. */
function generator(
  name: string,
  sites: readonly Site[],
  holders: Sources['holders'],
  several: boolean,
): Generator {
  const definitions = sites.map(definitionOf);
  const [only] = definitions;
  let body: GeneratorBody | null = null;
  let generatorBodies: readonly GeneratorBody[] | null = null;
  let byMachine: ReadonlyMap<string, Having> | null = null;
  const havings = () => {
    byMachine ??= new Map(holders.map(([machine, own]) => [machine, havingOf(name, own)]));
    return byMachine;
  };
  const bodies = () => {
    generatorBodies ??=
      definitions.length === 1 && only !== undefined
        ? [only.body()]
        : bodiesOf(sites, several ? [...havings().values()] : []);
    return generatorBodies;
  };
  const whole = () => {
    body ??= variantsOf(bodies());
    return body;
  };
  const settledOn = (machine: string) => ownBody(sites, havings().get(machine));
  let variants: readonly Variant[] | null = null;
  return {
    name,
    nameKind: definitions.some(definition => definition.nameKind === 'literal')
      ? 'literal'
      : (definitions[0]?.nameKind ?? 'pattern'),
    definitions,
    machines: null,
    perhaps: [],
    machinesComplete: false,
    conditional: definitions.every(definition => definition.conditional),
    body: whole,
    bodies,
    settledOn,
    variants() {
      variants ??= settledVariants(name, sites, holders);
      return variants;
    },
    bodyOn: machine => settledOn(machine) ?? whole(),
  };
}

/** Null where it is not settled which of the definitions the machine has. */
function ownBody(sites: readonly Site[], having: Having | undefined): GeneratorBody | null {
  if (having === undefined) return null;
  const [first, ...others] = having.certain;
  if (first === undefined || !isSettled(having, sites)) return null;
  return others.length === 0 ? first.body() : joinedBody([...new Set(having.certain)], 'together');
}

function settledVariants(
  name: string,
  sites: readonly Site[],
  holders: Sources['holders'],
): readonly Variant[] {
  const found = new Map<GeneratorBody, string[]>();
  for (const [machine, own] of holders) {
    const body = ownBody(sites, havingOf(name, own));
    if (body === null) continue;
    addToList(found, body, machine);
  }
  return [...found].map(([body, machines]) => ({ body, machines }));
}
