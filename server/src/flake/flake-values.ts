/**
 * Resolves `self.lib.f`, `config.flake.hosts` and options of the flake's own modules to the joined definitions of the
 * flake's files. The evaluator calls this where it meets a symbol. Records which file asked for what, so that an edit
 * only affects the files that used a value.
 */

import { mergedValue } from '../modules/merged.ts';
import { outputPath, selectionPath } from '../modules/module-references.ts';
import { BudgetExceeded } from '../nix/eval/budget.ts';
import { symbol } from '../nix/eval/construct.ts';
import { type Evaluation, withBudget } from '../nix/eval/evaluation.ts';
import { unrecorded } from '../nix/eval/trace.ts';
import type { Lazy, UnknownValue, Value } from '../nix/eval/value.ts';
import { type Database, query, untracked } from '../query/database.ts';
import { unowned } from '../query/reads.ts';
import { sameItems } from '../std.ts';
import {
  DEFINITIONS,
  FLAKE_MODULES,
  FLAKE_TRAITS,
  type FlakeContext,
  type FlakeSources,
  type FlakeTraits,
  FRAMEWORK_SETS,
} from './collected-modules.ts';
import type { FlakeDefinitions } from './flake-definitions.ts';
import { type FlakeModules, type FlakeSet, flakeConfig } from './flake-modules.ts';
import { ofOwnOption } from './flake-own-options.ts';

export interface FlakeValues {
  /** Returns the value of a symbol, or `null` if it is unknown or does not belong to the flake. */
  resolve(value: UnknownValue): Value | null;
  /** Returns `config` as the outermost function of a file sees it, or `null` if the file is no module of the flake. */
  configOf(file: string): Lazy | null;
  /**
   * Returns the outputs that frameworks make from the flake's options, as the same objects for as long as they are
   * valid.
   */
  frameworkSets(): readonly FlakeSet[];
  /** Returns the files whose values may come from other files since the last changes. */
  stale(): readonly string[];
}

export interface FlakeValuesOptions extends Omit<FlakeSources, 'cx'> {
  /** Returns false if the file belongs to another flake, for which `self` means something else. */
  readonly isOwn: (file: string) => boolean;
}

/** A path that was asked for. */
interface AskedPath {
  readonly askers: Set<string>;
  /** The files that defined it when it was first asked for. */
  readonly files: readonly string[];
}

/** Evaluation steps allowed for the value at one path. */
const STEPS = 200_000;
/** Outputs that hold modules. Several definitions of one are joined. */
const MODULES = /^(m|.*M)odules$/;
/** Outputs that clan-core and other well-known modules also add to. */
const SHARED =
  /^(nixosConfigurations|darwinConfigurations|homeConfigurations|clan|clanInternals|packages|legacyPackages|checks|apps|devShells|formatter|overlays)$/;

/** Outputs that hold machines. */
const SYSTEMS = /^(nixos|darwin)Configurations$/;

/** The paths that were asked for and those that are being evaluated; their values are in the database. */
interface State extends FlakeValuesOptions {
  readonly database: Database;
  readonly cx: Evaluation;
  /** Paths that were asked for, by their joined names. */
  readonly asked: Map<string, AskedPath>;
  /** Keys of the paths that are being evaluated, to detect recursion. */
  readonly running: Set<string>;
  /** Whether a file is a module of the flake, for each file that was checked. */
  readonly members: Map<string, boolean>;
  isCollecting: boolean;
  /** The modules with which all that was asked agrees. */
  checked: FlakeModules | null;
  /** Whether the flake used flake-parts when paths were asked for: outputs are at other paths then. */
  isParts: boolean;
}

/** @param database one with a `FlakeContext` */
export function createFlakeValues(
  database: Database,
  cx: Evaluation,
  options: FlakeValuesOptions,
): FlakeValues {
  const state: State = {
    ...options,
    database,
    cx,
    asked: new Map(),
    running: new Set(),
    members: new Map(),
    isCollecting: false,
    checked: null,
    isParts: false,
  };
  (database.context as FlakeContext).flake = state;
  return {
    resolve: value => resolve(state, value),
    configOf(file) {
      const is = isModule(state, file);
      state.members.set(file, is);
      return is ? flakeConfig : null;
    },
    frameworkSets: () => (flakeModules(state) === null ? NO_SETS : FRAMEWORK_SETS(database, null)),
    stale: () => staleFiles(state),
  };
}

const NO_SETS: readonly FlakeSet[] = [];

function isModule(state: State, file: string): boolean {
  const flake = flakeModules(state);
  return flake?.isParts === true && flake.files.has(file);
}

/**
 * Returns the modules of the flake, or `null` while they are being collected, as collecting them must not depend on
 * their own values.
 */
function flakeModules(state: State): FlakeModules | null {
  if (state.isCollecting) return null;
  state.isCollecting = true;
  try {
    return shared(state, () => FLAKE_MODULES(state.database, null));
  } finally {
    state.isCollecting = false;
  }
}

