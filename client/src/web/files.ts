/**
 * Hands folders over to a server that reaches no files: names first, with the contents of what it surely reads, then what
 * it asks for, and whatever changes. What is in the folders that tools fill is listed only when the server asks.
 */
import { type Disposable, FileType, type LogOutputChannel, RelativePattern, Uri, workspace } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { messageOf } from '../message-of.ts';
import {
  type FilesParams,
  filesNotification,
  type VirtualEntry,
  type WantedParams,
  wantedNotification,
} from '../protocol/files.ts';
import { atMost } from './at-most.ts';

export interface Files extends Disposable {
  /** Hands over the folders that are open, and everything that changes from now on. */
  start(): Promise<void>;
  /** Hands over further folders. */
  open(folders: readonly Uri[]): Promise<void>;
}

/** As the server: it reads no larger ones. */
const MAX_FILE_BYTES = 2 * 1024 * 1024;

/** So many names are listed unasked; folders beyond them are when the server looks into them. */
const MAX_LISTED = 50_000;

/** How many files and folders are read at a time. */
const AT_ONCE = 64;

/** Changes that come in so short a time are handed over together. */
const TOGETHER_MS = 50;

const UNLISTED = /^(\.git|\.hg|\.jj|\.svn|\.direnv|\.devenv|\.cache|node_modules|dist|result(-.*)?)$/;

/** What is read at every start; everything else only where something asks for it. */
const READ = /(^|\/)(varsmith\.json|\.sops\.yaml|[^/]*\.nix)$/;

export function handOver(client: BaseLanguageClient, log: LogOutputChannel): Files {
  const watchers = new Map<string, Disposable>();
  const inTurn = atMost(AT_ONCE);
  const changed = new Map<string, Uri>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const send = (params: FilesParams) => client.sendNotification(filesNotification, params);

  async function entryOf(root: Uri, path: string): Promise<VirtualEntry> {
    try {
      const bytes = await inTurn(() => workspace.fs.readFile(Uri.joinPath(root, path)));
      if (bytes.length > MAX_FILE_BYTES) return { path, kind: 'file', tooLarge: true };
      return { path, kind: 'file', bytes };
    } catch (error) {
      log.warn(`${path} cannot be read: ${messageOf(error)}`);
      return { path, kind: 'file', bytes: null };
    }
  }

  /** What lies in a folder and in those below; the folder itself is the first. */
  async function below(root: Uri, folder: string, budget: { left: number }): Promise<VirtualEntry[]> {
    let listed: [string, FileType][];
    try {
      listed = await inTurn(() => workspace.fs.readDirectory(Uri.joinPath(root, folder)));
    } catch (error) {
      log.warn(`${folder || root.path} cannot be listed: ${messageOf(error)}`);
      return [];
    }
    budget.left -= listed.length;
    const found = listed.map(async ([name, type]): Promise<VirtualEntry[]> => {
      const path = folder === '' ? name : `${folder}/${name}`;
      const link = (type & FileType.SymbolicLink) !== 0;
      const marks = link ? { link } : {};
      if ((type & FileType.Directory) === 0) {
        // Of what a link leads to nothing may be known: its name is there all the same.
        if ((type & FileType.File) === 0) return link ? [{ path, kind: 'file', bytes: null, link }] : [];
        return [{ ...(READ.test(path) ? await entryOf(root, path) : { path, kind: 'file' }), ...marks }];
      }
      // Links may lead in circles.
      if (link || UNLISTED.test(name) || budget.left < 0)
        return [{ path, kind: 'directory', unlisted: true, ...marks }];
      return below(root, path, budget);
    });
    return [{ path: folder, kind: 'directory' }, ...(await Promise.all(found)).flat()];
  }

  async function open(folders: readonly Uri[]): Promise<void> {
    await Promise.all(
      folders.map(async root => {
        watch(root);
        const entries = await below(root, '', { left: MAX_LISTED });
        await send({ root: root.toString(), entries, gone: [], ready: false });
      }),
    );
  }

  function watch(root: Uri): void {
    if (watchers.has(root.toString())) return;
    const watcher = workspace.createFileSystemWatcher(new RelativePattern(root, '**/*'));
    const note = (uri: Uri) => {
      if (uri.path.split('/').some(name => UNLISTED.test(name))) return;
      changed.set(uri.toString(), uri);
      timer ??= setTimeout(() => {
        timer = undefined;
        const uris = [...changed.values()];
        changed.clear();
        handOverChanges(uris).catch(error => log.error(`files: ${messageOf(error)}`));
      }, TOGETHER_MS);
    };
    watcher.onDidCreate(note);
    watcher.onDidChange(note);
    watcher.onDidDelete(note);
    watchers.set(root.toString(), watcher);
  }

  async function handOverChanges(uris: readonly Uri[]): Promise<void> {
    const byRoot = new Map<string, { readonly root: Uri; readonly paths: string[] }>();
    for (const uri of uris) {
      const root = workspace.getWorkspaceFolder(uri)?.uri;
      if (root === undefined) continue;
      const inRoot = byRoot.get(root.toString()) ?? { root, paths: [] };
      inRoot.paths.push(uri.path.slice(root.path.replace(/\/$/, '').length + 1));
      byRoot.set(root.toString(), inRoot);
    }
    for (const { root, paths } of byRoot.values()) await bring(root, paths, false);
    // The server looks anew at what it is told has changed; of what kind the change was, it sees by itself.
    await tell(uris);
  }

  const tell = (uris: readonly Uri[]) =>
    client.sendNotification('workspace/didChangeWatchedFiles', {
      changes: uris.map(uri => ({ uri: uri.toString(), type: 2 })),
    });

  /** Hands over what is at some paths now. */
  async function bring(root: Uri, paths: readonly string[], isWanted: boolean): Promise<void> {
    const gone: string[] = [];
    const entries = await Promise.all(
      paths.map(async (path): Promise<VirtualEntry[]> => {
        const type = await typeOf(Uri.joinPath(root, path));
        if (type === null) gone.push(path);
        if (type === null) return [];
        const link = (type & FileType.SymbolicLink) !== 0 ? { link: true } : {};
        if ((type & FileType.Directory) === 0) return [{ ...(await entryOf(root, path)), ...link }];
        const [itself, ...others] = await below(root, path, { left: isWanted ? 1_000 : MAX_LISTED });
        return itself === undefined ? [] : [{ ...itself, ...link }, ...others];
      }),
    );
    await send({ root: root.toString(), entries: entries.flat(), gone, ready: false });
  }

  client.onNotification(wantedNotification, ({ root, paths }: WantedParams) => {
    const uri = Uri.parse(root);
    bring(uri, paths, true)
      .then(() => tell(paths.map(path => Uri.joinPath(uri, path))))
      .catch(error => log.error(`files: ${messageOf(error)}`));
  });

  return {
    open,
    async start() {
      await open((workspace.workspaceFolders ?? []).map(({ uri }) => uri));
      await send({ root: null, entries: [], gone: [], ready: true });
    },
    dispose() {
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.dispose();
    },
  };
}

/** Null where there is nothing. */
async function typeOf(uri: Uri): Promise<FileType | null> {
  try {
    return (await workspace.fs.stat(uri)).type;
  } catch {
    // Gone, or it cannot be told what it is, which is as good as gone.
    return null;
  }
}
