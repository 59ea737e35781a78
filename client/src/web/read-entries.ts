/**
 * Reads folders for a server that cannot read them: names first, with the contents of what it surely reads. Folders that
 * tools fill are listed only when the server asks for them.
 */
import { FileType, type LogOutputChannel, Uri, workspace } from 'vscode';
import { messageOf } from '../message-of.ts';
import type { VirtualEntry } from '../protocol/files.ts';
import { atMost } from './at-most.ts';

/** The same limit as the server's. */
const MAX_FILE_BYTES = 2 * 1024 * 1024;

/** How many files and folders are read at a time. */
const AT_ONCE = 64;

const UNLISTED = /^(\.git|\.hg|\.jj|\.svn|\.direnv|\.devenv|\.cache|node_modules|dist|result(-.*)?)$/;

/** Files that are read at every start; all others are read when something asks for them. */
const READ = /(^|\/)(varsmith\.json|\.sops\.yaml|[^/]*\.nix)$/;

export interface FileReader {
  readonly log: LogOutputChannel;
  readonly inTurn: ReturnType<typeof atMost>;
}

export function createFileReader(log: LogOutputChannel): FileReader {
  return { log, inTurn: atMost(AT_ONCE) };
}

/** Returns whether a folder of this name is listed only when it is asked for. */
export function isUnlisted(name: string): boolean {
  return UNLISTED.test(name);
}

/** Reads a file. @param path relative to the root */
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
 * Lists a folder and the folders below it; the folder itself comes first. Nothing if it cannot be listed.
 * @param budget how many more names are listed; folders beyond it are returned as unlisted
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
      // The target of a link may be unknown; the link itself is there all the same.
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
 * Reads what is at some paths now: a file, or a folder with everything below.
 * @param limit how many names are listed below each folder
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

/** Returns `null` if nothing is there. */
async function typeOf(uri: Uri): Promise<FileType | null> {
  try {
    return (await workspace.fs.stat(uri)).type;
  } catch {
    // A file whose type cannot be read is of no more use than one that is gone.
    return null;
  }
}
