/** The journal of a transaction: what is being done to a repository, so that the next run can complete it. */
import { HostFailure, systemFailure } from '../host-failure.ts';
import { replaceFile } from './atomic.ts';

export interface Journal {
  readonly version: 1;
  /** `staging`: the repository has not been changed yet; `moving`: the transaction must be completed. */
  readonly state: 'staging' | 'moving';
  readonly moves: readonly { readonly staged: string; readonly path: string }[];
  readonly removals: readonly string[];
  /** Folders that are created for staged files, outer ones first. Absent in journals of earlier versions. */
  readonly folders?: readonly string[];
}

/**
 * Writes the journal atomically.
 * @throws HostFailure
 */
export async function writeJournal(path: string, journal: Journal): Promise<void> {
  try {
    // Losing a journal of staged files in a power failure does no harm.
    await replaceFile(path, Buffer.from(JSON.stringify(journal), 'utf8'), 0o600, journal.state === 'moving');
  } catch (error) {
    throw systemFailure(error, `write the journal ${path}`);
  }
}

/**
 * Parses the text of a journal.
 * @param path for the message
 * @throws HostFailure `damaged`
 */
export function parseJournal(text: string, path: string): Journal {
  try {
    const value = JSON.parse(text);
    if (value?.version === 1 && Array.isArray(value.moves) && Array.isArray(value.removals))
      return value as Journal;
  } catch {
    // Falls through to the message. Journals are written atomically, so another program changed it.
  }
  throw new HostFailure(
    'damaged',
    `The journal ${path} was not written by Varsmith. Check "git status", then delete it.`,
  );
}
