/**
 * Joins the definitions of one name to a generator, whatever the number of modules that add to it, and tells which
 * machines have it. Which definitions there are is gathered in generator-index.ts.
 */

import { addToList, once } from '../../std.ts';
import type { Generator, GeneratorBody, GeneratorDefinition, Variant } from '../model/generators.ts';
import type { MachineGenerators } from '../model/machines.ts';
import { type Company, companyOf, indexSites, isSettled, type SiteIndex } from './company.ts';
import { joinedBody } from './definitions.ts';
import { OPAQUE } from './generator.ts';
import { type Having, havingOf } from './havings.ts';
import { companyBody, separateBodies } from './machine-bodies.ts';
import { definitionOf, definitionsAt, MAX_SPECIAL, partsOf, type Site, siteNoter } from './sites.ts';
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

/** Returns what can be said of all that a generator may be at once. */
function mergedBody(sites: readonly Site[], havings: readonly Having[], index: SiteIndex): GeneratorBody {
  const ids = new Map<GeneratorDefinition, number>();
  const idOf = (definition: GeneratorDefinition) => {
    const id = ids.get(definition) ?? ids.size;
    ids.set(definition, id);
    return id;
  };
  const seen = new Map<string, Company>();
  let isAll = havings.length > 0;
  for (const having of havings) {
    const company = companyOf(having, index);
    if (!isSettled(company)) isAll = false;
    if (having.certain.length > 0)
      seen.set(`${having.certain.map(idOf).sort().join()} ${isSettled(company)}`, company);
  }
  const bodies = [...seen.values()].slice(0, MAX_SPECIAL).map(company => {
    const body = joinedBody(company.certain, { how: 'together' });
    if (isSettled(company) || body.completeness === 'opaque') return body;
    return { ...body, completeness: 'partial' as const };
  });
  const placed = new Set(isAll && seen.size <= MAX_SPECIAL ? havings.flatMap(({ certain }) => certain) : []);
  const isPlaced = sites.every(site => definitionsAt(site).some(definition => placed.has(definition)));
  return variantsOf(isPlaced ? bodies : [...bodies, ...alternatives(sites)]);
}

/** Each definition with all additions is read up to this number of readings. */
const MAX_JOINED = 2000;

/**
 * Returns, where it is not known which definitions go together, each that is a generator by itself, with all that add
 * to it.
 */
function alternatives(sites: readonly Site[]): GeneratorBody[] {
  const parts = sites.flatMap(partsOf);
  const whole = parts.filter(part => part.kind === 'full');
  const additions = parts.filter(part => part.kind === 'partial');
  if (whole.length === 0) return [joinedBody(additions, { how: 'perhaps' })];
  if (whole.length * additions.length <= MAX_JOINED)
    return whole.map(definition => joinedBody([definition, ...additions], { how: 'perhaps' }));
  return [...parts.map(definition => definition.body()), OPAQUE];
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
  const holding = once(() => new Map(holders.map(([machine, own]) => [machine, havingOf(name, own)])));
  const index = once(() => indexSites(sites));
  const whole = once(() =>
    definitions.length === 1 && only !== undefined
      ? only.body()
      : mergedBody(sites, [...holding().values()], index()),
  );
  const bodies = once(() => {
    const separate = several
      ? separateBodies(sites, [...holding().values()], index())
      : onlyBodies(sites, only);
    return separate.length === 0 ? [whole()] : separate;
  });
  const companyOn = (machine: string): Company | null => {
    const having = holding().get(machine);
    return having === undefined || having.certain.length === 0 ? null : companyOf(having, index());
  };
  const settledOn = (machine: string): GeneratorBody | null => {
    const company = companyOn(machine);
    return company !== null && isSettled(company) ? companyBody(company) : null;
  };
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
      variants ??= settledVariants([...holding().keys()], settledOn);
      return variants;
    },
    bodyOn(machine) {
      const company = companyOn(machine);
      return company === null ? (bodyIfThere(holding().get(machine)) ?? whole()) : companyBody(company);
    },
  };
}

/** Returns what a generator is on a machine that perhaps has it, if one definition decides that; null where more may. */
function bodyIfThere(having: Having | undefined): GeneratorBody | null {
  const [only, ...others] = having?.possible ?? [];
  const isOne = having?.complete === true && others.length === 0 && only?.kind === 'full';
  return isOne && only !== undefined ? only.body() : null;
}

/** Returns the bodies of a generator that is defined in one place: what it is there, or on machines where that is more. */
function onlyBodies(
  [site]: readonly Site[],
  merged: GeneratorDefinition | undefined,
): readonly GeneratorBody[] {
  const parts = site === undefined ? [] : partsOf(site);
  return parts.length < 2 ? (merged === undefined ? [] : [merged.body()]) : parts.map(part => part.body());
}

function settledVariants(
  machines: readonly string[],
  settledOn: (machine: string) => GeneratorBody | null,
): readonly Variant[] {
  const found = new Map<GeneratorBody, string[]>();
  for (const machine of machines) {
    const body = settledOn(machine);
    if (body !== null) addToList(found, body, machine);
  }
  return [...found].map(([body, machines]) => ({ body, machines }));
}
