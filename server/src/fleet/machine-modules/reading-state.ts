/** The state of reading one module: its contents so far, and the parts that are unknown. */
import type { ArgumentLookup } from '../../modules/modules.ts';
import { gatherTraces } from '../../modules/options/traces.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, Lazy, Origin } from '../../nix/eval/value.ts';
import { callsOf, placeOf } from '../../nix/places.ts';
import type { NotAnalysable } from '../model/base.ts';
import type { GeneratorDefinition } from '../model/generators.ts';
import type { CircularImport } from '../model/uses.ts';
import type { HomeModules } from './home-modules.ts';
import type { ModuleImport } from './imports.ts';

export interface ModuleReading {
  readonly cx: Evaluation;
  /** The arguments of the module. */
  readonly specialArgs: ArgumentLookup;
  /** The place of gaps that are not written in a file. */
  readonly fallback: Origin;
  /** Reads an inline module for users. */
  readonly nested: (module: Lazy) => HomeModules;
  readonly definitions: GeneratorDefinition[];
  readonly imports: ModuleImport[];
  readonly homes: { readonly imports: ModuleImport[]; readonly definitions: GeneratorDefinition[] };
  readonly gaps: NotAnalysable[];
  readonly strangers: NotAnalysable[];
  readonly circular: CircularImport[];
  readonly traces: ReturnType<typeof gatherTraces>;
  /** True after a module of another flake was found. */
  foreign: boolean;
  /** False after an import was found that may bring unknown modules. */
  importsKnown: boolean;
  /** False after a value was found that depends on the configuration. */
  isPlain: boolean;
}

export function newReading(
  cx: Evaluation,
  specialArgs: ArgumentLookup,
  fallback: Origin,
  nested: ModuleReading['nested'],
): ModuleReading {
  return {
    cx,
    specialArgs,
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

/** Notes a gap that may hide further modules. */
export function importGap(reading: ModuleReading, reason: string, origin: Origin | null): void {
  reading.importsKnown = false;
  reading.gaps.push({ at: placeOf(origin ?? reading.fallback), what: 'imports', reason });
}

/**
 * Notes a gap that may hide further generators.
 * @param isShaped true if it hides only what the holes in the names of definitions stand for
 */
export function generatorGap(
  { gaps, fallback }: ModuleReading,
  reason: string,
  origin: Origin | null,
  isShaped = false,
): void {
  const gap = { at: placeOf(origin ?? fallback), what: 'generators', reason } as const;
  gaps.push(isShaped ? { ...gap, isShaped } : gap);
}

/** Notes a set of generators in the place of a module, at the call in this file that returned it. */
export function mistaken(
  { gaps, fallback }: ModuleReading,
  { origin }: AttrsValue,
  written: Origin | null,
): void {
  const calls = origin === null ? [] : callsOf(origin);
  const at = calls.find(call => call.file === fallback.file.path) ?? placeOf(written ?? fallback);
  gaps.push({ at, what: 'module', reason: 'a set of generators stands where a module is expected' });
}

/** Notes a module from outside of the workspace. */
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
