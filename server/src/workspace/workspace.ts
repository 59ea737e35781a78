/**
 * One root and its current state: documents and disk changes in, snapshots out. Work is done when a snapshot is
 * asked for, never on a change, so that a burst of changes costs one analysis. It knows no protocol and no clock.
 */

import type { Looked } from '../checks/facts/store/generated.ts';
import type { CheckFiles, Rule, Severity } from '../checks/rule.ts';
import type { Snapshot } from '../editor/snapshot.ts';
import type { Fleet } from '../fleet/model/fleet.ts';
import { groupBy } from '../std.ts';
import type { VerifiedGenerator } from '../store/vars/read.ts';
import type { Disk } from './disk.ts';
import type { Engine } from './engine.ts';
import { createFiles, type WorkspaceFiles } from './files.ts';
import { createGitIndex } from './git-index.ts';
import { matchesAny } from './glob.ts';
import { checkSettings } from './rule-settings.ts';
import { createRunNotes, NO_NOTES } from './run-notes.ts';
import { fleetSettings, type Settings, type SettingsProblem } from './settings.ts';
import { createSettingsReader, settingsFindings } from './settings-file.ts';
import { SETTINGS_FILE } from './settings-names.ts';
import { createStoredReader } from './stored.ts';

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
  /** Forgets everything read from disk and looks again. */
  rescan(): void;
  /** True if the next snapshot is another one than the last. */
  isStale(): boolean;
  /** The state as it is now; the same object while nothing has changed. */
  snapshot(): Snapshot;
  /** What the files declare, without an analysis of it. */
  fleet(): Fleet;
  /** The same with what is stored. */
  looked(): Looked;
  /** What a store outside of the repository has said of generators, by key; it holds until a file changes. */
  verified(told: ReadonlyMap<string, VerifiedGenerator>): void;
}

/** A rule, and the severity that the settings give it; null where they are silent and its own counts. */
export interface ConfiguredRule {
  readonly rule: Rule;
  readonly severity: Severity | 'off' | null;
}

export interface WorkspaceOptions {
  /** Absolute path. */
  readonly root: string;
  readonly engine: Engine;
  /** What is shown in the place of the folder, such as an earlier state of it. */
  readonly disk?: Disk;
  /** What the editor or the command line sets. */
  readonly configuration?: unknown;
  /** Folders inside the root that are not this workspace's, relative to it. */
  readonly foreign?: readonly string[];
  /** False: only open documents are looked at. Default true. */
  readonly search?: boolean;
  /** Hears of rules that failed, a line each. */
  readonly log?: (line: string) => void;
}

export function createWorkspace(options: WorkspaceOptions): Workspace {
  const { root, engine } = options;
  const foreign = options.foreign ?? [];
  let configuration = options.configuration;
  let isExcluded: (path: string) => boolean = () => false;
  const files = createFiles({
    root,
    ...(options.disk === undefined ? {} : { disk: options.disk }),
    parse: engine.parse,
    excluded: path => foreign.includes(path) || isExcluded(path),
    search: options.search ?? true,
  });
  const gitIndex = options.search === false || options.disk !== undefined ? null : createGitIndex(root);
  const storedReader = createStoredReader(files);
  const notes = options.disk === undefined ? createRunNotes(root) : NO_NOTES;
  const ruleIds = engine.rules.map(({ id }) => id);
  const optional = engine.rules.filter(rule => rule.optional === true).map(({ id }) => id);
  const reader = createSettingsReader(ruleIds);
  let { settings, problems } = reader.read(files, configuration);
  isExcluded = excludedBy(settings);
  let builder = engine.createFleetBuilder(files, fleetSettings(settings));
  let version = 0;
  let last: Snapshot | null = null;
  let stale = true;
  const memory = engine.createMemory();
  /** What has changed since the last check; null: anything may have. */
  let unchecked: Set<string> | null = null;

  function changed(paths: readonly string[]): void {
    if (paths.length === 0) return;
    stale = true;
    for (const path of paths) unchecked?.add(path);
    builder.changed(paths);
    storedReader.changed(paths);
    if (paths.includes(SETTINGS_FILE)) applySettings();
  }

  function applySettings(): void {
    const before = settings;
    const problemsBefore = problems;
    ({ settings, problems } = reader.read(files, configuration));
    if (!equal(problemsBefore, problems)) stale = true;
    if (equal(before, settings)) return;
    stale = true;
    if (equal({ ...before, rules: null }, { ...settings, rules: null })) return;
    isExcluded = excludedBy(settings);
    if (before.enable !== settings.enable || !equal(before.exclude, settings.exclude)) files.rescan();
    builder = engine.createFleetBuilder(files, fleetSettings(settings));
    unchecked = null;
  }

  function noteFailure({ rule, error }: { readonly rule: string; readonly error: unknown }): void {
    options.log?.(`rule ${rule} failed: ${error instanceof Error ? error.message : String(error)}`);
  }

  function storedOf(fleet: Fleet) {
    return storedReader.read(engine.backendOf(fleet), fleet.directory ?? '', settings.store);
  }

  function checkedFiles(fleet: Fleet): CheckFiles {
    return {
      ...files,
      stored: () => storedOf(fleet),
      tracked: () => gitIndex?.tracked() ?? null,
    };
  }

  return {
    root,
    files,
    get settings() {
      return settings;
    },
    get problems() {
      return problems;
    },
    get rules() {
      const { severities } = checkSettings(settings.rules, ruleIds, optional);
      return engine.rules.map(rule => ({ rule, severity: severities[rule.id] ?? null }));
    },
    open: (path, text) => changed(files.open(path, text)),
    close: path => changed(files.close(path)),
    changedOnDisk: paths => changed(files.changedOnDisk(paths)),
    configure(value) {
      configuration = value;
      applySettings();
    },
    rescan() {
      storedReader.forgetAll();
      unchecked = null;
      changed(files.rescan());
      applySettings();
    },
    isStale: () => stale,
    fleet: () => builder.build(),
    looked() {
      const fleet = builder.build();
      return { fleet, files, stored: () => storedOf(fleet), noted: notes.stale };
    },
    verified(told) {
      storedReader.verified(told);
      stale = true;
    },
    snapshot() {
      if (last && !stale) return last;
      const fleet = builder.build();
      const checked = engine
        .check(fleet, checkedFiles(fleet), checkSettings(settings.rules, ruleIds, optional), {
          onFailure: noteFailure,
          since: { memory, changed: unchecked === null ? null : [...unchecked] },
        })
        .filter(({ at }) => !isExcluded(at.file));
      const findings = groupBy([...checked, ...settingsFindings(problems)], ({ at }) => at.file);
      stale = false;
      unchecked = new Set();
      last = {
        version: ++version,
        fleet,
        findings,
        files,
        stored: () => storedOf(fleet),
        noted: notes.stale,
      };
      return last;
    },
  };
}

/** Equality of plain JSON written by the same code, so in the same order. */
function equal(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** What is not searched: everything, where the analysis is off. */
function excludedBy(settings: Settings): (path: string) => boolean {
  return settings.enable ? matchesAny(settings.exclude) : () => true;
}
