/**
 * The language server: its start, and the routing of messages. The analysis is loaded after the answer to
 * `initialize`, so that the editor never waits for it.
 */
import {
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type WorkspaceFoldersChangeEvent,
} from 'vscode-languageserver';
import type { TraceEvent } from '../query/database.ts';
import { createIdle, type Upkeep } from '../upkeep/idle.ts';
import type { findRoot } from '../workspace/discovery.ts';
import type { Engine } from '../workspace/engine.ts';
import type { createWorkspace } from '../workspace/workspace.ts';
import { type Analysis, createAnalysis } from './analysis.ts';
import type { Asking, NixDoor } from './ask-nix.ts';
import { type Client, readClient, serverCapabilities } from './client.ts';
import {
  askConfiguration,
  type Configuration,
  inTime,
  SECTION,
  sentConfiguration,
  settingsFor,
} from './configuration.ts';
import { shownMessage } from './cures.ts';
import { createPush } from './delivery.ts';
import { readDisplaySettings } from './display-settings.ts';
import { documentationOf } from './documentation.ts';
import { type Documents, listenToDocuments } from './documents.ts';
import { registerActions, registerFeatures, registerViews } from './features.ts';
import { createFolders, type Folders, type WorkspaceMaker } from './folders.ts';
import { guard, guardRequest, type Log, messageOf, sendQuietly, throwIfCancelled } from './guard.ts';
import { STATUS } from './messages.ts';
import { registerOwnRequests } from './own-requests.ts';
import { createPull, type Pull, registerPull } from './pull.ts';
import { createRefresher } from './refresh.ts';
import { createReports, type Reports } from './reports.ts';
import type { HandlerContext, RequestGuard } from './requests.ts';
import { answerRefused } from './session.ts';
import { createStatusLine, type StatusLine } from './status.ts';
import { pathOfUri } from './to-protocol.ts';

/** The parts that are loaded after `initialize`. */
export interface Loaded {
  readonly engine: Engine;
  readonly createWorkspace: typeof createWorkspace;
  /** Returns the nearest fleet root at or above a folder (absolute path), or `null` if there is none. */
  readonly findRoot: typeof findRoot;
  /** `null` where no program can be started. */
  readonly nix: NixDoor | null;
  /**
   * Returns the work for when nobody waits for the server; `null` for none.
   * @param evict drops answers that can be computed again
   */
  readonly upkeep: ((evict: () => void) => Upkeep) | null;
}

/**
 * Loads the analysis.
 * @param trace called with everything that checking recomputes after an edit, and the reason
 */
export async function loadAnalysis(trace?: (event: TraceEvent) => void): Promise<Loaded> {
  const [{ loadEngine }, { createWorkspace }, { findRoot }, { createUpkeep }] = await Promise.all([
    import('../workspace/engine.ts'),
    import('../workspace/workspace.ts'),
    import('../workspace/discovery.ts'),
    import('../upkeep/upkeep.ts'),
  ]);
  const witness = () => import('../workspace/nix-witness.ts');
  return {
    engine: await loadEngine({ trace }),
    createWorkspace,
    findRoot,
    upkeep: createUpkeep,
    nix: {
      ask: async (...about) => (await witness()).askAbout(...about),
      account: async (...about) => (await witness()).accountOf(...about),
    },
  };
}

const WATCHED = [
  '**/*.nix',
  '**/vars/**',
  '**/sops/**',
  '**/machines/**',
  '**/secrets/**',
  '**/.sops.yaml',
  '**/*.age',
  '**/*secret*.{yaml,yml,json}',
  '**/varsmith.json',
  // What git tracks, and so what a flake sees.
  '**/.git/index',
  // Notes of runs about generators to regenerate.
  '**/.git/varsmith/*/stale',
];

/** The state of a server that has started. */
interface Running extends HandlerContext, Asking {
  readonly pull: Pull;
  reconfigure(configuration: Configuration): void;
}

