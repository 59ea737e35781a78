/**
 * The state of modules that is kept from one build to the next, and its invalidation when a file changes. Does not know
 * how modules are read.
 */

import type { FlakeSet } from '../../flake/flake-modules.ts';
import type { Plain } from '../../modules/module-options.ts';
import type { AttrsValue, Lazy } from '../../nix/eval/value.ts';
import type { Remembered } from '../../query/reads.ts';
import type { ModuleOptions } from '../model/options.ts';
import type { MachineSecrets, ModuleSecrets } from '../model/secrets.ts';
import type { FixpointCache } from './fixpoint.ts';
import type { FollowedModules } from './machine-modules.ts';
import type { ModuleFacts } from './read-module.ts';
import type { Settled } from './settled.ts';

/** State that is kept from one build to the next. */
export interface ModuleCache {
  readonly files: Map<string, ModuleFacts | null>;
  /** For each file, the keys under which it was read for machines; `given` has the arguments for each key. */
  readonly variants: Map<string, Set<string>>;
  readonly given: Map<string, AttrsValue>;
  readonly outputs: Map<string, FileOutputs>;
  /**
   * Modules of changed files before the change, and null for files that could not be read, until the change has been
   * handled.
   */
  readonly dropped: Set<ModuleFacts | null>;
  /** The same modules by key, until the files are read again. */
  readonly before: Map<string, ModuleFacts>;
  /** The modules of all files at an output path, as last determined. */
  readonly joined: Map<string, readonly ModuleFacts[]>;
  /** Modules in the outputs of frameworks, by path. */
  readonly made: WeakMap<FlakeSet, Map<string, readonly ModuleFacts[]>>;
  readonly values: WeakMap<Lazy, Remembered<ModuleFacts>>;
  /** Options declared and defined by modules: by file, or by module for modules that are not files. */
  readonly options: Map<string, ModuleOptions>;
  /** The options of changed files before the change; equal parts are reused. */
  readonly optionsBefore: Map<string, ModuleOptions>;
  readonly ownOptions: WeakMap<ModuleFacts, ModuleOptions>;
  /** Secrets, kept in the same way; null for a file that certainly declares none. */
  readonly secrets: Map<string, ModuleSecrets | null>;
  readonly ownSecrets: WeakMap<ModuleFacts, ModuleSecrets>;
  /** Secrets of modules on machines, by the secrets that the modules declare in general. */
  readonly settledSecrets: WeakMap<ModuleSecrets, Settled<ModuleSecrets>>;
  readonly machineSecrets: WeakMap<FollowedModules, KeptSecrets>;
  /** The options of machines that were asked for, by path. */
  readonly machineOptions: WeakMap<FollowedModules, Map<string, Plain | undefined>>;
  /** Files that have changed since the options of all modules were last joined. */
  readonly changed: Set<string>;
  /** Modules as they are on machines, and their statements about options. */
  readonly settled: FixpointCache;
}

/** The secrets of a machine, with the general secrets of its modules that they were computed from. */
export interface KeptSecrets {
  readonly general: readonly ModuleSecrets[];
  readonly secrets: MachineSecrets;
}

/** The outputs that one file adds, and the modules found in them so far, by path. */
export interface FileOutputs {
  readonly sets: readonly Lazy[];
  readonly modules: Map<string, readonly ModuleFacts[]>;
}

export function createModuleCache(): ModuleCache {
  return {
    files: new Map(),
    variants: new Map(),
    given: new Map(),
    outputs: new Map(),
    dropped: new Set(),
    before: new Map(),
    joined: new Map(),
    made: new WeakMap(),
    values: new WeakMap(),
    options: new Map(),
    optionsBefore: new Map(),
    ownOptions: new WeakMap(),
    secrets: new Map(),
    ownSecrets: new WeakMap(),
    settledSecrets: new WeakMap(),
    machineSecrets: new WeakMap(),
    machineOptions: new WeakMap(),
    changed: new Set(),
    settled: new WeakMap(),
  };
}

/** Drops the results for a changed file in all contexts. */
export function forgetModules(cache: ModuleCache, path: string): void {
  for (const key of [path, ...(cache.variants.get(path) ?? [])]) {
    const facts = cache.files.get(key);
    if (facts !== undefined) cache.dropped.add(facts);
    if (facts) cache.before.set(key, facts);
    cache.files.delete(key);
  }
  cache.outputs.delete(path);
  const options = cache.options.get(path);
  if (options !== undefined) cache.optionsBefore.set(path, options);
  cache.options.delete(path);
  cache.secrets.delete(path);
  cache.changed.add(path);
}
