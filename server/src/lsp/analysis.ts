/**
 * The state of a running server: workspaces, open documents, pending edits, and the single function that analyses.
 * Every handler gets its snapshot from here, so that none answers for an older text.
 */
import { join } from 'node:path';
import type { CancellationToken } from 'vscode-languageserver';
import type { Finding } from '../checks/rule.ts';
import type { Snapshot } from '../editor/snapshot.ts';
import { finish, type Steps } from '../query/steps.ts';
import type { Idle } from '../upkeep/idle.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Delivery } from './delivery.ts';
import type { Documents } from './documents.ts';
import type { Folders } from './folders.ts';
import { type Log, messageOf, throwIfCancelled } from './guard.ts';
import type { Reports } from './reports.ts';
import { createScheduler, nextTurn, type Scheduler } from './schedule.ts';
import type { StatusLine } from './status.ts';
import { type ProtocolContext, uriOfPath } from './to-protocol.ts';

export interface AnalysisOptions {
  readonly folders: Folders;
  readonly documents: Documents;
  readonly reports: Reports;
  readonly delivery: Delivery;
  readonly status: StatusLine;
  readonly log: Log;
  /** Told when nobody waits for an answer; `null` where nothing is done then. */
  readonly idle: Idle | null;
  /** Called after each analysis. */
  readonly onAnalysed: () => void;
  /** Returns the address of a rule's page, as the client opens it. */
  readonly documentationOf: (rule: string) => string;
  /** Returns the message of a finding, as the client shows it. */
  readonly textOf: (finding: Finding) => string;
}

/** A file in a workspace, with the workspace's state. */
export interface FileState extends RootState {
  readonly path: string;
}

/** The state of one root. */
export interface RootState {
  readonly snapshot: Snapshot;
  readonly border: ProtocolContext;
  /** Absolute path. */
  readonly root: string;
}

export interface Analysis {
  readonly folders: Folders;
  documentChanged(absolute: string, text: string): void;
  documentClosed(absolute: string): void;
  /** Records that files or folders were created, changed or removed. */
  changedOnDisk(absolutes: readonly string[]): void;
  /** Reads the files of every folder again, since anything on disk may have changed. */
  rescan(): void;
  /** Sets the folders that the client has open (absolute paths). */
  setFolders(roots: readonly string[]): void;
  /** Schedules an analysis for when all pending messages have been handled. */
  schedule(): void;
  /** Analyses everything that has changed, at once. */
  run(): void;
  /**
   * Resolves when all edits, including those in pending messages, are analysed.
   * @throws a cancellation
   */
  allAnalysed(token: CancellationToken): Promise<void>;
  /**
   * Resolves as soon as there are new diagnostics. If there will be more, the client is told to ask again.
   * @throws a cancellation
   */
  firstAnalysed(token: CancellationToken): Promise<void>;
  /**
   * Returns the current state around a file, or `null` if it belongs to no workspace.
   * @throws a cancellation
   */
  locate(absolute: string, token: CancellationToken): Promise<FileState | null>;
  /** Returns the current state of every workspace. */
  states(): RootState[];
}

interface AnalysisState extends AnalysisOptions {
  /** Absolute paths of documents with a version that has not been analysed. */
  readonly edited: Set<string>;
  /** Absolute paths of files with other diagnostics than the client knows. */
  readonly undelivered: Set<string>;
  /** True if diagnostics have changed since the last edit, and the analysis is not complete. */
  hasEarly: boolean;
  /** The addresses of files of each workspace, by path. */
  readonly addresses: WeakMap<Workspace, Map<string, Address>>;
  readonly scheduler: Scheduler;
}

interface Address {
  readonly absolute: string;
  /** As the server writes it; the client may spell that of a document differently. */
  readonly uri: string;
}

export function createAnalysis(options: AnalysisOptions): Analysis {
  const { folders } = options;
  const scheduler = createScheduler(function* () {
    updateEarly(state);
    if (state.hasEarly && options.delivery.isPushed) {
      deliver(state, NONE);
      state.idle?.answered();
    }
    yield;
    yield* analysing(state);
  });
  const state: AnalysisState = {
    ...options,
    edited: new Set(),
    undelivered: new Set(),
    hasEarly: false,
    addresses: new WeakMap(),
    scheduler,
  };
  return {
    folders,
    allAnalysed: token => settle(state, token),
    async firstAnalysed(token) {
      if (!isStale(state)) return;
      await nextTurn();
      throwIfCancelled(token);
      if (!isStale(state)) return;
      updateEarly(state);
      // What comes later is news, also in files that were edited.
      if (state.hasEarly) {
        state.edited.clear();
        state.idle?.answered();
      } else analyse(state);
    },
    documentChanged(absolute, text) {
      openDocument(state, absolute, text);
      request(state);
    },
    documentClosed: absolute => closeDocument(state, absolute),
    changedOnDisk: absolutes => followDisk(state, absolutes),
    rescan() {
      for (const workspace of folders.all()) workspace.rescan();
      request(state);
    },
    setFolders: roots => replaceFolders(state, roots),
    schedule: () => request(state),
    run: () => analyse(state),
    states: () => folders.all().map(workspace => rootState(state, workspace)),
    async locate(absolute, token) {
      await settle(state, token);
      const owned = folders.owner(absolute);
      return owned && { ...rootState(state, owned.workspace), path: owned.path };
    },
  };
}

