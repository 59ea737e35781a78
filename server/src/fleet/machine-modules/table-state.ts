/** The state of a table of modules: its sources, and the results kept during one build. Reads nothing itself. */

import type { FlakeSet } from '../../flake/flake-modules.ts';
import type { ModuleParts } from '../../modules/module-options.ts';
import type { ArgumentLookup } from '../../modules/modules.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { NixFiles } from '../../nix/eval/value.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { GeneratorDefinition } from '../model/generators.ts';
import type { ModuleCache } from './build-cache.ts';
import type { ModuleContexts } from './contexts.ts';
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
  /** The modules of outputs requested in this build, by path. Files do not change during a build. */
  readonly outputs: Map<string, readonly ModuleFacts[]>;
  readonly contexts: ModuleContexts;
  readonly fixpoint: Fixpoint;
}
