/**
 * How much is generated: the states, how they are counted, and the words for both. Whoever shows a count takes it from
 * here, so that all say the same: the unit is a generator of a machine, and a shared generator counts once in a fleet.
 */

/**
 * `present`: all of it is stored; `outdated`: something that is was made from other inputs; `missing`: nothing is;
 * `partial`: some; `unknown`: that cannot be told.
 */
export type StoredState = 'present' | 'outdated' | 'partial' | 'missing' | 'unknown';

/** What people read for each state. */
export const STATE_WORDS: Readonly<Record<StoredState, string>> = {
  present: 'generated',
  partial: 'partly generated',
  missing: 'missing',
  outdated: 'outdated',
  unknown: 'unknown',
};

/** What is meant by each word, where there is room for a sentence. */
export const STATE_SENTENCES: Readonly<Record<StoredState, string>> = {
  present: 'Generated: all of its files are stored.',
  partial: 'Partly generated: some of its files are not stored.',
  missing: 'Missing: nothing of it is stored yet.',
  outdated: 'Outdated: made from other inputs or older values than there are now.',
  unknown: 'Unknown: whether it is stored cannot be told by looking. Verify Vars asks the store.',
};

/** How many generators of machines there are of each state. */
export interface Tally {
  readonly generators: number;
  readonly missing: number;
  readonly partial: number;
  readonly outdated: number;
  readonly unknown: number;
}

/** Is something to be generated? */
export function isLacking(state: StoredState): boolean {
  return state === 'missing' || state === 'partial' || state === 'outdated';
}

/** Returns the state of a generator by its files; null for those of which it cannot be told. */
export function stateOfFiles(stored: readonly (boolean | null)[], isOutdated: boolean): StoredState {
  const isLackingSome = stored.includes(false);
  if (isLackingSome) return stored.includes(true) ? 'partial' : 'missing';
  if (isOutdated) return 'outdated';
  return stored.includes(null) ? 'unknown' : 'present';
}

/** One state for a generator that several machines have. */
export function stateOfPlacements(states: readonly StoredState[]): StoredState {
  const [first, ...others] = new Set(states);
  if (first === undefined) return 'unknown';
  if (others.length === 0) return first;
  if (states.some(state => state === 'missing' || state === 'partial')) return 'partial';
  return states.includes('outdated') ? 'outdated' : 'unknown';
}

export function tallyOf(states: Iterable<StoredState>): Tally {
  const counts = { generators: 0, present: 0, missing: 0, partial: 0, outdated: 0, unknown: 0 };
  for (const state of states) {
    counts.generators++;
    counts[state]++;
  }
  const { present: _, ...tally } = counts;
  return tally;
}

/** Returns how many are to be generated. */
export function lackingIn({ missing, partial, outdated }: Tally): number {
  return missing + partial + outdated;
}

/**
 * Returns `2 of 5 generators missing · 1 outdated`, `5 of 5 generators generated`; empty where there are none.
 *
 * @param separator between the parts
 */
export function tallyText(tally: Tally, separator = ' · '): string {
  const { generators } = tally;
  if (generators === 0) return '';
  const [first, ...others] = partsOf(tally);
  const noun = generators === 1 ? 'generator' : 'generators';
  if (first === undefined) return `${generators} of ${generators} ${noun} ${STATE_WORDS.present}`;
  return [`${first.count} of ${generators} ${noun} ${first.words}`, ...others.map(partText)].join(separator);
}

/** Returns the same where it is clear that generators are counted: `1 of 2 missing`; the state alone where all have the same. */
export function shortTallyText(tally: Tally): string {
  const { generators } = tally;
  if (generators === 0) return '';
  const [first, ...others] = partsOf(tally);
  if (first === undefined) return STATE_WORDS.present;
  if (first.count === generators) return first.words;
  return [`${first.count} of ${generators} ${first.words}`, ...others.map(partText)].join(' · ');
}

interface Part {
  readonly count: number;
  readonly words: string;
}

/** Returns what is not simply generated, the most urgent first. */
function partsOf(tally: Tally): readonly Part[] {
  return (['missing', 'partial', 'outdated', 'unknown'] as const)
    .map(state => ({ count: tally[state], words: STATE_WORDS[state] }))
    .filter(({ count }) => count > 0);
}

function partText({ count, words }: Part): string {
  return `${count} ${words}`;
}
