/**
 * Applies several changes to a repository as one: after a crash at any moment, the next run finds either all or none
 * of them. A journal lists the steps; new files are staged beside their targets and renamed. Knows nothing of the
 * purpose of the changes.
 */
import { createHash, randomBytes } from 'node:crypto';
import { lstatSync, renameSync, rmdirSync, type Stats, symlinkSync } from 'node:fs';
import { rm, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AfterwardsFailure, codeOf, HostFailure, systemFailure } from '../host-failure.ts';
import { makeFolder, readIfThere, syncFolder, writeNew } from './atomic.ts';
import { insideOf } from './inside-root.ts';
import { type Journal, parseJournal, writeJournal } from './journal.ts';

/** Paths are relative to the root, with `/` between names. */
export type FileChange =
  | {
      readonly kind: 'write';
      readonly path: string;
      readonly bytes: Uint8Array;
      /** Permissions; by default those of any new file. */
      readonly mode?: number;
    }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'remove'; readonly path: string };

export interface TransactionOptions {
  /** Absolute path of the journal, on any file system. Only one transaction may use it at a time. */
  readonly journal: string;
  /** Files that must not have changed since they were read: SHA-256 in hexadecimal, or `null` for a missing file. */
  readonly unchanged?: readonly { readonly path: string; readonly sha256: string | null }[];
  /** Must have resolved before anything is moved. */
  readonly noted?: Promise<void>;
}

/**
 * Applies all of the changes, or none.
 * @param root absolute path of the repository
 * @throws HostFailure; nothing was changed then, unless it says that the next run will continue
 */
export async function applyChanges(
  root: string,
  changes: readonly FileChange[],
  options: TransactionOptions,
): Promise<void> {
  const { noted = Promise.resolve() } = options;
  // Awaited below; until then, a rejection must not be unhandled.
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
  try {
    await writeJournal(options.journal, journal);
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
  } catch (error) {
    throw await undone(error, root, journal, options.journal);
  }
  const moving: Journal = { ...journal, state: 'moving' };
  try {
    await writeJournal(options.journal, moving);
  } catch (error) {
    // Where the journal says so already, the next run moves everything: nothing staged may be discarded.
    if (await isMoving(options.journal)) throw begunFailure(error, 'write the journal');
    throw await undone(error, root, journal, options.journal);
  }
  await finish(root, moving, options.journal);
}

/** Undoes what was staged, and returns the failure to report, which is always the first. */
async function undone(error: unknown, root: string, journal: Journal, path: string): Promise<unknown> {
  try {
    await discard(root, journal);
    await rm(path, { force: true });
  } catch {
    // The journal is still there, so the next run removes the rest.
  }
  if (!(error instanceof HostFailure) || error.kind !== 'disk-full') return error;
  return new HostFailure(error.kind, `${error.message} Nothing was changed.`);
}

/** Returns whether the journal says that files are being moved. What cannot be read may say so. */
async function isMoving(path: string): Promise<boolean> {
  try {
    const bytes = await readIfThere(path);
    return bytes !== null && JSON.parse(bytes.toString('utf8')).state === 'moving';
  } catch {
    return true;
  }
}

/**
 * Completes an interrupted transaction, or undoes it if nothing has been moved. Must be called under the lock of the
 * repository, before anything is read.
 * @returns what was done, or null if there was no interrupted transaction
 * @throws HostFailure
 */
export async function recoverChanges(
  root: string,
  journalPath: string,
): Promise<'finished' | 'undone' | null> {
  const bytes = await readIfThere(journalPath);
  if (bytes === null) return null;
  const journal = parseJournal(bytes.toString('utf8'), journalPath, insideOf(root));
  if (journal.state === 'moving') {
    await finish(root, journal, journalPath);
    return 'finished';
  }
  try {
    await discard(root, journal);
    await rm(journalPath, { force: true });
  } catch (error) {
    throw systemFailure(error, 'undo what was begun');
  }
  return 'undone';
}

/** Completes the transaction. Every step can be repeated, so a crash in between does no harm. */
async function finish(root: string, journal: Journal, journalPath: string): Promise<void> {
  // The parents of new folders too, as otherwise a power failure could take the folders away again.
  const folders = new Set((journal.folders ?? []).map(folder => dirname(join(root, folder))));
  await all(journal.moves, ({ staged, path }) =>
    goingOn(path, async () => {
      const [from, to] = [join(root, staged), join(root, path)];
      // Missing files were moved before the crash.
      if (!isThere(from)) return;
      // A rename replaces files and links, but not folders.
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
  await goingOn('its folders', async () => {
    await all([...folders].filter(isThere), syncFolder);
    await unlink(journalPath);
    // Moves can be repeated at any time, but repeated removals could remove newer files.
    if (journal.removals.length > 0) await syncFolder(dirname(journalPath));
  });
}

/** Adds to a failure that the transaction will be completed later. */
async function goingOn(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw begunFailure(error, `change ${path}`);
  }
}

function begunFailure(error: unknown, action: string): AfterwardsFailure {
  const { kind, message } = systemFailure(error, action);
  return new AfterwardsFailure(kind, `${message} The next run will continue from here.`);
}

async function discard(root: string, { moves, folders = [] }: Journal): Promise<void> {
  for (const { staged } of moves) if (isThere(join(root, staged))) await unlink(join(root, staged));
  // An empty folder may have a meaning, such as that of a machine.
  for (const folder of folders.toReversed()) {
    try {
      rmdirSync(join(root, folder));
    } catch (error) {
      // Not created yet, or no longer empty.
      if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(codeOf(error) ?? '')) throw error;
    }
  }
}

/** Returns the missing folders of files, outer ones first. */
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

/** The number of files that are written and flushed in parallel. */
const TOGETHER = 32;

/** Runs `work` for all items in batches. Throws the first failure when its batch has completed. */
async function all<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += TOGETHER) {
    const ended = await Promise.allSettled(items.slice(at, at + TOGETHER).map(work));
    for (const promiseSettledResult of ended)
      if (promiseSettledResult.status === 'rejected') throw promiseSettledResult.reason;
  }
}

/** Checks that no file is written twice or removed after it was written, as removals come last. */
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

/**
 * Checks that files have not changed since they were read.
 * @throws HostFailure `changed` naming the first file that differs from when it was read
 */
export async function mustBeUnchanged(
  root: string,
  files: NonNullable<TransactionOptions['unchanged']>,
): Promise<void> {
  for (const { path, sha256 } of files) {
    const bytes = await readIfThere(join(root, path)).catch(error => {
      throw systemFailure(error, `read ${path}`);
    });
    const now = bytes === null ? null : createHash('sha256').update(bytes).digest('hex');
    if (now !== sha256)
      throw new HostFailure(
        'changed',
        `${path} was changed in the meantime. Nothing was written; try again.`,
      );
  }
}

function isThere(path: string): boolean {
  return lstatOrNull(path) !== null;
}

/** Synchronous, since a detour through other threads takes longer than the call. */
function lstatOrNull(path: string): Stats | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return null;
    throw error;
  }
}
