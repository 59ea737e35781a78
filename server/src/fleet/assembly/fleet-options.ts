/**
 * Joins the options that the fleet's own modules declare, with their definitions and reads, for each machine. Does so
 * again only for machines of which a module declares, defines or reads others.
 */

import { isKnownInput, mayBeOwn } from '../../modules/options/namespaces.ts';
import type { OptionTree } from '../../modules/options/option.ts';
import { answering } from '../../nix/eval/evaluation.ts';
import { noteFile } from '../../nix/eval/file-changes.ts';
import { isSameData } from '../../nix/same-data.ts';
import { type Database, type Query, query, unsettledAmong } from '../../query/database.ts';
import { forAll, mapOfAll } from '../../query/groups.ts';
import { settled } from '../../query/settled.ts';
import { finish, type Steps } from '../../query/steps.ts';
import { sameItems } from '../../std.ts';
import type { OwnModule } from '../machine-modules/fixpoint.ts';
import type { ModuleFacts } from '../machine-modules/read-module.ts';
import { optionsOf, settlingOptions } from '../machine-modules/sources.ts';
import { tableOf } from '../machine-modules/table-state.ts';
import { contentsOf, MACHINE_NAMES, MODULES } from '../machines/ownership.ts';
import type { FleetOptions, MachineOptions, OptionModule, OptionRead } from '../model/options.ts';
import { mentionedIn, mergedTree, wordOf } from '../options/joined.ts';
import { readOptionReads } from '../options/reads.ts';
import { stateOf } from './builder-state.ts';
import { GROUPS, TEXT } from './survey.ts';

/** Returns the options of all machines; the same object as before if nothing has changed. */
export function fleetOptions(database: Database): FleetOptions {
  finish(settling(database));
  return FLEET_OPTIONS(database, null);
}

/** Joins them in steps, after the modules of machines have been followed. */
export function* joiningOptions(database: Database): Steps<void> {
  yield* settling(database);
  for (const name of unsettledAmong(database, OPTIONS, MACHINE_NAMES(database, null))) {
    OPTIONS(database, name);
    yield;
  }
}

/** Brings up to date, in steps, what very many machines depend on. */
function* settling(database: Database): Steps<void> {
  yield* settlingOptions(database);
  for (const name of unsettledAmong(database, DECLARED, MACHINE_NAMES(database, null))) {
    DECLARED(database, name);
    yield;
  }
  yield* HAS_READS.settling(database);
}

/** The options that the modules of a machine declare and define. */
interface Declared {
  /** The modules that declare or define options, and all others. */
  readonly contributing: readonly OptionModule[];
  readonly others: readonly OwnModule[];
  readonly tree: OptionTree;
  readonly closed: boolean;
}

const DECLARED: Query<string, Declared> = query(
  'declared options',
  (database, name) => {
    const { followed } = contentsOf(database, name);
    const contributing: OptionModule[] = [];
    const others: OwnModule[] = [];
    let closed = followed.allKnown;
    for (const module of followed.modules) {
      const { traces } = module.facts;
      if (!traces.inputs.every(isKnownInput)) closed = false;
      if (traces.declares || traces.names.length > 0) contributing.push(optionModule(database, module));
      else others.push(module);
    }
    const trees = contributing.flatMap(({ options: { tree } }) =>
      tree.options.size > 0 || tree.open ? [tree] : [],
    );
    return { contributing, others, tree: mergedTree(trees), closed };
  },
  {
    equals: (left, right) =>
      left.tree === right.tree &&
      left.closed === right.closed &&
      sameModules(left.contributing, right.contributing) &&
      sameItems(left.others, right.others),
  },
);

const ALL_DECLARED = forAll(MACHINE_NAMES, DECLARED);

/** First names of the fleet's own options. */
const NAMES = query<null, readonly string[]>(
  'names of options',
  database => {
    const names = new Set<string>();
    for (const { tree } of ALL_DECLARED(database, null))
      for (const name of tree.options.keys()) if (mayBeOwn(name)) names.add(name);
    return [...names];
  },
  { equals: sameItems },
);

/** Recognizes texts that may read one of them; null if there are none. */
const NAMED = query<null, RegExp | null>('words of options', database => wordOf(NAMES(database, null)));

const NO_READS: readonly OptionRead[] = [];

/** The reads of the fleet's own options in a file. */
const READS = query<string, readonly OptionRead[]>(
  'reads of options',
  (database, path) => {
    const text = TEXT(database, path)?.text ?? '';
    if (!text.includes('config') || NAMED(database, null)?.test(text) !== true) return NO_READS;
    noteFile(database, path);
    const { evaluation, files, trees } = stateOf(database);
    const file = files.parse(path);
    if (file === null) return NO_READS;
    const names = new Set(NAMES(database, null));
    const reads = answering(evaluation, path, () => readOptionReads(evaluation, file, names));
    trees.done(path, file.text.length);
    return reads;
  },
  { equals: isSameData },
);

/** Whether there are any, for all machines that import the file. */
const HAS_READS = settled(
  query<string, boolean>(
    'has reads of options',
    (database, path) => path !== '' && READS(database, path).length > 0,
    { isKept: true },
  ),
);

const OPTIONS = query<string, MachineOptions>(
  'options on machine',
  (database, name) => {
    const { contributing, others, tree, closed } = DECLARED(database, name);
    const readers = others.filter(({ facts }) => HAS_READS.answers(database, fileOf(facts)));
    return {
      modules: [...contributing, ...readers.map(module => optionModule(database, module))],
      tree,
      closed,
    };
  },
  {
    equals: (left, right) =>
      left.tree === right.tree && left.closed === right.closed && sameModules(left.modules, right.modules),
  },
);

const OPTIONS_BY_MACHINE = mapOfAll(MACHINE_NAMES, OPTIONS);

/** The files that contain modules of machines. */
const MODULE_FILES = query<null, readonly string[]>(
  'files of modules',
  database => {
    const files = new Set<string>();
    for (const { modules } of MODULES(database, null).values())
      for (const { facts } of modules) files.add(fileOf(facts));
    files.delete('');
    return [...files];
  },
  { equals: sameItems },
);

const ALL_READS = mapOfAll(MODULE_FILES, READS);

const DECLARING = query<null, readonly string[]>(
  'texts that declare options',
  database => GROUPS(database, null).mayDeclareOptions.map(path => TEXT(database, path)?.text ?? ''),
  { equals: sameItems },
);

const FLEET_OPTIONS = query<null, FleetOptions>('options of the fleet', database => {
  const declaring = DECLARING(database, null);
  return {
    names: new Set(NAMES(database, null)),
    machines: OPTIONS_BY_MACHINE(database, null),
    reads: ALL_READS(database, null),
    mayDeclare: name => mentionedIn(declaring, name),
  };
});

function optionModule(database: Database, { facts, sure }: OwnModule): OptionModule {
  return { options: optionsOf(tableOf(database), facts), sure };
}

/** Returns the file that contains a module, or '' if it is in none. */
function fileOf({ file, source }: ModuleFacts): string {
  return file ?? source?.fallback.file.path ?? '';
}

function sameModules(left: readonly OptionModule[], right: readonly OptionModule[]): boolean {
  return (
    left.length === right.length &&
    left.every(({ options, sure }, index) => options === right[index]?.options && sure === right[index]?.sure)
  );
}
