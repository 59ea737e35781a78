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
import { type HomeModules, homeModules } from './home-modules.ts';
import { readGenerators, readHelper } from './module-generators.ts';
import type { ModuleImport } from './module-import.ts';
import {
  importGap,
  type ModuleWalk,
  newModuleWalk,
  noteForeign,
  noteMistakenGenerators,
} from './module-walk.ts';

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
  const walk = newModuleWalk(cx, given, fallback);
  read(walk, module, true, 0);
  const { definitions, imports, homes, gaps, foreign, strangers, importsKnown, circular } = walk;
  return {
    file: null,
    definitions,
    imports,
    homes,
    gaps,
    foreign,
    strangers,
    traces: walk.traces.result(),
    importsKnown,
    circular,
    source: { module, given, fallback },
  };
}

/** @param at where it is imported, if it was written nowhere */
function read(walk: ModuleWalk, lazy: Lazy, certain: boolean, depth: number, at: Origin | null = null): void {
  if (depth > MAX_DEPTH) {
    importGap(walk, 'modules nest too deeply', null);
    return;
  }
  for (const { value, conditional, never } of definitionsOf(walk.cx, lazy)) {
    if (never) continue;
    const sure = certain && !conditional;
    switch (value.kind) {
      case 'attrs':
        if (depth > 0 && isSetOfGenerators(walk.cx, value)) noteMistakenGenerators(walk, value, at);
        readSet(walk, value, sure, depth);
        break;
      case 'lambda':
        readFunction(walk, value, sure, depth);
        break;
      case 'path':
      case 'string':
        readPath(walk, value, sure);
        break;
      case 'unknown':
        readUnknown(walk, value, sure, depth, at);
        break;
      case 'failure':
        importGap(walk, `the module cannot be evaluated: ${describeFailure(value)}`, value.origin ?? at);
        break;
      default:
        importGap(walk, 'what is imported is not a module', value.origin ?? at);
    }
  }
}

function readFunction(walk: ModuleWalk, value: LambdaValue, certain: boolean, depth: number): void {
  const before = walk.isPlain;
  walk.isPlain = true;
  read(walk, applied(walk, value), certain, depth + 1);
  const found = certain ? circularImports(walk.cx, value, walk.isPlain, walk.given, walk.fallback) : [];
  walk.circular.push(...found);
  walk.isPlain = before && (walk.isPlain || found.length > 0);
}

/**
 * Returns what the function of a module evaluates to. Where a walk has inspected it with the same arguments, the
 * values of that walk are shared.
 */
function applied(walk: ModuleWalk, module: LambdaValue): Value {
  const walked = walk.cx.modules.get(module.scope.file.path);
  return walked !== undefined && isGivenTheSame(module, walked, walk.given)
    ? walk.cx.evaluate(module.expr.body, walked)
    : walk.cx.apply(module, moduleArguments(module, walk.given), null);
}

function readPath(walk: ModuleWalk, value: PathValue | StringValue, certain: boolean): void {
  const path = value.kind === 'path' ? value : stringAsPath(value);
  if (path !== null && !path.text.startsWith('/'))
    walk.imports.push({
      target: { file: importedFile(walk.cx.files, path.text) },
      certain,
      at: placeOf(path.origin ?? walk.fallback),
    });
  // `"${modulesPath}/…"` and the like: files of other flakes; those of nixpkgs know nothing of vars.
  else if (ownerOf(value) === 'workspace')
    importGap(walk, dependingOn('a path with parts that are not known'), value.origin);
  else if (ownerOf(value) === 'nobody') importGap(walk, 'the text is no absolute path', value.origin);
  else if (ownerOf(value) === 'other')
    noteForeign(walk, value.origin, null, 'it lies outside of the workspace');
}

function readUnknown(
  walk: ModuleWalk,
  value: UnknownValue,
  certain: boolean,
  depth: number,
  written: Origin | null,
): void {
  walk.isPlain = false;
  const made = frameworkValue(walk.cx, value);
  if (made !== null) {
    read(walk, made, certain, depth + 1);
    return;
  }
  const reference: ModuleReference | null = referenceOf(walk.cx, value);
  const origin = value.origin ?? written;
  const at = placeOf(origin ?? walk.fallback);
  switch (reference?.kind) {
    case 'output':
      walk.imports.push({ target: { output: reference.path }, certain, at });
      return;
    case 'files':
      if (isOptionModule(value)) walk.traces.declares();
      for (const file of reference.files) walk.imports.push({ target: { file }, certain, at });
      return;
    case 'foreign':
      if (!reference.harmless) noteForeign(walk, origin, reference.input, 'it comes from another flake');
      else walk.traces.foreign(reference.input);
      return;
    default:
      for (const candidate of value.candidates ?? []) read(walk, candidate, false, depth + 1);
      importGap(walk, dependingOn(value.reason), origin);
  }
}

function readSet(walk: ModuleWalk, set: AttrsValue, certain: boolean, depth: number): void {
  if (!isClosed(set) || [...set.entries.values()].some(({ optional }) => optional)) walk.isPlain = false;
  walk.traces.module(set);
  for (const name of IMPORTS) {
    const imported = set.entries.get(name);
    if (imported === undefined) continue;
    for (const { value, conditional, never } of definitionsOf(walk.cx, imported.value))
      if (!never) readImports(walk, value, certain && !conditional && !imported.optional, depth, imported.at);
  }
  const config = set.entries.get('config');
  if (config !== undefined) readConfig(walk, config.value, certain && !config.optional);
  else if (!set.entries.has('options')) readConfig(walk, set, certain);
}

function readImports(
  walk: ModuleWalk,
  written: Value,
  certain: boolean,
  depth: number,
  at: Origin | null,
): void {
  const value = walk.cx.resolve(written);
  if (value.kind === 'unknown') {
    walk.isPlain = false;
    for (const candidate of value.candidates ?? [])
      readImports(walk, walk.cx.force(candidate), false, depth + 1, at);
    importGap(walk, dependingOn(value.reason), value.origin ?? at);
    return;
  }
  if (value.kind === 'failure')
    importGap(walk, `the imports cannot be evaluated: ${describeFailure(value)}`, value.origin ?? at);
  else if (value.kind !== 'list') importGap(walk, '`imports` is not a list', value.origin ?? at);
  for (const item of value.kind === 'list' ? value.items : []) {
    if (item.kind !== 'spread') read(walk, item, certain, depth + 1, writtenAt(item) ?? at);
    else {
      walk.isPlain = false;
      readImports(walk, item.of, false, depth, at);
    }
  }
}

function readConfig(walk: ModuleWalk, config: Lazy, certain: boolean): void {
  readGenerators(walk, config, certain);
  for (const { value, conditional, never } of definitionsOf(walk.cx, config)) {
    if (value.kind === 'attrs') walk.traces.config(value);
    if (value.kind === 'attrs' && !never) readHelper(walk, value, certain && !conditional);
    const home = value.kind === 'attrs' && !never ? value.entries.get('home-manager') : undefined;
    if (home === undefined) continue;
    const sure = certain && !conditional && !home.optional;
    const found = homeModules(walk.cx, home.value, sure, walk.fallback, module =>
      readModule(walk.cx, module, walk.given, walk.fallback),
    );
    walk.homes = {
      imports: [...walk.homes.imports, ...found.imports],
      definitions: [...walk.homes.definitions, ...found.definitions],
    };
  }
}
