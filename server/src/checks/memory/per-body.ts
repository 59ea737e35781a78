/**
 * Inspects the bodies of generators one by one, and again only if a body or something read for it has changed. Bodies are
 * inspected in groups, so that after an edit a rule does not look at all generators of a large fleet to see that only
 * one of them is concerned.
 */

import type { Fleet } from '../../fleet/model/fleet.ts';
import type { Generator, GeneratorBody } from '../../fleet/model/generators.ts';
import { query } from '../../query/database.ts';
import { forAll } from '../../query/groups.ts';
import { sameItems } from '../../std.ts';
import type { CheckContext } from '../rule.ts';
import { isStillValid, type Kept, keptOf, newQuestion, noted } from './kept.ts';
import { currentRun, runOf } from './memory.ts';

/** A body of a generator, with the results that are kept for it. */
interface Slot {
  readonly generator: Generator;
  readonly body: GeneratorBody;
  readonly kept: (KeptResults | undefined)[];
}

/** The results for a body, and the texts that were read for them: a fix looks at what is written around the body. */
interface KeptResults extends Kept<readonly unknown[]> {
  readonly texts: ReadonlyMap<string, string | null> | null;
}

/** A body in which something was found. */
export interface GeneratorMatches<T> {
  readonly generator: Generator;
  readonly body: GeneratorBody;
  readonly found: readonly T[];
}

/** The number of generators in a group, on average. */
const GROUP_SIZE = 64;

type Groups = ReadonlyMap<string, readonly Slot[]>;

const GROUPS = query<null, Groups>('groups of bodies', (database, _, before) => {
  const groups = groupsOf(currentRun(database).watched.fleet);
  for (const [key, slots] of groups) {
    const earlier = before?.get(key);
    if (earlier !== undefined && areSameSlots(earlier, slots)) groups.set(key, earlier);
  }
  return groups;
});

const GROUP_KEYS = query<null, readonly string[]>(
  'keys of groups of bodies',
  database => [...GROUPS(database, null).keys()],
  { equals: sameItems },
);

const GROUP = query<string, readonly Slot[]>(
  'group of bodies',
  (database, key) => GROUPS(database, null).get(key) ?? NOTHING,
);

/** Returns the bodies in groups that begin at certain names, so that a further generator changes no group but its own. */
function groupsOf({ generators }: Fleet): Map<string, readonly Slot[]> {
  const groups = new Map<string, Slot[]>();
  let group: Slot[] | undefined;
  for (const generator of generators) {
    if (group === undefined || hashOf(generator.name) % GROUP_SIZE === 0) {
      group = groups.get(generator.name) ?? [];
      groups.set(generator.name, group);
    }
    for (const body of generator.bodies()) group.push(slotOf(generator, body));
  }
  return groups;
}

function slotOf(generator: Generator, body: GeneratorBody): Slot {
  return { generator, body, kept: keptOf(body) as (KeptResults | undefined)[] };
}

function hashOf(name: string): number {
  let hash = 0;
  for (let index = 0; index < name.length; index++) hash = (hash * 31 + name.charCodeAt(index)) | 0;
  return hash >>> 0;
}

function areSameSlots(left: readonly Slot[], right: readonly Slot[]): boolean {
  return (
    left.length === right.length &&
    left.every(
      ({ generator, body }, index) => generator === right[index]?.generator && body === right[index]?.body,
    )
  );
}

/**
 * Inspects each body once, for as long as it and all that was read for it are unchanged.
 *
 * @param look returns the results for a body
 *
 * @returns the bodies with results, in the order of their generators
 */
export function inBodies<T>(
  look: (generator: Generator, body: GeneratorBody, context: CheckContext) => Iterable<T>,
): (context: CheckContext) => Iterable<GeneratorMatches<T>> {
  const question = newQuestion();
  const matchesOf = (slots: readonly Slot[], context: CheckContext) =>
    matchesIn(slots, context, question, look);
  const inGroup = query<string, readonly GeneratorMatches<T>[]>(
    'in bodies',
    (database, key) => matchesOf(GROUP(database, key), currentRun(database).watched),
    { equals: areSameMatches },
  );
  const all = forAll(GROUP_KEYS, inGroup);
  return context => {
    const run = runOf(context.fleet);
    const groups =
      run === null
        ? [...groupsOf(context.fleet).values()].map(slots => matchesOf(slots, context))
        : all(run.memory.database, null);
    return groups.flat();
  };
}

const NOTHING: readonly never[] = [];
const NOTHING_KEPT: KeptResults = { value: NOTHING, read: null, texts: null };

function matchesIn<T>(
  slots: readonly Slot[],
  context: CheckContext,
  question: number,
  look: (generator: Generator, body: GeneratorBody, context: CheckContext) => Iterable<T>,
): readonly GeneratorMatches<T>[] {
  const matches: GeneratorMatches<T>[] = [];
  const { noting, takeTexts } = notingTexts(context);
  for (const { generator, body, kept } of slots) {
    const before = kept[question];
    let found = before?.value as readonly T[] | undefined;
    if (
      before === undefined ||
      found === undefined ||
      !isStillValid(before) ||
      !areCurrent(before, context)
    ) {
      const { value, read } = noted(() => [...look(generator, body, noting)]);
      const texts = takeTexts();
      found = value;
      kept[question] =
        value.length === 0 && texts === null && read === null ? NOTHING_KEPT : { value, read, texts };
    }
    if (found.length > 0) matches.push({ generator, body, found });
  }
  return matches.length === 0 ? NOTHING : matches;
}

/** Returns whether the same bodies have the same results, which are the same lists while they are kept. */
function areSameMatches(
  left: readonly GeneratorMatches<unknown>[],
  right: readonly GeneratorMatches<unknown>[],
): boolean {
  return (
    left.length === right.length &&
    left.every(({ generator, body, found }, index) => {
      const other = right[index];
      return generator === other?.generator && body === other.body && found === other.found;
    })
  );
}

/** Returns whether the texts are those that were read. Reads them, so that the group is inspected again when they change. */
function areCurrent({ texts }: KeptResults, { sources }: CheckContext): boolean {
  if (texts === null) return true;
  for (const [path, text] of texts) if (sources.text(path) !== text) return false;
  return true;
}

/** Returns the context with sources that note which texts are read, and a function that takes those since the last time. */
function notingTexts(context: CheckContext) {
  const { sources } = context;
  let texts: Map<string, string | null> | null = null;
  const note = (path: string) => {
    texts ??= new Map();
    texts.set(path, sources.text(path));
  };
  const noting: CheckContext = {
    ...context,
    sources: {
      ...sources,
      parse(path) {
        note(path);
        return sources.parse(path);
      },
      text(path) {
        note(path);
        return sources.text(path);
      },
    },
  };
  const takeTexts = (): ReadonlyMap<string, string | null> | null => {
    const taken = texts;
    texts = null;
    return taken;
  };
  return { noting, takeTexts };
}
