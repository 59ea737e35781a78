/**
 * Opens a repository for writing: takes its lock and first completes what a crash has left behind. Applies
 * changes as a whole and commits what they touch.
 */
import { join } from 'node:path';
import { makeLastingFolder, readIfThere } from '../../host/files/atomic.ts';
import { takeLock } from '../../host/files/lock.ts';
import { readStale, type StaleNotes, writeStale } from '../../host/files/stale.ts';
import { lockIn, stateFolder, sweepState } from '../../host/files/state-folder.ts';
import { applyChanges, mustBeUnchanged, recoverChanges } from '../../host/files/transaction.ts';
import { noIdentity } from '../../host/git/make-commits.ts';
import { noteOwed, type PendingCommit, pendingCommitFor, readOwed } from '../../host/git/pending-commits.ts';
import { openRepository, type Repository } from '../../host/git/repository.ts';
import { AfterwardsFailure, HostFailure, systemFailure } from '../../host/host-failure.ts';
import type { Change } from '../../store/vars/changes.ts';
import type { OutsideChange, SecretChange } from '../backends/secret-backend.ts';
import type { RunEnvironment } from '../run-environment.ts';
import { mustBeCommittable, mustBeCommittableAt } from './committable.ts';
import { settle, stageOwed } from './settle.ts';

export interface Session {
  /** Whether changes of an interrupted run were completed or reverted; null if there were none. */
  readonly recovered: 'finished' | 'undone' | null;
  /** Whether changes stored by an earlier run without a commit are committed now. */
  readonly settled: boolean;
  /**
   * Returns the operation under way, such as `merge`, for which stored changes are left to a later run to
   * commit; null if none were.
   */
  postponed(): string | null;
  /** Returns the error with which git refused to commit or to update its index, or null. */
  refused(): HostFailure | null;
  /**
   * Checks that git has an author for the commits that are to be made, before anything is asked or written.
   *
   * @throws HostFailure `no-identity`
   */
  mustHaveAuthor(): Promise<void>;
  /**
   * Applies changes to the repository, all or none, and commits them. Changes outside of the repository are
   * stored before and removed after. If git refuses (a hook, a signature, a lock), the changes remain,
   * `refused` returns the error, and neither this nor later commits are tried again: the next run makes them.
   *
   * @param unchanged files that must still be as they were read @param toIndex tells git of the changes if they
   * are not committed; by default they are staged @throws HostFailure, StoreFailure
   */
  apply(
    changes: readonly SecretChange[],
    message: string,
    unchanged?: readonly Unchanged[],
    toIndex?: () => Promise<void>,
  ): Promise<void>;
  /**
   * Applies several sets of changes, all or none, then commits each separately.
   *
   * @throws HostFailure, StoreFailure
   */
  applyAll(works: readonly Work[]): Promise<void>;
  /** Absolute path of the folder of notes between runs. */
  readonly notesAt: string;
  /** Generators to regenerate, as noted when the session was opened. */
  readonly stale: StaleNotes;
  /**
   * Notes generators to regenerate in the next run, whatever happens to this one.
   *
   * @throws HostFailure
   */
  noteStale(notes: StaleNotes): Promise<void>;
  /** Returns whether the application of changes has begun, which the next run completes. */
  hasBegun(): Promise<boolean>;
  close(): Promise<void>;
}

export interface Work {
  readonly changes: readonly SecretChange[];
  readonly message: string;
  readonly unchanged: readonly Unchanged[];
  readonly toIndex?: (() => Promise<void>) | undefined;
}

export interface Unchanged {
  readonly path: string;
  /** In hexadecimal; null for a file that does not exist. */
  readonly sha256: string | null;
}

export interface SessionOptions {
  /** False if files are only staged, so that flakes see them. */
  readonly commit: boolean;
}

/**
 * Opens a repository for writing.
 *
 * @throws HostFailure `locked` while another program writes to it
 */
export async function openSession(environment: RunEnvironment, options: SessionOptions): Promise<Session> {
  const { root } = environment;
  const repository = await openRepository(root, environment.env);
  const stateAt = stateFolder(environment, repository);
  await makeLastingFolder(stateAt).catch(error => {
    throw systemFailure(error, `take the lock ${lockIn(stateAt)}`);
  });
  const lock = await takeLock(lockIn(stateAt));
  const journal = join(stateAt, 'journal');
  try {
    if (repository !== null) mustBeCommittable(environment);
    await sweepState(stateAt);
    await repository?.sweep();
    const recovered = await recoverChanges(root, journal);
    const owed = repository === null ? [] : await readOwed(stateAt);
    const begun = options.commit && repository !== null ? await repository.begun() : null;
    const commitsNow = options.commit && begun === null;
    if (repository !== null) await stageOwed(repository, root, owed);
    const toCommit = owed.filter(({ message }) => message !== null);
    const settled = commitsNow && (await settle(repository, root, toCommit, stateAt));
    const left = commitsNow ? [] : toCommit;
    if (left.length < owed.length) await noteOwed(stateAt, left);
    const work: OpenWork = {
      ...{ environment, options, repository, stateAt, journal, begun },
      owed: left,
      hasPostponed: false,
      refused: null,
    };
    return {
      recovered,
      settled,
      postponed: () => (work.hasPostponed ? begun : null),
      refused: () => (work.refused === null ? null : refusal(work.refused, options)),
      async mustHaveAuthor() {
        if (commitsNow && repository !== null && !(await repository.hasIdentity())) throw noIdentity();
      },
      applyAll: works => applyAll(work, works),
      notesAt: stateAt,
      stale: await readStale(stateAt),
      noteStale: notes => writeStale(stateAt, notes),
      hasBegun: async () => (await readIfThere(journal)) !== null,
      apply: (changes, message, unchanged = [], toIndex) =>
        applyAll(work, [{ changes, message, unchanged, toIndex }]),
      close: () => lock.release(),
    };
  } catch (error) {
    // The first failure is the one to report; the next run removes the lock.
    await lock.release().catch(() => undefined);
    throw systemFailure(error, `open ${root} for writing`);
  }
}

