/**
 * The note of generators that the next run makes anew although all that they make is there: what they were made from has
 * been replaced since, and nothing in the repository says so. Lies where runs leave notes for each other.
 */
import { join } from 'node:path';
import { systemFailure } from '../host-failure.ts';
import { readIfThere, replaceFile, rmIfThere } from './atomic.ts';

/**
 * By key of the generator: the values that were set since it was made from them, as `generator/file`, sorted.
 * None: a run was cut off that had replaced what it is made from, or some of its own values in a store outside.
 */
export type StaleNotes = ReadonlyMap<string, readonly string[]>;

/** Of the note in the folder of notes. */
export const STALE = 'stale';

/** @param state folder of notes @throws HostFailure where it is not to be read */
export async function readStale(state: string): Promise<StaleNotes> {
  try {
    return staleNotesIn((await readIfThere(join(state, STALE)))?.toString('utf8') ?? '');
  } catch (error) {
    throw systemFailure(error, 'read what an earlier run has left to be made anew');
  }
}

/** Replaces the note. @throws HostFailure */
export async function writeStale(state: string, notes: StaleNotes): Promise<void> {
  const path = join(state, STALE);
  const lines = [...notes].map(([key, older]) => [key, ...older].join('\t')).sort();
  const written =
    lines.length === 0 ? rmIfThere(path) : replaceFile(path, Buffer.from(lines.join('\n'), 'utf8'), 0o600);
  await written.catch(error => {
    throw systemFailure(error, 'note what is being replaced');
  });
}

/** @param text of the note: a line a generator, its key and the values behind tabs */
export function staleNotesIn(text: string): StaleNotes {
  const notes = new Map<string, readonly string[]>();
  for (const line of text.split('\n')) {
    const [key = '', ...older] = line.split('\t');
    if (key !== '') notes.set(key, older);
  }
  return notes;
}

/** Returns the notes, and that a value has been set which these generators were made from. @param value `generator/file` */
export function withOlder(notes: StaleNotes, keys: Iterable<string>, value: string): StaleNotes {
  const all = new Map(notes);
  for (const key of keys) all.set(key, [...new Set([...(notes.get(key) ?? []), value])].sort());
  return all;
}
