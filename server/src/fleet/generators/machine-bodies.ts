/**
 * Determines the body of a generator on a machine from the machine's own definitions. Definitions that the machine may
 * have besides make uncertain only the values that they may change.
 */

import { addToList, sameItems } from '../../std.ts';
import type { GeneratorBody, GeneratorDefinition, KnownLists } from '../model/generators.ts';
import {
  type CandidateDefinitions,
  candidateDefinitionsOf,
  isSettled,
  type SiteIndex,
} from './candidate-definitions.ts';
import { joinedBody } from './joined-bodies.ts';
import type { MachineDefinitions } from './machine-definitions.ts';
import { definitionsAt, MAX_SPECIAL, partsOf, type Site } from './sites.ts';

/** Returns the body of a machine's definitions in their company. */
export function bodyOfCandidates(company: CandidateDefinitions): GeneratorBody {
  const { certain, possible, elsewhere, isOpen } = company;
  const [only] = certain;
  if (only !== undefined && certain.length === 1 && isSettled(company)) return only.body();
  const base = joinedBody(certain, { how: 'together', perhaps: possible });
  if (elsewhere.length === 0 && !isOpen) return base;
  const before = narrowed.get(base);
  const kept = before?.find(({ beside }) => sameItems(beside, elsewhere));
  if (kept !== undefined) return kept.body;
  const wide = joinedBody(certain, { how: 'together', perhaps: [...possible, ...elsewhere], isOpen });
  const body = narrow(base, wide, isOpen ? null : elsewhere);
  narrowed.set(base, [...(before ?? []).slice(-MAX_NARROWED), { beside: elsewhere, body }]);
  return body;
}

/** The result for a body, with the definitions besides it that may change it. */
interface Narrowed {
  readonly beside: readonly GeneratorDefinition[];
  readonly body: GeneratorBody;
}

/** The number of results kept for one body. After an edit, most bodies have the same definitions beside them. */
const MAX_NARROWED = 8;
const narrowed = new WeakMap<GeneratorBody, readonly Narrowed[]>();

/**
 * Returns the body with values as uncertain as wider company makes them.
 * @param beside the additional definitions of the wider company; null if they are too many
 */
function narrow(
  base: GeneratorBody,
  wide: GeneratorBody,
  beside: readonly GeneratorDefinition[] | null,
): GeneratorBody {
  const files = new Map(wide.files.map(file => [file.name, file]));
  const prompts = new Map(wide.prompts.map(prompt => [prompt.name, prompt]));
  const holdsAll = (list: keyof KnownLists, namesOf: (body: GeneratorBody) => readonly string[]): boolean => {
    if (beside === null || !base.complete[list]) return false;
    const names = new Set(namesOf(base));
    return beside.every(definition => {
      const body = definition.body();
      return body.complete[list] && namesOf(body).every(name => names.has(name));
    });
  };
  return {
    ...base,
    completeness: base.completeness === 'opaque' ? 'opaque' : 'partial',
    share: wide.share,
    files: base.files.map(file => ({
      ...(files.get(file.name) ?? file),
      conditional: file.conditional,
      at: file.at,
    })),
    prompts: base.prompts.map(prompt => ({ ...(prompts.get(prompt.name) ?? prompt), at: prompt.at })),
    complete: {
      files: holdsAll('files', body => body.files.map(({ name }) => name)),
      prompts: holdsAll('prompts', body => body.prompts.map(({ name }) => name)),
      dependencies: holdsAll('dependencies', body => body.dependencies.map(({ value }) => value)),
      packages: holdsAll('packages', body => body.runtimeInputs),
    },
    script: base.script === null ? null : wide.script,
    validation: wide.validation,
  };
}

/**
 * Returns the bodies that rules check one by one: those on machines that have the generator, and those of definitions
 * with a script that no known machine has. Each is possible by itself, and lacks names that only others have.
 * @param havings the definitions of machines that may have the generator
 */
export function separateBodies(
  sites: readonly Site[],
  havings: readonly MachineDefinitions[],
  index: SiteIndex,
): readonly GeneratorBody[] {
  const bodies = new Set<GeneratorBody>();
  const placed = new Set<GeneratorDefinition>();
  for (const group of groupedBySites(sites, havings)) {
    for (const { certain } of group) for (const definition of certain) placed.add(definition);
    for (const having of group.slice(0, MAX_SPECIAL))
      bodies.add(bodyOfCandidates(candidateDefinitionsOf(having, index)));
  }
  for (const site of sites) {
    if (definitionsAt(site).some(definition => placed.has(definition))) continue;
    for (const part of partsOf(site))
      if (part.kind === 'full' && part.body().script !== null)
        for (const having of assumingPart(part, site, havings))
          bodies.add(bodyOfCandidates(candidateDefinitionsOf(having, index)));
  }
  return [...bodies];
}

/**
 * Returns the definitions of the machines that perhaps have `part`, as if they had it, without duplicates. If no machine may
 * have it, returns the definition alone, with anything else possible.
 */
function assumingPart(
  part: GeneratorDefinition,
  site: Site,
  havings: readonly MachineDefinitions[],
): readonly MachineDefinitions[] {
  const isOfSite = (definition: GeneratorDefinition) => definitionsAt(site).includes(definition);
  const assumed: MachineDefinitions[] = [];
  for (const { certain, possible, complete } of havings) {
    if (!possible.some(isOfSite)) continue;
    const having = {
      certain: [...certain, part],
      possible: possible.filter(definition => !isOfSite(definition)),
      complete,
    };
    if (!assumed.some(other => isAlike(other, having))) assumed.push(having);
    if (assumed.length >= MAX_SPECIAL) break;
  }
  return assumed.length > 0 ? assumed : [{ certain: [part], possible: [], complete: false }];
}

function isAlike(left: MachineDefinitions, right: MachineDefinitions): boolean {
  return (
    left.complete === right.complete &&
    sameItems(left.certain, right.certain) &&
    sameItems(left.possible, right.possible)
  );
}

/** Returns the machines' definitions without duplicates, grouped by their sites. */
function groupedBySites(
  sites: readonly Site[],
  havings: readonly MachineDefinitions[],
): Iterable<readonly MachineDefinitions[]> {
  const siteOf = new Map(
    sites.flatMap((site, place) => definitionsAt(site).map(definition => [definition, place] as const)),
  );
  const ids = new Map([...siteOf.keys()].map((definition, id) => [definition, id]));
  const seen = new Set<string>();
  const groups = new Map<string, MachineDefinitions[]>();
  for (const having of havings) {
    const { certain, possible, complete } = having;
    if (certain.length === 0) continue;
    const idsOf = (list: readonly GeneratorDefinition[]) =>
      list
        .map(definition => ids.get(definition))
        .sort()
        .join();
    const key = `${idsOf(certain)} ${idsOf(possible)} ${complete}`;
    if (seen.has(key)) continue;
    seen.add(key);
    addToList(groups, [...certain, ...possible].map(definition => siteOf.get(definition)).join(), having);
  }
  return groups.values();
}
