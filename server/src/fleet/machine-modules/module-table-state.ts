/** The state of a table of modules: what it reads from, and what it keeps for one build. Reads nothing itself. */

import type { FlakeSet } from '../../flake/flake-modules.ts';
import type { ModuleParts } from '../../modules/module-options.ts';
import type { Given } from '../../modules/modules.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { NixFiles } from '../../nix/eval/value.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { GeneratorDefinition } from '../model/generators.ts';
import type { Fixpoint } from './fixpoint.ts';
import type { ModuleCache } from './module-cache.ts';
import type { ModuleContexts } from './module-contexts.ts';
import type { ModuleFacts } from './module-facts.ts';

export interface ModuleTableOptions {
  readonly files: NixFiles;
  /** What is kept from one build to the next. */
  readonly cache: ModuleCache;
  /** Files that may add to the flake's outputs. */
  readonly adding: readonly string[];
  /** Returns the sets that frameworks add to the outputs. */
  readonly made: () => readonly FlakeSet[];
  /** Returns the arguments that a file's modules are called with, by name. */
  readonly givenTo: (file: string) => Given;
  /** Returns the generators that a file shows by itself. */
  readonly definitionsOf: (file: string) => readonly GeneratorDefinition[];
  /** Called with each file that has been read. */
  readonly done: (file: SourceFile) => void;
}

/** What modules are read from. */
export interface ModuleSources extends ModuleTableOptions {
  readonly cx: Evaluation;
  /** The parts of modules as they are for all machines; read once for all options. */
  readonly parts: Map<ModuleFacts, ModuleParts>;
}

export interface TableState extends ModuleSources {
  /** The modules of outputs that were asked for in this build, by path: files do not change while it lasts. */
  readonly outputs: Map<string, readonly ModuleFacts[]>;
  readonly contexts: ModuleContexts;
  readonly fixpoint: Fixpoint;
}
