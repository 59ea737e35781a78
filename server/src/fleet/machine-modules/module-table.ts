/**
 * The modules of a workspace by file and by output of its flake, each read at most once until its file changes.
 */

import type { FlakeSet } from '../../flake/flake-modules.ts';
import { outputsAt, readOutputs } from '../../flake/flake-outputs.ts';
import { type ModuleParts, optionIn, partsOf } from '../../modules/module-options.ts';
import type { Given } from '../../modules/modules.ts';
import { NO_TRACES } from '../../modules/options/traces.ts';
import { certain } from '../../modules/read.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { string } from '../../nix/eval/construct.ts';
import { type Evaluation, forgetWalked, withBudget } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, Lazy, NixFiles, Origin } from '../../nix/eval/value.ts';
import { extentOf, type SourceFile } from '../../nix/source.ts';
import { addToSet, sameItems } from '../../std.ts';
import type { GeneratorDefinition } from '../model/generators.ts';
import type { ModuleOptions } from '../model/options.ts';
import { createSettling } from './fixpoint.ts';
import { constantModule, withKnown } from './interned.ts';
import type { ModuleLookup } from './machine-modules.ts';
import type { FileOutputs, ModuleCache } from './module-cache.ts';
import { createViewers, keyOf, NOBODY, type Viewer } from './module-contexts.ts';
import { type ModuleFacts, type ModuleSource, readModule } from './module-facts.ts';
import { readModuleOptions, UNKNOWN_OPTIONS } from './option-statements.ts';

export interface ModuleTable extends ModuleLookup {
  /** Files' modules that stand no longer, null among them if one could not be read. Cleared by who has dealt with them. */
  readonly dropped: Set<ModuleFacts | null>;
  /** What a module says of options. */
  options(facts: ModuleFacts): ModuleOptions;
  /** The module that a value is. `at` is where it is used. */
  of(module: Lazy, at: Origin, given: Given): ModuleFacts;
  /** Reads again what has changed; what says the same as before is not among the dropped any more. */
  refresh(): void;
}

/** Steps allowed for one module. */
const STEPS = 200_000;

export interface ModuleTableOptions {
  readonly files: NixFiles;
  readonly cache: ModuleCache;
  /** Files that may add to the flake's outputs. */
  readonly adding: readonly string[];
  /** What frameworks add to them. */
  readonly made: () => readonly FlakeSet[];
  /** What a file's modules are handed by name. */
  readonly givenTo: (file: string) => Given;
  /** What a file shows by itself. */
  readonly definitionsOf: (file: string) => readonly GeneratorDefinition[];
  /** Hears of files that have been read. */
  readonly done: (file: SourceFile) => void;
}

