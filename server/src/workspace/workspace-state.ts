/**
 * Holds the state of a workspace, and applies changes and settings to it. Only `check` analyses; all else records
 * what has changed.
 */
import type { CheckSettings } from '../checks/engine/findings.ts';
import type { CheckFiles, Finding } from '../checks/rule.ts';
import type { Snapshot } from '../editor/snapshot.ts';
import type { FleetBuilder } from '../fleet/assembly/builder.ts';
import type { Fleet } from '../fleet/model/fleet.ts';
import type { EditsSince, NixAnswer } from '../fleet/model/nix-answer.ts';
import { evict } from '../query/database.ts';
import { finish, type Steps } from '../query/steps.ts';
import { groupBy } from '../std.ts';
import { below, STORE_FOLDERS } from '../store/vars/files.ts';
import type { VerifiedGenerator } from '../store/vars/read.ts';
import { joinedFleet } from '../witness/join.ts';
import { createJoinMemo, type JoinMemo } from '../witness/join-memo.ts';
import type { Engine } from './engine.ts';
import type { Disk } from './files/disk.ts';
import { createFiles, type WorkspaceFiles } from './files/files.ts';
import { createGitIndex, type GitIndex } from './git-index.ts';
import { createRunNotes, NO_NOTES, type RunNotes } from './run-notes.ts';
import { matchesAny } from './settings/glob.ts';
import { checkSettings } from './settings/rule-settings.ts';
import { fleetSettings, type Settings, type SettingsProblem } from './settings/settings.ts';
import { createSettingsReader, type SettingsReader, settingsFindings } from './settings/settings-file.ts';
import { SETTINGS_FILE } from './settings/settings-names.ts';
import { createStoredReader, type StoredReader } from './stored.ts';

export interface WorkspaceOptions {
  /** Absolute path. */
  readonly root: string;
  readonly engine: Engine;
  /** The disk to read instead of the folder, for example an earlier revision. */
  readonly disk?: Disk;
  /** Settings of the editor or the command line. */
  readonly configuration?: unknown;
  /** Folders inside the root that belong to another workspace, relative to the root. */
  readonly foreign?: readonly string[];
  /** False to analyse open documents only; true by default. */
  readonly search?: boolean;
  /** True if files will be edited, so that places have to follow. */
  readonly followsEdits?: boolean;
  /** Called with a line for each rule that failed. */
  readonly log?: (line: string) => void;
}

export interface WorkspaceState {
  readonly options: WorkspaceOptions;
  readonly files: WorkspaceFiles;
  readonly settingsReader: SettingsReader;
  readonly storedReader: StoredReader;
  /** `null` for a folder that is not on disk, which git cannot know. */
  readonly gitIndex: GitIndex | null;
  readonly notes: RunNotes;
  /** Answers that rules keep between checks. */
  readonly memory: ReturnType<Engine['createMemory']>;
  /** A separate object, since the files need it before the settings, which are read from the files, are known. */
  readonly exclusion: { isExcluded: (path: string) => boolean };
  /** Settings of the editor or the command line. */
  configuration: unknown;
  settings: Settings;
  problems: readonly SettingsProblem[];
  /** The settings of rules; the same object while they are equal. */
  ruleSettings: CheckSettings;
  builder: FleetBuilder;
  /** Nix's answer about the fleet, or `null` if it was not asked. */
  answer: NixAnswer | null;
  /** Sets that every changed path is added to. */
  readonly noting: Set<Set<string>>;
  /** What was edited since; `null` without an answer. */
  since: EditsSince | null;
  /** The fleet as last read, and the same fleet with Nix's answer. */
  joined: {
    readonly read: Fleet;
    readonly answer: NixAnswer;
    readonly since: EditsSince | null;
    readonly memo: JoinMemo;
    readonly fleet: Fleet;
  } | null;
  version: number;
  /** The last snapshot, or `null` before the first. */
  last: Snapshot | null;
  /** True if the last snapshot is out of date. */
  stale: boolean;
  /** Identifies the check that is on its way; a change makes it null. */
  checking: object | null;
  /** Files that have changed since the last check began, or `null` if any may have changed. */
  unchecked: Set<string> | null;
}

