/** The state of reading one module: what has been found in it so far, and notes of what cannot be told. */

import type { Given } from '../../modules/modules.ts';
import { type Gathering, gatherTraces } from '../../modules/options/traces.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, Origin } from '../../nix/eval/value.ts';
import { callsOf, placeOf } from '../../nix/places.ts';
import type { NotAnalysable } from '../model/base.ts';
import type { GeneratorDefinition } from '../model/generators.ts';
import type { CircularImport } from '../model/uses.ts';
import type { HomeModules } from './home-modules.ts';
import type { ModuleImport } from './module-import.ts';

/** One object for all modules without homes, so that nothing differs where nothing has changed. */
const NO_HOMES: HomeModules = { imports: [], definitions: [] };

export interface ModuleWalk {
  readonly cx: Evaluation;
  readonly given: Given;
  /** Where the module is used: the place of gaps that were written nowhere. */
  readonly fallback: Origin;
  readonly definitions: GeneratorDefinition[];
  readonly imports: ModuleImport[];
  readonly gaps: NotAnalysable[];
  readonly strangers: NotAnalysable[];
  readonly circular: CircularImport[];
  readonly traces: Gathering;
  homes: HomeModules;
  foreign: boolean;
  importsKnown: boolean;
  /** False as soon as the walk meets something that only the configuration may decide. */
  isPlain: boolean;
}

/** Returns the state of a walk that has seen nothing yet. */
export function newModuleWalk(cx: Evaluation, given: Given, fallback: Origin): ModuleWalk {
  return {
    cx,
    given,
    fallback,
    definitions: [],
    imports: [],
    gaps: [],
    strangers: [],
    circular: [],
    traces: gatherTraces(),
    homes: NO_HOMES,
    foreign: false,
    importsKnown: true,
    isPlain: true,
  };
}

/** Notes a gap behind which there may be further modules. */
export function importGap(walk: ModuleWalk, reason: string, origin: Origin | null): void {
  walk.importsKnown = false;
  walk.gaps.push({ at: placeOf(origin ?? walk.fallback), what: 'imports', reason });
}

/** Notes a gap in which there may be further generators. */
export function generatorGap(walk: ModuleWalk, reason: string, origin: Origin | null): void {
  walk.gaps.push({ at: placeOf(origin ?? walk.fallback), what: 'generators', reason });
}

/** Notes generators in the place of a module, at the call in this file that made them, if there is one. */
export function noteMistakenGenerators(
  walk: ModuleWalk,
  { origin }: AttrsValue,
  written: Origin | null,
): void {
  const calls = origin === null ? [] : callsOf(origin);
  const at = calls.find(call => call.file === walk.fallback.file.path) ?? placeOf(written ?? walk.fallback);
  walk.gaps.push({ at, what: 'module', reason: 'a set of generators stands where a module is expected' });
}

/** Notes a module of another flake. */
export function noteForeign(
  walk: ModuleWalk,
  origin: Origin | null,
  input: string | null,
  reason: string,
): void {
  walk.foreign = true;
  walk.traces.foreign(input);
  walk.strangers.push({ at: placeOf(origin ?? walk.fallback), what: 'foreign', reason });
}
