/**
 * Several changes to a repository, as one: after a crash at any moment, the next run finds all of them or none.
 * A journal lists what is being done; new files are staged beside their places and moved there by renames. Knows
 * nothing of what the changes are for.
 */
import { createHash, randomBytes } from 'node:crypto';
import { lstatSync, renameSync, rmdirSync, type Stats, symlinkSync } from 'node:fs';
import { rm, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf, HostFailure, systemFailure } from '../host-failure.ts';
import { makeFolder, readIfThere, syncFolder, writeNew } from './atomic.ts';
import { insideOf } from './inside-root.ts';
import { type Journal, parseJournal, writeJournal } from './journal.ts';

/** Paths are relative to the root, with `/` between names. */
export type FileChange =
  | {
      readonly kind: 'write';
      readonly path: string;
      readonly bytes: Uint8Array;
      /** Permissions; without, those of any new file. */
      readonly mode?: number;
    }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'remove'; readonly path: string };

export interface TransactionOptions {
  /** Absolute path of the journal, on any file system; only one transaction may use it at a time. */
  readonly journal: string;
  /** Files that must still be as they were read: SHA-256 in hexadecimal, null for "not there". */
  readonly unchanged?: readonly { readonly path: string; readonly sha256: string | null }[];
  /** What must have ended well before anything moves. */
  readonly noted?: Promise<void>;
}

/**
 * Applies the changes, all or none.
 *
 * @param root absolute path of the repository
 * @throws HostFailure; then nothing was changed, unless it says that the next run will go on
 */
export async function applyChanges(
  root: string,
  changes: readonly FileChange[],
  options: TransactionOptions,
): Promise<void> {
  const { noted = Promise.resolve() } = options;
  // Waited for below; until then it has no listener.
  noted.catch(() => undefined);
  if ((await readIfThere(options.journal)) !== null) await recoverChanges(root, options.journal);
  const id = randomBytes(6).toString('hex');
  const staged = changes.flatMap(change =>
    change.kind === 'remove' ? [] : [{ change, path: change.path, staged: besideOf(change.path, id) }],
  );
  const journal: Journal = {
    version: 1,
    state: 'staging',
    moves: staged.map(({ path, staged }) => ({ path, staged })),
    removals: changes.flatMap(change => (change.kind === 'remove' ? [change.path] : [])),
    folders: missingFolders(
      root,
      staged.map(move => move.path),
    ),
  };
  const inside = insideOf(root);
  for (const change of changes) inside(change.path);
  mustNotCollide(changes);
  await writeJournal(options.journal, journal);
  try {
    await all(staged, async ({ change, staged: name }) => {
      try {
        makeFolder(dirname(join(root, name)));
        if (change.kind === 'write') await writeNew(join(root, name), change.bytes, change.mode ?? 0o644);
        else symlinkSync(change.target, join(root, name));
      } catch (error) {
        throw systemFailure(error, `write ${change.path}`);
      }
    });
    await mustBeUnchanged(root, options.unchanged ?? []);
    await noted;
    await writeJournal(options.journal, { ...journal, state: 'moving' });
  } catch (error) {
    await discard(root, journal);
    await rm(options.journal, { force: true });
    throw error;
  }
  await finish(root, { ...journal, state: 'moving' }, options.journal);
}

/**
 * Brings what a crash interrupted to its end, or takes it back where it had not begun. To be called under the lock
 * of the repository, before anything is read.
 *
 * @returns what was done; null where there was nothing to do
 * @throws HostFailure
 */
export async function recoverChanges(
  root: string,
  journalPath: string,
): Promise<'finished' | 'undone' | null> {
  const bytes = await readIfThere(journalPath);
  if (bytes === null) return null;
  const journal = parseJournal(bytes.toString('utf8'), journalPath);
  const inside = insideOf(root);
  for (const { path, staged } of journal.moves) {
    inside(path);
    inside(staged);
  }
  for (const path of [...journal.removals, ...(journal.folders ?? [])]) inside(path);
  if (journal.state === 'moving') {
    await finish(root, journal, journalPath);
    return 'finished';
  }
  await discard(root, journal);
  await rm(journalPath, { force: true });
  return 'undone';
}

