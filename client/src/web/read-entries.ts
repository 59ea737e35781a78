/**
 * Reads folders for a server that cannot read them: names first, with the contents of files that it certainly needs.
 * Folders of tools' output are only listed on request.
 */
import { FileType, type LogOutputChannel, Uri, workspace } from 'vscode';
import { messageOf } from '../message-of.ts';
import type { VirtualEntry } from '../protocol/files.ts';
import { atMost } from './at-most.ts';

/** The same limit as in the server. */
const MAX_FILE_BYTES = 2 * 1024 * 1024;

/** The number of files and folders that are read in parallel. */
const AT_ONCE = 64;

const UNLISTED = /^(\.git|\.hg|\.jj|\.svn|\.direnv|\.devenv|\.cache|node_modules|dist|result(-.*)?)$/;

/** Files that are read at every start; all others are read on request. */
const READ = /(^|\/)(varsmith\.json|\.sops\.yaml|[^/]*\.nix)$/;

export interface FileReader {
  readonly log: LogOutputChannel;
  readonly inTurn: ReturnType<typeof atMost>;
}

export function createFileReader(log: LogOutputChannel): FileReader {
  return { log, inTurn: atMost(AT_ONCE) };
}

/** Returns whether a folder of this name is only listed on request. */
export function isUnlisted(name: string): boolean {
  return UNLISTED.test(name);
}

/**
 * Reads a file.
 * @param path relative to the root
 */
async function readEntry({ log, inTurn }: FileReader, root: Uri, path: string): Promise<VirtualEntry> {
  try {
    const bytes = await inTurn(() => workspace.fs.readFile(Uri.joinPath(root, path)));
    if (bytes.length > MAX_FILE_BYTES) return { path, kind: 'file', tooLarge: true };
    return { path, kind: 'file', bytes };
  } catch (error) {
    log.warn(`${path} cannot be read: ${messageOf(error)}`);
    return { path, kind: 'file', bytes: null };
  }
}

/**
 * Lists a folder and its subfolders, starting with the folder itself. Returns nothing if it cannot be listed.
 * @param budget the number of names that may still be listed; further folders are returned as unlisted
 */
export async function listFolder(
  reader: FileReader,
  root: Uri,
  folder: string,
  budget: { left: number },
): Promise<VirtualEntry[]> {
  const { log, inTurn } = reader;
  let listed: [string, FileType][];
  try {
    listed = await inTurn(() => workspace.fs.readDirectory(Uri.joinPath(root, folder)));
  } catch (error) {
    log.warn(`${folder || root.path} cannot be listed: ${messageOf(error)}`);
    return [];
  }
  budget.left -= listed.length;
  const entries = listed.map(async ([name, type]): Promise<VirtualEntry[]> => {
    const path = folder === '' ? name : `${folder}/${name}`;
    const link = (type & FileType.SymbolicLink) !== 0;
    const marks = link ? { link } : {};
    if ((type & FileType.Directory) === 0) {
      // The target of a link may be unknown, but the link itself exists.
      if ((type & FileType.File) === 0) return link ? [{ path, kind: 'file', bytes: null, link }] : [];
      return [
        { ...(READ.test(path) ? await readEntry(reader, root, path) : { path, kind: 'file' }), ...marks },
      ];
    }
    // Links may form cycles.
    if (link || isUnlisted(name) || budget.left < 0)
      return [{ path, kind: 'directory', unlisted: true, ...marks }];
    return listFolder(reader, root, path, budget);
  });
  return [{ path: folder, kind: 'directory' }, ...(await Promise.all(entries)).flat()];
}

/**
 * Reads the current content of some paths: files, or folders with everything below.
 * @param limit the most names to list below each folder
 */
export async function readPaths(
  reader: FileReader,
  root: Uri,
  paths: readonly string[],
  limit: number,
): Promise<{ readonly entries: readonly VirtualEntry[]; readonly gone: readonly string[] }> {
  const gone: string[] = [];
  const entries = await Promise.all(
    paths.map(async (path): Promise<VirtualEntry[]> => {
      const type = await typeOf(Uri.joinPath(root, path));
      if (type === null) gone.push(path);
      if (type === null) return [];
      const link = (type & FileType.SymbolicLink) !== 0 ? { link: true } : {};
      if ((type & FileType.Directory) === 0) return [{ ...(await readEntry(reader, root, path)), ...link }];
      const [folder, ...others] = await listFolder(reader, root, path, { left: limit });
      return folder === undefined ? [] : [{ ...folder, ...link }, ...others];
    }),
  );
  return { entries: entries.flat(), gone };
}

/** Returns the type of a file, or `null` if it does not exist. */
async function typeOf(uri: Uri): Promise<FileType | null> {
  try {
    return (await workspace.fs.stat(uri)).type;
  } catch {
    // A file with an unreadable type is treated as missing.
    return null;
  }
}
