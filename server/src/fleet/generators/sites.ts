/** The places that define a generator, each with what it is there by itself and on the machines that have it. */

import type { Place } from '../../nix/places.ts';
import { isSamePlace, placeKey } from '../../nix/places.ts';
import type { GeneratorBody, GeneratorDefinition } from '../model/generators.ts';
import { variantsOf } from './variants.ts';

/** Definitions that are written in one place and have one name: what a service gives differs from machine to machine. */
export interface Site {
  /** As the file shows it by itself; null if only machines show it. */
  readonly general: GeneratorDefinition | null;
  /** As machines show it, each once. */
  special: Set<GeneratorDefinition>;
}

/** Shared by all that have none; never added to. */
const NO_SPECIAL = new Set<GeneratorDefinition>();

/** Bodies that differ from machine to machine are looked into up to this number. */
export const MAX_SPECIAL = 40;

/** Returns what notes definitions at their places, general ones first. */
export function siteNoter(sites: Map<string, Site>) {
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

/** Returns one definition a place: the general one if it says all, otherwise what it is on the machines. */
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
  const own = general?.body() ?? null;
  if (own?.completeness === 'full') return own;
  const merged = variantsOf([...special].slice(0, MAX_SPECIAL).map(definition => definition.body()));
  return special.size > MAX_SPECIAL && merged.completeness === 'full'
    ? { ...merged, completeness: 'partial' }
    : merged;
}

/** Returns all that is known of a place. */
export function definitionsAt({ general, special }: Site): readonly GeneratorDefinition[] {
  return general === null ? [...special] : [general, ...special];
}

/** Returns what a place may be: what it is by itself if that says all, otherwise what it is on machines, up to a number. */
export function partsOf({ general, special }: Site): readonly GeneratorDefinition[] {
  if (general !== null && (special.size === 0 || general.body().completeness === 'full')) return [general];
  return [...special].slice(0, MAX_SPECIAL);
}