/** From here on everything can be done again: a crash in between costs nothing. */
async function finish(root: string, journal: Journal, journalPath: string): Promise<void> {
  const folders = new Set<string>();
  await all(journal.moves, ({ staged, path }) =>
    goingOn(path, async () => {
      const [from, to] = [join(root, staged), join(root, path)];
      // Not there: moved before the crash.
      if (!isThere(from)) return;
      // A rename replaces files and links, not folders.
      if (lstatOrNull(to)?.isDirectory()) await rm(to, { recursive: true });
      renameSync(from, to);
      folders.add(dirname(to));
    }),
  );
  for (const path of journal.removals)
    await goingOn(path, async () => {
      if (!isThere(join(root, path))) return;
      await rm(join(root, path), { recursive: true });
      folders.add(dirname(join(root, path)));
    });
  await goingOn('', async () => {
    await all([...folders], syncFolder);
    await unlink(journalPath);
    // Moves can be done again at any time; removals would take away what was put there since.
    if (journal.removals.length > 0) await syncFolder(dirname(journalPath));
  });
}

/** Says of a failure that what has begun will be brought to its end. */
async function goingOn(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { kind, message } = systemFailure(error, `change ${path}`);
    throw new HostFailure(
      kind,
      `${message.replace(' Nothing was changed.', '')} The next run will go on from here.`,
    );
  }
}

async function discard(root: string, { moves, folders = [] }: Journal): Promise<void> {
  for (const { staged } of moves) if (isThere(join(root, staged))) await unlink(join(root, staged));
  // A folder alone may mean something: that of a machine, for one.
  for (const folder of folders.toReversed()) {
    try {
      rmdirSync(join(root, folder));
    } catch (error) {
      // Not made yet, or something was put there.
      if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(codeOf(error) ?? '')) throw error;
    }
  }
}

/** Returns the folders that files need and that are not there, outer ones first. */
function missingFolders(root: string, paths: readonly string[]): string[] {
  const folders = new Map<string, boolean>();
  for (const path of paths)
    for (let folder = dirname(path); folder !== '.' && !folders.has(folder); folder = dirname(folder))
      folders.set(folder, isThere(join(root, folder)));
  return [...folders].flatMap(([folder, there]) => (there ? [] : [folder])).sort();
}

function besideOf(path: string, id: string): string {
  return join(dirname(path), `.${basename(path)}.varsmith-${id}`);
}

/** How many files are written and flushed at the same time: the disk takes them together. */
const TOGETHER = 32;

/** For all, some at a time; when all of those have ended, the first failure is thrown. */
async function all<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += TOGETHER) {
    const ended = await Promise.allSettled(items.slice(at, at + TOGETHER).map(work));
    for (const promiseSettledResult of ended)
      if (promiseSettledResult.status === 'rejected') throw promiseSettledResult.reason;
  }
}

/** Removals come last: what they take away must not be what was just written. Each file is written once. */
function mustNotCollide(changes: readonly FileChange[]): void {
  const written = changes.filter(change => change.kind !== 'remove').map(change => change.path);
  if (new Set(written).size < written.length)
    throw new HostFailure('other', 'Cannot write a file twice at the same time.');
  const removals = changes.filter(change => change.kind === 'remove');
  for (const { kind, path } of changes) {
    const over = removals.find(removal => path === removal.path || path.startsWith(`${removal.path}/`));
    if (kind !== 'remove' && over !== undefined)
      throw new HostFailure('other', `Cannot both write ${path} and remove ${over.path}.`);
  }
}

/** @throws HostFailure `changed` naming the first that is not as it was read */
export async function mustBeUnchanged(
  root: string,
  files: NonNullable<TransactionOptions['unchanged']>,
): Promise<void> {
  for (const { path, sha256 } of files) {
    const bytes = await readIfThere(join(root, path));
    const now = bytes === null ? null : createHash('sha256').update(bytes).digest('hex');
    if (now !== sha256)
      throw new HostFailure(
        'changed',
        `${path} was changed by somebody else in the meantime. Nothing was written; try again.`,
      );
  }
}

function isThere(path: string): boolean {
  return lstatOrNull(path) !== null;
}

/** At once: a way through other threads takes longer than looking. */
function lstatOrNull(path: string): Stats | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return null;
    throw error;
  }
}
