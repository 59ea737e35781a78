/**
 * The server in a web worker, which cannot read files: the client hands over what folders contain and what changes in
 * them. The analysis is the same; files that it needs and does not have are requested from the client.
 */
import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import { type Engine, type EngineWasm, loadEngine } from '../workspace/engine.ts';
import { createMemoryDisk, type MemoryDisk } from '../workspace/files/memory-disk.ts';
import { createWorkspace } from '../workspace/workspace.ts';
import { addressBy, pathOfUri, uriOfPath, VIRTUAL } from './addresses.ts';
import { FILES, type FilesParams, WANTED, type WantedParams } from './messages.ts';
import { type Loaded, serve } from './server.ts';
import { inOrder } from './session.ts';

/** Files name others, which are read then: so often it is asked before anything is shown. */
const MAX_ROUNDS = 8;

/** Serves over the messages of the worker that this runs in. */
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
  /** Resolves with the next files that are brought. */
  let brought: (() => void)[] = [];

  function diskOf(root: string): MemoryDisk {
    let disk = disks.get(root);
    if (disk === undefined) {
      const made = createMemoryDisk(() => setTimeout(() => ask(root, made)));
      disks.set(root, made);
      disk = made;
    }
    return disk;
  }

  /** The files that the client is asked for. */
  function ask(root: string, disk: MemoryDisk): readonly string[] {
    const wanted: WantedParams = { root: uriOfPath(root), paths: disk.takeWanted() };
    if (wanted.paths.length > 0) void connection.sendNotification(WANTED, wanted);
    return wanted.paths;
  }

  connection.onNotification(FILES, ({ root, entries, gone, ready: isReady }: FilesParams) => {
    const path = root === null ? null : pathOfUri(root);
    if (path !== null) {
      for (const each of gone) diskOf(path).remove(each);
      diskOf(path).put(entries);
    }
    if (isReady) filled();
    for (const resolve of brought.splice(0)) resolve();
  });

  /** Has everything brought that the analysis reads, so that its first findings are of all of it. */
  async function complete(engine: Engine, root: string, disk: MemoryDisk): Promise<void> {
    const workspace = createWorkspace({ root, engine, disk });
    for (let round = 0; round < MAX_ROUNDS; round++) {
      workspace.snapshot();
      const come = new Promise<void>(resolve => {
        brought = [...brought, resolve];
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
    };
  }

  serve(connection, version, load);
}
