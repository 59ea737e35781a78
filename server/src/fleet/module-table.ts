/**
 * The modules of a workspace by file and by name, each read at most once until its file changes.
 */
import { BudgetExceeded, type Evaluation, withBudget } from '../nix/evaluation.ts';
import { importFile } from '../nix/evaluator.ts';
import type { Lazy, NixFiles, Origin } from '../nix/value.ts';
import type { ModuleLookup } from './machine-modules.ts';
import { type ModuleFacts, readModule } from './module-facts.ts';
import type { Given } from './modules.ts';
import { type NamedModule, readNamedModules } from './named-modules.ts';

export interface ModuleTable extends ModuleLookup {
  /** The module that a value is. `at` is where it is used. */
  of(module: Lazy, at: Origin, given: Given): ModuleFacts;
}

/** What is kept from one build to the next. */
export interface ModuleCache {
  readonly files: Map<string, ModuleFacts | null>;
  readonly named: Map<string, readonly NamedModule[]>;
  readonly values: WeakMap<Lazy, ModuleFacts>;
}

export function createModuleCache(): ModuleCache {
  return { files: new Map(), named: new Map(), values: new WeakMap() };
}

export function forgetModules(cache: ModuleCache, path: string): void {
  cache.files.delete(path);
  cache.named.delete(path);
}

/** Steps allowed for one module. */
const STEPS = 200_000;

/**
 * @param naming files that may give names to modules
 * @param givenTo what a file's modules are handed by name
 */
export function createModuleTable(
  cx: Evaluation,
  files: NixFiles,
  cache: ModuleCache,
  naming: readonly string[],
  givenTo: (file: string) => Given,
): ModuleTable {
  let byName: Map<string, ModuleFacts[]> | null = null;

  function read(module: Lazy, at: Origin, given: Given): ModuleFacts {
    const facts = withBudget(cx, STEPS, () => readModule(cx, module, given, at));
    if (!(facts instanceof BudgetExceeded)) return facts;
    const place = { file: at.file.path, start: at.start, end: at.end };
    return { definitions: [], imports: [], gaps: [{ at: place, reason: facts.message }], foreign: false };
  }

  function readFile(path: string): ModuleFacts | null {
    const file = files.parse(path);
    if (file === null) return null;
    const at: Origin = { file, start: file.root.start, end: file.root.end, call: null };
    const value = withBudget(cx, STEPS, () => importFile(cx, path, null));
    return value instanceof BudgetExceeded ? null : read(value, at, givenTo(path));
  }

  function names(): Map<string, ModuleFacts[]> {
    const found = new Map<string, ModuleFacts[]>();
    for (const path of naming) {
      let named = cache.named.get(path);
      if (named === undefined) {
        const file = files.parse(path);
        named = file === null ? [] : readNamedModules(cx, file, givenTo(path));
        cache.named.set(path, named);
      }
      for (const { class: of, name, facts } of named) {
        const key = `${of}\0${name}`;
        const before = found.get(key);
        if (before === undefined) found.set(key, [facts]);
        else before.push(facts);
      }
    }
    return found;
  }

  return {
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
    named(moduleClass, name) {
      byName ??= names();
      return byName.get(`${moduleClass}\0${name}`) ?? [];
    },
  };
}
