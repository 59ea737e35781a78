/**
 * Reads and writes the note of generators that the next run regenerates although all of their files exist: their
 * inputs have been replaced, which the repository itself does not show. It is in the folder of notes between runs.
 */
import { join } from 'node:path';
import { systemFailure } from '../host-failure.ts';
import { readIfThere, replaceFile, rmIfThere } from './atomic.ts';

/**
 * By generator key, the values that were set since the generator ran, as sorted `generator/file`. The list is empty
 * if an interrupted run had replaced inputs of the generator, or some of its own values in an outside store.
 */
export type StaleNotes = ReadonlyMap<string, readonly string[]>;

/** The note's name in the folder of notes. */
export const STALE = 'stale';

/**
 * Reads the note.
 * @param state the folder of notes
 * @throws HostFailure if it is unreadable
 */
export async function readStale(state: string): Promise<StaleNotes> {
  try {
    return staleNotesIn((await readIfThere(join(state, STALE)))?.toString('utf8') ?? '');
  } catch (error) {
    throw systemFailure(error, 'read what an earlier run has left to be made anew');
  }
}

/**
 * Replaces the note.
 * @throws HostFailure
 */
export async function writeStale(state: string, notes: StaleNotes): Promise<void> {
  const path = join(state, STALE);
  const lines = [...notes].map(([key, older]) => [key, ...older].join('\t')).sort();
  const written =
    lines.length === 0 ? rmIfThere(path) : replaceFile(path, Buffer.from(lines.join('\n'), 'utf8'), 0o600);
  await written.catch(error => {
    throw systemFailure(error, 'note what is being replaced');
  });
}

/**
 * Parses the note.
 * @param text a line per generator: its key and the values, separated by tabs
 */
export function staleNotesIn(text: string): StaleNotes {
  const notes = new Map<string, readonly string[]>();
  for (const line of text.split('\n')) {
    const [key = '', ...older] = line.split('\t');
    if (key !== '') notes.set(key, older);
  }
  return notes;
}

/**
 * Returns the notes with an additional value that was set since these generators ran.
 * @param value `generator/file`
 */
export function withOlder(notes: StaleNotes, keys: Iterable<string>, value: string): StaleNotes {
  const all = new Map(notes);
  for (const key of keys) all.set(key, [...new Set([...(notes.get(key) ?? []), value])].sort());
  return all;
}
