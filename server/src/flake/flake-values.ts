/**
 * What `self.lib.f`, `config.flake.hosts` or an option of the flake's own modules stands for: the definitions that the
 * files of the flake give, joined. Evaluation asks where it cannot go on with a symbol. Keeps which file asked for
 * what, so that an edit reaches those that used a value, and no others.
 */

import { mergedValue } from '../modules/merged.ts';
import { outputPath, selectionPath } from '../modules/module-references.ts';
import type { Given } from '../modules/modules.ts';
import { moduleArguments } from '../modules/modules.ts';
import { BudgetExceeded } from '../nix/eval/budget.ts';
import { attr, attrs, symbol } from '../nix/eval/construct.ts';
import { type Evaluation, withBudget } from '../nix/eval/evaluation.ts';
import { unrecorded } from '../nix/eval/trace.ts';
import type { Lazy, UnknownValue, Value } from '../nix/eval/value.ts';
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
  /** The value that a symbol stands for; null where it is not known, or is none of the flake's. */
  resolve(value: UnknownValue): Value | null;
  /** The configuration as the outermost function of a file sees it; null for a file that is no module of the flake. */
  configOf(file: string): Lazy | null;
  /** What frameworks make of the flake's options, by file that imports them. The same objects as long as they are valid. */
  made(): readonly FlakeSet[];
  /** Drops what was read of a file that has changed. */
  forget(path: string): void;
  /** Returns the files whose values may come from other files now than they did before the last changes. */
  stale(): readonly string[];
}

export interface FlakeValuesOptions {
  readonly given: (file: string) => Given;
  /** True unless the file belongs to another flake: what it calls `self` is something else. */
  readonly isOwn: (file: string) => boolean;
  /** Called when a file has used what another file defines. */
  readonly used: (asker: string, file: string) => void;
}

/** A path that was asked for. */
interface Asked {
  readonly path: readonly string[];
  readonly askers: Set<string>;
  files: readonly string[];
  /** Undefined until it is asked for again. */
  value: Value | null | undefined;
}

/** Steps allowed for following the modules' definitions to one path. */
const STEPS = 200_000;
/** Outputs that hold modules, several of which are joined to one. */
const MODULES = /^(m|.*M)odules$/;
/** Outputs that clan-core's and other known modules add to. */
const SHARED =
  /^(nixosConfigurations|darwinConfigurations|homeConfigurations|clan|clanInternals|packages|legacyPackages|checks|apps|devShells|formatter|overlays)$/;

/** Outputs that hold machines. */
const SYSTEMS = /^(nixos|darwin)Configurations$/;

interface State {
  readonly cx: Evaluation;
  readonly options: FlakeValuesOptions;
  readonly cache: FlakeModuleCache;
  /** Paths that were asked for, by their names joined. */
  readonly asked: Map<string, Asked>;
  /** Keys of the paths that are being evaluated. */
  readonly running: Set<string>;
  /** Whether a file is a module of the flake, for the files of which it was asked. */
  readonly members: Map<string, boolean>;
  modules: FlakeModules | null;
  /** What frameworks make of the options of `modules`. */
  made: readonly FlakeSet[];
  isCollecting: boolean;
  isStale: boolean;
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
    made: [],
    isCollecting: false,
    isStale: false,
  };
  return {
    resolve: value => resolve(state, value),
    configOf(file) {
      const is = isModule(state, file);
      state.members.set(file, is);
      return is ? flakeConfig : null;
    },
    made: () => (flakeModules(state) === null ? [] : state.made),
    forget: path => forget(state, path),
    stale: () => staleFiles(state),
  };
}

function isModule(state: State, file: string): boolean {
  const flake = flakeModules(state);
  return flake?.isParts === true && flake.files.has(file);
}

/** Returns the modules of the flake, or `null` while they are being collected: what asks then has to be known first. */
function flakeModules(state: State): FlakeModules | null {
  if (state.modules !== null || state.isCollecting) return state.modules;
  const { cx, options } = state;
  state.isCollecting = true;
  try {
    // A traced question that leads here asks for something else.
    state.modules = unrecorded(cx, () => {
      const collected = collectFlakeModules(cx, options.given, state.cache);
      state.made = madeOf(cx, collected, options.used);
      return { ...collected, sets: [...collected.sets, ...state.made] };
    });
  } finally {
    state.isCollecting = false;
  }
  return state.modules;
}

/** Returns what an unknown that was selected from the flake stands for, or `null` if that is not known. */
function resolve(state: State, value: UnknownValue): Value | null {
  const path = pathOf(value);
  const asker = value.origin?.file.path;
  if (path === null || asker === undefined || !state.options.isOwn(asker)) return null;
  const flake = flakeModules(state);
  if (flake === null) return null;
  const full = path.isOutput && flake.isParts ? ['flake', ...path.names] : path.names;
  if (!path.isOutput && !flake.isParts) return null;
  const key = full.join('\0');
  if (state.running.has(key)) return null;
  const asked = askedAt(state, key, full);
  if (asked.value === undefined) {
    state.running.add(key);
    try {
      asked.value = valueAt(state.cx, asked, flake);
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

function askedAt(state: State, key: string, path: readonly string[]): Asked {
  let asked = state.asked.get(key);
  if (asked === undefined) {
    asked = { path, askers: new Set(), files: [], value: undefined };
    state.asked.set(key, asked);
  }
  return asked;
}

/** Evaluates the definitions at a path and notes the files that they are in. */
function valueAt(cx: Evaluation, asked: Asked, flake: FlakeModules): Value | null {
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
    // A machine is a symbol all its life: what it is made of is what can be asked of it.
    return value.kind === 'unknown' && !SYSTEMS.test(name) ? null : value;
  }
  return ofOwnOption(cx, flake, path, definitions.definitions);
}

function forget(state: State, path: string): void {
  for (const asked of state.asked.values()) asked.askers.delete(path);
  state.members.delete(path);
  // Files that lead to a module of the flake are forgotten together with it.
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
  for (const [key, entry] of asked) {
    const read = flake === null ? null : withBudget(cx, STEPS, () => definitionsAt(cx, flake, entry.path));
    const files = read === null || read instanceof BudgetExceeded ? [] : read.files;
    if (sameItems(files, entry.files)) continue;
    for (const asker of entry.askers) stale.add(asker);
    asked.delete(key);
  }
  return [...stale];
}

/**
 * Returns the outputs that the frameworks make whose modules the flake imports, as modules of the flake would say
 * them.
 */
function madeOf(cx: Evaluation, flake: FlakeModules, used: FlakeValuesOptions['used']): FlakeSet[] {
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
      // An option that is a submodule may be said by a function.
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

/** Returns the path that an unknown was selected by, below the flake's outputs or below its own configuration. */
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
