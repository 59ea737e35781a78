/**
 * The state of a running server: workspaces, open documents, what has been edited since the last look, and the
 * one function that looks. Every handler gets its snapshot here, so none ever answers for an older text.
 */
import { join } from 'node:path';
import type { CancellationToken } from 'vscode-languageserver';
import type { Finding } from '../checks/rule.ts';
import type { Snapshot } from '../editor/snapshot.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Delivery } from './delivery.ts';
import type { Documents } from './documents.ts';
import type { Folders } from './folders.ts';
import { type Log, messageOf, throwIfCancelled } from './guard.ts';
import type { Reports } from './reports.ts';
import { createScheduler, nextTurn } from './schedule.ts';
import type { StatusLine } from './status.ts';
import { type Border, uriOfPath } from './to-protocol.ts';

export interface AnalysisOptions {
  readonly folders: Folders;
  readonly documents: Documents;
  readonly reports: Reports;
  readonly delivery: Delivery;
  readonly status: StatusLine;
  readonly log: Log;
  /** Hears that there was a new look. */
  readonly onAnalysed: () => void;
  /** The address of the page about a rule, as the client opens it. */
  readonly documentationOf: (rule: string) => string;
  /** What is said of a finding in the client. */
  readonly textOf: (finding: Finding) => string;
}

/** A file in a workspace, with the workspace's state. */
export interface Located extends RootState {
  readonly path: string;
}

/** The state of one root. */
export interface RootState {
  readonly snapshot: Snapshot;
  readonly border: Border;
  /** Absolute path. */
  readonly root: string;
}

export interface Analysis {
  readonly folders: Folders;
  documentChanged(absolute: string, text: string): void;
  documentClosed(absolute: string): void;
  /** Files or folders were made, changed or removed. */
  changedOnDisk(absolutes: readonly string[]): void;
  /** Anything may have changed on disk: looks at the files of every folder again. */
  rescan(): void;
  /** The client has other folders open now (absolute paths). */
  setFolders(roots: readonly string[]): void;
  /** Something that findings depend on has changed; look when the messages that wait have been handled. */
  schedule(): void;
  /** Looks now at everything that has changed. */
  run(): void;
  /**
   * Resolves when all that has been edited is analysed, the messages that wait included.
   * @throws a cancellation
   */
  settled(token: CancellationToken): Promise<void>;
  /**
   * The current state around a file. Null for a file of no workspace.
   * @throws a cancellation
   */
  locate(absolute: string, token: CancellationToken): Promise<Located | null>;
  /** The current state of every workspace. */
  states(): RootState[];
}

export function createAnalysis(options: AnalysisOptions): Analysis {
  const { folders, documents, reports, delivery, status, log, onAnalysed, documentationOf, textOf } = options;
  const edited = new Set<string>();
  const gone: string[] = [];
  const scheduler = createScheduler(run);

  function run(): void {
    scheduler.settle();
    const changed = gone.splice(0);
    let failure: unknown = null;
    for (const workspace of folders.all()) {
      if (!workspace.isStale()) continue;
      try {
        const snapshot = workspace.snapshot();
        const absoluteOf = (path: string) => join(workspace.root, path);
        changed.push(...reports.update(workspace, snapshot, borderOf(workspace), absoluteOf));
      } catch (error) {
        failure = error;
        log(`analysis of ${workspace.root}: ${messageOf(error)}`);
      }
    }
    delivery.deliver(changed, new Set(edited));
    edited.clear();
    onAnalysed();
    if (failure === null) status.ready(folders.all());
    else status.failed(messageOf(failure));
  }

  function borderOf(workspace: Workspace): Border {
    const absoluteOf = (path: string) => join(workspace.root, path);
    return {
      files: workspace.files,
      uriOf: path => documents.of(absoluteOf(path))?.uri ?? uriOfPath(absoluteOf(path)),
      versionOf: path => documents.of(absoluteOf(path))?.version ?? null,
      documentationOf,
      textOf,
    };
  }

  function openDocument(absolute: string, text: string): void {
    const { workspace, path } = folders.adopt(absolute);
    workspace.open(path, text);
    edited.add(absolute);
  }

  async function settled(token: CancellationToken): Promise<void> {
    const isStale = () => edited.size > 0 || folders.all().some(workspace => workspace.isStale());
    if (!isStale()) return;
    await nextTurn();
    throwIfCancelled(token);
    if (isStale()) run();
  }

  return {
    folders,
    settled,
    documentChanged(absolute, text) {
      openDocument(absolute, text);
      scheduler.request();
    },
    documentClosed(absolute) {
      const owned = folders.owner(absolute);
      edited.delete(absolute);
      if (!owned) return;
      owned.workspace.close(owned.path);
      if (folders.abandon(owned.workspace, documents.paths())) gone.push(...reports.remove(owned.workspace));
      scheduler.request();
    },
    changedOnDisk(absolutes) {
      const byWorkspace = new Map<Workspace, string[]>();
      for (const absolute of absolutes) {
        const owned = folders.owner(absolute);
        if (!owned) continue;
        byWorkspace.set(owned.workspace, [...(byWorkspace.get(owned.workspace) ?? []), owned.path]);
      }
      for (const [workspace, paths] of byWorkspace) workspace.changedOnDisk(paths);
      if (byWorkspace.size > 0) scheduler.request();
    },
    rescan() {
      for (const workspace of folders.all()) workspace.rescan();
      scheduler.request();
    },
    setFolders(roots) {
      const { removed } = folders.set(roots);
      for (const workspace of removed) gone.push(...reports.remove(workspace));
      // A document may have another owner now, which has not seen it.
      for (const absolute of documents.paths()) openDocument(absolute, documents.of(absolute)?.text ?? '');
      scheduler.request();
    },
    schedule: () => scheduler.request(),
    run,
    states: () =>
      folders.all().map(workspace => ({
        root: workspace.root,
        snapshot: workspace.snapshot(),
        border: borderOf(workspace),
      })),
    async locate(absolute, token) {
      await settled(token);
      const owned = folders.owner(absolute);
      if (!owned) return null;
      const { workspace, path } = owned;
      return { root: workspace.root, snapshot: workspace.snapshot(), border: borderOf(workspace), path };
    },
  };
}
