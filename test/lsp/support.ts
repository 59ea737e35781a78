// A client that talks to a real server over streams, in one process. Everything is waited for by event.
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import {
  type ClientCapabilities,
  createConnection,
  createProtocolConnection,
  type Diagnostic,
  type InitializeParams,
  type InitializeResult,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import type { NixDoor } from '../../server/src/lsp/ask-nix.ts';
import { serve } from '../../server/src/lsp/server.ts';
import { inOrder } from '../../server/src/lsp/session.ts';
import type { Upkeep } from '../../server/src/upkeep/idle.ts';
import { findRoot } from '../../server/src/workspace/discovery.ts';
import type { Engine } from '../../server/src/workspace/engine.ts';
import { accountOf } from '../../server/src/workspace/nix-witness.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { smallEngine } from '../workspace/support.ts';

export interface Session {
  readonly connection: ProtocolConnection;
  readonly initialized: InitializeResult;
  /** Everything the server has published so far, in order. */
  readonly published: readonly PublishDiagnosticsParams[];
  /** Lines of the server's log. */
  readonly log: readonly string[];
  open(path: string, text: string, version?: number): void;
  /** Replaces the whole text, or, with a range, a part of it. */
  edit(path: string, version: number, change: { text: string; range?: Diagnostic['range'] }): void;
  close(path: string): void;
  /** Resolves with the first publication, past or future, that satisfies; past ones count from the last `forget`. */
  publication(
    path: string,
    satisfies: (params: PublishDiagnosticsParams) => boolean,
  ): Promise<PublishDiagnosticsParams>;
  forget(): void;
  uri(path: string): string;
}

export interface SessionOptions {
  readonly root: string;
  readonly folders?: readonly string[] | null;
  readonly engine?: Engine;
  /** Answers for Nix. Without it no program can be started. */
  readonly askNix?: NixDoor['ask'];
  readonly capabilities?: ClientCapabilities;
  readonly clientInfo?: InitializeParams['clientInfo'];
  readonly initializationOptions?: unknown;
  readonly upkeep?: (evict: () => void) => Upkeep;
  /** Called before `initialize` is sent, to answer what the server asks. */
  readonly prepare?: (connection: ProtocolConnection) => void;
}

export async function startSession(options: SessionOptions): Promise<Session> {
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  const server = createConnection(
    new StreamMessageReader(toServer),
    new StreamMessageWriter(toClient),
    inOrder(),
  );
  const engine = options.engine ?? smallEngine();
  serve(server, '1.2.3', async () => ({
    engine,
    createWorkspace,
    findRoot,
    nix: options.askNix ? { ask: options.askNix, account: async (...about) => accountOf(...about) } : null,
    upkeep: options.upkeep ?? null,
  }));

  const connection = createProtocolConnection(
    new StreamMessageReader(toClient),
    new StreamMessageWriter(toServer),
  );
  const published: PublishDiagnosticsParams[] = [];
  const log: string[] = [];
  const listeners = new Set<() => void>();
  let seen = 0;
  connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    published.push(params);
    for (const listener of [...listeners]) listener();
  });
  connection.onNotification(
    'window/logMessage',
    ({ message }: { message: string }) => void log.push(message),
  );
  connection.onRequest('client/registerCapability', () => null);
  options.prepare?.(connection);
  connection.listen();
  onTestFinished(() => {
    connection.dispose();
    server.dispose();
  });

  const folders = options.folders === undefined ? [options.root] : options.folders;
  const initialized: InitializeResult = await connection.sendRequest('initialize', {
    processId: null,
    rootUri: null,
    workspaceFolders: folders?.map(path => ({ uri: pathToFileURL(path).href, name: path })) ?? null,
    capabilities: options.capabilities ?? {},
    ...(options.clientInfo && { clientInfo: options.clientInfo }),
    initializationOptions: options.initializationOptions,
  });
  await connection.sendNotification('initialized', {});

  const uri = (path: string) => pathToFileURL(join(options.root, path)).href;
  const notify = (method: string, params: object) => void connection.sendNotification(method, params);
  return {
    connection,
    initialized,
    published,
    log,
    uri,
    open: (path, text, version = 1) =>
      notify('textDocument/didOpen', { textDocument: { uri: uri(path), languageId: 'nix', version, text } }),
    edit: (path, version, change) =>
      notify('textDocument/didChange', {
        textDocument: { uri: uri(path), version },
        contentChanges: [change],
      }),
    close: path => notify('textDocument/didClose', { textDocument: { uri: uri(path) } }),
    forget() {
      seen = published.length;
    },
    publication(path, satisfies) {
      return new Promise(resolve => {
        const look = () => {
          const found = published.slice(seen).find(params => params.uri === uri(path) && satisfies(params));
          if (!found) return;
          listeners.delete(look);
          resolve(found);
        };
        listeners.add(look);
        look();
      });
    },
  };
}

export function messages({ diagnostics }: Pick<PublishDiagnosticsParams, 'diagnostics'>): string[] {
  return diagnostics.map(({ message }) => String(message));
}

/** Resolves when the server has handled everything sent so far: requests are answered in order. */
export async function settled({ connection }: Session): Promise<void> {
  await connection.sendRequest('varsmith/checkWorkspace');
}
