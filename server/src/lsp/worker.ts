/**
 * Runs the server in a web worker, which cannot read files: the client sends the content of folders and their
 * changes. The analysis is the same; missing files are requested from the client.
 */
import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import { type Engine, type EngineWasm, loadEngine } from '../workspace/engine.ts';
import { createMemoryDisk, type MemoryDisk } from '../workspace/files/memory-disk.ts';
import { createWorkspace } from '../workspace/workspace.ts';
import { addressBy, pathOfUri, uriOfPath, VIRTUAL } from './addresses.ts';
import { FILES, type FilesParams, WANTED, type WantedParams } from './messages.ts';
import { type Loaded, serve } from './server.ts';
import { inOrder } from './session.ts';

/** Files refer to others, which are then read as well. This is the number of requests before anything is shown. */
const MAX_ROUNDS = 8;

/** Serves over the messages of the current worker. */
export function serveWorker(version: string, wasm: EngineWasm): void {
  addressBy(VIRTUAL);
  const scope = globalThis as unknown as ConstructorParameters<typeof BrowserMessageReader>[0];
  const reader = new BrowserMessageReader(scope);
  const connection = createConnection(reader, new BrowserMessageWriter(scope), inOrder());
  const disks = new Map<string, MemoryDisk>();
  let filled: () => void;
  const ready = new Promise<void>(resolve => {
    filled = resolve;
  });
  /** Resolvers to call when the next files arrive. */
  let waiting: (() => void)[] = [];

  function diskOf(root: string): MemoryDisk {
    let disk = disks.get(root);
    if (disk === undefined) {
      const made = createMemoryDisk(() => setTimeout(() => ask(root, made)));
      disks.set(root, made);
      disk = made;
    }
    return disk;
  }

  /** Requests missing files from the client, and returns their paths. */
  function ask(root: string, disk: MemoryDisk): readonly string[] {
    const wanted: WantedParams = { root: uriOfPath(root), paths: disk.takeWanted() };
    if (wanted.paths.length > 0) void connection.sendNotification(WANTED, wanted);
    return wanted.paths;
  }

  connection.onNotification(FILES, ({ root, entries, gone, ready: isReady }: FilesParams) => {
    const path = root === null ? null : pathOfUri(root);
    if (path !== null) {
      for (const removedPath of gone) diskOf(path).remove(removedPath);
      diskOf(path).put(entries);
    }
    if (isReady) filled();
    for (const resolve of waiting.splice(0)) resolve();
  });

  /** Fetches everything that the analysis reads, so that the first findings are complete. */
  async function complete(engine: Engine, root: string, disk: MemoryDisk): Promise<void> {
    const workspace = createWorkspace({ root, engine, disk });
    for (let round = 0; round < MAX_ROUNDS; round++) {
      workspace.snapshot();
      const come = new Promise<void>(resolve => {
        waiting = [...waiting, resolve];
      });
      const paths = ask(root, disk);
      if (paths.length === 0) return;
      await come;
      workspace.changedOnDisk(paths);
    }
  }

  async function load(): Promise<Loaded> {
    const [engine] = await Promise.all([loadEngine({ wasm }), ready]);
    for (const [root, disk] of [...disks]) await complete(engine, root, disk);
    return {
      engine,
      createWorkspace: options => createWorkspace({ ...options, disk: diskOf(options.root) }),
      findRoot: () => null,
      nix: null,
      upkeep: null,
    };
  }

  serve(connection, version, load);
}
