/**
 * Notes of earlier runs, kept beside git's own files, for views that show what is outdated. Starts no program;
 * without git there are none.
 */
import { dirname, join } from 'node:path';
import { readRegularFile } from '../host/files/regular-file.ts';
import { STALE, type StaleNotes, staleNotesIn } from '../host/files/stale.ts';
import { stateFolder } from '../host/files/state-folder.ts';
import { indexPathOf, stampOf } from './git-index.ts';

/** A line for each generator that is to be made anew. */
const MAX_BYTES = 16 * 1024 * 1024;

export interface RunNotes {
  /** Generators that the next run makes anew; the same object while nothing has changed. */
  stale(): StaleNotes;
}

/** @param root the workspace's folder, absolute; the repository may begin above it */
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

/** Notes where nothing is known about runs. */
export const NO_NOTES: RunNotes = { stale: () => NOTHING };
