/** The state of reading one module: what it has said so far, and what of it is not known. */
import type { Given } from '../../modules/modules.ts';
import { gatherTraces } from '../../modules/options/traces.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, Lazy, Origin } from '../../nix/eval/value.ts';
import { callsOf, placeOf } from '../../nix/places.ts';
import type { NotAnalysable } from '../model/base.ts';
import type { GeneratorDefinition } from '../model/generators.ts';
import type { CircularImport } from '../model/uses.ts';
import type { HomeModules } from './home-modules.ts';
import type { ModuleImport } from './module-import.ts';

export interface ModuleReading {
  readonly cx: Evaluation;
  /** What modules are called with. */
  readonly given: Given;
  /** Where the module is used: the place of gaps that were written nowhere. */
  readonly fallback: Origin;
  /** Reads a module for users that is written in place. */
  readonly nested: (module: Lazy) => HomeModules;
  readonly definitions: GeneratorDefinition[];
  readonly imports: ModuleImport[];
  readonly homes: { readonly imports: ModuleImport[]; readonly definitions: GeneratorDefinition[] };
  readonly gaps: NotAnalysable[];
  readonly strangers: NotAnalysable[];
  readonly circular: CircularImport[];
  readonly traces: ReturnType<typeof gatherTraces>;
  /** True once a module of another flake is met. */
  foreign: boolean;
  /** False once there may be imports that are not listed. */
  importsKnown: boolean;
  /** False once something is met that only the configuration may decide. */
  isPlain: boolean;
}

export function newReading(
  cx: Evaluation,
  given: Given,
  fallback: Origin,
  nested: ModuleReading['nested'],
): ModuleReading {
  return {
    cx,
    given,
    fallback,
    nested,
    definitions: [],
    imports: [],
    homes: { imports: [], definitions: [] },
    gaps: [],
    strangers: [],
    circular: [],
    traces: gatherTraces(),
    foreign: false,
    importsKnown: true,
    isPlain: true,
  };
}

/** Notes a gap behind which there may be further modules. */
export function importGap(reading: ModuleReading, reason: string, origin: Origin | null): void {
  reading.importsKnown = false;
  reading.gaps.push({ at: placeOf(origin ?? reading.fallback), what: 'imports', reason });
}

/** Notes a gap behind which there may be further generators. */
export function generatorGap({ gaps, fallback }: ModuleReading, reason: string, origin: Origin | null): void {
  gaps.push({ at: placeOf(origin ?? fallback), what: 'generators', reason });
}

/** Notes generators where a module is expected: the call in this file that gave them says it best. */
export function mistaken(
  { gaps, fallback }: ModuleReading,
  { origin }: AttrsValue,
  written: Origin | null,
): void {
  const calls = origin === null ? [] : callsOf(origin);
  const at = calls.find(call => call.file === fallback.file.path) ?? placeOf(written ?? fallback);
  gaps.push({ at, what: 'module', reason: 'a set of generators stands where a module is expected' });
}

/** Notes a module that is not of the workspace. */
export function stranger(
  reading: ModuleReading,
  origin: Origin | null,
  input: string | null,
  reason: string,
): void {
  reading.foreign = true;
  reading.traces.foreign(input);
  reading.strangers.push({ at: placeOf(origin ?? reading.fallback), what: 'foreign', reason });
}
