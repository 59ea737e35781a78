/** Groups the definitions of a generator by their place, with the general one and those on machines. */

import type { Place } from '../../nix/places.ts';
import { isSamePlace, placeKey } from '../../nix/places.ts';
import type { GeneratorBody, GeneratorDefinition } from '../model/generators.ts';
import { variantsOf } from './variants.ts';

/** Definitions of one name at one place. They may differ by machine, as those that a service returns do. */
export interface Site {
  /** The definition in the file's unit; null if only machines have it. */
  readonly general: GeneratorDefinition | null;
  /** The definitions on machines, without duplicates. */
  special: Set<GeneratorDefinition>;
}

/** Shared by all sites without special definitions; must not be changed. */
const NO_SPECIAL = new Set<GeneratorDefinition>();

/** The limit of bodies read at one place, if they differ between machines. */
export const MAX_SPECIAL = 40;

/** Returns a function that adds definitions to their sites; general ones must be added first. */
export function siteNoter(sites: Map<string, Site>) {
  let at: Place | null = null;
  let site: Site | undefined;
  return (definition: GeneratorDefinition, isGeneral: boolean): void => {
    // Consecutive definitions are usually at the same place.
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

/** Returns one definition for a site: the general one if it is complete, otherwise the summary of those on machines. */
export function definitionOf({ general, special }: Site): GeneratorDefinition {
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
  const generalBody = general?.body() ?? null;
  if (generalBody?.completeness === 'full') return generalBody;
  const merged = variantsOf([...special].slice(0, MAX_SPECIAL).map(definition => definition.body()));
  return special.size > MAX_SPECIAL && merged.completeness === 'full'
    ? { ...merged, completeness: 'partial' }
    : merged;
}

/** Returns all definitions at a site. */
export function definitionsAt({ general, special }: Site): readonly GeneratorDefinition[] {
  return general === null ? [...special] : [general, ...special];
}

/**
 * Returns the alternatives at a site: the general definition if it is complete, otherwise a limited number of those on
 * machines.
 */
export function partsOf({ general, special }: Site): readonly GeneratorDefinition[] {
  if (general !== null && (special.size === 0 || general.body().completeness === 'full')) return [general];
  return [...special].slice(0, MAX_SPECIAL);
}