export function createWorkspaceState(options: WorkspaceOptions): WorkspaceState {
  const { root, engine, disk, configuration, foreign = [], search = true, followsEdits } = options;
  const exclusion: WorkspaceState['exclusion'] = { isExcluded: () => false };
  const files = createFiles({
    root,
    ...(disk === undefined ? {} : { disk }),
    parse: engine.parse,
    excluded: path => foreign.includes(path) || exclusion.isExcluded(path),
    search,
    followsEdits,
  });
  const ruleIds = engine.rules.map(({ id }) => id);
  const settingsReader = createSettingsReader(ruleIds);
  const { settings, problems } = settingsReader.read(files, configuration);
  exclusion.isExcluded = excludedBy(settings);
  return {
    options,
    files,
    settingsReader,
    storedReader: createStoredReader(files),
    gitIndex: !search || disk !== undefined ? null : createGitIndex(root),
    notes: disk === undefined ? createRunNotes(root) : NO_NOTES,
    memory: engine.createMemory(),
    exclusion,
    configuration,
    settings,
    problems,
    ruleSettings: ruleSettingsOf(settings, engine),
    builder: engine.createFleetBuilder(files, fleetSettings(settings)),
    ...{ answer: null, since: null },
    noting: new Set(),
    joined: null,
    version: 0,
    last: null,
    stale: true,
    checking: null,
    unchecked: null,
  };
}

/** Records that the last snapshot is out of date. */
export function outdate(state: WorkspaceState): void {
  state.stale = true;
  state.checking = null;
}

/** Records that the content of files has changed. */
export function notePaths(state: WorkspaceState, noted: readonly string[]): void {
  if (noted.length === 0) return;
  outdate(state);
  // The index is read again with each snapshot, and holds nothing else that anything is made from.
  const paths = noted.filter(path => path !== GIT_INDEX);
  if (paths.length === 0) return;
  for (const path of paths) {
    state.unchecked?.add(path);
    for (const changed of state.noting) changed.add(path);
  }
  const { since } = state;
  // Compared by identity, so that the joined fleet is made again.
  if (since !== null && paths.some(path => !since.changed.has(path)))
    state.since = { ...since, changed: new Set([...since.changed, ...paths]) };
  state.builder.changed(paths);
  state.storedReader.changed(paths);
  if (paths.includes(SETTINGS_FILE)) applySettings(state);
}

const GIT_INDEX = '.git/index';

/** Reads the settings again and resets whatever depends on changed ones. */
export function applySettings(state: WorkspaceState): void {
  const { settings: before, problems: problemsBefore, files } = state;
  const { settings, problems } = state.settingsReader.read(files, state.configuration);
  state.settings = settings;
  state.problems = problems;
  if (!equal(problemsBefore, problems)) outdate(state);
  if (equal(before, settings)) return;
  state.ruleSettings = ruleSettingsOf(settings, state.options.engine);
  outdate(state);
  if (equal({ ...before, rules: null }, { ...settings, rules: null })) return;
  state.exclusion.isExcluded = excludedBy(settings);
  if (before.enable !== settings.enable || !equal(before.exclude, settings.exclude)) files.rescan();
  state.builder = state.options.engine.createFleetBuilder(files, fleetSettings(settings));
  state.unchecked = null;
}

/** Reads everything on disk again. */
export function rescan(state: WorkspaceState): void {
  state.storedReader.rescanned();
  state.unchecked = null;
  notePaths(state, state.files.rescan());
  applySettings(state);
}

/** Drops trees of files that are not open, and answers that nobody has asked for since the last check. */
export function evictUnused({ files, builder, memory }: WorkspaceState): void {
  files.releaseClosed();
  builder.evict();
  evict(memory.database, 0);
}

/**
 * Adds states that the store reported, by generator key, and reads the store's folders again: whoever asked the store
 * has just written or read it, and watchers of files miss some of what is written into folders that they do not watch
 * yet.
 */
export function verified(state: WorkspaceState, states: ReadonlyMap<string, VerifiedGenerator>): void {
  const { storedReader, files, last } = state;
  const earlier = storedReader.reported();
  const directory = last?.fleet.directory ?? '';
  notePaths(state, files.changedOnDisk(STORE_FOLDERS.map(folder => below(directory, folder))));
  storedReader.verified(new Map([...earlier, ...states]));
  outdate(state);
}

/** Builds the fleet and merges Nix's answer into it, if there is one. */
export function fleetOf(state: WorkspaceState): Fleet {
  return withAnswer(state, state.builder.build());
}

function withAnswer(state: WorkspaceState, read: Fleet): Fleet {
  const { answer, since, joined, files } = state;
  if (answer === null) return read;
  if (joined?.read !== read || joined.answer !== answer || joined.since !== since) {
    const memo = joined?.answer === answer ? joined.memo : createJoinMemo();
    const fleet = joinedFleet(read, answer, path => files.text(path), since, memo);
    state.joined = { read, answer, since, memo, fleet };
  }
  return state.joined?.fleet ?? read;
}

