/**
 * What is kept of modules from one build to the next, and what goes when a file changes. Knows nothing of how modules are
 * read.
 */

import type { FlakeSet } from '../../flake/flake-modules.ts';
import type { Plain } from '../../modules/module-options.ts';
import type { AttrsValue, Lazy } from '../../nix/eval/value.ts';
import type { ModuleOptions } from '../model/options.ts';
import type { MachineSecrets, ModuleSecrets } from '../model/secrets.ts';
import type { FixpointCache } from './fixpoint.ts';
import type { FollowedModules } from './machine-modules.ts';
import type { ModuleFacts } from './module-facts.ts';
import type { Settled } from './settled.ts';

/** What is kept from one build to the next. */
export interface ModuleCache {
  readonly files: Map<string, ModuleFacts | null>;
  /** By file, the keys under which it has been read for machines; and what they gave to it. */
  readonly variants: Map<string, Set<string>>;
  readonly given: Map<string, AttrsValue>;
  readonly outputs: Map<string, FileOutputs>;
  /** What files were before they changed, null for one that could not be read, until somebody has taken notice. */
  readonly dropped: Set<ModuleFacts | null>;
  /** The same by file, as far as those have not been read again. */
  readonly before: Map<string, ModuleFacts>;
  /** What all files together have at a path, as it was last found. */
  readonly joined: Map<string, readonly ModuleFacts[]>;
  /** Modules found in what frameworks make, by path. */
  readonly made: WeakMap<FlakeSet, Map<string, readonly ModuleFacts[]>>;
  readonly values: WeakMap<Lazy, ModuleFacts>;
  /** What modules that are files say of options, by file; of others, by the module. */
  readonly options: Map<string, ModuleOptions>;
  readonly ownOptions: WeakMap<ModuleFacts, ModuleOptions>;
  /** The same of secrets. */
  readonly secrets: Map<string, ModuleSecrets>;
  readonly ownSecrets: WeakMap<ModuleFacts, ModuleSecrets>;
  /** What modules say of secrets on machines, by what they say of them in general. */
  readonly settledSecrets: WeakMap<ModuleSecrets, Settled<ModuleSecrets>>;
  readonly machineSecrets: WeakMap<FollowedModules, KeptSecrets>;
  /** The options of machines that were asked for, by path. */
  readonly machineOptions: WeakMap<FollowedModules, Map<string, Plain | undefined>>;
  /** Files that have changed since somebody asked for the options of all. */
  readonly changed: Set<string>;
  /** What modules are on machines, and say of options. */
  readonly settled: FixpointCache;
}

/** What a machine declares of secrets, and what its modules say of them in general. */
export interface KeptSecrets {
  readonly general: readonly ModuleSecrets[];
  readonly secrets: MachineSecrets;
}

/** What one file adds to the outputs, and the modules found there so far, by path. */
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

/** Forgets a file that has changed, in all contexts that it is read in. */
export function forgetModules(cache: ModuleCache, path: string): void {
  for (const key of [path, ...(cache.variants.get(path) ?? [])]) {
    const facts = cache.files.get(key);
    if (facts !== undefined) cache.dropped.add(facts);
    if (facts) cache.before.set(key, facts);
    cache.files.delete(key);
  }
  cache.outputs.delete(path);
  cache.options.delete(path);
  cache.secrets.delete(path);
  cache.changed.add(path);
}
