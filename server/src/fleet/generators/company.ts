/**
 * Which definitions of a generator a machine may have beside those that it certainly has. Two that both say what its script
 * is, and not the same, are never on one machine: evaluating it would fail.
 */

import { addToList, once } from '../../std.ts';
import type { GeneratorDefinition } from '../model/generators.ts';
import type { Having } from './havings.ts';
import { definitionsAt, MAX_SPECIAL, partsOf, type Site } from './sites.ts';

/** Definitions that are looked at together. */
export interface Company {
  readonly certain: readonly GeneratorDefinition[];
  /** Perhaps among them, by a condition of the machine's own. */
  readonly possible: readonly GeneratorDefinition[];
  /** Of modules that the machine is not known to have. They may change what it has; what they add is not shown as its own. */
  readonly elsewhere: readonly GeneratorDefinition[];
  /** True if there may be more than anybody can look through. */
  readonly isOpen: boolean;
}

/** The script that a definition certainly gives, with its strength. */
interface ScriptClaim {
  readonly priority: number;
  readonly text: string;
  /** Where what is not known begins in the text; null where all of it is known. */
  readonly hole: number | null;
}

const claims = new WeakMap<GeneratorDefinition, { readonly claim: ScriptClaim | null }>();

function claimOf(definition: GeneratorDefinition): ScriptClaim | null {
  let known = claims.get(definition);
  if (known === undefined) {
    known = { claim: readClaim(definition) };
    claims.set(definition, known);
  }
  return known.claim;
}

function readClaim(definition: GeneratorDefinition): ScriptClaim | null {
  const { script, options } = definition.body();
  if (script?.source == null) return null;
  const [written, another] = options().filter(({ of, name }) => of === 'generator' && name === 'script');
  if (written === undefined || another !== undefined || written.conditional) return null;
  const { text, holes } = script.source;
  return { priority: written.priority, text, hole: holes[0]?.start ?? null };
}

/** Returns whether no machine can have both. */
function isBeside(left: ScriptClaim, right: ScriptClaim): boolean {
  if (left.priority !== right.priority) return false;
  if (left.hole === null && right.hole === null) return left.text !== right.text;
  const length = Math.min(left.hole ?? left.text.length, right.hole ?? right.text.length);
  return left.text.slice(0, length) !== right.text.slice(0, length);
}

/** Returns true for a definition that no machine can have together with all of those. */
function excludedBy(those: readonly GeneratorDefinition[]): (definition: GeneratorDefinition) => boolean {
  const own = once(() => those.flatMap(definition => claimOf(definition) ?? []));
  return definition => {
    const claim = claimOf(definition);
    return claim !== null && own().some(other => isBeside(other, claim));
  };
}

/** Sites by what their scripts allow: a fleet may define one name ten thousand times. */
export interface SiteIndex {
  /** Returns those that a machine may have, which certainly has the definitions. */
  readonly beside: (certain: readonly GeneratorDefinition[]) => Iterable<Site>;
}

export function indexSites(sites: readonly Site[]): SiteIndex {
  /** Those with one script that is wholly known, by strength and text. */
  const byText = new Map<string, Site[]>();
  const byPriority = new Map<number, Site[]>();
  const others: Site[] = [];
  const keyOf = ({ priority, text }: ScriptClaim) => `${priority} ${text}`;
  for (const site of sites) {
    const [only, another] = partsOf(site);
    const claim = only === undefined || another !== undefined ? null : claimOf(only);
    if (claim === null || claim.hole !== null) others.push(site);
    else {
      addToList(byText, keyOf(claim), site);
      addToList(byPriority, claim.priority, site);
    }
  }
  return {
    *beside(certain) {
      const claim = certain.map(claimOf).find(own => own?.hole === null) ?? null;
      yield* others;
      if (claim === null) for (const group of byPriority.values()) yield* group;
      else {
        for (const [priority, group] of byPriority) if (priority !== claim.priority) yield* group;
        yield* byText.get(keyOf(claim)) ?? [];
      }
    },
  };
}

const NONE: readonly GeneratorDefinition[] = [];

/** Returns the company that a machine's definitions are in. */
export function companyOf({ certain, possible, complete }: Having, index: SiteIndex): Company {
  const own = certain.length < 2 ? certain : [...new Set(certain)];
  // Of most generators nothing is open on a machine; this is asked for each of them after every edit.
  if (complete && possible.length === 0)
    return { certain: own, possible: NONE, elsewhere: NONE, isOpen: false };
  const isExcluded = excludedBy(certain);
  const perhaps = possible.filter(definition => !isExcluded(definition));
  if (complete) return { certain: own, possible: perhaps, elsewhere: NONE, isOpen: false };
  const elsewhere: GeneratorDefinition[] = [];
  for (const site of index.beside(certain)) {
    if (definitionsAt(site).some(definition => certain.includes(definition) || possible.includes(definition)))
      continue;
    for (const part of partsOf(site)) if (!isExcluded(part)) elsewhere.push(part);
    if (elsewhere.length > MAX_SPECIAL)
      return { certain: own, possible: perhaps, elsewhere: NONE, isOpen: true };
  }
  return { certain: own, possible: perhaps, elsewhere, isOpen: false };
}

/** Returns whether all definitions are known that go together. */
export function isSettled({ certain, possible, elsewhere, isOpen }: Company): boolean {
  return certain.length > 0 && possible.length === 0 && elsewhere.length === 0 && !isOpen;
}
