/**
 * A table of the workspace's modules, by file and by output of its flake. Each is read at most once until its file
 * changes, by `file-modules.ts`, `output-modules.ts` and `module-sources.ts`.
 */

import type { Given } from '../../modules/modules.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Lazy, Origin } from '../../nix/eval/value.ts';
import type { ModuleOptions } from '../model/options.ts';
import type { MachineSecrets } from '../model/secrets.ts';
import { fileModule, refreshFiles } from './file-modules.ts';
import { createFixpoint } from './fixpoint.ts';
import type { FollowedModules, ModuleLookup } from './machine-modules.ts';
import { machineSecrets } from './machine-secrets.ts';
import { createModuleContexts } from './module-contexts.ts';
import type { ModuleFacts } from './module-facts.ts';
import { optionsOf, readingFrom, readWithin } from './module-sources.ts';
import type { ModuleSources, ModuleTableOptions, TableState } from './module-table-state.ts';
import { outputModules } from './output-modules.ts';

export interface ModuleTable extends ModuleLookup {
  /**
   * Modules of files that are no longer valid, including `null` for a file that could not be read. The caller clears
   * the set after handling them.
   */
  readonly dropped: Set<ModuleFacts | null>;
  /** Returns the options that a module declares and defines. */
  options(facts: ModuleFacts): ModuleOptions;
  /** Returns the secrets that the modules of a machine declare. */
  secrets(followed: FollowedModules): MachineSecrets;
  /** Returns the module of a value that is used at `at`. */
  of(module: Lazy, at: Origin, specialArgs: Given): ModuleFacts;
  /** Reads changed files again, and removes modules that are equal to the previous ones from `dropped`. */
  refresh(): void;
}

export function createModuleTable(cx: Evaluation, options: ModuleTableOptions): ModuleTable {
  const table = newTableState(cx, options);
  return {
    dropped: table.cache.dropped,
    file: (path, context) => fileModule(table, path, context),
    output: path => outputModules(table, path),
    of: (module, at, specialArgs) => valueModule(table, module, at, specialArgs),
    options: facts => optionsOf(table, facts),
    secrets: followed => machineSecrets(table, followed),
    settled: table.fixpoint.settled,
    refresh: () => refreshFiles(table),
  };
}

function newTableState(cx: Evaluation, options: ModuleTableOptions): TableState {
  const sources: ModuleSources = { ...options, cx, parts: new Map() };
  return {
    ...sources,
    outputs: new Map(),
    contexts: createModuleContexts(cx, options.files, options.givenTo('')),
    fixpoint: createFixpoint(cx, options.cache.settled, readingFrom(sources)),
  };
}

function valueModule({ cx, cache }: TableState, module: Lazy, at: Origin, specialArgs: Given): ModuleFacts {
  let facts = cache.values.get(module);
  if (facts === undefined) {
    facts = readWithin(cx, module, at, specialArgs);
    cache.values.set(module, facts);
  }
  return facts;
}
