/** The sources of a table of modules, and the table of the current build. Reads nothing itself. */

import type { FlakeSet } from '../../flake/flake-modules.ts';
import type { ModuleParts } from '../../modules/module-options.ts';
import type { ArgumentLookup } from '../../modules/modules.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { NixFiles } from '../../nix/eval/value.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { Database } from '../../query/database.ts';
import type { GeneratorDefinition } from '../model/generators.ts';
import type { ModuleCache } from './build-cache.ts';
import type { Fixpoint } from './fixpoint.ts';
import type { ModuleFacts } from './read-module.ts';

export interface ModuleTableOptions {
  readonly files: NixFiles;
  /** State that is kept from one build to the next. */
  readonly cache: ModuleCache;
  /** Files that may add to the flake's outputs. */
  readonly adding: readonly string[];
  /** Returns the sets that frameworks add to the outputs. */
  readonly made: () => readonly FlakeSet[];
  /** Returns the arguments of modules in a file, by name. */
  readonly givenTo: (file: string) => ArgumentLookup;
  /** Returns the generators in the file's unit. */
  readonly definitionsOf: (file: string) => readonly GeneratorDefinition[];
  /**
   * Returns the options that will be asked of every module, so that they are read while its tree is there. Empty if trees
   * are kept.
   */
  readonly expected: () => readonly (readonly string[])[];
  /** Called with each file that has been read. */
  readonly done: (file: SourceFile) => void;
}

/** The sources of modules. */
export interface ModuleSources extends ModuleTableOptions {
  readonly cx: Evaluation;
  /** The parts of the modules last asked, as they are for all machines; read once for several options. */
  readonly parts: Map<ModuleFacts, ModuleParts>;
}

export interface TableState extends ModuleSources {
  readonly fixpoint: Fixpoint;
}

/** The part of a database's context that queries about modules need. */
export interface ModuleContext {
  /** The table of the current build; null before the first. */
  table: TableState | null;
}

/** Makes a table that of the current build. */
export function beginBuild(database: Database, table: TableState): void {
  (database.context as ModuleContext).table = table;
}

/** Returns the table of the current build. */
export function tableOf({ context }: Database): TableState {
  return (context as ModuleContext).table as TableState;
}