/** Builds the fleet, runs the rules, and returns the result as the next snapshot. */
export function check(state: WorkspaceState): Snapshot {
  for (;;) {
    const snapshot = finish(checking(state));
    if (snapshot !== null) return snapshot;
  }
}

/** Does the same in steps, and gives up, with null, as soon as something has changed or is checked elsewhere. */
export function* checking(state: WorkspaceState): Steps<Snapshot | null> {
  const token = {};
  state.checking = token;
  try {
    for (const steps = findingsInSteps(state); ; ) {
      const { done, value } = steps.next();
      if (done === true) return taken(state, value);
      yield;
      if (state.checking !== token) return null;
    }
  } catch (error) {
    // Nobody knows which of the changes the memory was told of.
    state.unchecked = null;
    throw error;
  }
}

/** A fleet with its findings. */
interface Checked {
  readonly fleet: Fleet;
  readonly findings: readonly Finding[];
}

function* findingsInSteps(state: WorkspaceState): Steps<Checked> {
  const fleet = withAnswer(state, yield* state.builder.building());
  const { memory, unchecked } = state;
  const since = { memory, changed: unchecked === null ? null : [...unchecked] };
  state.unchecked = new Set();
  const options = { onFailure: noteFailure(state), since };
  const { engine } = state.options;
  const findings = yield* engine.check(fleet, checkedFiles(state, fleet), state.ruleSettings, options);
  return { fleet, findings: findings.filter(({ at }) => !state.exclusion.isExcluded(at.file)) };
}

function taken(state: WorkspaceState, { fleet, findings }: Checked): Snapshot {
  const { files, notes } = state;
  state.stale = false;
  state.last = {
    version: ++state.version,
    fleet,
    findings: groupBy([...findings, ...settingsFindings(state.problems)], ({ at }) => at.file),
    files,
    stored: () => storedOf(state, fleet),
    noted: notes.stale,
  };
  return state.last;
}

/**
 * Returns findings that are known before the fleet is, with all others as they last were; null if they are the last
 * ones. `check` goes on from there.
 */
export function checkEarly(state: WorkspaceState): Snapshot['findings'] | null {
  const { last, unchecked, memory } = state;
  // What is stored is in files of other kinds, of which nothing is kept.
  if (last === null || unchecked === null || ![...unchecked].every(path => path.endsWith('.nix')))
    return null;
  const registered = state.builder.registries();
  if (registered === null) return null;
  const fleet: Fleet = Object.create(last.fleet, Object.getOwnPropertyDescriptors(registered));
  const since = { memory, changed: [...unchecked] };
  // The memory knows of the changes from now on.
  state.unchecked = new Set();
  const findings = state.options.engine
    .checkEarly(fleet, checkedFiles(state, fleet), state.ruleSettings, since)
    .filter(({ at }) => !state.exclusion.isExcluded(at.file));
  return groupBy([...findings, ...settingsFindings(state.problems)], ({ at }) => at.file);
}

function ruleSettingsOf(settings: Settings, { rules }: Engine): CheckSettings {
  // Optional rules are off unless the settings enable them.
  const optional = rules.filter(rule => rule.optional === true).map(({ id }) => id);
  return checkSettings(
    settings.rules,
    rules.map(({ id }) => id),
    optional,
  );
}

/** Returns the stored values of a fleet. */
export function storedOf({ storedReader, options, settings }: WorkspaceState, fleet: Fleet) {
  return storedReader.read(options.engine.backendOf(fleet), fleet.directory ?? '', settings.store);
}

function checkedFiles(state: WorkspaceState, fleet: Fleet): CheckFiles {
  return {
    ...state.files,
    stored: () => storedOf(state, fleet),
    tracked: () => state.gitIndex?.tracked() ?? null,
  };
}

function noteFailure({ options }: WorkspaceState) {
  return ({ rule, error }: { readonly rule: string; readonly error: unknown }) =>
    options.log?.(`rule ${rule} failed: ${error instanceof Error ? error.message : String(error)}`);
}

/** Compares plain JSON from the same code, so that the order of properties is equal. */
function equal(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** Returns a test for paths that are not searched. If the analysis is disabled, no path is searched. */
function excludedBy(settings: Settings): (path: string) => boolean {
  return settings.enable ? matchesAny(settings.exclude) : () => true;
}
