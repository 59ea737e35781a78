/**
 * Reads the generators and imports of one module. Evaluates the module's value and applies functions to the arguments
 * of the module system. Follows no file, so that facts about a file are valid until that file changes.
 * `machine-modules.ts` combines the facts.
 */

import { frameworkValue } from '../../flake/frameworks/calls.ts';
import {
  isOptionModule,
  type ModuleReference,
  ownerOf,
  referenceOf,
} from '../../modules/module-references.ts';
import { type ArgumentLookup, isGivenTheSame, moduleArguments } from '../../modules/modules.ts';
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
import type { ModuleImport } from './imports.ts';
import { readConfig } from './read-config.ts';
import { importGap, type ModuleReading, mistaken, newReading, stranger } from './reading-state.ts';

export interface ModuleFacts {
  /** The file if the module is a whole file; null for an inline module. */
  readonly file: string | null;
  readonly definitions: readonly GeneratorDefinition[];
  readonly imports: readonly ModuleImport[];
  /** Modules of home-manager for users of the machine. */
  readonly homes: HomeModules;
  /**
   * Places at which unknown modules of the workspace may be imported, or unknown generators defined, with the reasons.
   */
  readonly gaps: readonly NotAnalysable[];
  /** True if it imports modules of other flakes that may define generators. */
  readonly foreign: boolean;
  /** The places of these imports. */
  readonly strangers: readonly NotAnalysable[];
  readonly traces: OptionTraces;
  /** False if it may import unknown modules of the workspace. */
  readonly importsKnown: boolean;
  /** False if the file certainly declares no secrets of sops-nix or agenix. */
  readonly mayHaveSecrets: boolean;
  /** Imports that need the machine's configuration to be determined, which recurses endlessly. */
  readonly circular: readonly CircularImport[];
  /** The value that was read; null for a file, which can be read again. */
  readonly source: ModuleSource | null;
}

/** A module with its arguments. */
export interface ModuleSource {
  readonly module: Lazy;
  readonly specialArgs: ArgumentLookup;
  readonly fallback: Origin;
}

/** The nesting allowed for modules and functions, deeper than in real modules. */
const MAX_DEPTH = 16;

/** `require` is the former name of `imports` and still works. */
const IMPORTS: readonly string[] = ['require', 'imports'];

/**
 * Reads a module.
 * @param fallback the place of gaps that are not written in a file
 */
export function readModule(
  cx: Evaluation,
  module: Lazy,
  specialArgs: ArgumentLookup,
  fallback: Origin,
): ModuleFacts {
  const reading = newReading(cx, specialArgs, fallback, nested =>
    readModule(cx, nested, specialArgs, fallback),
  );
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
    mayHaveSecrets: true,
    circular,
    source: { module, specialArgs, fallback },
  };
}

/**
 * Reads a value that may be a module.
 * @param at the place of the import, for values that are not written in a file
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
  const { cx, fallback, specialArgs } = reading;
  const before = reading.isPlain;
  reading.isPlain = true;
  readValue(reading, applied(reading, value), certain, depth + 1);
  const imports = certain ? circularImports(cx, value, reading.isPlain, specialArgs, fallback) : [];
  reading.circular.push(...imports);
  reading.isPlain = before && (reading.isPlain || imports.length > 0);
}

/** Applies a module. If a walk evaluated its body with the same arguments, that scope is reused. */
function applied(reading: ModuleReading, module: LambdaValue): Value {
  const { cx, specialArgs } = reading;
  const walked = cx.modules.get(module.scope.file.path);
  return walked !== undefined && isGivenTheSame(module, walked, specialArgs)
    ? cx.evaluate(module.expr.body, walked)
    : cx.apply(module, moduleArguments(module, specialArgs), null);
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
  // A path such as `"${modulesPath}/…"` belongs to another flake; modules of nixpkgs do not define vars.
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
