/**
 * Reads modules that are files, once for all machines and once for each context in which a file differs. A module that
 * is unchanged after an edit stays the same object.
 */

import type { ArgumentLookup } from '../../modules/modules.ts';
import { certain } from '../../modules/read.ts';
import { string } from '../../nix/eval/construct.ts';
import { answeringInParts, forgetWalked, promising } from '../../nix/eval/evaluation.ts';
import { noteFile } from '../../nix/eval/file-changes.ts';
import { type Database, type Query, query } from '../../query/database.ts';
import { settled } from '../../query/settled.ts';
import { sameItems } from '../../std.ts';
import { renewed } from '../generators/definitions.ts';
import { mentionsSecrets } from '../secrets/secrets.ts';
import { type Asks, asksIn, keyOf, type ModuleContext, NO_CONTEXT, readKey } from './contexts.ts';
import { internModule, withKnown } from './interned.ts';
import { argumentsOf, DIFFERING_ARGUMENTS, noteDefinitions } from './module-database.ts';
import type { ModuleFacts } from './read-module.ts';
import { readWithin, valueOfFile, wholeOf } from './sources.ts';
import { type TableState, tableOf } from './table-state.ts';

/** Returns the module of a file in a context, or `null` if the file cannot be read. */
export function fileModule(database: Database, path: string, context: ModuleContext): ModuleFacts | null {
  if (context === NO_CONTEXT) return MODULE(database, path);
  const { asks, module } = ON_MACHINES.answers(database, path);
  if (module !== undefined) return module;
  const { class: name, machine } = context;
  const given = machine === null || asks.arguments.length === 0 ? null : argumentsOf(database, machine);
  const narrowed = {
    class: asks.class ? name : null,
    machine: asks.arguments.some(argument => given?.entries.has(argument) === true) ? machine : null,
  };
  return MODULE(database, keyOf(path, narrowed));
}

/** The module of a file if it is the same for all machines, as most are, and what the file asks for. */
interface General {
  readonly asks: Asks;
  /** Undefined if the file asks for something that may differ. */
  readonly module: ModuleFacts | null | undefined;
}

/** One answer for most of what machines ask of a file, so that they have one dependency each. */
const GENERAL: Query<string, General> = query(
  'general module',
  (database, path) => {
    noteFile(database, path);
    const text = tableOf(database).files.text(path) ?? '';
    const asks = asksIn(text, DIFFERING_ARGUMENTS(database, null));
    const isGeneral = !asks.class && asks.arguments.length === 0;
    return { asks, module: isGeneral ? MODULE(database, path) : undefined };
  },
  {
    isKept: true,
    equals: (left, right) =>
      left.module === right.module &&
      left.asks.class === right.asks.class &&
      sameItems(left.asks.arguments, right.asks.arguments),
  },
);

/** The same for machines, of which very many may import the file. */
const ON_MACHINES = settled(GENERAL);

/**
 * Brings the modules of files up to date for machines, in steps of one module. To be done before machines are followed,
 * after anything has changed that modules are read from.
 */
export const settlingModules = ON_MACHINES.settling;

/** The modules by the keys of `keyOf`, with definitions that are current. */
const MODULE = query<string, ModuleFacts | null>('module', (database, key, before) => {
  const facts = READ(database, key);
  if (facts === null) return null;
  const { path } = readKey(key);
  noteDefinitions(database, path);
  const table = tableOf(database);
  return promising(table.cx, path, () => renewedModule(table, path, facts, before ?? null));
});

/** Returns a module with the definitions read again whose contents have changed since. */
function renewedModule(
  { fixpoint, definitionsOf }: TableState,
  path: string,
  facts: ModuleFacts,
  before: ModuleFacts | null,
): ModuleFacts {
  const { homes } = facts;
  const definitions = renewed(facts.definitions);
  const ofHome = renewed(homes.definitions);
  if (definitions === facts.definitions && ofHome === homes.definitions) return facts;
  const now: ModuleFacts = {
    ...facts,
    definitions: withKnown(definitions, definitionsOf(path)),
    homes: { ...homes, definitions: ofHome },
  };
  fixpoint.replace(now, before ?? facts);
  return now;
}

/** The modules as they were last read as a whole. */
const READ = query<string, ModuleFacts | null>('read module', (database, key, before) => {
  const { path, context } = readKey(key);
  noteFile(database, path);
  const given = givenIn(database, context, tableOf(database).givenTo(path));
  const table = tableOf(database);
  return answeringInParts(table.cx, path, () => readFile(table, path, context, given, before ?? null));
});

function readFile(
  table: TableState,
  path: string,
  context: ModuleContext,
  specialArgs: ArgumentLookup,
  before: ModuleFacts | null,
): ModuleFacts | null {
  const { cx, files } = table;
  const file = files.parse(path);
  if (file === null) return null;
  const value = valueOfFile(cx, path);
  const facts = value === null ? null : readWithin(cx, value, wholeOf(file), specialArgs);
  const isShared = keyOf(path, context) === path;
  const module = facts === null ? null : moduleOf(table, path, isShared, facts, before);
  if (module !== null && isShared)
    for (const option of table.expected()) table.fixpoint.expect(module, option);
  forgetWalked(cx, path);
  table.done(file);
  return module;
}

/**
 * Returns the facts about a file as a module; the previous one if it is equal.
 * @param isShared true if the file is the same for all machines
 */
function moduleOf(
  table: TableState,
  path: string,
  isShared: boolean,
  facts: ModuleFacts,
  before: ModuleFacts | null,
): ModuleFacts {
  const definitions = withKnown(facts.definitions, table.definitionsOf(path));
  const mayHaveSecrets = mentionsSecrets(table.files.text(path) ?? '');
  const fresh = { ...facts, file: path, definitions, mayHaveSecrets, source: isShared ? null : facts.source };
  return before === null || !isShared ? fresh : internedModule(table, fresh, before);
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
function givenIn(
  database: Database,
  { class: machineClass, machine }: ModuleContext,
  shared: ArgumentLookup,
): ArgumentLookup {
  const given = machine === null ? null : argumentsOf(database, machine);
  return name =>
    name === '_class' && machineClass !== null
      ? string(machineClass, null)
      : ((given === null || name === 'lib' ? null : certain(given, name)?.value) ?? shared(name));
}