export function createModuleTable(cx: Evaluation, options: ModuleTableOptions): ModuleTable {
  const { files, cache, adding, givenTo } = options;

  function read(module: Lazy, at: Origin, given: Given): ModuleFacts {
    const facts = withBudget(cx, STEPS, () => readModule(cx, module, given, at));
    if (!(facts instanceof BudgetExceeded)) return facts;
    const place = { file: at.file.path, start: at.start, end: at.end };
    return {
      file: null,
      definitions: [],
      imports: [],
      homes: { imports: [], definitions: [] },
      gaps: [{ at: place, what: 'effort', reason: facts.message }],
      foreign: false,
      strangers: [],
      traces: NO_TRACES,
      importsKnown: false,
      circular: [],
      source: { module, given, fallback: at },
    };
  }

  /** The module and what it is called with; read again from its file if it is one. */
  function sourceOf({ file: path, source }: ModuleFacts): ModuleSource | null {
    if (source !== null) return source;
    const file = path === null ? null : files.parse(path);
    if (path === null || file === null) return null;
    return {
      module: cx.importFile(path, null),
      given: givenTo(path),
      fallback: { file, ...extentOf(file), call: null },
    };
  }

  function ofSource<T>(facts: ModuleFacts, ask: (source: ModuleSource) => T, otherwise: T): T {
    const found = withBudget(cx, STEPS, () => {
      const source = sourceOf(facts);
      return source === null ? otherwise : ask(source);
    });
    if (facts.source === null && facts.file !== null) {
      const file = files.parse(facts.file);
      if (file !== null) options.done(file);
    }
    return found instanceof BudgetExceeded ? otherwise : found;
  }

  /** What modules consist of, apart from machines: asked for once an option. */
  const parts = new Map<ModuleFacts, ModuleParts>();

  const settling = createSettling(cx, cache.settled, {
    again: (facts, config) =>
      ofSource(
        facts,
        ({ module, given, fallback }) => readModule(cx, module, withConfig(given, config), fallback),
        facts,
      ),
    option: (facts, path, config) =>
      ofSource(
        facts,
        ({ module, given }) => {
          if (config !== null) return optionIn(cx, partsOf(cx, module, withConfig(given, config)), path);
          const known = parts.get(facts) ?? partsOf(cx, module, given);
          parts.set(facts, known);
          return optionIn(cx, known, path);
        },
        { definitions: [], declared: null, unclear: true },
      ),
  });

  function optionsOf(facts: ModuleFacts): ModuleOptions {
    const file = facts.source === null ? facts.file : null;
    const known = file === null ? cache.ownOptions.get(facts) : cache.options.get(file);
    if (known !== undefined) return known;
    const found = ofSource(
      facts,
      ({ module, given }) => readModuleOptions(cx, module, given),
      UNKNOWN_OPTIONS,
    );
    if (file === null) cache.ownOptions.set(facts, found);
    else cache.options.set(file, found);
    return found;
  }

  function readFile(path: string, key: string, viewer: Viewer): ModuleFacts | null {
    const file = files.parse(path);
    if (file === null) return null;
    const at: Origin = { file, ...extentOf(file), call: null };
    const value = withBudget(cx, STEPS, () => cx.importFile(path, null));
    const shared = givenTo(path);
    const isShared = key === path;
    const given: Given = name =>
      name === '_class' && viewer.class !== null
        ? string(viewer.class, null)
        : ((viewer.args === null || name === 'lib' ? null : certain(viewer.args.set, name)?.value) ??
          shared(name));
    const facts = value instanceof BudgetExceeded ? null : read(value, at, given);
    forgetWalked(cx, path);
    options.done(file);
    if (facts === null) return null;
    const definitions = withKnown(facts.definitions, options.definitionsOf(path));
    const fresh = { ...facts, file: path, definitions, source: isShared ? null : facts.source };
    const before = cache.before.get(key);
    cache.before.delete(key);
    if (before === undefined || !isShared) return fresh;
    const constant = constantModule(fresh, before);
    if (constant === before && settling.saySame(before, fresh)) return before;
    const changed = constant === before ? { ...fresh, definitions: before.definitions } : constant;
    settling.replace(changed, before);
    return changed;
  }

  function outputsOf(path: string): FileOutputs {
    let outputs = cache.outputs.get(path);
    if (outputs === undefined) {
      const file = files.parse(path);
      const sets = file === null ? [] : readOutputs(cx, file, givenTo(path));
      outputs = { sets, modules: new Map() };
      cache.outputs.set(path, outputs);
    }
    return outputs;
  }

  /** Outputs asked for in this build: files do not change while it lasts. */
  const asked = new Map<string, readonly ModuleFacts[]>();

  function allAt(path: readonly string[], key: string): readonly ModuleFacts[] {
    const found = [...adding.flatMap(file => modulesAt(file, path, key)), ...madeAt(path, key)];
    const before = cache.joined.get(key);
    if (before !== undefined && sameItems(before, found)) return before;
    cache.joined.set(key, found);
    return found;
  }

  function modulesAt(file: string, path: readonly string[], key: string): readonly ModuleFacts[] {
    const { sets, modules } = outputsOf(file);
    let found = modules.get(key);
    if (found === undefined) {
      const given = givenTo(file);
      found = outputsAt(cx, sets, path, given).map(one => read(one.value, one.at, given));
      modules.set(key, found);
    }
    return found;
  }

  function madeAt(path: readonly string[], key: string): readonly ModuleFacts[] {
    return options.made().flatMap(made => {
      const known = cache.made.get(made) ?? new Map<string, readonly ModuleFacts[]>();
      cache.made.set(made, known);
      let found = known.get(key);
      if (found === undefined) {
        const given = givenTo(made.file);
        const flake = certain(made.set, 'flake');
        const all = flake === null ? [] : outputsAt(cx, [flake.value], path, given);
        found = all.map(one => read(one.value, one.at, given));
        known.set(key, found);
      }
      return found;
    });
  }

  const viewers = createViewers(cx, files, givenTo(''));

  function file(path: string, viewer: Viewer): ModuleFacts | null {
    const own = viewers.narrowed(path, viewer);
    const key = keyOf(path, own);
    const args = own.args?.set;
    let facts = cache.files.get(key);
    if (facts === undefined || cache.given.get(key) !== args) {
      if (facts) cache.dropped.add(facts);
      facts = readFile(path, key, own);
      cache.files.set(key, facts);
      if (key !== path) noteVariant(path, key, args);
    }
    return facts;
  }

  function noteVariant(path: string, key: string, args: AttrsValue | undefined): void {
    addToSet(cache.variants, path, key);
    if (args !== undefined) cache.given.set(key, args);
  }

  return {
    dropped: cache.dropped,
    file,
    options: optionsOf,
    settled: settling.settled,
    refresh() {
      for (const [key, before] of [...cache.before]) {
        // What a machine has of its own is read again when that is asked for.
        if (!key.includes('\0') && file(key, NOBODY) === before) cache.dropped.delete(before);
      }
      // What is left is of files that are gone.
      cache.before.clear();
    },
    of(module, at, given) {
      let facts = cache.values.get(module);
      if (facts === undefined) {
        facts = read(module, at, given);
        cache.values.set(module, facts);
      }
      return facts;
    },
    output(path) {
      const key = path.join('\0');
      let found = asked.get(key);
      if (found === undefined) {
        found = allAt(path, key);
        asked.set(key, found);
      }
      return found;
    },
  };
}

function withConfig(given: Given, config: Lazy): Given {
  return name => (name === 'config' ? config : given(name));
}
