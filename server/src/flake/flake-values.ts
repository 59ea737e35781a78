/**
 * Resolves `self.lib.f`, `config.flake.hosts` and options of the flake's own modules to the joined definitions of the
 * flake's files. The evaluator calls this where it meets a symbol. Records which file asked for what, so that an edit
 * only affects the files that used a value.
 */

import { mergedValue } from '../modules/merged.ts';
import { outputPath, selectionPath } from '../modules/module-references.ts';
import type { ArgumentLookup } from '../modules/modules.ts';
import { moduleArguments } from '../modules/modules.ts';
import { BudgetExceeded } from '../nix/eval/budget.ts';
import { attr, attrs, symbol } from '../nix/eval/construct.ts';
import { type Evaluation, withBudget } from '../nix/eval/evaluation.ts';
import { unrecorded } from '../nix/eval/trace.ts';
import type { Lazy, UnknownValue, Value } from '../nix/eval/value.ts';
import { unowned } from '../query/reads.ts';
import { sameItems } from '../std.ts';
import { definitionsAt } from './flake-definitions.ts';
import {
  collectFlakeModules,
  type FlakeModuleCache,
  type FlakeModules,
  type FlakeSet,
  flakeConfig,
  ROOT,
} from './flake-modules.ts';
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
  /** Drops what was read from a file that has changed. */
  forget(path: string): void;
  /** Returns the files whose values may come from other files since the last changes. */
  stale(): readonly string[];
}

export interface FlakeValuesOptions {
  readonly argumentsFor: (file: string) => ArgumentLookup;
  /** Returns false if the file belongs to another flake, for which `self` means something else. */
  readonly isOwn: (file: string) => boolean;
  /** Called when a file has used a definition of another file. */
  readonly used: (asker: string, file: string) => void;
}

/** A path that was asked for, and its value. */
interface AskedPath {
  readonly path: readonly string[];
  readonly askers: Set<string>;
  files: readonly string[];
  /** Undefined until the path is evaluated. */
  value: Value | null | undefined;
}

/** Evaluation steps allowed for following definitions to one path. */
const STEPS = 200_000;
/** Outputs that hold modules. Several definitions of one are joined. */
const MODULES = /^(m|.*M)odules$/;
/** Outputs that clan-core and other well-known modules also add to. */
const SHARED =
  /^(nixosConfigurations|darwinConfigurations|homeConfigurations|clan|clanInternals|packages|legacyPackages|checks|apps|devShells|formatter|overlays)$/;

/** Outputs that hold machines. */
const SYSTEMS = /^(nixos|darwin)Configurations$/;

interface State {
  readonly cx: Evaluation;
  readonly options: FlakeValuesOptions;
  readonly cache: FlakeModuleCache;
  /** Paths that were asked for, by their joined names. */
  readonly asked: Map<string, AskedPath>;
  /** Keys of the paths that are being evaluated, to detect recursion. */
  readonly running: Set<string>;
  /** Whether a file is a module of the flake, for each file that was checked. */
  readonly members: Map<string, boolean>;
  modules: FlakeModules | null;
  /** The outputs that frameworks make from the options of `modules`. */
  frameworkSets: readonly FlakeSet[];
  isCollecting: boolean;
  isStale: boolean;
  /** Whether the flake used flake-parts when paths were asked for: outputs are at other paths then. */
  isParts: boolean;
}

export function createFlakeValues(cx: Evaluation, options: FlakeValuesOptions): FlakeValues {
  const state: State = {
    cx,
    options,
    cache: new Map(),
    asked: new Map(),
    running: new Set(),
    members: new Map(),
    modules: null,
    frameworkSets: [],
    isCollecting: false,
    isStale: false,
    isParts: false,
  };
  return {
    resolve: value => resolve(state, value),
    configOf(file) {
      const is = isModule(state, file);
      state.members.set(file, is);
      return is ? flakeConfig : null;
    },
    frameworkSets: () => (flakeModules(state) === null ? [] : state.frameworkSets),
    forget: path => forget(state, path),
    stale: () => staleFiles(state),
  };
}

function isModule(state: State, file: string): boolean {
  const flake = flakeModules(state);
  return flake?.isParts === true && flake.files.has(file);
}

/**
 * Returns the modules of the flake, or `null` while they are being collected, as collecting them must not depend on
 * their own values.
 */
function flakeModules(state: State): FlakeModules | null {
  if (state.modules !== null || state.isCollecting) return state.modules;
  const { cx, options } = state;
  state.isCollecting = true;
  try {
    // Collecting is not part of the question that is being traced.
    state.modules = unowned(cx.recorder, () =>
      unrecorded(cx, () => {
        const collected = collectFlakeModules(cx, options.argumentsFor, state.cache);
        state.frameworkSets = frameworkSetsOf(cx, collected, options.used);
        return { ...collected, sets: [...collected.sets, ...state.frameworkSets] };
      }),
    );
  } finally {
    state.isCollecting = false;
  }
  return state.modules;
}