/** The state of a session. */
interface OpenWork {
  readonly environment: RunEnvironment;
  readonly options: SessionOptions;
  /** Null if there is no git repository. */
  readonly repository: Repository | null;
  /** Absolute path of the folder with the notes of this repository's runs. */
  readonly stateAt: string;
  /** Absolute path. */
  readonly journal: string;
  /** The git operation under way that prevents commits, or null. */
  readonly begun: string | null;
  /** Stored but uncommitted changes, as noted. */
  owed: readonly PendingCommit[];
  hasPostponed: boolean;
  refused: Refused | null;
}

async function applyAll(work: OpenWork, works: readonly Work[]): Promise<void> {
  const { root } = work.environment;
  const outside = works.flatMap(({ changes }) => changes.filter(isOutside));
  const unchanged = works.flatMap(candidate => candidate.unchanged);
  if (outside.length > 0) await mustBeUnchanged(root, unchanged);
  for (const change of outside) if (change.does === 'store') await change.run();
  const inside = works
    .map(({ changes, message, toIndex }) => ({ changes: changes.filter(isInside), message, toIndex }))
    .filter(({ changes }) => changes.length > 0);
  if (inside.length > 0) await applyInside(work, inside, unchanged);
  for (const change of outside) if (change.does === 'remove') await change.run();
}

/** Applies changes of the repository as one, and commits them. */
async function applyInside(
  work: OpenWork,
  works: readonly Recorded[],
  unchanged: readonly Unchanged[],
): Promise<void> {
  const { environment, options, repository, stateAt, journal, begun } = work;
  const changes = works.flatMap(recorded => recorded.changes);
  const paths = changes.map(({ path }) => path);
  if (repository !== null) mustBeCommittableAt(environment, paths);
  const toRecord =
    repository === null
      ? []
      : works.map(({ message, changes }) => pendingCommitFor(options.commit ? message : null, changes));
  // Noted first: what fails to be stored is not committed.
  const owed = [...work.owed, ...toRecord];
  const noted = toRecord.length === 0 ? Promise.resolve() : noteOwed(stateAt, owed);
  try {
    await applyChanges(environment.root, changes, { journal, unchanged, noted });
    work.owed = owed;
  } catch (error) {
    // The next run completes and commits them.
    if (error instanceof AfterwardsFailure) work.owed = owed;
    throw error;
  }
  environment.forget(paths);
  if (begun !== null) work.hasPostponed = true;
  else if ((await record(work, works)) && toRecord.length > 0) {
    work.owed = work.owed.filter(commit => !toRecord.includes(commit));
    // If the note stays, the next run finds nothing to commit.
    await noteOwed(stateAt, work.owed).catch(() => undefined);
  }
}

/**
 * Commits applied changes, or adds them to git's index.
 *
 * @returns whether git accepted them
 */
async function record(work: OpenWork, works: readonly Recorded[]): Promise<boolean> {
  const { repository, options, stateAt } = work;
  if (repository === null) return true;
  if (work.refused !== null && options.commit) {
    work.refused.works.push(...works);
    return false;
  }
  const commits = works.map(({ changes, message }) => ({ message, paths: changes.map(({ path }) => path) }));
  try {
    if (options.commit) await repository.commit(commits, stateAt);
    else await addToIndex(repository, works);
    return true;
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error;
    if (error instanceof AfterwardsFailure) {
      work.refused ??= { error, works: [] };
      return true;
    }
    work.refused = {
      error: work.refused?.error ?? error,
      works: [...(work.refused?.works ?? []), ...works],
    };
    return false;
  }
}

/** Adds applied changes to git's index, all at once but for those that arrange their entries by themselves. */
async function addToIndex(repository: Repository, works: readonly Recorded[]): Promise<void> {
  const pathsOf = ({ changes }: Recorded) => changes.map(({ path }) => path);
  const staged = works.filter(({ toIndex }) => toIndex === undefined).flatMap(pathsOf);
  if (staged.length > 0) await repository.stage(staged);
  for (const work of works) {
    if (work.toIndex === undefined) continue;
    await repository.intendToAdd(pathsOf(work));
    await work.toIndex();
  }
}

function isOutside(change: SecretChange): change is OutsideChange {
  return change.kind === 'outside';
}

function isInside(change: SecretChange): change is Change {
  return change.kind !== 'outside';
}

type Recorded = {
  readonly changes: readonly Change[];
  readonly message: string;
  readonly toIndex?: (() => Promise<void>) | undefined;
};

/** For those that may not know the host. */
export { AfterwardsFailure };

interface Refused {
  /** The first error from git. */
  readonly error: HostFailure;
  readonly works: Recorded[];
}

function refusal({ error, works }: Refused, { commit }: SessionOptions): HostFailure {
  if (error instanceof AfterwardsFailure) return error;
  const [first, ...others] = works;
  // With several, some may have been committed.
  const committed =
    others.length > 0
      ? 'not all of them are committed'
      : `not committed ("${first?.message.split('\n', 1)[0]}")`;
  return new HostFailure(
    error.kind,
    `The files are stored, but ${commit ? committed : 'not added to git'}. ${error.message} The next run ${commit ? 'commits' : 'adds'} them.`,
  );
}
