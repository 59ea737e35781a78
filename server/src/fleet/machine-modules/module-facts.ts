/**
 * What one module of a machine says: the generators that it defines and the modules that it imports. Reads the
 * module's value, functions applied to what the module system gives them; follows no file, so that what is known of
 * a file holds as long as that file stands. What a machine is made of is put together in machine-modules.ts.
 */

import { frameworkValue } from '../../flake/frameworks/calls.ts';
import {
  isOptionModule,
  type ModuleReference,
  ownerOf,
  referenceOf,
} from '../../modules/module-references.ts';
import { type Given, isGivenTheSame, moduleArguments } from '../../modules/modules.ts';
import type { OptionTraces } from '../../modules/options/traces.ts';
import { definitionsOf } from '../../modules/read.ts';
import { isClosed } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import { importedFile } from '../../nix/eval/evaluator.ts';
import { describeFailure } from '../../nix/eval/failures.ts';
import { stringAsPath } from '../../nix/eval/paths.ts';
import type {
  AttrsValue,
  LambdaValue,
  Lazy,
  Origin,
  PathValue,
  StringValue,
  UnknownValue,
  Value,
} from '../../nix/eval/value.ts';
import { dependingOn, placeOf, writtenAt } from '../../nix/places.ts';
import { isSetOfGenerators } from '../generators/imported-generators.ts';
import type { NotAnalysable } from '../model/base.ts';
import type { GeneratorDefinition } from '../model/generators.ts';
import type { CircularImport } from '../model/uses.ts';
import { circularImports } from './circular-imports.ts';
import type { HomeModules } from './home-modules.ts';
import { readConfig } from './module-config.ts';
import type { ModuleImport } from './module-import.ts';
import { importGap, type ModuleReading, mistaken, newReading, stranger } from './module-reading.ts';

export interface ModuleFacts {
  /** The file that the module is all of; null for one that is written inside another thing. */
  readonly file: string | null;
  readonly definitions: readonly GeneratorDefinition[];
  readonly imports: readonly ModuleImport[];
  /** Modules of home-manager that it gives to users of the machine. */
  readonly homes: HomeModules;
  /** Where modules of the workspace may be imported, or generators defined, that are not listed; and why. */
  readonly gaps: readonly NotAnalysable[];
  /** True if it imports modules of other flakes that may define generators of their own. */
  readonly foreign: boolean;
  /** Where it does. */
  readonly strangers: readonly NotAnalysable[];
  readonly traces: OptionTraces;
  /** False where modules of the workspace may be imported that are not listed. */
  readonly importsKnown: boolean;
  /** Where the configuration of the machine is needed to know what it imports: that never ends. */
  readonly circular: readonly CircularImport[];
  /** What it was read from; null for a file, which can be read again. */
  readonly source: ModuleSource | null;
}

/** A module with what it is called with. */
export interface ModuleSource {
  readonly module: Lazy;
  readonly given: Given;
  readonly fallback: Origin;
}

/** Modules inside modules, functions giving functions: deeper than anybody writes. */
const MAX_DEPTH = 16;

/** `require` is what `imports` was called before, and still is read. */
const IMPORTS: readonly string[] = ['require', 'imports'];

/**
 * Reads a module.
 * @param fallback where it is used: the place of gaps that were written nowhere
 */
export function readModule(cx: Evaluation, module: Lazy, given: Given, fallback: Origin): ModuleFacts {
  const reading = newReading(cx, given, fallback, nested => readModule(cx, nested, given, fallback));
  readValue(reading, module, true, 0);
  const { definitions, imports, homes, gaps, foreign, strangers, importsKnown, circular } = reading;
  return {
    file: null,
    definitions,
    imports,
    homes,
    gaps,
    foreign,
    strangers,
    traces: reading.traces.result(),
    importsKnown,
    circular,
    source: { module, given, fallback },
  };
}

/**
 * Reads what may be a module.
 * @param at where it is imported, if it was written nowhere
 */
function readValue(
  reading: ModuleReading,
  lazy: Lazy,
  certain: boolean,
  depth: number,
  at: Origin | null = null,
): void {
  const { cx } = reading;
  if (depth > MAX_DEPTH) {
    importGap(reading, 'modules nest too deeply', null);
    return;
  }
  for (const { value, conditional, never } of definitionsOf(cx, lazy)) {
    if (never) continue;
    const sure = certain && !conditional;
    switch (value.kind) {
      case 'attrs':
        if (depth > 0 && isSetOfGenerators(cx, value)) mistaken(reading, value, at);
        readSet(reading, value, sure, depth);
        break;
      case 'lambda':
        readFunction(reading, value, sure, depth);
        break;
      case 'path':
      case 'string':
        readPath(reading, value, sure);
        break;
      case 'unknown':
        readUnknown(reading, value, sure, depth, at);
        break;
      case 'failure':
        importGap(reading, `the module cannot be evaluated: ${describeFailure(value)}`, value.origin ?? at);
        break;
      default:
        importGap(reading, 'what is imported is not a module', value.origin ?? at);
    }
  }
}

