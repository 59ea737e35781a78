/**
 * Notes what changes of a repository replace, so that the last of them can be taken back as a whole. The note lies in
 * the folder of notes between runs and holds what was in the repository, never a plaintext. Knows nothing of the
 * purpose of the changes.
 */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { HostFailure, systemFailure } from '../host-failure.ts';
import { readIfThere, replaceFile, rmIfThere } from './atomic.ts';
import { insideOf } from './inside-root.ts';
import type { FileChange } from './transaction.ts';

const NOTE = 'replaced';

const STATE = v.variant('kind', [
  v.object({ kind: v.literal('file'), base64: v.string(), mode: v.number() }),
  v.object({ kind: v.literal('link'), target: v.string() }),
  v.object({ kind: v.literal('nothing') }),
]);

const REPLACED = v.object({
  version: v.literal(1),
  files: v.array(
    v.object({
      path: v.string(),
      before: STATE,
      /** A digest of the state after the changes. */
      after: v.string(),
    }),
  ),
  /** Folders that did not exist before, outer ones first. */
  folders: v.array(v.string()),
});

type Replaced = Readonly<v.InferOutput<typeof REPLACED>>;
type State = v.InferOutput<typeof STATE>;

/**
 * Notes the files that changes are about to replace, in place of an earlier note.
 * @param state the folder of notes
 * @throws HostFailure
 */
export async function noteReplaced(
  state: string,
  root: string,
  changes: readonly FileChange[],
): Promise<void> {
  try {
    const files = changes.flatMap(change =>
      pathsOf(root, change).map(path => ({
        path,
        before: stateAt(root, path),
        after: digest(afterOf(change)),
      })),
    );
    const note: Replaced = { version: 1, files, folders: newFolders(root, changes) };
    await replaceFile(join(state, NOTE), Buffer.from(JSON.stringify(note), 'utf8'), 0o600);
  } catch (error) {
    throw systemFailure(error, 'note what is being replaced');
  }
}

/** Removes the note, once it has been followed. */
export async function forgetReplaced(state: string): Promise<void> {
  await rmIfThere(join(state, NOTE));
}

/**
 * Returns the changes that restore what was noted, or `null` if nothing is.
 * @throws HostFailure `changed` if a file differs from what the changes made of it
 */
export async function restoringChanges(state: string, root: string): Promise<readonly FileChange[] | null> {
  const bytes = await readIfThere(join(state, NOTE));
  if (bytes === null) return null;
  const { files, folders } = parsed(bytes.toString('utf8'), root);
  const changed = files.find(({ path, after }) => digest(stateAt(root, path)) !== after);
  if (changed !== undefined)
    throw new HostFailure(
      'changed',
      `${changed.path} has changed since then, so it cannot be taken back as a whole. Nothing was changed.`,
    );
  const written = new Set(files.map(({ path }) => path));
  // A new folder goes as a whole unless something else has come into it.
  const whole = folders.filter(folder => filesBelow(root, folder).every(path => written.has(path)));
  const gone = whole.filter(folder => !whole.some(outer => folder.startsWith(`${outer}/`)));
  return [
    ...gone.map(path => ({ kind: 'remove', path }) as const),
    ...files
      .filter(({ path }) => !gone.some(folder => path.startsWith(`${folder}/`)))
      .map(({ path, before }) => changeTo(path, before)),
  ];
}

function parsed(text: string, root: string): Replaced {
  const inside = insideOf(root);
  try {
    const note = v.parse(REPLACED, JSON.parse(text));
    for (const path of [...note.files.map(file => file.path), ...note.folders]) inside(path);
    return note;
  } catch {
    throw new HostFailure('damaged', 'The note of what was replaced is damaged. Check "git status".');
  }
}

function changeTo(path: string, before: State): FileChange {
  switch (before.kind) {
    case 'file':
      return { kind: 'write', path, bytes: Buffer.from(before.base64, 'base64'), mode: before.mode };
    case 'link':
      return { kind: 'link', path, target: before.target };
    case 'nothing':
      return { kind: 'remove', path };
  }
}

function afterOf(change: FileChange): State {
  switch (change.kind) {
    case 'write':
      return { kind: 'file', base64: Buffer.from(change.bytes).toString('base64'), mode: 0 };
    case 'link':
      return { kind: 'link', target: change.target };
    case 'remove':
      return { kind: 'nothing' };
  }
}

/** Returns a digest of a state without its permissions, which the person's settings decide. */
function digest(state: State): string {
  const content = state.kind === 'file' ? state.base64 : state.kind === 'link' ? state.target : '';
  return createHash('sha256').update(`${state.kind}\0${content}`).digest('hex');
}

/** Returns the path of a change, or of all files in a folder that it removes. */
function pathsOf(root: string, { kind, path }: FileChange): readonly string[] {
  const isFolder = lstatSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() === true;
  return kind === 'remove' && isFolder ? filesBelow(root, path) : [path];
}

function stateAt(root: string, path: string): State {
  const at = join(root, path);
  const stats = lstatSync(at, { throwIfNoEntry: false });
  if (stats === undefined) return { kind: 'nothing' };
  if (stats.isSymbolicLink()) return { kind: 'link', target: readlinkSync(at) };
  if (!stats.isFile()) throw new HostFailure('other', `${path} is neither a file nor a link.`);
  return { kind: 'file', base64: readFileSync(at).toString('base64'), mode: stats.mode & 0o777 };
}

/** Returns the files and links in a folder, at any depth. */
function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(root, path) : [path];
  });
}

function newFolders(root: string, changes: readonly FileChange[]): string[] {
  const folders = new Set<string>();
  for (const { kind, path } of changes)
    for (let folder = dirname(path); kind !== 'remove' && folder !== '.'; folder = dirname(folder))
      if (lstatSync(join(root, folder), { throwIfNoEntry: false }) === undefined) folders.add(folder);
  return [...folders].sort();
}
