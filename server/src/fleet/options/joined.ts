/**
 * Joins the options that the fleet's own modules declare, with their definitions and reads, for each machine. State is
 * kept between builds: an edit recomputes only the machines that import the edited file.
 */

import { isKnownInput, mayBeOwn } from '../../modules/options/namespaces.ts';
import type { OptionTree } from '../../modules/options/option.ts';
import { mergeTrees } from '../../modules/options/tree.ts';
import { isSameData } from '../../nix/same-data.ts';
import { sameItems } from '../../std.ts';
import type { OwnModule } from '../machine-modules/fixpoint.ts';
import type { FollowedModules } from '../machine-modules/machine-modules.ts';
import type { ModuleFacts } from '../machine-modules/read-module.ts';
import type {
  FleetOptions,
  MachineOptions,
  ModuleOptions,
  OptionModule,
  OptionRead,
} from '../model/options.ts';

export const NO_FLEET_OPTIONS: FleetOptions = {
  names: new Set(),
  machines: new Map(),
  reads: new Map(),
  mayDeclare: () => false,
};

export interface OptionSources {
  /** The modules of each machine. */
  readonly followed: ReadonlyMap<string, FollowedModules>;
  /** Files that were edited since the last call; `joinOptions` clears the set. */
  readonly stale: Set<string>;
  /** The texts of all files that may declare options. */
  readonly declaring: readonly string[];
  options(facts: ModuleFacts): ModuleOptions;
  textOf(path: string): string;
  readsIn(path: string, names: ReadonlySet<string>): readonly OptionRead[];
}

const NO_READS: readonly OptionRead[] = [];

interface Kept {
  readonly followed: FollowedModules;
  readonly files: ReadonlySet<string>;
  /** The modules that declare or define options, and all others. */
  readonly contributing: readonly OptionModule[];
  readonly others: readonly OwnModule[];
  readonly tree: OptionTree;
  readonly closed: boolean;
  /**
   * The result, which also needs those of `others` that read options; null until the names of all options are known.
   */
  result: MachineOptions | null;
}

/** State that is kept from one build to the next. */
export interface OptionCache {
  machines: ReadonlyMap<string, Kept>;
  names: ReadonlySet<string>;
  readonly reads: Map<string, readonly OptionRead[]>;
  /** The modules that are files and whose options were joined, by file. */
  readonly joinedFiles: Map<string, { readonly facts: ModuleFacts; readonly options: ModuleOptions }>;
  declaring: readonly string[];
  /** Merged trees, shared between machines with the same modules. */
  readonly trees: WeakMap<
    OptionTree,
    readonly { readonly all: readonly OptionTree[]; readonly tree: OptionTree }[]
  >;
  joined: FleetOptions;
}

export function createOptionCache(): OptionCache {
  return {
    machines: new Map(),
    names: new Set(),
    reads: new Map(),
    joinedFiles: new Map(),
    declaring: [],
    trees: new WeakMap(),
    joined: NO_FLEET_OPTIONS,
  };
}

/** Joins the options of all machines. Returns the same object as before if nothing has changed. */
export function joinOptions(cache: OptionCache, sources: OptionSources): FleetOptions {
  const { followed, stale, declaring } = sources;
  const areTextsSame = sameItems(cache.declaring, declaring);
  cache.declaring = declaring;
  const changed = filesWithOthers(cache, sources);
  stale.clear();
  const isSame = ({ followed: before, files }: Kept, name: string) =>
    followed.get(name) === before && !someIn(changed, files);
  const kept = [...cache.machines].filter(([name, machine]) => isSame(machine, name));
  const mayDeclare = (name: string) => mentions(declaring, name);
  if (kept.length === followed.size && kept.length === cache.machines.size) {
    if (!areTextsSame) cache.joined = { ...cache.joined, mayDeclare };
    return cache.joined;
  }
  const keptByName = new Map(kept);
  const names = new Set<string>();
  const machines = new Map<string, Kept>();
  for (const [name, modules] of followed) {
    const machine = keptByName.get(name) ?? read(cache, sources, modules);
    machines.set(name, machine);
    for (const option of machine.tree.options.keys()) if (mayBeOwn(option)) names.add(option);
  }
  const isOther = !sameItems([...names], [...cache.names]);
  if (isOther) {
    cache.names = names;
    cache.reads.clear();
  }
  cache.machines = machines;
  const readsIn = readsOf(cache, sources);
  const result = new Map<string, MachineOptions>();
  for (const [name, machine] of machines) {
    if (machine.result === null || isOther) machine.result = withReaders(machine, cache, sources, readsIn);
    result.set(name, machine.result);
  }
  cache.joined = {
    names: cache.names,
    machines: result,
    reads: new Map(cache.reads),
    mayDeclare,
  };
  return cache.joined;
}

