/**
 * One root and its current state: documents and disk changes in, snapshots out. Work is done when a snapshot is
 * asked for, never on a change, so that a burst of changes costs one analysis. It knows no protocol and no clock.
 */

import type { Looked } from '../checks/facts/store/generated.ts';
import type { Rule, Severity } from '../checks/rule.ts';
import type { Snapshot } from '../editor/snapshot.ts';
import type { Fleet } from '../fleet/model/fleet.ts';
import type { VerifiedGenerator } from '../store/vars/read.ts';
import type { WorkspaceFiles } from './files/files.ts';
import type { Settings, SettingsProblem } from './settings/settings.ts';
import {
  applySettings,
  check,
  createWorkspaceState,
  notePaths,
  rescan,
  severitiesOf,
  storedOf,
  type WorkspaceOptions,
} from './workspace-state.ts';

export interface Workspace {
  /** Absolute path. */
  readonly root: string;
  readonly files: WorkspaceFiles;
  readonly settings: Settings;
  /** Settings that could not be used. Those with a place are findings of the snapshot too. */
  readonly problems: readonly SettingsProblem[];
  /** The rules of the analysis with what the settings make of them. */
  readonly rules: readonly ConfiguredRule[];
  /** A document is open, or has changed: this is its text. */
  open(path: string, text: string): void;
  /** A document is closed; the file on disk counts again. */
  close(path: string): void;
  /** Files or folders were made, changed or removed. */
  changedOnDisk(paths: readonly string[]): void;
  /** New settings from the editor; those in the file at the root stay beneath. */
  configure(value: unknown): void;
  /** Forgets everything read from disk and reads it again. */
  rescan(): void;
  /** True if the next snapshot is another one than the last. */
  isStale(): boolean;
  /** The state as it is now; the same object while nothing has changed. */
  snapshot(): Snapshot;
  /** Returns what the files declare, without checking it. */
  fleet(): Fleet;
  /** The same with what is stored. */
  looked(): Looked;
  /**
   * Adds states that a store outside of the repository reported, by key of the generator; they hold until a file
   * changes.
   */
  verified(told: ReadonlyMap<string, VerifiedGenerator>): void;
}

/** A rule, and the severity that the settings give it; null if they set none and its own counts. */
export interface ConfiguredRule {
  readonly rule: Rule;
  readonly severity: Severity | 'off' | null;
}

export function createWorkspace(options: WorkspaceOptions): Workspace {
  const state = createWorkspaceState(options);
  const { files, notes } = state;
  return {
    root: options.root,
    files,
    get settings() {
      return state.settings;
    },
    get problems() {
      return state.problems;
    },
    get rules() {
      const { severities } = severitiesOf(state);
      return options.engine.rules.map(rule => ({ rule, severity: severities[rule.id] ?? null }));
    },
    open: (path, text) => notePaths(state, files.open(path, text)),
    close: path => notePaths(state, files.close(path)),
    changedOnDisk: paths => notePaths(state, files.changedOnDisk(paths)),
    configure(value) {
      state.configuration = value;
      applySettings(state);
    },
    rescan: () => rescan(state),
    isStale: () => state.stale,
    fleet: () => state.builder.build(),
    looked() {
      const fleet = state.builder.build();
      return { fleet, files, stored: () => storedOf(state, fleet), noted: notes.stale };
    },
    verified(told) {
      state.storedReader.verified(told);
      state.stale = true;
    },
    snapshot: () => (state.last !== null && !state.stale ? state.last : check(state)),
  };
}
