/**
 * A table of the workspace's modules, by file and by output of its flake. Each is read at most once until its file
 * changes, by `file-modules.ts`, `output-modules.ts` and `sources.ts`.
 */

import type { ArgumentLookup } from '../../modules/modules.ts';
import { answering, type Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, Lazy, Origin } from '../../nix/eval/value.ts';
import type { Database } from '../../query/database.ts';
import { isValid, remembered } from '../../query/reads.ts';
import { once } from '../../std.ts';
import { differingArguments, NO_CONTEXT } from './contexts.ts';
import { fileModule } from './file-modules.ts';
import { createFixpoint } from './fixpoint.ts';
import type { FollowedModules } from './machine-modules.ts';
import type { AskedOptions } from './machine-options.ts';
import { setArguments } from './module-database.ts';
import { refreshOutputs } from './output-modules.ts';
import type { ModuleFacts } from './read-module.ts';
import { readingFrom, readWithin } from './sources.ts';
import { beginBuild, type ModuleSources, type ModuleTableOptions, type TableState } from './table-state.ts';

export interface ModuleTable {
  /** The database of the modules, and of what follows from them for machines. */
  readonly database: Database;
  /** Returns the module of a file that is the same for all machines; null if the file cannot be read. */
  file(path: string): ModuleFacts | null;
  /**
   * Sets the arguments that machines pass to their modules, and reads again what adds to the flake's outputs. Called
   * before modules are followed.
   */
  refresh(given: ReadonlyMap<string, AttrsValue>): void;
}

export function createModuleTable(cx: Evaluation, options: ModuleTableOptions): ModuleTable {
  const table = newTableState(cx, options);
  const { database } = options.cache;
  beginBuild(database, table);
  return {
    database,
    file: path => fileModule(database, path, NO_CONTEXT),
    refresh(given) {
      setArguments(database, given, differingArguments(cx, options.givenTo(''), given.values()));
      refreshOutputs(database);
    },
  };
}

function newTableState(cx: Evaluation, options: ModuleTableOptions): TableState {
  const sources: ModuleSources = { ...options, cx, parts: new Map() };
  return { ...sources, fixpoint: createFixpoint(cx, options.cache.settled, readingFrom(sources)) };
}

/** Returns the options of a machine. */
export function askedMachine({ fixpoint }: TableState, followed: FollowedModules): AskedOptions {
  const { complete, known } = followed.setting;
  const options = once(() => fixpoint.optionsOf(followed.modules, followed.allKnown && complete, known));
  return {
    option: path => options().answer(path),
    isUnset: path => followed.modules.every(({ facts }) => fixpoint.isSilent(facts, path)),
  };
}

/** Returns the module of a value that is used at `at`. */
export function valueModule(
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