/** Returns the stale files that declare, define or read other options than before. */
function filesWithOthers(cache: OptionCache, sources: OptionSources): ReadonlySet<string> {
  const { reads, joinedFiles } = cache;
  const readsIn = readsOf(cache, sources);
  const changed = new Set<string>();
  for (const path of sources.stale) {
    const before = reads.get(path);
    const module = joinedFiles.get(path);
    reads.delete(path);
    const isSame =
      before !== undefined &&
      isSameData(before, readsIn(path)) &&
      (module === undefined || sources.options(module.facts) === module.options);
    if (isSame) reads.set(path, before);
    else changed.add(path);
  }
  return changed;
}

function someIn(stale: ReadonlySet<string>, files: ReadonlySet<string>): boolean {
  for (const path of stale) if (files.has(path)) return true;
  return false;
}

/** Returns the options of a module, and notes from which file they come. */
function optionsOf(cache: OptionCache, sources: OptionSources, facts: ModuleFacts): ModuleOptions {
  const options = sources.options(facts);
  if (facts.file !== null && facts.source === null) cache.joinedFiles.set(facts.file, { facts, options });
  return options;
}

function read(cache: OptionCache, sources: OptionSources, followed: FollowedModules): Kept {
  const files = new Set<string>();
  const contributing: OptionModule[] = [];
  const others: OwnModule[] = [];
  let closed = followed.allKnown;
  for (const module of followed.modules) {
    const { facts, sure } = module;
    const { traces } = facts;
    files.add(fileOf(facts));
    if (!traces.inputs.every(isKnownInput)) closed = false;
    if (traces.declares || traces.names.length > 0)
      contributing.push({ options: optionsOf(cache, sources, facts), sure });
    else others.push(module);
  }
  const trees = contributing.flatMap(({ options: { tree } }) =>
    tree.options.size > 0 || tree.open ? [tree] : [],
  );
  return { followed, files, contributing, others, tree: joinedTree(cache, trees), closed, result: null };
}

/** Returns the file that contains a module. */
function fileOf({ file, source }: ModuleFacts): string {
  return file ?? source?.fallback.file.path ?? '';
}

function withReaders(
  { files, contributing, others, tree, closed }: Kept,
  cache: OptionCache,
  sources: OptionSources,
  readsIn: (path: string) => readonly OptionRead[],
): MachineOptions {
  for (const path of files) readsIn(path);
  const readers = others.flatMap(({ facts, sure }) =>
    readsIn(fileOf(facts)).length > 0 ? [{ options: optionsOf(cache, sources, facts), sure }] : [],
  );
  return { modules: [...contributing, ...readers], tree, closed };
}

function joinedTree(cache: OptionCache, all: readonly OptionTree[]): OptionTree {
  const [first] = all;
  if (first === undefined || all.length === 1) return mergeTrees(all);
  const merged = cache.trees.get(first) ?? [];
  const same = merged.find(candidate => sameItems(candidate.all, all));
  if (same !== undefined) return same.tree;
  const tree = mergeTrees(all);
  cache.trees.set(first, [...merged, { all, tree }]);
  return tree;
}

/** Returns a function that finds the reads of the fleet's own options in a file, once for each file. */
function readsOf(cache: OptionCache, sources: OptionSources): (path: string) => readonly OptionRead[] {
  const { names, reads } = cache;
  const words = names.size === 0 ? null : new RegExp(`\\b(${[...names].map(escaped).join('|')})\\b`);
  return path => {
    let optionReads = reads.get(path);
    if (optionReads === undefined) {
      const text = words === null || path === '' ? '' : sources.textOf(path);
      optionReads =
        text.includes('config') && words?.test(text) === true ? sources.readsIn(path, names) : NO_READS;
      reads.set(path, optionReads);
    }
    return optionReads;
  };
}

/** Returns whether a text has the name anywhere except at the end of a selection. */
function mentions(texts: readonly string[], name: string): boolean {
  const word = new RegExp(`(?<![\\w'.-])${escaped(name)}(?![\\w'-])|\\.${escaped(name)}\\s*(?:\\.|=[^=])`);
  return texts.some(text => word.test(text));
}

function escaped(name: string): string {
  return name.replace(/[\\^$.*+?()[\]{}|-]/g, '\\$&');
}
