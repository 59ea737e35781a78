/**
 * Records which commands a person has allowed a folder to start, since an untrusted repository can name any command.
 * The records are files in the person's state folder, identified by the command's parts, so that a changed command
 * must be allowed again. Knows nothing of the commands' purpose.
 */
import { createHash } from 'node:crypto';
import { readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { replaceFile } from '../files/atomic.ts';
import { readRegularFile } from '../files/regular-file.ts';
import { systemFailure } from '../host-failure.ts';

/** A command of a folder at one point in time. */
export interface FolderCommand {
  /** The folder's real path. */
  readonly root: string;
  /** The program and its arguments as written. */
  readonly words: readonly string[];
  /**
   * The files in the folder that the command names, relative to it, with the hash of their content, or the target for
   * links out of the folder.
   */
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
}

export interface Allowed extends FolderCommand {
  /** The time in ISO 8601. */
  readonly at: string;
}

/** Limit for the content that is hashed. Of larger files only the path and size are recorded. */
const MAX_PROGRAM_BYTES = 64 * 1024 * 1024;
const MAX_NOTE_BYTES = 256 * 1024;

type Environment = Readonly<Record<string, string | undefined>>;

/** Returns the person's folder for program state, or `null` if there is no home folder. */
export function stateFolder(env: Environment, home: string | null, platform: string): string | null {
  const { XDG_STATE_HOME: named } = env;
  if (named && isAbsolute(named)) return join(named, 'varsmith');
  if (home === null) return null;
  return platform === 'darwin'
    ? join(home, 'Library/Application Support/varsmith')
    : join(home, '.local/state/varsmith');
}

/**
 * Returns the current parts of a command.
 * @param root absolute path of the folder
 * @param program absolute path of the first word's program
 */
export function folderCommand(root: string, words: readonly string[], program: string): FolderCommand {
  const real = realPathOf(root);
  const named = [program, ...words.slice(1).map(word => resolve(root, word))];
  const files = new Map<string, string>();
  for (const path of named) {
    const target = realPathOf(path);
    const [written, below] = [within(root, path) ?? within(real, path), within(real, target)];
    const sha256 = below === null ? null : contentOf(target);
    if (below !== null && sha256 !== null) files.set(below, sha256);
    // A link out of the folder is part of the folder's content.
    else if (below === null && written !== null && target !== path) files.set(written, `-> ${target}`);
  }
  return {
    root: real,
    words,
    files: [...files].map(([path, sha256]) => ({ path, sha256 })).sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

/** Returns a path relative to a folder that contains it, with `/` between names, or `null` if it is outside. */
function within(folder: string, path: string): string | null {
  const below = relative(folder, path);
  if (below === '' || below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below)) return null;
  return below.split(sep).join('/');
}

/** Returns the hash of a regular file, or `null` for others. */
function contentOf(path: string): string | null {
  const bytes = readRegularFile(path, MAX_PROGRAM_BYTES);
  if (bytes !== null) return createHash('sha256').update(bytes).digest('hex');
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true ? `${stats.size} ${stats.mtimeMs}` : null;
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // A missing path is kept unchanged.
    return path;
  }
}

/**
 * Returns whether the person has allowed a command as it is now.
 * @param state the person's state folder
 */
export function isAllowed(state: string, command: FolderCommand): boolean {
  const note = read(join(state, FOLDER, `${idOf(command)}.json`));
  return note !== null && idOf(note) === idOf(command);
}

/**
 * Records that the person has allowed a command.
 * @throws HostFailure if it cannot be recorded
 */
export async function allow(state: string, command: FolderCommand, now: Date): Promise<void> {
  const note: Allowed = { ...command, at: now.toISOString() };
  const path = join(state, FOLDER, `${idOf(command)}.json`);
  try {
    await replaceFile(path, Buffer.from(`${JSON.stringify(note, null, 2)}\n`, 'utf8'), 0o600);
  } catch (error) {
    throw systemFailure(error, `write ${path}`);
  }
}

/** Returns all allowed commands, sorted by folder and time. */
export function allowedIn(state: string): readonly Allowed[] {
  return namesIn(state)
    .flatMap(name => read(join(state, FOLDER, name)) ?? [])
    .sort((a, b) => (a.root === b.root ? (a.at < b.at ? -1 : 1) : a.root < b.root ? -1 : 1));
}

/**
 * Revokes everything that is allowed for a folder.
 * @returns the number of revoked commands
 * @throws HostFailure
 */
export function revoke(state: string, root: string): number {
  const real = realPathOf(root);
  const gone = namesIn(state).filter(name => read(join(state, FOLDER, name))?.root === real);
  try {
    for (const name of gone) rmSync(join(state, FOLDER, name), { force: true });
  } catch (error) {
    throw systemFailure(error, `remove from ${join(state, FOLDER)}`);
  }
  return gone.length;
}

const FOLDER = 'allowed';

function namesIn(state: string): readonly string[] {
  try {
    return readdirSync(join(state, FOLDER)).filter(name => /^[0-9a-f]{64}\.json$/.test(name));
  } catch {
    // Nothing has been allowed yet.
    return [];
  }
}

function idOf({ root, words, files }: FolderCommand): string {
  const whole = [root, words, files.map(({ path, sha256 }) => [path, sha256])];
  return createHash('sha256').update(JSON.stringify(whole)).digest('hex');
}

/** Returns the record in a file, or `null` if it is missing or not one of ours. */
function read(path: string): Allowed | null {
  try {
    const note = JSON.parse(readRegularFile(path, MAX_NOTE_BYTES)?.toString('utf8') ?? 'null');
    const isNote =
      typeof note?.root === 'string' &&
      typeof note.at === 'string' &&
      Array.isArray(note.words) &&
      Array.isArray(note.files);
    return isNote ? note : null;
  } catch {
    return null;
  }
}

/** Returns whether an editor started this program for a folder that the person trusts, and the root is in it. */
export function isTrustedFolder(env: Environment, root: string): boolean {
  const { VARSMITH_TRUSTED_FOLDER: trusted } = env;
  if (!trusted || !isAbsolute(trusted)) return false;
  const [folder, real] = [realPathOf(trusted), realPathOf(root)];
  return folder === real || within(folder, real) !== null;
}
