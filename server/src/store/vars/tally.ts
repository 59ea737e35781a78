/**
 * Counts generated values: the states, the totals, and the words for both. Every displayed count comes from here, in
 * the same unit: a generator of a machine, where a shared generator counts once per fleet.
 */

/**
 * `present`: all files are stored; `unreadable`: they are, but a machine cannot decrypt them; `outdated`: a stored
 * file was made from other inputs; `missing`: no file is stored; `partial`: some are; `unknown`: it cannot be determined.
 */
export type StoredState = 'present' | 'unreadable' | 'outdated' | 'partial' | 'missing' | 'unknown';

/** The displayed word for each state. */
export const STATE_WORDS: Readonly<Record<StoredState, string>> = {
  present: 'generated',
  partial: 'partly generated',
  missing: 'missing',
  outdated: 'outdated',
  unreadable: 'not readable yet',
  unknown: 'unknown',
};

/** An explanation of each word, for places with room for a sentence. */
export const STATE_SENTENCES: Readonly<Record<StoredState, string>> = {
  present: 'Generated: all of its files are stored.',
  partial: 'Partly generated: some of its files are not stored.',
  missing: 'Missing: none of its files are stored yet.',
  outdated: 'Outdated: made from other inputs or older values than the current ones.',
  unreadable:
    'Not readable yet: its secrets are stored, but not for this machine. Verify Vars offers to re-encrypt them.',
  unknown: 'Unknown: only the store knows whether it is stored. Verify Vars asks the store.',
};

/** The number of machines' generators in each state. */
export interface Tally {
  readonly generators: number;
  readonly missing: number;
  readonly partial: number;
  readonly outdated: number;
  /** Absent if there are none. */
  readonly unreadable?: number;
  readonly unknown: number;
}

/** Returns whether a state means that something has to be generated. */
export function isLacking(state: StoredState): boolean {
  return state === 'missing' || state === 'partial' || state === 'outdated';
}

/** Returns whether a state means that something is left to do: to generate, or to give a machine access. */
export function isUnfinished(state: StoredState): boolean {
  return isLacking(state) || state === 'unreadable';
}

/** Returns the state of a generator, from whether each of its files is stored (`null` if that is unknown). */
export function stateOfFiles(stored: readonly (boolean | null)[], isOutdated: boolean): StoredState {
  const isLackingSome = stored.includes(false);
  if (isLackingSome) return stored.includes(true) ? 'partial' : 'missing';
  if (isOutdated) return 'outdated';
  return stored.includes(null) ? 'unknown' : 'present';
}

/** Returns a single state for a generator of several machines. */
export function stateOfPlacements(states: readonly StoredState[]): StoredState {
  const [first, ...others] = new Set(states);
  if (first === undefined) return 'unknown';
  if (others.length === 0) return first;
  if (states.some(state => state === 'missing' || state === 'partial')) return 'partial';
  if (states.includes('outdated')) return 'outdated';
  return states.includes('unreadable') ? 'unreadable' : 'unknown';
}

/** Returns a single state for everything that was counted, like `stateOfPlacements`. */
export function stateOfTally(tally: Tally): StoredState {
  const states = partsOf(tally).map(({ state }) => state);
  const others = states.reduce((sum, state) => sum + (tally[state] ?? 0), 0);
  return stateOfPlacements(others < tally.generators ? [...states, 'present'] : states);
}

export function tallyOf(states: Iterable<StoredState>): Tally {
  const counts = {
    generators: 0,
    present: 0,
    missing: 0,
    partial: 0,
    outdated: 0,
    unreadable: 0,
    unknown: 0,
  };
  for (const state of states) {
    counts.generators++;
    counts[state]++;
  }
  const { present: _, unreadable, ...tally } = counts;
  return unreadable === 0 ? tally : { ...tally, unreadable };
}

/** Returns the number of generators that have to be generated. */
export function lackingIn({ missing, partial, outdated }: Tally): number {
  return missing + partial + outdated;
}

/** Returns the number of generators with something left to do. */
export function unfinishedIn(tally: Tally): number {
  return lackingIn(tally) + (tally.unreadable ?? 0);
}

/**
 * Returns `2 of 5 generators missing · 1 outdated` or `5 of 5 generators generated`, or '' if there are none.
 * @param separator the text between the parts
 */
export function tallyText(tally: Tally, separator = ' · '): string {
  const { generators } = tally;
  if (generators === 0) return '';
  const [first, ...others] = partsOf(tally);
  const noun = generators === 1 ? 'generator' : 'generators';
  if (first === undefined) return `${generators} of ${generators} ${noun} ${STATE_WORDS.present}`;
  return [`${first.count} of ${generators} ${noun} ${first.words}`, ...others.map(partText)].join(separator);
}

/**
 * Returns the same for places where it is clear that generators are counted: `1 of 2 missing`, or only the state if
 * all share it.
 */
export function shortTallyText(tally: Tally): string {
  const { generators } = tally;
  if (generators === 0) return '';
  const [first, ...others] = partsOf(tally);
  if (first === undefined) return STATE_WORDS.present;
  if (first.count === generators) return first.words;
  return [`${first.count} of ${generators} ${first.words}`, ...others.map(partText)].join(' · ');
}

/**
 * Returns the progress for narrow places, the deciding words first: `all generated`, `all missing`, or
 * `3/5 · 1 missing · 1 outdated`. Empty without generators.
 * @param complete false if there may be more than were counted
 */
export function progressText(tally: Tally, complete = true): string {
  const { generators } = tally;
  const parts = partsOf(tally);
  const [first, ...others] = parts;
  if (generators === 0) return '';
  const all = complete ? 'all' : `${generators}`;
  if (first === undefined) return `${all} ${STATE_WORDS.present}`;
  if (others.length === 0 && first.count === generators) return `${all} ${first.words}`;
  const done = generators - parts.reduce((sum, { count }) => sum + count, 0);
  return [`${done}/${generators}`, ...parts.map(partText)].join(' · ');
}

interface Part {
  readonly state: Exclude<StoredState, 'present'>;
  readonly count: number;
  readonly words: string;
}

/** Returns the counts of all states other than `present`, the most urgent first. */
function partsOf(tally: Tally): readonly Part[] {
  return (['missing', 'partial', 'outdated', 'unreadable', 'unknown'] as const)
    .map(state => ({ state, count: tally[state] ?? 0, words: STATE_WORDS[state] }))
    .filter(({ count }) => count > 0);
}

function partText({ count, words }: Part): string {
  return `${count} ${words}`;
}
