/**
 * Sends folders to a server that cannot read files: first what read-entries.ts lists, then what the server requests,
 * and all changes.
 */
import { type Disposable, type LogOutputChannel, Uri, workspace } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { messageOf } from '../message-of.ts';
import {
  type FilesParams,
  filesNotification,
  type WantedParams,
  wantedNotification,
} from '../protocol/files.ts';
import { createFileReader, type FileReader, listFolder, readPaths } from './read-entries.ts';
import { createWatching } from './watching.ts';

export interface Files extends Disposable {
  /** Sends the open folders, and all changes from now on. */
  start(): Promise<void>;
  /** Sends further folders. */
  open(folders: readonly Uri[]): Promise<void>;
}

/** The most names that are listed without a request. Further folders are listed when the server needs them. */
const MAX_LISTED = 50_000;

/** The most names that are listed below a folder that the server requests. */
const MAX_LISTED_WANTED = 1_000;

interface FileProvision {
  readonly client: BaseLanguageClient;
  readonly reader: FileReader;
}

export function provideFiles(client: BaseLanguageClient, log: LogOutputChannel): Files {
  const reader = createFileReader(log);
  const handing: FileProvision = { client, reader };
  const logFailure = (error: unknown) => log.error(`files: ${messageOf(error)}`);
  const watching = createWatching(uris => {
    sendChanges(handing, uris).catch(logFailure);
  });

  async function open(folders: readonly Uri[]): Promise<void> {
    await Promise.all(
      folders.map(async root => {
        watching.watch(root);
        const entries = await listFolder(reader, root, '', { left: MAX_LISTED });
        await send(handing, { root: root.toString(), entries, gone: [], ready: false });
      }),
    );
  }

  client.onNotification(wantedNotification, ({ root, paths }: WantedParams) => {
    const uri = Uri.parse(root);
    sendPaths(handing, uri, paths, MAX_LISTED_WANTED)
      .then(() =>
        reportChanges(
          handing,
          paths.map(path => Uri.joinPath(uri, path)),
        ),
      )
      .catch(logFailure);
  });

  return {
    open,
    async start() {
      await open((workspace.workspaceFolders ?? []).map(({ uri }) => uri));
      await send(handing, { root: null, entries: [], gone: [], ready: true });
    },
    dispose: () => watching.dispose(),
  };
}

async function sendChanges(handing: FileProvision, uris: readonly Uri[]): Promise<void> {
  const byRoot = new Map<string, { readonly root: Uri; readonly paths: string[] }>();
  for (const uri of uris) {
    const root = workspace.getWorkspaceFolder(uri)?.uri;
    if (root === undefined) continue;
    const inRoot = byRoot.get(root.toString()) ?? { root, paths: [] };
    inRoot.paths.push(uri.path.slice(root.path.replace(/\/$/, '').length + 1));
    byRoot.set(root.toString(), inRoot);
  }
  for (const { root, paths } of byRoot.values()) await sendPaths(handing, root, paths, MAX_LISTED);
  await reportChanges(handing, uris);
}

/** Sends the current content of some paths. */
async function sendPaths(
  handing: FileProvision,
  root: Uri,
  paths: readonly string[],
  limit: number,
): Promise<void> {
  const { entries, gone } = await readPaths(handing.reader, root, paths, limit);
  await send(handing, { root: root.toString(), entries, gone, ready: false });
}

/** Makes the server look at files again; it determines itself whether they are new, changed or removed. */
function reportChanges({ client }: FileProvision, uris: readonly Uri[]): Promise<void> {
  return client.sendNotification('workspace/didChangeWatchedFiles', {
    changes: uris.map(uri => ({ uri: uri.toString(), type: 2 })),
  });
}

function send({ client }: FileProvision, params: FilesParams): Promise<void> {
  return client.sendNotification(filesNotification, params);
}
