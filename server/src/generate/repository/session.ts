/**
 * A repository that is written to: under its lock, with what a crash has left behind brought to its end first. Applies
 * changes as a whole and commits what they touch.
 */
import { join } from 'node:path';
import { readIfThere } from '../../host/files/atomic.ts';
import { takeLock } from '../../host/files/lock.ts';
import { readStale, type StaleNotes, writeStale } from '../../host/files/stale.ts';
import { lockIn, stateFolder, sweepState } from '../../host/files/state-folder.ts';
import { applyChanges, mustBeUnchanged, recoverChanges } from '../../host/files/transaction.ts';
import { noteOwed, type OwedCommit, owedFor, readOwed, stillStored } from '../../host/git/owed-commits.ts';
import { openRepository, type Repository } from '../../host/git/repository.ts';
import { HostFailure } from '../../host/host-failure.ts';
import type { Change } from '../../store/vars/changes.ts';
import type { OutsideChange, SecretChange } from '../backends/secret-backend.ts';
import type { RunEnvironment } from '../run-environment.ts';

export interface Session {
  /** What an interrupted run had left: brought to its end, or taken back; null where there was nothing. */
  readonly recovered: 'finished' | 'undone' | null;
  /** What an earlier run stored without committing is committed now. */
  readonly settled: boolean;
  /** What was stored and is left to a later run to commit, since this is under way (`merge`); null where nothing was. */
  postponed(): string | null;
  /** What git would not commit, or not be told of, and why; null where nothing was refused. */
  refused(): HostFailure | null;
  /**
   * Applies changes to the repository, all or none, and commits them with this message. What lies outside of it is
   * stored before and removed after. Where git refuses (a hook, a signature, a lock), the changes stay, `refused` says
   * so, and neither this nor later commits are tried again: the next run makes them.
   *
   * @param unchanged files that must still be as they were read
   * @throws HostFailure, StoreFailure
   */
  apply(changes: readonly SecretChange[], message: string, unchanged?: readonly Unchanged[]): Promise<void>;
  /**
   * The same for several, as one: all or none are applied, then each is committed by itself.
   *
   * @throws HostFailure, StoreFailure
   */
  applyAll(works: readonly Work[]): Promise<void>;
  /** Generators that are to be made anew, as they were noted when the session was opened. */
  readonly stale: StaleNotes;
  /** Notes them, so that the next run makes them anew whatever becomes of this one. @throws HostFailure */
  noteStale(notes: StaleNotes): Promise<void>;
  /** Whether changes have begun to be applied that the next run brings to their end. */
  hasBegun(): Promise<boolean>;
  close(): Promise<void>;
}

export interface Work {
  readonly changes: readonly SecretChange[];
  readonly message: string;
  readonly unchanged: readonly Unchanged[];
}

export interface Unchanged {
  readonly path: string;
  /** In hexadecimal; null for "not there". */
  readonly sha256: string | null;
}

export interface SessionOptions {
  /** False: files are only made known to git, for flakes to see them. */
  readonly commit: boolean;
}