/**
 * Serves a client until it disconnects.
 * @param connection not listening yet, made with `inOrder()`
 * @param version the version of this program
 * @param load loads the analysis; tests use a smaller one
 */
export function serve(
  connection: Connection,
  version: string,
  load: () => Promise<Loaded> = () => loadAnalysis(),
): void {
  const log = (line: string) => sendQuietly(async () => connection.console.error(line));
  const status = createStatusLine(shown => {
    if (client?.supportsAdditions) sendQuietly(() => connection.sendNotification(STATUS, shown));
  });
  const reports = createReports();
  let client: Client | null = null;
  let running: Running | null = null;
  let start: (begun: Promise<Running | null>) => void;
  /** Resolves with `null` if the server could not start. */
  const started = new Promise<Running | null>(resolve => {
    start = resolve;
  });

  const documents = listenToDocuments(connection, {
    changed: guard(log, 'document', (absolute, document) =>
      running?.analysis.documentChanged(absolute, document.text),
    ),
    closed: guard(log, 'document', absolute => running?.analysis.documentClosed(absolute)),
    saved: guard(log, 'document', () => {
      if (!client?.registersWatchers) running?.analysis.rescan();
    }),
  });

  connection.onInitialize(params => {
    client = readClient(params);
    return { capabilities: serverCapabilities(client), serverInfo: { name: 'varsmith', version } };
  });

  connection.onInitialized(() => {
    if (!client) return;
    status.checking();
    start(
      begin({ connection, client, documents, reports, status, log, load }).then(
        begun => {
          running = begun;
          begun.analysis.run();
          return begun;
        },
        error => {
          log(`start: ${messageOf(error)}`);
          status.failed(messageOf(error));
          return null;
        },
      ),
    );
  });

  answerRefused(connection);
  registerRequests(connection, started, version, log);
  registerNotifications(connection, started, log);
  connection.listen();
}

/** The state before the analysis is loaded. */
interface StartingServer {
  readonly connection: Connection;
  readonly client: Client;
  readonly documents: Documents;
  readonly reports: Reports;
  readonly status: StatusLine;
  readonly log: Log;
  readonly load: () => Promise<Loaded>;
}

/** Loads the analysis, reads settings, and opens the client's folders and documents. */
async function begin(beginning: StartingServer): Promise<Running> {
  const { connection, client, documents, reports, status, log, load } = beginning;
  registerDynamically(connection, client, log);
  let configuration = sentConfiguration(client.initialSettings);
  let analysis: Analysis | null = null;
  const reconfigure = (fresh: Configuration) => {
    configuration = fresh;
    for (const workspace of analysis?.folders.all() ?? []) {
      workspace.configure(settingsFor(fresh, workspace.root));
      for (const { message } of workspace.problems) log(message);
    }
    analysis?.schedule();
  };
  const onAnalysed = createRefresher(connection, client);
  // Requested while the analysis loads. A late answer is applied when it arrives.
  const asked = client.answersConfiguration
    ? askConfiguration(connection, client.folders).then(reconfigure, error =>
        log(`settings: ${messageOf(error)}`),
      )
    : Promise.resolve();
  const [{ engine, createWorkspace, findRoot, nix, upkeep }] = await Promise.all([load(), inTime(asked)]);

  const make: WorkspaceMaker = options =>
    createWorkspace({
      ...options,
      engine,
      configuration: settingsFor(configuration, options.root),
      log,
      followsEdits: true,
    });
  const folders = createFolders(make, findRoot);
  folders.set(client.folders);
  const pull = createPull(connection, documents, reports, client);
  const delivery = client.pulls ? pull : createPush(connection, documents, reports);
  analysis = createAnalysis({
    folders,
    documents,
    reports,
    delivery,
    status,
    log,
    idle: upkeep === null ? null : createIdle(upkeep(() => evictAll(folders))),
    onAnalysed,
    documentationOf: rule => documentationOf(client, rule),
    textOf: finding => shownMessage(client, finding),
  });
  if (client.changesFolders) followFolders(connection, analysis, log);
  for (const absolute of documents.paths()) {
    analysis.documentChanged(absolute, documents.of(absolute)?.text ?? '');
  }
  for (const { message } of folders.all().flatMap(({ problems }) => problems)) log(message);
  const display = () => readDisplaySettings(configuration.everywhere);
  return { client, analysis, engine, pull, display, reconfigure, nix, status };
}

