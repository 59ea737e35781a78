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
import { argumentOf, type Given, isGivenTheSame, moduleArguments } from '../../modules/modules.ts';
import { gatherTraces, type OptionTraces } from '../../modules/options/traces.ts';
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
import { callsOf, dependingOn, placeOf, writtenAt } from '../../nix/places.ts';
import { isDead, readCollection } from '../generators/definitions.ts';
import { helperSets } from '../generators/helper-options.ts';
import { isSetOfGenerators } from '../generators/imported-generators.ts';
import type { NotAnalysable } from '../model/base.ts';
import type { GeneratorDefinition } from '../model/generators.ts';
import type { CircularImport } from '../model/uses.ts';
import { circularImports } from './circular-imports.ts';
import { type HomeModules, homeModules } from './home-modules.ts';
import type { ModuleImport } from './module-import.ts';

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

const NO_HOMES: HomeModules = { imports: [], definitions: [] };

/** Where the option stands, as clan and the module for NixOS alone have it. */
const GENERATORS = [
  ['clan', 'core', 'vars', 'generators'],
  ['vars', 'generators'],
] as const;

/**
 * Reads a module.
 * @param fallback where it is used: the place of gaps that were written nowhere
 */
export function readModule(cx: Evaluation, module: Lazy, given: Given, fallback: Origin): ModuleFacts {
  const definitions: GeneratorDefinition[] = [];
  const imports: ModuleImport[] = [];
  let homes = NO_HOMES;
  const gaps: NotAnalysable[] = [];
  const strangers: NotAnalysable[] = [];
  let foreign = false;
  const traces = gatherTraces();
  const circular: CircularImport[] = [];
  let importsKnown = true;
  /** False once something is met that only the configuration may decide. */
  let isPlain = true;

  /** A gap behind which there may be further modules. */
  function importGap(reason: string, origin: Origin | null): void {
    importsKnown = false;
    gaps.push({ at: placeOf(origin ?? fallback), what: 'imports', reason });
  }

  function gap(reason: string, origin: Origin | null): void {
    gaps.push({ at: placeOf(origin ?? fallback), what: 'generators', reason });
  }

  /** Generators where a module is expected: the call in this file that gave them says it best. */
  function mistaken({ origin }: AttrsValue, written: Origin | null): void {
    const calls = origin === null ? [] : callsOf(origin);
    const at = calls.find(call => call.file === fallback.file.path) ?? placeOf(written ?? fallback);
    gaps.push({ at, what: 'module', reason: 'a set of generators stands where a module is expected' });
  }

  function stranger(origin: Origin | null, input: string | null, reason: string): void {
    foreign = true;
    traces.foreign(input);
    strangers.push({ at: placeOf(origin ?? fallback), what: 'foreign', reason });
  }

  /** @param at where it is imported, if it was written nowhere */
  function read(lazy: Lazy, certain: boolean, depth: number, at: Origin | null = null): void {
    if (depth > MAX_DEPTH) {
      importGap('modules nest too deeply', null);
      return;
    }
    for (const { value, conditional, never } of definitionsOf(cx, lazy)) {
      if (never) continue;
      const sure = certain && !conditional;
      switch (value.kind) {
        case 'attrs':
          if (depth > 0 && isSetOfGenerators(cx, value)) mistaken(value, at);
          readSet(value, sure, depth);
          break;
        case 'lambda':
          readFunction(value, sure, depth);
          break;
        case 'path':
        case 'string':
          readPath(value, sure);
          break;
        case 'unknown':
          readUnknown(value, sure, depth, at);
          break;
        case 'failure':
          importGap(`the module cannot be evaluated: ${describeFailure(value)}`, value.origin ?? at);
          break;
        default:
          importGap('what is imported is not a module', value.origin ?? at);
      }
    }
  }

  function readFunction(value: LambdaValue, certain: boolean, depth: number): void {
    const before = isPlain;
    isPlain = true;
    read(applied(value), certain, depth + 1);
    const found = certain ? circularImports(cx, value, isPlain, given, fallback) : [];
    circular.push(...found);
    isPlain = before && (isPlain || found.length > 0);
  }

  /** What the module comes to; where a walk has looked into it with the same arguments, as that has seen it. */
  function applied(module: LambdaValue): Value {
    const walked = cx.modules.get(module.scope.file.path);
    return walked !== undefined && isGivenTheSame(module, walked, given)
      ? cx.evaluate(module.expr.body, walked)
      : cx.apply(module, moduleArguments(module, given), null);
  }

  function readPath(value: PathValue | StringValue, certain: boolean): void {
    const path = value.kind === 'path' ? value : stringAsPath(value);
    if (path !== null && !path.text.startsWith('/'))
      imports.push({
        target: { file: importedFile(cx.files, path.text) },
        certain,
        at: placeOf(path.origin ?? fallback),
      });
    // `"${modulesPath}/…"` and the like: files of other flakes; those of nixpkgs know nothing of vars.
    else if (ownerOf(value) === 'workspace')
      importGap(dependingOn('a path with parts that are not known'), value.origin);
    else if (ownerOf(value) === 'nobody') importGap('the text is no absolute path', value.origin);
    else if (ownerOf(value) === 'other') stranger(value.origin, null, 'it lies outside of the workspace');
  }

  function readUnknown(value: UnknownValue, certain: boolean, depth: number, written: Origin | null): void {
    isPlain = false;
    const made = frameworkValue(cx, value);
    if (made !== null) {
      read(made, certain, depth + 1);
      return;
    }
    const reference: ModuleReference | null = referenceOf(cx, value);
    const origin = value.origin ?? written;
    const at = placeOf(origin ?? fallback);
    switch (reference?.kind) {
      case 'output':
        imports.push({ target: { output: reference.path }, certain, at });
        return;
      case 'files':
        if (isOptionModule(value)) traces.declares();
        for (const file of reference.files) imports.push({ target: { file }, certain, at });
        return;
      case 'foreign':
        if (!reference.harmless) stranger(origin, reference.input, 'it comes from another flake');
        else traces.foreign(reference.input);
        return;
      default:
        for (const candidate of value.candidates ?? []) read(candidate, false, depth + 1);
        importGap(dependingOn(value.reason), origin);
    }
  }

  function readSet(set: AttrsValue, certain: boolean, depth: number): void {
    if (!isClosed(set) || [...set.entries.values()].some(({ optional }) => optional)) isPlain = false;
    traces.module(set);
    for (const name of IMPORTS) {
      const imported = set.entries.get(name);
      if (imported === undefined) continue;
      for (const { value, conditional, never } of definitionsOf(cx, imported.value))
        if (!never) readImports(value, certain && !conditional && !imported.optional, depth, imported.at);
    }
    const config = set.entries.get('config');
    if (config !== undefined) readConfig(config.value, certain && !config.optional);
    else if (!set.entries.has('options')) readConfig(set, certain);
  }

  function readImports(written: Value, certain: boolean, depth: number, at: Origin | null): void {
    const value = cx.resolve(written);
    if (value.kind === 'unknown') {
      isPlain = false;
      for (const candidate of value.candidates ?? []) readImports(cx.force(candidate), false, depth + 1, at);
      importGap(dependingOn(value.reason), value.origin ?? at);
      return;
    }
    if (value.kind === 'failure')
      importGap(`the imports cannot be evaluated: ${describeFailure(value)}`, value.origin ?? at);
    else if (value.kind !== 'list') importGap('`imports` is not a list', value.origin ?? at);
    for (const item of value.kind === 'list' ? value.items : []) {
      if (item.kind !== 'spread') read(item, certain, depth + 1, writtenAt(item) ?? at);
      else {
        isPlain = false;
        readImports(item.of, false, depth, at);
      }
    }
  }

  function readConfig(config: Lazy, certain: boolean): void {
    for (const path of GENERATORS) readOption(config, path, certain, null);
    for (const { value, conditional, never } of definitionsOf(cx, config)) {
      if (value.kind === 'attrs') traces.config(value);
      if (value.kind === 'attrs' && !never) readHelper(value, certain && !conditional);
      const home = value.kind === 'attrs' && !never ? value.entries.get('home-manager') : undefined;
      if (home === undefined) continue;
      const sure = certain && !conditional && !home.optional;
      const found = homeModules(cx, home.value, sure, fallback, module =>
        readModule(cx, module, given, fallback),
      );
      homes = {
        imports: [...homes.imports, ...found.imports],
        definitions: [...homes.definitions, ...found.definitions],
      };
    }
  }

  /** Generators that a helper's options declare, which puts them where they belong. */
  function readHelper(config: AttrsValue, certain: boolean): void {
    const my = config.entries.get('my');
    for (const one of my === undefined ? [] : definitionsOf(cx, my.value)) {
      const secrets = one.value.kind === 'attrs' && !one.never ? one.value.entries.get('secrets') : undefined;
      if (secrets === undefined) continue;
      const at = secrets.at ?? fallback;
      const missed = (reason: string) => gap(dependingOn(reason), at);
      for (const set of helperSets(cx, secrets.value, argumentOf('config', given), at, missed)) {
        const found = readCollection(cx, set.value, at, set.conditional || !certain || one.conditional);
        definitions.push(...found.definitions.filter(each => !isDead(each)));
      }
    }
  }

  function readOption(lazy: Lazy, path: readonly string[], certain: boolean, at: Origin | null): void {
    const [name, ...rest] = path;
    if (name === undefined) {
      const found = readCollection(cx, lazy, at ?? fallback, !certain);
      definitions.push(...found.definitions.filter(one => !isDead(one)));
      if (found.names === null && found.gaps.length === 0) gap('there may be more generators', at);
      for (const one of found.gaps) gap(dependingOn(one.reason), one.origin ?? at);
      return;
    }
    for (const { value, conditional, never } of definitionsOf(cx, lazy)) {
      if (never) continue;
      if (value.kind === 'unknown') gap(dependingOn(value.reason), value.origin ?? at);
      if (value.kind !== 'attrs') continue;
      const entry = value.entries.get(name);
      if (entry !== undefined)
        readOption(entry.value, rest, certain && !conditional && !entry.optional, entry.at);
      else if (!isClosed(value))
        gap(value.open ? dependingOn(value.open.reason) : 'there may be more generators', value.origin ?? at);
    }
  }

  read(module, true, 0);
  const source = { module, given, fallback };
  return {
    file: null,
    definitions,
    imports,
    homes,
    gaps,
    foreign,
    strangers,
    traces: traces.result(),
    importsKnown,
    circular,
    source,
  };
}
