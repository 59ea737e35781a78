/**
 * Reads modules that are files, once for all machines and once for each context in which a file differs. A module that
 * is unchanged after an edit stays the same object.
 */

import type { ArgumentLookup } from '../../modules/modules.ts';
import { certain } from '../../modules/read.ts';
import { string } from '../../nix/eval/construct.ts';
import { answering, forgetWalked } from '../../nix/eval/evaluation.ts';
import type { AttrsValue } from '../../nix/eval/value.ts';
import { addToSet } from '../../std.ts';
import type { ModuleCache } from './build-cache.ts';
import { keyOf, type ModuleContext, NO_CONTEXT } from './contexts.ts';
import { internModule, withKnown } from './interned.ts';
import type { ModuleFacts } from './read-module.ts';
import { readWithin, valueOfFile, wholeOf } from './sources.ts';
import type { TableState } from './table-state.ts';

/** Returns the module of a file in a context, or `null` if the file cannot be read. */
export function fileModule(table: TableState, path: string, context: ModuleContext): ModuleFacts | null {
  const { cache } = table;
  const narrowed = table.contexts.narrowed(path, context);
  const key = keyOf(path, narrowed);
  const args = narrowed.args?.set;
  const file = cache.files.get(key);
  if (file !== undefined && cache.given.get(key) === args) return file;
  if (file) cache.dropped.add(file);
  const facts = answering(table.cx, path, () => readFile(table, path, key, narrowed));
  cache.files.set(key, facts);
  // Equal to the previous one, which therefore stays valid.
  if (facts !== null) cache.dropped.delete(facts);
  if (key !== path) noteVariant(cache, path, key, args);
  return facts;
}

/** Reads changed files again; a module that is equal to the previous one is not dropped. */
export function refreshFiles(table: TableState): void {
  const { before } = table.cache;
  // Variants for machines are read again on demand.
  for (const key of [...before.keys()]) if (!key.includes('\0')) fileModule(table, key, NO_CONTEXT);
  // The remaining ones belong to files that were removed.
  before.clear();
}

/**
 * Reads the module of a file.
 * @param key the path if the file is the same for all machines
 */
function readFile(table: TableState, path: string, key: string, context: ModuleContext): ModuleFacts | null {
  const { cx } = table;
  const file = table.files.parse(path);
  if (file === null) return null;
  const value = valueOfFile(cx, path);
  const specialArgs = givenIn(context, table.givenTo(path));
  const facts = value === null ? null : readWithin(cx, value, wholeOf(file), specialArgs);
  const isShared = key === path;
  const module = facts === null ? null : moduleOf(table, path, key, facts);
  if (module !== null && isShared)
    for (const option of table.expected()) table.fixpoint.expect(module, option);
  forgetWalked(cx, path);
  table.done(file);
  return module;
}

/** Returns the facts about a file as the module under a key; the previous one if it is equal. */
function moduleOf(table: TableState, path: string, key: string, facts: ModuleFacts): ModuleFacts {
  const isShared = key === path;
  const definitions = withKnown(facts.definitions, table.definitionsOf(path));
  const fresh = { ...facts, file: path, definitions, source: isShared ? null : facts.source };
  const before = table.cache.before.get(key);
  table.cache.before.delete(key);
  return before === undefined || !isShared ? fresh : internedModule(table, fresh, before);
}

/** Returns the previous module if the fresh one is equal; otherwise replaces it with the fresh one. */
function internedModule({ fixpoint }: TableState, fresh: ModuleFacts, before: ModuleFacts): ModuleFacts {
  const interned = internModule(fresh, before);
  if (interned === before && fixpoint.isUnchanged(before, fresh)) return before;
  const changed = interned === before ? { ...fresh, definitions: before.definitions } : interned;
  fixpoint.replace(changed, before);
  return changed;
}

/** Returns the arguments of a file in a context, in which the machine's own take precedence. */
function givenIn(context: ModuleContext, shared: ArgumentLookup): ArgumentLookup {
  return name =>
    name === '_class' && context.class !== null
      ? string(context.class, null)
      : ((context.args === null || name === 'lib' ? null : certain(context.args.set, name)?.value) ??
        shared(name));
}

function noteVariant(cache: ModuleCache, path: string, key: string, args: AttrsValue | undefined): void {
  addToSet(cache.variants, path, key);
  if (args !== undefined) cache.given.set(key, args);
}