/** Updates the diagnostics by the findings that are known before the analysis is complete. */
function updateEarly(state: AnalysisState): void {
  if (!state.delivery.takesMore) return;
  for (const workspace of state.folders.all()) {
    try {
      const findings = workspace.earlyFindings();
      if (findings !== null && updateReports(state, workspace, findings)) state.hasEarly = true;
    } catch (error) {
      state.log(`first findings of ${workspace.root}: ${messageOf(error)}`);
    }
  }
}

/** Returns whether diagnostics have changed. */
function updateReports(state: AnalysisState, workspace: Workspace, findings: Snapshot['findings']): boolean {
  const absoluteOf = (path: string) => addressIn(state, workspace, path).absolute;
  const changed = state.reports.update(workspace, findings, borderOf(state, workspace), absoluteOf);
  for (const absolute of changed) state.undelivered.add(absolute);
  return changed.length > 0;
}

/** Schedules an analysis of something that has changed. */
function request(state: AnalysisState): void {
  state.hasEarly = false;
  state.idle?.begin();
  state.scheduler.request();
}

/**
 * Delivers the diagnostics that have changed since the last time.
 * @param edited absolute paths of open documents with a new version
 */
function deliver({ delivery, undelivered }: AnalysisState, edited: ReadonlySet<string>): void {
  const changed = [...undelivered];
  undelivered.clear();
  delivery.deliver(changed, edited);
}

const NONE: ReadonlySet<string> = new Set();

/** Analyses every stale workspace, at once. */
function analyse(state: AnalysisState): void {
  state.scheduler.cancel();
  finish(analysing(state));
}

/** Analyses every stale workspace in steps, and delivers the diagnostics that have changed. */
function* analysing(state: AnalysisState): Steps<void> {
  const { folders, status, log } = state;
  let failure: unknown = null;
  for (const workspace of folders.all()) {
    if (!workspace.isStale()) continue;
    try {
      const snapshot = yield* workspace.snapshotInSteps();
      // Something has changed meanwhile.
      if (snapshot === null) return request(state);
      updateReports(state, workspace, snapshot.findings);
    } catch (error) {
      failure = error;
      log(`analysis of ${workspace.root}: ${messageOf(error)}`);
    }
  }
  deliver(state, new Set(state.edited));
  state.edited.clear();
  state.hasEarly = false;
  state.onAnalysed();
  if (failure === null) status.ready(folders.all());
  else status.failed(messageOf(failure));
  state.idle?.end();
}

async function settle(state: AnalysisState, token: CancellationToken): Promise<void> {
  if (!isStale(state)) return;
  await nextTurn();
  throwIfCancelled(token);
  if (isStale(state)) analyse(state);
}

function isStale({ edited, folders }: AnalysisState): boolean {
  return edited.size > 0 || folders.all().some(workspace => workspace.isStale());
}

function rootState(state: AnalysisState, workspace: Workspace): RootState {
  return { root: workspace.root, snapshot: workspace.snapshot(), border: borderOf(state, workspace) };
}

function borderOf(state: AnalysisState, workspace: Workspace): ProtocolContext {
  const { documents, documentationOf, textOf } = state;
  return {
    files: workspace.files,
    uriOf(path) {
      const { absolute, uri } = addressIn(state, workspace, path);
      return documents.of(absolute)?.uri ?? uri;
    },
    versionOf: path => documents.of(addressIn(state, workspace, path).absolute)?.version ?? null,
    documentationOf,
    textOf,
  };
}

/** Returns where a file of a workspace is. Kept, since each analysis asks for the files of all findings. */
function addressIn({ addresses }: AnalysisState, workspace: Workspace, path: string): Address {
  const byPath = addresses.get(workspace) ?? new Map<string, Address>();
  addresses.set(workspace, byPath);
  let address = byPath.get(path);
  if (address === undefined) {
    const absolute = join(workspace.root, path);
    address = { absolute, uri: uriOfPath(absolute) };
    byPath.set(path, address);
  }
  return address;
}

function openDocument({ folders, edited }: AnalysisState, absolute: string, text: string): void {
  const { workspace, path } = folders.adopt(absolute);
  workspace.open(path, text);
  edited.add(absolute);
}

function closeDocument(state: AnalysisState, absolute: string): void {
  const { folders, documents, reports, edited, undelivered } = state;
  const owned = folders.owner(absolute);
  edited.delete(absolute);
  if (!owned) return;
  owned.workspace.close(owned.path);
  if (folders.abandon(owned.workspace, documents.paths()))
    for (const gone of reports.remove(owned.workspace)) undelivered.add(gone);
  request(state);
}

function followDisk(state: AnalysisState, absolutes: readonly string[]): void {
  const { folders } = state;
  const pathsByWorkspace = new Map<Workspace, string[]>();
  for (const absolute of absolutes) {
    const owned = folders.owner(absolute);
    if (!owned) continue;
    const paths = pathsByWorkspace.get(owned.workspace);
    if (paths === undefined) pathsByWorkspace.set(owned.workspace, [owned.path]);
    else paths.push(owned.path);
  }
  for (const [workspace, paths] of pathsByWorkspace) workspace.changedOnDisk(paths);
  if (pathsByWorkspace.size > 0) request(state);
}

function replaceFolders(state: AnalysisState, roots: readonly string[]): void {
  const { folders, documents, reports, undelivered } = state;
  const { removed } = folders.set(roots);
  for (const workspace of removed) for (const gone of reports.remove(workspace)) undelivered.add(gone);
  // A document may belong to another workspace now, which does not have its text yet.
  for (const absolute of documents.paths()) openDocument(state, absolute, documents.of(absolute)?.text ?? '');
  request(state);
}
