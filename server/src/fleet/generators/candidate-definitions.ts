/**
 * Determines which definitions of a generator a machine may have besides those that it certainly has. Two definitions
 * with different scripts are never on one machine, since evaluating it would fail.
 */

import { addToList, memoized, once } from '../../std.ts';
import type { GeneratorDefinition } from '../model/generators.ts';
import type { MachineDefinitions } from './machine-definitions.ts';
import { definitionsAt, MAX_SPECIAL, partsOf, type Site } from './sites.ts';

/** The definitions of a generator that one machine has or may have. */
export interface CandidateDefinitions {
  readonly certain: readonly GeneratorDefinition[];
  /** Definitions that the machine has under a condition of its own. */
  readonly possible: readonly GeneratorDefinition[];
  /**
   * Definitions in modules that the machine is not known to import. They may change its values, but their additions are
   * not shown for the machine.
   */
  readonly elsewhere: readonly GeneratorDefinition[];
  /** True if there may be more definitions than can be inspected. */
  readonly isOpen: boolean;
}

/** The script that a definition certainly sets, with its priority. */
interface ScriptClaim {
  readonly priority: number;
  readonly text: string;
  /** The offset of the first unknown part of the text; null if all of it is known. */
  readonly hole: number | null;
}

const claimOf = memoized(readClaim);

function readClaim(definition: GeneratorDefinition): ScriptClaim | null {
  const { script, options } = definition.body();
  if (script?.source == null) return null;
  const [written, another] = options().filter(({ of, name }) => of === 'generator' && name === 'script');
  if (written === undefined || another !== undefined || written.conditional) return null;
  const { text, holes } = script.source;
  return { priority: written.priority, text, hole: holes[0]?.start ?? null };
}

/** Returns whether the scripts differ, so that no machine can have both. */
function isBeside(left: ScriptClaim, right: ScriptClaim): boolean {
  if (left.priority !== right.priority) return false;
  if (left.hole === null && right.hole === null) return left.text !== right.text;
  const length = Math.min(left.hole ?? left.text.length, right.hole ?? right.text.length);
  return left.text.slice(0, length) !== right.text.slice(0, length);
}

/** Returns a predicate for definitions that no machine can have together with all of the given ones. */
function excludedBy(those: readonly GeneratorDefinition[]): (definition: GeneratorDefinition) => boolean {
  const ownClaims = once(() => those.flatMap(definition => claimOf(definition) ?? []));
  return definition => {
    const claim = claimOf(definition);
    return claim !== null && ownClaims().some(other => isBeside(other, claim));
  };
}

/** Sites grouped by their scripts, since a fleet may define one name ten thousand times. */
interface SiteGroups {
  /** Sites with a single, fully known script, by priority and text. */
  readonly byText: ReadonlyMap<string, readonly Site[]>;
  readonly byPriority: ReadonlyMap<number, readonly Site[]>;
  readonly others: readonly Site[];
}

export interface SiteIndex {
  /** Returns the sites that may be on a machine which certainly has the definitions. */
  readonly candidatesBeside: (certain: readonly GeneratorDefinition[]) => Iterable<Site>;
}

/** Returns the index of sites. They are read only if something is asked of it, which machines without gaps never do. */
export function indexSites(sites: readonly Site[]): SiteIndex {
  const groups = once(() => groupSites(sites));
  return {
    *candidatesBeside(certain) {
      const { byText, byPriority, others } = groups();
      const claim = certain.map(claimOf).find(other => other?.hole === null) ?? null;
      yield* others;
      if (claim === null) for (const group of byPriority.values()) yield* group;
      else {
        for (const [priority, group] of byPriority) if (priority !== claim.priority) yield* group;
        yield* byText.get(keyOf(claim)) ?? [];
      }
    },
  };
}

function groupSites(sites: readonly Site[]): SiteGroups {
  const byText = new Map<string, Site[]>();
  const byPriority = new Map<number, Site[]>();
  const others: Site[] = [];
  for (const site of sites) {
    const [only, another] = partsOf(site);
    const claim = only === undefined || another !== undefined ? null : claimOf(only);
    if (claim === null || claim.hole !== null) others.push(site);
    else {
      addToList(byText, keyOf(claim), site);
      addToList(byPriority, claim.priority, site);
    }
  }
  return { byText, byPriority, others };
}

function keyOf({ priority, text }: ScriptClaim): string {
  return `${priority} ${text}`;
}

const NONE: readonly GeneratorDefinition[] = [];

/** Returns the company of a machine's definitions. */
export function candidateDefinitionsOf(
  { certain, possible, complete }: MachineDefinitions,
  index: SiteIndex,
): CandidateDefinitions {
  const unique = certain.length < 2 ? certain : [...new Set(certain)];
  // The usual case, in which nothing is open. This runs for most generators after every edit.
  if (complete && possible.length === 0)
    return { certain: unique, possible: NONE, elsewhere: NONE, isOpen: false };
  const isExcluded = excludedBy(certain);
  const perhaps = possible.filter(definition => !isExcluded(definition));
  if (complete) return { certain: unique, possible: perhaps, elsewhere: NONE, isOpen: false };
  const elsewhere: GeneratorDefinition[] = [];
  for (const site of index.candidatesBeside(certain)) {
    if (definitionsAt(site).some(definition => certain.includes(definition) || possible.includes(definition)))
      continue;
    for (const part of partsOf(site)) if (!isExcluded(part)) elsewhere.push(part);
    if (elsewhere.length > MAX_SPECIAL)
      return { certain: unique, possible: perhaps, elsewhere: NONE, isOpen: true };
  }
  return { certain: unique, possible: perhaps, elsewhere, isOpen: false };
}

/** Returns whether it is certain which definitions the machine has. */
export function isSettled({ certain, possible, elsewhere, isOpen }: CandidateDefinitions): boolean {
  return certain.length > 0 && possible.length === 0 && elsewhere.length === 0 && !isOpen;
}
