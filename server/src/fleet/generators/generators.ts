/**
 * Merges the definitions of one name to a generator, from any number of modules, and determines its machines.
 * `assembly/generator-index.ts` collects the definitions.
 */

import { addToList, once } from '../../std.ts';
import type { Generator, GeneratorBody, GeneratorDefinition, Variant } from '../model/generators.ts';
import {
  type CandidateDefinitions,
  candidateDefinitionsOf,
  indexSites,
  isSettled,
  type SiteIndex,
} from './candidate-definitions.ts';
import { OPAQUE } from './generator.ts';
import { joinedBody } from './joined-bodies.ts';
import { bodyOfCandidates, separateBodies } from './machine-bodies.ts';
import type { MachineDefinitions } from './machine-definitions.ts';
import { definitionOf, definitionsAt, MAX_SPECIAL, partsOf, type Site, siteNoter } from './sites.ts';
import { variantsOf } from './variants.ts';

/** The definitions and machines of one name. */
export interface Sources {
  readonly name: string;
  /** The definitions in the units of files, in the order of the files. */
  readonly general: readonly GeneratorDefinition[];
  /** The machines that have definitions of the name, with these, in the order of their names. */
  readonly holders: ReadonlyMap<string, MachineDefinitions>;
  /** Machines that have the generator, although its definition is unknown. */
  readonly assigned: readonly string[];
  /** Returns whether the names that a name with holes stands for are known on the machines that have them. */
  readonly isSettled: (pattern: GeneratorDefinition) => boolean;
}

/** A generator, with the data that decides whether further machines may have it. */
export interface Merged {
  readonly generator: Generator;
  /** The machines that certainly have it, sorted. */
  readonly certain: readonly string[];
}

/**
 * Merges the definitions of a name. `withCompleteness` adds the machines afterwards.
 * @returns null for a name with holes if the names that it stands for are known
 */
export function mergeOne(sources: Sources): Merged | null {
  const { name, general, holders, isSettled: isNamed } = sources;
  const sites = new Map<string, Site>();
  const noteSite = siteNoter(sites);
  const certain = new Set(sources.assigned);
  const possible: string[] = [];
  for (const definition of general) noteSite(definition, true);
  for (const [machine, having] of holders) {
    for (const definition of having.certain) noteSite(definition, false);
    for (const definition of having.possible) noteSite(definition, false);
    if (having.certain.length > 0) certain.add(machine);
    if (having.possible.length > 0) possible.push(machine);
  }
  const kept = [...sites.values()].filter(
    ({ general: pattern }) => pattern?.nameKind !== 'pattern' || !isNamed(pattern),
  );
  if (kept.length === 0) return null;
  return {
    generator: {
      ...generator(name, kept, holders, sites.size > 1),
      possibleMachines: possible.filter(machine => !certain.has(machine)),
    },
    certain: [...certain].sort(),
  };
}

/** Returns the generator with its machines. */
export function withCompleteness({ generator: merged, certain }: Merged, complete: boolean): Generator {
  return { ...merged, machines: certain.length > 0 || complete ? certain : null, machinesComplete: complete };
}

/** Returns the body that summarises everything the generator may be. */
function mergedBody(
  sites: readonly Site[],
  havings: readonly MachineDefinitions[],
  index: SiteIndex,
): GeneratorBody {
  const ids = new Map<GeneratorDefinition, number>();
  const idOf = (definition: GeneratorDefinition) => {
    const id = ids.get(definition) ?? ids.size;
    ids.set(definition, id);
    return id;
  };
  const seen = new Map<string, CandidateDefinitions>();
  let isAll = havings.length > 0;
  for (const having of havings) {
    const company = candidateDefinitionsOf(having, index);
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

/** The limit of combinations that are read; above it, definitions and additions are read separately. */
const MAX_JOINED = 2000;

/** Returns the alternatives if it is unknown which definitions go together: each complete one with all additions. */
function alternatives(sites: readonly Site[]): GeneratorBody[] {
  const parts = sites.flatMap(partsOf);
  const whole = parts.filter(part => part.kind === 'full');
  const additions = parts.filter(part => part.kind === 'partial');
  if (whole.length === 0) return [joinedBody(additions, { how: 'perhaps' })];
  if (whole.length * additions.length <= MAX_JOINED)
    return whole.map(definition => joinedBody([definition, ...additions], { how: 'perhaps' }));
  return [...parts.map(definition => definition.body()), OPAQUE];
}

/**
 * Creates the generator.
 * @param several true if more than one place defines it
 */
function generator(
  name: string,
  sites: readonly Site[],
  holders: Sources['holders'],
  several: boolean,
): Generator {
  const definitions = sites.map(definitionOf);
  const [only] = definitions;
  const index = once(() => indexSites(sites));
  const whole = once(() =>
    definitions.length === 1 && only !== undefined
      ? only.body()
      : mergedBody(sites, [...holders.values()], index()),
  );
  const bodies = once(() => {
    const separate = several
      ? separateBodies(sites, [...holders.values()], index())
      : onlyBodies(sites, only);
    return separate.length === 0 ? [whole()] : separate;
  });
  const companyOn = (machine: string): CandidateDefinitions | null => {
    const having = holders.get(machine);
    return having === undefined || having.certain.length === 0
      ? null
      : candidateDefinitionsOf(having, index());
  };
  const certainBodyOn = (machine: string): GeneratorBody | null => {
    const company = companyOn(machine);
    return company !== null && isSettled(company) ? bodyOfCandidates(company) : null;
  };
  let variants: readonly Variant[] | null = null;
  return {
    name,
    nameKind: definitions.some(definition => definition.nameKind === 'literal')
      ? 'literal'
      : (definitions[0]?.nameKind ?? 'pattern'),
    definitions,
    machines: null,
    possibleMachines: [],
    machinesComplete: false,
    conditional: definitions.every(definition => definition.conditional),
    body: whole,
    bodies,
    certainBodyOn,
    variants() {
      variants ??= settledVariants([...holders.keys()], certainBodyOn);
      return variants;
    },
    bodyOn(machine) {
      const company = companyOn(machine);
      return company === null ? (bodyIfThere(holders.get(machine)) ?? whole()) : bodyOfCandidates(company);
    },
  };
}

/** Returns the body on a machine that may have the generator, if a single definition decides it; null otherwise. */
function bodyIfThere(having: MachineDefinitions | undefined): GeneratorBody | null {
  const [only, ...others] = having?.possible ?? [];
  const isOne = having?.complete === true && others.length === 0 && only?.kind === 'full';
  return isOne && only !== undefined ? only.body() : null;
}

/**
 * Returns the bodies of a generator that is defined in one place: the general one, or those on machines if they say
 * more.
 */
function onlyBodies(
  [site]: readonly Site[],
  merged: GeneratorDefinition | undefined,
): readonly GeneratorBody[] {
  const parts = site === undefined ? [] : partsOf(site);
  return parts.length < 2 ? (merged === undefined ? [] : [merged.body()]) : parts.map(part => part.body());
}

function settledVariants(
  machines: readonly string[],
  certainBodyOn: (machine: string) => GeneratorBody | null,
): readonly Variant[] {
  const machinesOf = new Map<GeneratorBody, string[]>();
  for (const machine of machines) {
    const body = certainBodyOn(machine);
    if (body !== null) addToList(machinesOf, body, machine);
  }
  return [...machinesOf].map(([body, machines]) => ({ body, machines }));
}
