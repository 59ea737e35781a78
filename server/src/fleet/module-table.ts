/**
 * The modules of a workspace by file and by output of its flake, each read at most once until its file changes.
 */
import { BudgetExceeded, type Evaluation, withBudget } from '../nix/evaluation.ts';
import { importFile } from '../nix/evaluator.ts';
import type { Lazy, NixFiles, Origin } from '../nix/value.ts';
import { outputsAt, readOutputs } from './flake-outputs.ts';
import type { ModuleLookup } from './machine-modules.ts';
import { type ModuleFacts, readModule } from './module-facts.ts';
import type { Given } from './modules.ts';
import { sameItems } from './same.ts';

export interface ModuleTable extends ModuleLookup {
  /** Files' modules that stand no longer, null among them if one could not be read. Cleared by who has dealt with them. */
  readonly dropped: Set<ModuleFacts | null>;
  /** The module that a value is. `at` is where it is used. */
  of(module: Lazy, at: Origin, given: Given): ModuleFacts;
}

/** What is kept from one build to the next. */
export interface ModuleCache {
  readonly files: Map<string, ModuleFacts | null>;
  readonly outputs: Map<string, FileOutputs>;
  /** What files were before they changed, null for one that could not be read, until somebody has taken notice. */
  readonly dropped: Set<ModuleFacts | null>;
  /** What all files together have at a path, as it was last found. */
  readonly joined: Map<string, readonly ModuleFacts[]>;
  readonly values: WeakMap<Lazy, ModuleFacts>;
}

/** What one file adds to the outputs, and the modules found there so far, by path. */
interface FileOutputs {
  readonly sets: readonly Lazy[];
  readonly modules: Map<string, readonly ModuleFacts[]>;
}

export function createModuleCache(): ModuleCache {
  return {
    files: new Map(),
    outputs: new Map(),
    dropped: new Set(),
    joined: new Map(),
    values: new WeakMap(),
  };
}

export function forgetModules(cache: ModuleCache, path: string): void {
  const facts = cache.files.get(path);
  if (facts !== undefined) cache.dropped.add(facts);
  cache.files.delete(path);
  cache.outputs.delete(path);
}

/** Steps allowed for one module. */
const STEPS = 200_000;

/**
 * @param adding files that may add to the flake's outputs
 * @param givenTo what a file's modules are handed by name
 */
export function createModuleTable(
  cx: Evaluation,
  files: NixFiles,
  cache: ModuleCache,
  adding: readonly string[],
  givenTo: (file: string) => Given,
): ModuleTable {
  function read(module: Lazy, at: Origin, given: Given): ModuleFacts {
    const facts = withBudget(cx, STEPS, () => readModule(cx, module, given, at));
    if (!(facts instanceof BudgetExceeded)) return facts;
    const place = { file: at.file.path, start: at.start, end: at.end };
    return {
      file: null,
      definitions: [],
      imports: [],
      gaps: [{ at: place, reason: facts.message }],
      foreign: false,
    };
  }

  function readFile(path: string): ModuleFacts | null {
    const file = files.parse(path);
    if (file === null) return null;
    const at: Origin = { file, start: file.root.start, end: file.root.end, call: null };
    const value = withBudget(cx, STEPS, () => importFile(cx, path, null));
    return value instanceof BudgetExceeded ? null : { ...read(value, at, givenTo(path)), file: path };
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
    const found = adding.flatMap(file => modulesAt(file, path, key));
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

  return {
    dropped: cache.dropped,
    of(module, at, given) {
      let facts = cache.values.get(module);
      if (facts === undefined) {
        facts = read(module, at, given);
        cache.values.set(module, facts);
      }
      return facts;
    },
    file(path) {
      let facts = cache.files.get(path);
      if (facts === undefined) {
        facts = readFile(path);
        cache.files.set(path, facts);
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
