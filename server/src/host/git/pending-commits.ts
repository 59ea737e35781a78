/**
 * Keeps notes of owed commits, whose content is stored or about to be. They are recorded before the first file is
 * moved and removed once they are made, so that the next run makes those that a kill, a hook or a signature has
 * prevented.
 */
import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere, replaceFile, rmIfThere } from '../files/atomic.ts';
import { type Place, stateFolder } from '../files/state-folder.ts';
import type { FileChange } from '../files/transaction.ts';
import { codeOf, HostFailure, systemFailure } from '../host-failure.ts';
import type { Repository } from './repository.ts';

export interface PendingCommit {
  /** Null if the files are only to be staged. */
  readonly message: string | null;
  readonly files: readonly {
    /** Relative to the root. */
    readonly path: string;
    /** The stored content: `sha256:…` of a file, `link:…` with a link's target, or `null` if it was removed. */
    readonly is: string | null;
  }[];
}

export function pendingCommitFor(message: string | null, changes: readonly FileChange[]): PendingCommit {
  return {
    message,
    files: changes.map(change => {
      if (change.kind === 'remove') return { path: change.path, is: null };
      return { path: change.path, is: change.kind === 'link' ? linkTo(change.target) : fileOf(change.bytes) };
    }),
  };
}

/**
 * Reads the owed commits.
 * @param state the folder of notes
 * @throws HostFailure if the note is not ours, or is unreadable
 */
export async function readOwed(state: string): Promise<readonly PendingCommit[]> {
  const path = join(state, OWED);
  const bytes = await readIfThere(path).catch(error => {
    throw systemFailure(error, 'read what an earlier run has not committed');
  });
  if (bytes === null) return [];
  try {
    const value = JSON.parse(bytes.toString('utf8'));
    if (value?.version === 1 && Array.isArray(value.commits)) return value.commits as PendingCommit[];
  } catch {
    // Falls through to the message. Notes are written atomically, so another program changed it.
  }
  throw new HostFailure(
    'damaged',
    `The note ${path} was not written by Varsmith. Check "git status", then delete it.`,
  );
}

/**
 * Replaces the note durably.
 * @throws HostFailure
 */
export async function noteOwed(state: string, commits: readonly PendingCommit[]): Promise<void> {
  const path = join(state, OWED);
  const written =
    commits.length === 0
      ? rmIfThere(path)
      : replaceFile(path, Buffer.from(JSON.stringify({ version: 1, commits }), 'utf8'), 0o600);
  await written.catch(error => {
    throw systemFailure(error, 'note what is to be committed');
  });
}

/**
 * Returns the commits of files that are still as stored. Files that were changed since are left to the person.
 * @throws HostFailure if a file cannot be read
 */
export function stillStored(
  root: string,
  commits: readonly PendingCommit[],
): { readonly message: string | null; readonly paths: readonly string[] }[] {
  const now = new Map<string, string | null>();
  for (const { files } of commits)
    for (const { path } of files) if (!now.has(path)) now.set(path, nowAt(join(root, path)));
  // If a path was stored twice, only the later commit includes it, unless the later attempt failed.
  const last = new Map(
    commits.flatMap(({ files }, at) =>
      files.filter(({ path, is }) => now.get(path) === is).map(({ path }) => [path, at] as const),
    ),
  );
  return commits.flatMap(({ message, files }, at) => {
    const paths = files.map(({ path }) => path).filter(path => last.get(path) === at);
    return paths.length === 0 ? [] : [{ message, paths }];
  });
}

/**
 * Returns what earlier runs have stored but not committed, for read-only use.
 * @param repository null if there is none, so that nothing is owed
 * @returns sorted paths relative to the root
 * @throws HostFailure
 */
export async function owedIn(place: Place, repository: Repository | null): Promise<readonly string[]> {
  if (repository === null) return [];
  const owed = await readOwed(stateFolder(place, repository));
  const commits = stillStored(place.root, owed).filter(({ message }) => message !== null);
  return commits.length === 0 ? [] : repository.uncommitted(commits.flatMap(commit => commit.paths));
}

const OWED = 'owed';

function nowAt(path: string): string | null {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return null;
    if (stats.isSymbolicLink()) return linkTo(readlinkSync(path));
    return stats.isFile() ? fileOf(readFileSync(path)) : OTHER;
  } catch (error) {
    if (['ENOTDIR', 'ELOOP', 'ENOENT'].includes(codeOf(error) ?? '')) return null;
    // Not known to be changed, so it must not be left to the person.
    throw systemFailure(error, `read ${path}, which an earlier run has stored`);
  }
}

/** Stands for content that was not stored by a run. */
const OTHER = 'other';

const linkTo = (target: string) => `link:${target}`;

const fileOf = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