/**
 * Computes something of the flake that all files may use: it is not part of the question that is being traced, nor of the
 * query that asks, since those who use it are noted by file.
 */
function shared<T>({ cx, database }: State, compute: () => T): T {
  return unowned(cx.recorder, () => unrecorded(cx, () => untracked(database, compute)));
}

/** Returns the value of an unknown that was selected from the flake, or `null` if it cannot be determined. */
function resolve(state: State, value: UnknownValue): Value | null {
  const path = pathOf(value);
  const asker = value.origin?.file.path;
  if (path === null || asker === undefined || !state.isOwn(asker)) return null;
  const flake = flakeModules(state);
  if (flake === null) return null;
  state.isParts = flake.isParts;
  const full = path.isOutput && flake.isParts ? ['flake', ...path.names] : path.names;
  if (!path.isOutput && !flake.isParts) return null;
  const key = full.join('\0');
  if (state.running.has(key)) return null;
  state.running.add(key);
  try {
    // All files that ask for the path use the answer.
    const answer = shared(state, () => VALUE(state.database, key));
    noteAsker(state, key, asker);
    return answer;
  } finally {
    state.running.delete(key);
  }
}

/** Notes that a file has used the value at a path, and with it the files that define it. */
function noteAsker({ database, asked, used }: State, key: string, asker: string): void {
  const files = untracked(database, () => DEFINITIONS(database, key))?.files ?? NO_FILES;
  let entry = asked.get(key);
  if (entry === undefined) {
    entry = { askers: new Set(), files };
    asked.set(key, entry);
  }
  if (entry.askers.has(asker) && entry.files === files) return;
  entry.askers.add(asker);
  for (const file of files) if (file !== asker) used(asker, file);
}

const NO_FILES: readonly string[] = [];

/** The value at a path, whose names are joined by `\0`; null if it is unknown. Kept for as long as it is valid. */
const VALUE = query<string, Value | null>(
  'value of the flake',
  (database, key) => {
    const { cx } = (database.context as FlakeContext).flake as FlakeSources;
    const definitions = DEFINITIONS(database, key);
    const flake = FLAKE_TRAITS(database, null);
    if (definitions === null || definitions.definitions.length === 0) return null;
    const value = withBudget(cx, STEPS, () => valueAt(cx, key.split('\0'), definitions, flake));
    return value instanceof BudgetExceeded ? null : value;
  },
  { isKept: true },
);

function valueAt(
  cx: Evaluation,
  path: readonly string[],
  { definitions, unclear }: FlakeDefinitions,
  flake: FlakeTraits,
): Value | null {
  const what = path.join('.');
  const isOutput = !flake.isParts || path[0] === 'flake';
  if (!isOutput) return ofOwnOption(cx, flake, path, definitions);
  const name = path[flake.isParts ? 1 : 0] ?? '';
  const isComplete = flake.complete && !unclear && !(flake.isParts && SHARED.test(name));
  const more = isComplete ? null : symbol(what, `there may be more of \`${what}\``);
  const isModules = path.some(step => MODULES.test(step));
  const value = mergedValue(cx, definitions, { what, isModules, more });
  // A machine stays a symbol; only what it is made of can be asked for.
  return value.kind === 'unknown' && !SYSTEMS.test(name) ? null : value;
}

function staleFiles(state: State): readonly string[] {
  const { database, asked, members } = state;
  if (asked.size === 0 && members.size === 0) return [];
  const flake = flakeModules(state);
  if (flake === null || flake === state.checked) return [];
  state.checked = flake;
  const stale = new Set<string>();
  for (const [file, was] of members) if (isModule(state, file) !== was) stale.add(file);
  for (const file of stale) members.delete(file);
  const isMoved = flake.isParts !== state.isParts;
  for (const [key, entry] of asked) {
    const files = shared(state, () => DEFINITIONS(database, key))?.files ?? NO_FILES;
    if (!isMoved && sameItems(files, entry.files)) continue;
    for (const asker of entry.askers) stale.add(asker);
    asked.delete(key);
  }
  return [...stale];
}

/** Returns the path by which an unknown was selected from the flake's outputs or its own configuration. */
function pathOf(
  value: UnknownValue,
): { readonly names: readonly string[]; readonly isOutput: boolean } | null {
  let root: UnknownValue = value;
  while (root.term?.kind === 'select') root = root.term.of;
  if (root === value || root.term?.kind !== 'root' || value.candidates !== null) return null;
  const { name } = root.term;
  if (name !== 'self' && name !== 'config' && name !== 'inputs') return null;
  const path = selectionPath(value);
  if (path === null || path.includes('')) return null;
  const output = outputPath(path);
  if (output !== null) return { names: output, isOutput: true };
  return root === flakeConfig || root.key === flakeConfig.key
    ? { names: path.slice(1), isOutput: false }
    : null;
}
