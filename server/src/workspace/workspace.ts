/**
 * A root and its current state: documents and disk changes go in, snapshots come out. All work is done when a
 * snapshot is requested, so that a burst of changes costs a single analysis. Knows no protocol and no clock.
 */

import type { StoredStateInputs } from '../checks/facts/store/generated.ts';
import type { Rule, Severity } from '../checks/rule.ts';
import type { Snapshot } from '../editor/snapshot.ts';
import type { Fleet } from '../fleet/model/fleet.ts';
import type { EditsSince, NixAnswer } from '../fleet/model/nix-answer.ts';
import type { Steps } from '../query/steps.ts';
import type { VerifiedGenerator } from '../store/vars/read.ts';
import type { WorkspaceFiles } from './files/files.ts';
import type { Settings, SettingsProblem } from './settings/settings.ts';
import {
  applySettings,
  check,
  checkEarly,
  checking,
  createWorkspaceState,
  evictUnused,
  fleetOf,
  notePaths,
  outdate,
  rescan,
  storedOf,
  verified,
  type WorkspaceOptions,
} from './workspace-state.ts';

export interface Workspace {
  /** Absolute path. */
  readonly root: string;
  readonly files: WorkspaceFiles;
  readonly settings: Settings;
  /** Invalid settings. Those with a place are also findings of the snapshot. */
  readonly problems: readonly SettingsProblem[];
  /** The rules of the analysis with their settings. */
  readonly rules: readonly ConfiguredRule[];
  /** Sets the text of a document that is open or has changed. */
  open(path: string, text: string): void;
  /** Closes a document, so that the file on disk counts again. */
  close(path: string): void;
  /** Records that files or folders were created, changed or removed. */
  changedOnDisk(paths: readonly string[]): void;
  /** Sets the editor's settings, which take precedence over the file at the root. */
  configure(value: unknown): void;
  /** Forgets everything read from disk and reads it again. */
  rescan(): void;
  /** Returns whether the next snapshot will differ from the last one. */
  isStale(): boolean;
  /** Returns the current state, as the same object while nothing has changed. */
  snapshot(): Snapshot;
  /** Does the same in steps. They end early, with null, if something changes meanwhile or is asked otherwise. */
  snapshotInSteps(): Steps<Snapshot | null>;
  /**
   * Returns the findings that are known at once after a change, with all others as in the last snapshot; null if there
   * are none but those. The next snapshot has all of them.
   */
  earlyFindings(): Snapshot['findings'] | null;
  /**
   * Drops what is not in use: trees of files that are not open, and answers to questions from before the last snapshot.
   * They are computed again if they are needed.
   */
  evict(): void;
  /** Returns the declarations without checking them. */
  fleet(): Fleet;
  /** Returns the declarations together with the stored values. */
  storedStateInputs(): StoredStateInputs;
  /**
   * Adds states that the store reported, by generator key, and reads its files again. The states count for a store
   * outside the repository, until a file changes.
   */
  verified(states: ReadonlyMap<string, VerifiedGenerator>): void;
  /**
   * Joins Nix's answer about the fleet into it; `null` removes the last answer. What is edited from then on is noted.
   * @param since when Nix was asked, and what was edited while it evaluated
   */
  witnessed(answer: NixAnswer | null, since?: EditsSince): void;
  /**
   * Begins to note the files whose text changes.
   * @param unsaved files that count as changed already
   */
  noteEdits(unsaved: readonly string[]): EditNotes;
}

/** A rule with the severity that the settings give it, or `null` if its own applies. */
export interface ConfiguredRule {
  readonly rule: Rule;
  readonly severity: Severity | 'off' | null;
}

/** Notes of files whose text has changed. */
export interface EditNotes {
  readonly changed: () => ReadonlySet<string>;
  readonly end: () => void;
}

/**
 * The changes at once from which on everything is read again, as after a checkout of another branch. One by one, each is
 * looked for among all files and folders.
 */
const MANY_CHANGES = 2000;

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
      const { severities } = state.ruleSettings;
      return options.engine.rules.map(rule => ({ rule, severity: severities[rule.id] ?? null }));
    },
    open: (path, text) => notePaths(state, files.open(path, text)),
    close: path => notePaths(state, files.close(path)),
    changedOnDisk(paths) {
      if (paths.length > MANY_CHANGES) rescan(state);
      else notePaths(state, files.changedOnDisk(paths));
    },
    configure(value) {
      state.configuration = value;
      applySettings(state);
    },
    rescan: () => rescan(state),
    evict: () => evictUnused(state),
    isStale: () => state.stale,
    earlyFindings: () => (state.stale ? checkEarly(state) : null),
    fleet: () => fleetOf(state),
    storedStateInputs() {
      const fleet = fleetOf(state);
      return { fleet, files, stored: () => storedOf(state, fleet), noted: notes.stale };
    },
    verified: states => verified(state, states),
    witnessed(answer, since) {
      state.answer = answer;
      state.since = answer === null ? null : (since ?? null);
      outdate(state);
      state.unchecked = null;
    },
    noteEdits(unsaved) {
      const changed = new Set(unsaved);
      state.noting.add(changed);
      return { changed: () => new Set(changed), end: () => state.noting.delete(changed) };
    },
    snapshot: () => (state.last !== null && !state.stale ? state.last : check(state)),
    *snapshotInSteps() {
      return state.last !== null && !state.stale ? state.last : yield* checking(state);
    },
  };
}
