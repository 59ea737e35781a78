/** Opens the repository of a fleet for writing while a task runs, and reports the resulting notes. */
import { openSession, type Session } from '../repository/session.ts';
import { leftNotes } from './left-notes.ts';
import type { RunFleet } from './run-fleet.ts';
import { messageOf } from './step-results.ts';

type Note = (sentence: string) => void;

export interface RunSessionOptions {
  /** Whether to commit what is stored. */
  readonly commit: boolean;
  readonly note: Note;
  /** Called after the task with git's refusal to commit; without it, the refusal is thrown. */
  readonly onRefused?: (refused: Error) => void;
}

/**
 * Opens the repository for writing, runs the task, and closes the repository however the task ends.
 *
 * @throws HostFailure `locked` while another program writes to it; git's refusal to commit, without `onRefused`
 */
export async function withSession<T>(
  fleet: RunFleet,
  { commit, note, onRefused }: RunSessionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await openSession(fleet.environment, { commit });
  let isDone = false;
  try {
    noteRecovery(session, fleet, note);
    const result = await notingDisk(fleet, note, () => work(session));
    isDone = true;
    const refused = session.refused();
    if (refused !== null) {
      if (onRefused === undefined) throw refused;
      onRefused(refused);
    }
    return result;
  } finally {
    const refused = isDone ? null : session.refused();
    if (refused !== null) note(refused.message);
    const begun = session.postponed();
    if (begun !== null)
      note(
        `A ${begun} is in progress, so nothing was committed. The next run after that commits the stored files.`,
      );
    // A lock that stays is no failure of what was done; the next run removes it.
    await session.close().catch(error => note(messageOf(error)));
  }
}

function noteRecovery({ recovered, settled }: Session, fleet: RunFleet, note: Note): void {
  if (recovered !== null) {
    // Completing an interrupted run may have changed modules.
    fleet.rescan();
    note(
      recovered === 'finished'
        ? 'An interrupted run has been completed.'
        : 'An interrupted run has been undone.',
    );
  }
  if (settled) note('The uncommitted files of an earlier run are now committed.');
}

/** Runs the task, then reports plaintexts that were on disk and those that could not be removed. */
export async function notingDisk<T>(
  { hasUsedDisk }: Pick<RunFleet, 'hasUsedDisk'>,
  note: Note,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } finally {
    if (hasUsedDisk()) note(ON_DISK);
    for (const sentence of leftNotes()) note(sentence);
  }
}

const ON_DISK =
  'There is no in-memory file system here: secrets were on a disk while programs read them, and were overwritten afterwards.';