/** Returns the value of an unknown that was selected from the flake, or `null` if it cannot be determined. */
function resolve(state: State, value: UnknownValue): Value | null {
  const path = pathOf(value);
  const asker = value.origin?.file.path;
  if (path === null || asker === undefined || !state.options.isOwn(asker)) return null;
  const flake = flakeModules(state);
  if (flake === null) return null;
  state.isParts = flake.isParts;
  const full = path.isOutput && flake.isParts ? ['flake', ...path.names] : path.names;
  if (!path.isOutput && !flake.isParts) return null;
  const key = full.join('\0');
  if (state.running.has(key)) return null;
  const asked = askedAt(state, key, full);
  if (asked.value === undefined) {
    state.running.add(key);
    try {
      // All files that ask for the path use the answer.
      asked.value = unowned(state.cx.recorder, () => valueAt(state.cx, asked, flake));
    } finally {
      state.running.delete(key);
    }
  }
  if (!asked.askers.has(asker)) {
    asked.askers.add(asker);
    for (const file of asked.files) if (file !== asker) state.options.used(asker, file);
  }
  return asked.value;
}

function askedAt(state: State, key: string, path: readonly string[]): AskedPath {
  let asked = state.asked.get(key);
  if (asked === undefined) {
    asked = { path, askers: new Set(), files: [], value: undefined };
    state.asked.set(key, asked);
  }
  return asked;
}

/** Evaluates the definitions at a path and records the files that contain them. */
function valueAt(cx: Evaluation, asked: AskedPath, flake: FlakeModules): Value | null {
  const { path } = asked;
  const definitions = withBudget(cx, STEPS, () => definitionsAt(cx, flake, path));
  if (definitions instanceof BudgetExceeded) return null;
  asked.files = definitions.files;
  if (definitions.definitions.length === 0) return null;
  const what = path.join('.');
  const isOutput = !flake.isParts || path[0] === 'flake';
  const name = path[flake.isParts ? 1 : 0] ?? '';
  const isComplete =
    flake.complete && !definitions.unclear && !(flake.isParts && isOutput && SHARED.test(name));
  const more = isComplete ? null : symbol(what, `there may be more of \`${what}\``);
  if (isOutput) {
    const isModules = path.some(step => MODULES.test(step));
    const value = mergedValue(cx, definitions.definitions, { what, isModules, more });
    // A machine stays a symbol; only what it is made of can be asked for.
    return value.kind === 'unknown' && !SYSTEMS.test(name) ? null : value;
  }
  return ofOwnOption(cx, flake, path, definitions.definitions);
}

function forget(state: State, path: string): void {
  // Files that lead to a module of the flake are forgotten together with that module.
  if (!state.cache.delete(path) && path !== ROOT && state.modules !== null) return;
  state.isStale = true;
  state.modules = null;
  for (const asked of state.asked.values()) if (asked.files.includes(path)) asked.value = undefined;
}

function staleFiles(state: State): readonly string[] {
  const { cx, asked, members } = state;
  if (!state.isStale || (asked.size === 0 && members.size === 0)) return [];
  state.isStale = false;
  const flake = flakeModules(state);
  const stale = new Set<string>();
  for (const [file, was] of members) if (isModule(state, file) !== was) stale.add(file);
  for (const file of stale) members.delete(file);
  const isMoved = flake !== null && flake.isParts !== state.isParts;
  for (const [key, entry] of asked) {
    const read = flake === null ? null : withBudget(cx, STEPS, () => definitionsAt(cx, flake, entry.path));
    const files = read === null || read instanceof BudgetExceeded ? [] : read.files;
    if (!isMoved && sameItems(files, entry.files)) continue;
    for (const asker of entry.askers) stale.add(asker);
    asked.delete(key);
  }
  return [...stale];
}

/** Returns the outputs made by the frameworks that the flake imports, in the form of flake modules' definitions. */
function frameworkSetsOf(cx: Evaluation, flake: FlakeModules, used: FlakeValuesOptions['used']): FlakeSet[] {
  return flake.frameworks.flatMap(({ framework, file }) => {
    const result = withBudget(cx, STEPS, () => {
      const read = framework.options.map(option => definitionsAt(cx, flake, [option]));
      const definitions = read.flatMap(({ definitions }) => definitions);
      for (const other of read.flatMap(({ files }) => files)) if (other !== file) used(file, other);
      const [what = ''] = framework.options;
      const isComplete = flake.complete && !read.some(({ unclear }) => unclear);
      const more = isComplete ? null : symbol(what, `there may be more of \`${what}\``);
      if (definitions.length === 0) return framework.make(cx, attrs(new Map(), null, more));
      const merged = mergedValue(cx, definitions, { what, isModules: false, more });
      // An option that is a submodule may be defined by a function.
      const config =
        merged.kind === 'lambda'
          ? cx.apply(
              merged,
              moduleArguments(merged, () => null),
              null,
            )
          : merged;
      return config.kind === 'attrs' ? framework.make(cx, config) : null;
    });
    if (result === null || result instanceof BudgetExceeded) return [];
    const set = attrs(new Map([['flake', attr(result, null)]]), null);
    return [{ file, set, conditions: [] }];
  });
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
