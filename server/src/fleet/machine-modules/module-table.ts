/**
 * A table of the workspace's modules, by file and by output of its flake. Each is read at most once until its file
 * changes, by `file-modules.ts`, `output-modules.ts` and `sources.ts`.
 */

import type { Plain } from '../../modules/module-options.ts';
import type { ArgumentLookup } from '../../modules/modules.ts';
import { answering, type Evaluation } from '../../nix/eval/evaluation.ts';
import type { Lazy, Origin } from '../../nix/eval/value.ts';
import { isValid, remembered } from '../../query/reads.ts';
import { once } from '../../std.ts';
import type { ModuleOptions } from '../model/options.ts';
import type { MachineSecrets } from '../model/secrets.ts';
import { createModuleContexts } from './contexts.ts';
import { fileModule, refreshFiles } from './file-modules.ts';
import { createFixpoint } from './fixpoint.ts';
import type { FollowedModules, ModuleLookup } from './machine-modules.ts';
import type { AskedOptions } from './machine-options.ts';
import { machineSecrets } from './machine-secrets.ts';
import { outputModules } from './output-modules.ts';
import type { ModuleFacts } from './read-module.ts';
import { optionsOf, readingFrom, readWithin } from './sources.ts';
import type { ModuleSources, ModuleTableOptions, TableState } from './table-state.ts';

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
  /** Returns the options of a machine. */
  machine(followed: FollowedModules): AskedOptions;
  /** Returns the module of a value that is used at `at`. */
  of(module: Lazy, at: Origin, specialArgs: ArgumentLookup): ModuleFacts;
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
    machine: followed => askedMachine(table, followed),
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

/** Returns the options of a machine. Answers are kept as long as the machine has the same modules. */
function askedMachine({ cache, fixpoint }: TableState, followed: FollowedModules): AskedOptions {
  const { complete, known } = followed.setting;
  const answers = cache.machineOptions.get(followed) ?? new Map<string, Plain | undefined>();
  cache.machineOptions.set(followed, answers);
  const options = once(() => fixpoint.optionsOf(followed.modules, followed.allKnown && complete, known));
  return {
    option(path) {
      const key = path.join('.');
      if (!answers.has(key)) answers.set(key, options().answer(path));
      return answers.get(key);
    },
    isUnset: path => followed.modules.every(({ facts }) => fixpoint.isSilent(facts, path)),
  };
}

function valueModule(
  { cx, cache }: TableState,
  module: Lazy,
  at: Origin,
  specialArgs: ArgumentLookup,
): ModuleFacts {
  return answering(cx, at.file.path, () => {
    const before = cache.values.get(module);
    if (isValid(cx.recorder, before)) return before.value;
    const facts = remembered(cx.recorder, () => readWithin(cx, module, at, specialArgs));
    cache.values.set(module, facts);
    return facts.value;
  });
}
