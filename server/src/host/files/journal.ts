/** The journal of a transaction: what is being done to a repository, so that the next run can complete it. */
import * as v from 'valibot';
import { HostFailure, systemFailure } from '../host-failure.ts';
import { replaceFile } from './atomic.ts';

const PATHS = v.array(v.string());

const JOURNAL = v.object({
  version: v.literal(1),
  /** `staging`: the repository has not been changed yet; `moving`: the transaction must be completed. */
  state: v.picklist(['staging', 'moving']),
  moves: v.array(v.object({ staged: v.string(), path: v.string() })),
  removals: PATHS,
  /** Folders that are created for staged files, outer ones first. Absent in journals of earlier versions. */
  folders: v.optional(PATHS),
});

export type Journal = Readonly<v.InferOutput<typeof JOURNAL>>;

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
 * @param inside throws for a path that leads out of the repository
 * @throws HostFailure `damaged`
 */
export function parseJournal(text: string, path: string, inside: (path: string) => void): Journal {
  try {
    const journal = v.parse(JOURNAL, JSON.parse(text));
    const { moves, removals, folders = [] } = journal;
    for (const name of [...moves.flatMap(move => [move.staged, move.path]), ...removals, ...folders])
      inside(name);
    return journal;
  } catch {
    // Journals are written atomically, so another program wrote or changed it.
    throw new HostFailure(
      'damaged',
      `The journal ${path} was not written by Varsmith. Check "git status", then delete it.`,
    );
  }
}
