/**
 * A repository that is written to: under its lock, with what a crash has left behind brought to its end first. Applies
 * changes as a whole and commits what they touch.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readIfThere, replaceFile, rmIfThere } from '../host/atomic.ts';
import { HostFailure, systemFailure } from '../host/failure.ts';
import { openRepository, type Repository } from '../host/git.ts';
import { takeLock } from '../host/lock.ts';
import { applyChanges, mustBeUnchanged, recoverChanges } from '../host/transaction.ts';
import type { Change } from '../store/changes.ts';
import type { Ground } from './ground.ts';
import type { OutsideChange, VaultChange } from './vault.ts';

export interface Session {
  /** What an interrupted run had left: brought to its end, or taken back; null where there was nothing. */
  readonly recovered: 'finished' | 'undone' | null;
  /**
   * Applies changes to the repository, all or none, and commits them with this message. What lies outside of it is
   * stored before and removed after.
   *
   * @param unchanged files that must still be as they were read
   * @throws HostFailure, StoreFailure; from git, after the changes were applied, with words that say so
   */
  apply(changes: readonly VaultChange[], message: string, unchanged?: readonly Unchanged[]): Promise<void>;
  /**
   * The same for several, as one: all or none are applied, then each is committed by itself.
   *
   * @throws HostFailure, StoreFailure
   */
  applyAll(works: readonly Work[]): Promise<void>;
  /**
   * Keys of generators that a run which was cut off has left to be made anew: what they were made from has been replaced
   * since, or only some of their own values have reached a store outside of the repository.
   */
  readonly stale: ReadonlySet<string>;
  /** Notes them, so that the next run makes them anew whatever becomes of this one. @throws HostFailure */
  noteStale(keys: ReadonlySet<string>): Promise<void>;
  close(): Promise<void>;
}

export interface Work {
  readonly changes: readonly VaultChange[];
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
export async function openSession(ground: Ground, options: SessionOptions): Promise<Session> {
  const { root } = ground;
  const repository = await openRepository(root, ground.env);
  const state = stateFolder(ground, repository);
  const lock = await takeLock(join(state, 'lock'));
  const journal = join(state, 'journal');
  try {
    const recovered = await recoverChanges(root, journal);
    const note = join(state, STALE);
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
        await applyChanges(root, changes, { journal, unchanged });
        ground.forget(changes.map(change => change.path));
        if (repository !== null) await record(repository, inside, options);
      }
      for (const one of outside) if (one.does === 'remove') await one.run();
    }
    return {
      recovered,
      applyAll,
      stale: new Set(linesIn(await readIfThere(note))),
      async noteStale(keys) {
        const written =
          keys.size === 0
            ? rmIfThere(note)
            : replaceFile(note, Buffer.from([...keys].sort().join('\n'), 'utf8'), 0o600);
        await written.catch(error => {
          throw systemFailure(error, 'note what is being replaced');
        });
      },
      apply: (changes, message, unchanged = []) => applyAll([{ changes, message, unchanged }]),
      close: () => lock.release(),
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

const STALE = 'stale';

/** What `Session.stale` is, for those who only look. @throws HostFailure where it is not to be read */
export async function notedAsStale(ground: Ground): Promise<ReadonlySet<string>> {
  const repository = await openRepository(ground.root, ground.env);
  try {
    return new Set(linesIn(await readIfThere(join(stateFolder(ground, repository), STALE))));
  } catch (error) {
    throw systemFailure(error, 'read what an earlier run has left to be made anew');
  }
}

function isOutside(change: VaultChange): change is OutsideChange {
  return change.kind === 'outside';
}

function isInside(change: VaultChange): change is Change {
  return change.kind !== 'outside';
}

function linesIn(bytes: Buffer | null): string[] {
  return bytes === null
    ? []
    : bytes
        .toString('utf8')
        .split('\n')
        .filter(line => line !== '');
}

/** The changes are applied; what comes after them has failed, such as their commit. */
export class AfterwardsFailure extends HostFailure {}

async function record(
  repository: Repository,
  works: readonly { readonly changes: readonly Change[]; readonly message: string }[],
  { commit }: SessionOptions,
): Promise<void> {
  const commits = works.map(({ changes, message }) => ({ paths: changes.map(one => one.path), message }));
  try {
    if (commit) await repository.commit(commits);
    else await repository.intend(commits.flatMap(one => one.paths));
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error;
    const [work, ...others] = works;
    const named = others.length > 0 || work === undefined ? '' : ` ("${work.message}")`;
    throw new AfterwardsFailure(
      error.kind,
      `The files are stored, but not ${commit ? 'committed' : 'known to git'}${named}. ${error.message}`,
    );
  }
}

/** Beside git's own files; without git, where programs keep their state. */
function stateFolder({ root, env, home }: Ground, repository: Repository | null): string {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  // A work tree may hold several fleets.
  if (repository !== null) return join(repository.gitFolder, 'varsmith', name);
  const state = env.XDG_STATE_HOME || (home === null ? null : join(home, '.local/state'));
  if (state === null)
    throw new HostFailure('other', 'There is no home folder to keep the lock of this repository in.');
  return join(state, 'varsmith', name);
}
