/**
 * The state of modules that is kept from one build to the next, and its invalidation when a file changes. Does not know
 * how modules are read.
 */

import type { FlakeSet } from '../../flake/flake-modules.ts';
import type { Lazy } from '../../nix/eval/value.ts';
import type { Database } from '../../query/database.ts';
import type { Remembered } from '../../query/reads.ts';
import type { ModuleOptions } from '../model/options.ts';
import type { ModuleSecrets } from '../model/secrets.ts';
import type { FixpointCache } from './module-statements.ts';
import type { ModuleFacts } from './read-module.ts';
import type { Settled } from './settled.ts';

/** State that is kept from one build to the next. */
export interface ModuleCache {
  /** Has the modules of files and outputs, and what follows from them for machines. */
  readonly database: Database;
  /** Modules in the outputs of frameworks, by path. */
  readonly made: WeakMap<FlakeSet, Map<string, readonly ModuleFacts[]>>;
  readonly values: WeakMap<Lazy, Remembered<ModuleFacts>>;
  /** The options of modules that are not files. */
  readonly ownOptions: WeakMap<ModuleFacts, ModuleOptions>;
  /** The secrets of modules that are not files. */
  readonly ownSecrets: WeakMap<ModuleFacts, ModuleSecrets>;
  /** Secrets of modules on machines, by the secrets that the modules declare in general. */
  readonly settledSecrets: WeakMap<ModuleSecrets, Settled<ModuleSecrets>>;
  /** Modules as they are on machines, and their statements about options. */
  readonly settled: FixpointCache;
}

/** @param database one with a `ModuleContext` */
export function createModuleCache(database: Database): ModuleCache {
  return {
    database,
    made: new WeakMap(),
    values: new WeakMap(),
    ownOptions: new WeakMap(),
    ownSecrets: new WeakMap(),
    settledSecrets: new WeakMap(),
    settled: new WeakMap(),
  };
}
