/**
 * Reads the notes of earlier runs, which are kept beside git's own files, for views that show outdated generators.
 * Starts no program; without git there are no notes.
 */
import { dirname, join } from 'node:path';
import { readRegularFile } from '../host/files/regular-file.ts';
import { STALE, type StaleNotes, staleNotesIn } from '../host/files/stale.ts';
import { stateFolder } from '../host/files/state-folder.ts';
import { indexPathOf, stampOf } from './git-index.ts';

/** Limit for the notes, which have a line for each generator to regenerate. */
const MAX_BYTES = 16 * 1024 * 1024;

export interface RunNotes {
  /** Returns the generators that the next run regenerates, as the same object while nothing has changed. */
  stale(): StaleNotes;
}

/**
 * Creates a reader of the notes.
 * @param root absolute path of the workspace's folder; the repository may begin above it
 */
export function createRunNotes(root: string): RunNotes {
  let stamp = '';
  let last: StaleNotes = new Map();
  return {
    stale() {
      const index = indexPathOf(root);
      if (index === null) return NOTHING;
      const folder = stateFolder({ root, env: {}, home: null }, { gitFolder: dirname(index) });
      const path = join(folder, STALE);
      const now = `${path} ${stampOf(path)}`;
      if (now === stamp) return last;
      stamp = now;
      last = staleNotesIn(readRegularFile(path, MAX_BYTES)?.toString('utf8') ?? '');
      return last;
    },
  };
}

const NOTHING: StaleNotes = new Map();

/** Notes for a workspace without known runs. */
export const NO_NOTES: RunNotes = { stale: () => NOTHING };
