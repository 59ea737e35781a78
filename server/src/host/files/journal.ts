/** The journal of a transaction: what is being done to a repository, so that the next run can bring it to its end. */
import { HostFailure, systemFailure } from '../host-failure.ts';
import { replaceFile } from './atomic.ts';

export interface Journal {
  readonly version: 1;
  /** `staging`: nothing has happened to the repository yet; `moving`: it must be brought to its end. */
  readonly state: 'staging' | 'moving';
  readonly moves: readonly { readonly staged: string; readonly path: string }[];
  readonly removals: readonly string[];
  /** Folders that are made for what is staged, outer ones first; journals of before have none. */
  readonly folders?: readonly string[];
}

/** Writes the journal as a whole. @throws HostFailure */
export async function writeJournal(path: string, journal: Journal): Promise<void> {
  try {
    // What is only staged does no harm if a loss of power makes it be forgotten.
    await replaceFile(path, Buffer.from(JSON.stringify(journal), 'utf8'), 0o600, journal.state === 'moving');
  } catch (error) {
    throw systemFailure(error, `write the journal ${path}`);
  }
}

/** Reads the text of a journal. @param path for the message @throws HostFailure `damaged` */
export function parseJournal(text: string, path: string): Journal {
  try {
    const value = JSON.parse(text);
    if (value?.version === 1 && Array.isArray(value.moves) && Array.isArray(value.removals))
      return value as Journal;
  } catch {
    // Falls through to the message: a journal is written as a whole, so another program touched it.
  }
  throw new HostFailure(
    'damaged',
    `The journal ${path} is not one of Varsmith's. Look at "git status", then delete it.`,
  );
}
