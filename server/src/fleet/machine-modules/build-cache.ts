/**
 * The state of modules that is kept from one build to the next, and its invalidation when a file changes. Does not know
 * how modules are read.
 */

import type { FlakeSet } from '../../flake/flake-modules.ts';
import type { Lazy } from '../../nix/eval/value.ts';
import type { Database, TraceEvent } from '../../query/database.ts';
import type { Remembered } from '../../query/reads.ts';
import type { ModuleOptions } from '../model/options.ts';
import type { ModuleSecrets } from '../model/secrets.ts';
import type { FixpointCache } from './fixpoint.ts';
import { createModuleDatabase, fileChanged } from './module-database.ts';
import type { ModuleFacts } from './read-module.ts';
import type { Settled } from './settled.ts';

/** State that is kept from one build to the next. */
export interface ModuleCache {
  /** The modules of files and outputs, and what follows from them for machines. */
  readonly database: Database;
  readonly outputs: Map<string, FileOutputs>;
  /** Modules in the outputs of frameworks, by path. */
  readonly made: WeakMap<FlakeSet, Map<string, readonly ModuleFacts[]>>;
  readonly values: WeakMap<Lazy, Remembered<ModuleFacts>>;
  /** Options declared and defined by modules: by file, or by module for modules that are not files. */
  readonly options: Map<string, ModuleOptions>;
  /** The options of changed files before the change; equal parts are reused. */
  readonly optionsBefore: Map<string, ModuleOptions>;
  readonly ownOptions: WeakMap<ModuleFacts, ModuleOptions>;
  /** The secrets of modules that are not files. */
  readonly ownSecrets: WeakMap<ModuleFacts, ModuleSecrets>;
  /** Secrets of modules on machines, by the secrets that the modules declare in general. */
  readonly settledSecrets: WeakMap<ModuleSecrets, Settled<ModuleSecrets>>;
  /** Files that have changed since the options of all modules were last joined. */
  readonly changed: Set<string>;
  /** Modules as they are on machines, and their statements about options. */
  readonly settled: FixpointCache;
}

/** The outputs that one file adds, and the modules found in them so far, by path. */
export interface FileOutputs {
  readonly sets: readonly Lazy[];
  readonly modules: Map<string, readonly ModuleFacts[]>;
}

/** @param trace called with what is computed again, and why */
export function createModuleCache(trace: (event: TraceEvent) => void): ModuleCache {
  return {
    database: createModuleDatabase(trace),
    outputs: new Map(),
    made: new WeakMap(),
    values: new WeakMap(),
    options: new Map(),
    optionsBefore: new Map(),
    ownOptions: new WeakMap(),
    ownSecrets: new WeakMap(),
    settledSecrets: new WeakMap(),
    changed: new Set(),
    settled: new WeakMap(),
  };
}

/** Drops the results for a file that has changed, or that was evaluated from one that has. */
export function forgetModules(cache: ModuleCache, path: string): void {
  fileChanged(cache.database, path);
  cache.outputs.delete(path);
  const options = cache.options.get(path);
  if (options !== undefined) cache.optionsBefore.set(path, options);
  cache.options.delete(path);
  cache.changed.add(path);
}