/** Opens a repository for writing. @throws HostFailure `locked` while another program writes to it */
export async function openSession(environment: RunEnvironment, options: SessionOptions): Promise<Session> {
  const { root } = environment;
  const repository = await openRepository(root, environment.env);
  const stateAt = stateFolder(environment, repository);
  const lock = await takeLock(lockIn(stateAt));
  const journal = join(stateAt, 'journal');
  try {
    await sweepState(stateAt);
    await repository?.sweep();
    const recovered = await recoverChanges(root, journal);
    const owed = repository === null ? [] : await readOwed(stateAt);
    const begun = options.commit && repository !== null ? await repository.begun() : null;
    const commitsNow = options.commit && begun === null;
    const settled = commitsNow && (await settle(repository, root, owed, stateAt));
    if (commitsNow && owed.length > 0) await noteOwed(stateAt, []);
    const work: OpenWork = {
      ...{ environment, options, repository, stateAt, journal, begun },
      owed: commitsNow ? [] : owed,
      hasPostponed: false,
      refused: null,
    };
    return {
      recovered,
      settled,
      postponed: () => (work.hasPostponed ? begun : null),
      refused: () => (work.refused === null ? null : refusal(work.refused, options)),
      applyAll: works => applyAll(work, works),
      stale: await readStale(stateAt),
      noteStale: notes => writeStale(stateAt, notes),
      hasBegun: async () => (await readIfThere(journal)) !== null,
      apply: (changes, message, unchanged = []) => applyAll(work, [{ changes, message, unchanged }]),
      close: () => lock.release(),
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** The state of a session. */
interface OpenWork {
  readonly environment: RunEnvironment;
  readonly options: SessionOptions;
  /** Null where there is no git. */
  readonly repository: Repository | null;
  /** Absolute path of the folder that holds the notes of this repository's runs. */
  readonly stateAt: string;
  /** Absolute path. */
  readonly journal: string;
  /** What is under way that keeps anything from being committed; null where nothing is. */
  readonly begun: string | null;
  /** What is stored and not committed yet, as it is noted. */
  owed: readonly OwedCommit[];
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
    .map(({ changes, message }) => ({ changes: changes.filter(isInside), message }))
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
  const toCommit = repository === null || !options.commit ? [] : works.map(owedOf);
  // Whatever becomes of it: what was not stored then is not committed.
  work.owed = [...work.owed, ...toCommit];
  const noted = toCommit.length === 0 ? Promise.resolve() : noteOwed(stateAt, work.owed);
  await applyChanges(environment.root, changes, { journal, unchanged, noted });
  environment.forget(changes.map(change => change.path));
  if (begun !== null) work.hasPostponed = true;
  else if ((await record(work, works)) && toCommit.length > 0) {
    work.owed = work.owed.filter(commit => !toCommit.includes(commit));
    await noteOwed(stateAt, work.owed);
  }
}

/** Commits what was applied, or makes it known to git. @returns whether git has taken it */
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
    else await repository.intend(commits.flatMap(({ paths }) => paths));
    return true;
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error;
    work.refused = {
      error: work.refused?.error ?? error,
      works: [...(work.refused?.works ?? []), ...works],
    };
    return false;
  }
}

function owedOf({ changes, message }: { readonly changes: readonly Change[]; readonly message: string }) {
  return owedFor(message, changes);
}

/** Makes the commits that earlier runs owe. @returns whether there was something to commit */
async function settle(
  repository: Repository | null,
  root: string,
  owed: readonly OwedCommit[],
  state: string,
): Promise<boolean> {
  const commits = stillStored(root, owed);
  if (repository === null || commits.length === 0) return false;
  try {
    return await repository.commit(commits, state);
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error;
    throw new HostFailure(
      error.kind,
      `What an earlier run has stored is still not committed. ${error.message} Resolve that, or use --no-commit.`,
    );
  }
}

function isOutside(change: SecretChange): change is OutsideChange {
  return change.kind === 'outside';
}

function isInside(change: SecretChange): change is Change {
  return change.kind !== 'outside';
}

/** The changes are applied; what comes after them has failed. */
export class AfterwardsFailure extends HostFailure {}

type Recorded = { readonly changes: readonly Change[]; readonly message: string };

interface Refused {
  /** What git said first. */
  readonly error: HostFailure;
  readonly works: Recorded[];
}

function refusal({ error, works }: Refused, { commit }: SessionOptions): HostFailure {
  const [first, ...others] = works;
  // Of several, some may have been committed.
  const committed =
    others.length > 0
      ? 'not committed, or not all of them'
      : `not committed ("${first?.message.split('\n', 1)[0]}")`;
  return new HostFailure(
    error.kind,
    `The files are stored, but ${commit ? committed : 'not known to git'}. ${error.message}${commit ? ' The next run commits them.' : ''}`,
  );
}
