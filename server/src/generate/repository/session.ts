/**
 * A repository that is written to: under its lock, with what a crash has left behind brought to its end first. Applies
 * changes as a whole and commits what they touch.
 */
import { join } from 'node:path';
import { readIfThere } from '../../host/files/atomic.ts';
import { takeLock } from '../../host/files/lock.ts';
import { readStale, type StaleNotes, writeStale } from '../../host/files/stale.ts';
import { lockIn, stateFolder, stateFolderIfAny, sweepState } from '../../host/files/state-folder.ts';
import { applyChanges, mustBeUnchanged, recoverChanges } from '../../host/files/transaction.ts';
import {
  noteOwed,
  type OwedCommit,
  owedFor,
  owedIn,
  readOwed,
  stillStored,
} from '../../host/git/owed-commits.ts';
import { openRepository, type Repository } from '../../host/git/repository.ts';
import { HostFailure } from '../../host/host-failure.ts';
import type { Change } from '../../store/vars/changes.ts';
import type { OutsideChange, SecretChange } from '../backends/secret-backend.ts';
import { listed } from '../plan/plan-words.ts';
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

/** @throws HostFailure `locked` where somebody else is at work */
export async function openSession(environment: RunEnvironment, options: SessionOptions): Promise<Session> {
  const { root } = environment;
  const repository = await openRepository(root, environment.env);
  const state = stateFolder(environment, repository);
  const lock = await takeLock(lockIn(state));
  const journal = join(state, 'journal');
  try {
    await sweepState(state);
    await repository?.sweep();
    const recovered = await recoverChanges(root, journal);
    let owed = repository === null ? [] : await readOwed(state);
    const begun = options.commit && repository !== null ? await repository.begun() : null;
    const commitsNow = options.commit && begun === null;
    let hasPostponed = false;
    let refused: Refused | null = null;
    /** @returns whether git has taken it */
    async function record(works: readonly Recorded[]): Promise<boolean> {
      if (repository === null) return true;
      if (refused !== null && options.commit) {
        refused.works.push(...works);
        return false;
      }
      const paths = works.map(({ changes }) => changes.map(one => one.path));
      try {
        if (options.commit)
          await repository.commit(
            works.map(({ message }, at) => ({ message, paths: paths[at] ?? [] })),
            state,
          );
        else await repository.intend(paths.flat());
        return true;
      } catch (error) {
        if (!(error instanceof HostFailure)) throw error;
        refused = { error: refused?.error ?? error, works: [...(refused?.works ?? []), ...works] };
        return false;
      }
    }
    const settled = commitsNow && (await settle(repository, root, owed, state));
    if (commitsNow && owed.length > 0) {
      await noteOwed(state, []);
      owed = [];
    }
    async function applyAll(works: readonly Work[]): Promise<void> {
      const outside = works.flatMap(work => work.changes.filter(isOutside));
      const unchanged = works.flatMap(work => work.unchanged);
      if (outside.length > 0) await mustBeUnchanged(root, unchanged);
      for (const one of outside) if (one.does === 'store') await one.run();
      const inside = works
        .map(({ changes, message }) => ({ changes: changes.filter(isInside), message }))
        .filter(work => work.changes.length > 0);
      if (inside.length > 0) {
        const changes = inside.flatMap(work => work.changes);
        const toCommit = repository === null || !options.commit ? [] : inside.map(owedOf);
        // Whatever becomes of it: what was not stored then is not committed.
        owed = [...owed, ...toCommit];
        const noted = toCommit.length === 0 ? Promise.resolve() : noteOwed(state, owed);
        await applyChanges(root, changes, { journal, unchanged, noted });
        environment.forget(changes.map(change => change.path));
        if (begun !== null) hasPostponed = true;
        else if ((await record(inside)) && toCommit.length > 0) {
          owed = owed.filter(one => !toCommit.includes(one));
          await noteOwed(state, owed);
        }
      }
      for (const one of outside) if (one.does === 'remove') await one.run();
    }
    return {
      recovered,
      settled,
      postponed: () => (hasPostponed ? begun : null),
      refused: () => (refused === null ? null : refusal(refused, options)),
      applyAll,
      stale: await readStale(state),
      noteStale: notes => writeStale(state, notes),
      hasBegun: async () => (await readIfThere(journal)) !== null,
      apply: (changes, message, unchanged = []) => applyAll([{ changes, message, unchanged }]),
      close: () => lock.release(),
    };
  } catch (error) {
    await lock.release();
    throw error;
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

/** What earlier runs have noted, for those who only look. */
export interface Noted {
  /** What `Session.stale` is. */
  readonly stale: StaleNotes;
  /** What is stored and not committed; null where there is nothing. */
  readonly owed: { readonly files: readonly string[]; readonly message: string } | null;
}

/** What `Session.stale` is, for those who only look. @throws HostFailure where it is not to be read */
export async function staleIn(environment: RunEnvironment): Promise<StaleNotes> {
  return staleOf(environment, await openRepository(environment.root, environment.env));
}

async function staleOf(environment: RunEnvironment, repository: Repository | null): Promise<StaleNotes> {
  const state = stateFolderIfAny(environment, repository);
  return state === null ? new Map() : readStale(state);
}

/** @throws HostFailure where a note is not to be read */
export async function notedIn(environment: RunEnvironment): Promise<Noted> {
  const repository = await openRepository(environment.root, environment.env);
  const stale = await staleOf(environment, repository);
  const files = await owedIn(environment, repository);
  if (files.length === 0) return { stale, owed: null };
  const are = files.length === 1 ? 'is' : 'are';
  const message = `${listed(files)} ${are} stored, but not committed: an earlier run was cut off, or could not. "varsmith generate" commits ${files.length === 1 ? 'it' : 'them'}.`;
  return { stale, owed: { files, message } };
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