/** Drops answers that can be computed again, when memory is short. */
function evictAll(folders: Folders): void {
  for (const workspace of folders.all()) workspace.evict();
}

/**
 * Follows changes of the client's folders. The library itself receives this notification, and only from clients that
 * announced it.
 */
function followFolders(connection: Connection, analysis: Analysis, log: Log): void {
  const follow = guard(log, 'folders', ({ added, removed }: WorkspaceFoldersChangeEvent) => {
    const gone = new Set(removed.map(({ uri }) => pathOfUri(uri)));
    const stay = analysis.folders.opened().filter(root => !gone.has(root));
    const come = added.map(({ uri }) => pathOfUri(uri)).filter(path => path !== null);
    analysis.setFolders([...stay, ...come]);
  });
  connection.workspace.onDidChangeWorkspaceFolders(follow);
}

/**
 * Registers the capabilities that cannot be part of the answer to `initialize`. If the client refuses, they are
 * unavailable.
 */
function registerDynamically(connection: Connection, client: Client, log: Log): void {
  const refused = (error: unknown) => log(`registration: ${messageOf(error)}`);
  if (client.registersWatchers) {
    const watchers = WATCHED.map(globPattern => ({ globPattern }));
    connection.client.register(DidChangeWatchedFilesNotification.type, { watchers }).catch(refused);
  }
  if (client.registersConfiguration) {
    const options = { section: SECTION };
    connection.client.register(DidChangeConfigurationNotification.type, options).catch(refused);
  }
}

function registerRequests(
  connection: Connection,
  started: Promise<Running | null>,
  version: string,
  log: Log,
): void {
  /** A request waits for the start, and is answered with `null` if it failed. */
  const request: RequestGuard<Running> = (name, handle) =>
    guardRequest(log, name, async (params, token) => {
      const running = await started;
      throwIfCancelled(token);
      return running && handle(running, params, token);
    });

  registerFeatures(connection, request);
  registerViews(connection, request);
  registerActions(connection, request);
  registerPull(connection, request);
  registerOwnRequests(connection, request, version);
}

function registerNotifications(connection: Connection, started: Promise<Running | null>, log: Log): void {
  /** A notification that arrives before the start is handled after it. */
  const notified = <Params>(
    name: string,
    handle: (running: Running, params: Params) => void | Promise<void>,
  ) =>
    guard(log, name, async (params: Params) => {
      const running = await started;
      if (running) await handle(running, params);
    });

  connection.onDidChangeWatchedFiles(
    notified('watched files', ({ analysis }, { changes }) =>
      analysis.changedOnDisk(changes.map(({ uri }) => pathOfUri(uri)).filter(path => path !== null)),
    ),
  );
  // Watchers tell of it later, of a folder only where its own name is watched, and in an order of their own.
  connection.workspace.onDidRenameFiles(
    notified('moved files', ({ analysis }, { files }) =>
      analysis.changedOnDisk(
        files
          .flatMap(({ oldUri, newUri }) => [oldUri, newUri])
          .map(pathOfUri)
          .filter(path => path !== null),
      ),
    ),
  );
  connection.onDidChangeConfiguration(
    notified('settings', async ({ analysis, client, reconfigure }, { settings }) => {
      const roots = analysis.folders.all().map(({ root }) => root);
      reconfigure(
        client.answersConfiguration ? await askConfiguration(connection, roots) : sentConfiguration(settings),
      );
    }),
  );
}