function readFunction(reading: ModuleReading, value: LambdaValue, certain: boolean, depth: number): void {
  const { cx, fallback, given } = reading;
  const before = reading.isPlain;
  reading.isPlain = true;
  readValue(reading, applied(reading, value), certain, depth + 1);
  const imports = certain ? circularImports(cx, value, reading.isPlain, given, fallback) : [];
  reading.circular.push(...imports);
  reading.isPlain = before && (reading.isPlain || imports.length > 0);
}

/** Applies a module; where a walk has looked into it with the same arguments, as that has seen it. */
function applied(reading: ModuleReading, module: LambdaValue): Value {
  const { cx, given } = reading;
  const walked = cx.modules.get(module.scope.file.path);
  return walked !== undefined && isGivenTheSame(module, walked, given)
    ? cx.evaluate(module.expr.body, walked)
    : cx.apply(module, moduleArguments(module, given), null);
}

function readPath(reading: ModuleReading, value: PathValue | StringValue, certain: boolean): void {
  const { cx, fallback } = reading;
  const path = value.kind === 'path' ? value : stringAsPath(value);
  if (path !== null && !path.text.startsWith('/'))
    reading.imports.push({
      target: { file: importedFile(cx.files, path.text) },
      certain,
      at: placeOf(path.origin ?? fallback),
    });
  // `"${modulesPath}/…"` and the like: files of other flakes; those of nixpkgs know nothing of vars.
  else if (ownerOf(value) === 'workspace')
    importGap(reading, dependingOn('a path with parts that are not known'), value.origin);
  else if (ownerOf(value) === 'nobody') importGap(reading, 'the text is no absolute path', value.origin);
  else if (ownerOf(value) === 'other')
    stranger(reading, value.origin, null, 'it lies outside of the workspace');
}

function readUnknown(
  reading: ModuleReading,
  value: UnknownValue,
  certain: boolean,
  depth: number,
  written: Origin | null,
): void {
  const { cx, fallback } = reading;
  reading.isPlain = false;
  const made = frameworkValue(cx, value);
  if (made !== null) {
    readValue(reading, made, certain, depth + 1);
    return;
  }
  const reference: ModuleReference | null = referenceOf(cx, value);
  const origin = value.origin ?? written;
  const at = placeOf(origin ?? fallback);
  switch (reference?.kind) {
    case 'output':
      reading.imports.push({ target: { output: reference.path }, certain, at });
      return;
    case 'files':
      if (isOptionModule(value)) reading.traces.declares();
      for (const file of reference.files) reading.imports.push({ target: { file }, certain, at });
      return;
    case 'foreign':
      if (!reference.harmless) stranger(reading, origin, reference.input, 'it comes from another flake');
      else reading.traces.foreign(reference.input);
      return;
    default:
      for (const candidate of value.candidates ?? []) readValue(reading, candidate, false, depth + 1);
      importGap(reading, dependingOn(value.reason), origin);
  }
}

function readSet(reading: ModuleReading, set: AttrsValue, certain: boolean, depth: number): void {
  const { cx } = reading;
  if (!isClosed(set) || [...set.entries.values()].some(({ optional }) => optional)) reading.isPlain = false;
  reading.traces.module(set);
  for (const name of IMPORTS) {
    const imported = set.entries.get(name);
    if (imported === undefined) continue;
    for (const { value, conditional, never } of definitionsOf(cx, imported.value))
      if (!never)
        readImports(reading, value, certain && !conditional && !imported.optional, depth, imported.at);
  }
  const config = set.entries.get('config');
  if (config !== undefined) readConfig(reading, config.value, certain && !config.optional);
  else if (!set.entries.has('options')) readConfig(reading, set, certain);
}

function readImports(
  reading: ModuleReading,
  written: Value,
  certain: boolean,
  depth: number,
  at: Origin | null,
): void {
  const { cx } = reading;
  const value = cx.resolve(written);
  if (value.kind === 'unknown') {
    reading.isPlain = false;
    for (const candidate of value.candidates ?? [])
      readImports(reading, cx.force(candidate), false, depth + 1, at);
    importGap(reading, dependingOn(value.reason), value.origin ?? at);
    return;
  }
  if (value.kind === 'failure')
    importGap(reading, `the imports cannot be evaluated: ${describeFailure(value)}`, value.origin ?? at);
  else if (value.kind !== 'list') importGap(reading, '`imports` is not a list', value.origin ?? at);
  for (const item of value.kind === 'list' ? value.items : []) {
    if (item.kind !== 'spread') readValue(reading, item, certain, depth + 1, writtenAt(item) ?? at);
    else {
      reading.isPlain = false;
      readImports(reading, item.of, false, depth, at);
    }
  }
}
