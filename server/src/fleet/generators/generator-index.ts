/**
 * Keeps the definitions of each name between builds: after an edit, only names whose definitions or machines have
 * changed are merged again. Compares by identity; `generators.ts` merges.
 */

import { placeKey } from '../../nix/places.ts';
import { addToSet, differenceOf } from '../../std.ts';
import type { Fleet } from '../model/fleet.ts';
import type { Generator, GeneratorDefinition } from '../model/generators.ts';
import type { MachineGenerators } from '../model/machines.ts';
import type { Unit } from '../model/uses.ts';
import {
  type ContributionsBy,
  createContributionsBy,
  hasSameGenerators,
  isPattern,
  isSameContribution,
  type Share,
  shareReader,
} from './generator-shares.ts';
import { type Merged, mergeOne, withCompleteness } from './generators.ts';
import { hasAny } from './machine-definitions.ts';

/** The inputs of the merge. */
export interface GeneratorParts {
  readonly units: ReadonlyMap<string, Unit>;
  readonly registries: Fleet['registries'];
  readonly matrices: Fleet['matrices'];
  /** In the order of the machines' names. */
  readonly owners: ReadonlyMap<string, MachineGenerators>;
}

/** The last merge with its inputs. */
export interface GeneratorIndex {
  /** The shares by file. */
  readonly shares: Map<string, Share>;
  /** The files that have definitions whose names have holes. */
  readonly filesOfPatterns: Set<string>;
  readonly names: Map<string, Holders>;
  readonly merged: Map<string, Merged>;
  owners: ReadonlyMap<string, MachineGenerators>;
  /** Definitions whose names have holes, by their places in the current texts. */
  patterns: ReadonlyMap<string, ReadonlySet<GeneratorDefinition>>;
  /** Places of such definitions at which the names are known on the machines. */
  settled: ReadonlySet<string>;
  /** The definitions at these places. */
  settledPatterns: ReadonlySet<GeneratorDefinition>;
  /**
   * Describes the machines that may have unknown generators, which decides whether all machines of a generator are
   * known.
   */
  completeness: string;
  list: readonly Generator[];
}

/** The files and machines that have definitions of a name. */
interface Holders {
  readonly files: Set<string>;
  readonly machines: Set<string>;
}

export function createGeneratorIndex(): GeneratorIndex {
  return {
    shares: new Map(),
    filesOfPatterns: new Set(),
    names: new Map(),
    merged: new Map(),
    owners: new Map(),
    patterns: new Map(),
    settled: new Set(),
    settledPatterns: new Set(),
    completeness: '',
    list: [],
  };
}

/** Returns all generators sorted by name. The list and unchanged generators are the same objects as before. */
export function mergeGenerators(index: GeneratorIndex, parts: GeneratorParts): readonly Generator[] {
  const touched = new Set<string>();
  const by = createContributionsBy();
  updateShares(index, parts, touched, by);
  const isOwnersSame = !updateOwners(index, parts.owners, touched);
  // Their places may have moved.
  const patterns = patternsOf(index);
  const arePatternsSame = areSamePatterns(index.patterns, patterns);
  index.patterns = patterns;
  if (!arePatternsSame || !isOwnersSame) updateSettled(index, touched);

  const unclear = [...parts.owners]
    .filter(([, ownGenerators]) => !ownGenerators.complete)
    .map(([machine]) => machine);
  const completeness = `${parts.owners.size > 0} ${unclear.join(' ')}`;
  const isComplete = ({ certain, generator: { possibleMachines } }: Merged) =>
    parts.owners.size > 0 &&
    possibleMachines.length === 0 &&
    unclear.every(machine => isAmong(certain, machine));
  let isSameList = true;
  const order = orderOf(parts.units);
  for (const name of touched) {
    const merged = mergeName(index, name, order, by);
    if (index.merged.has(name) !== (merged !== null)) isSameList = false;
    if (merged === null) index.merged.delete(name);
    else index.merged.set(name, { ...merged, generator: withCompleteness(merged, isComplete(merged)) });
  }
  const isSettled = completeness === index.completeness;
  if (!isSettled)
    for (const [name, merged] of index.merged) {
      const complete = isComplete(merged);
      if (complete !== merged.generator.machinesComplete)
        index.merged.set(name, { ...merged, generator: withCompleteness(merged, complete) });
    }
  index.completeness = completeness;
  if (touched.size > 0 || !isSettled)
    index.list = isSameList
      ? index.list.map(({ name }) => generatorOf(index, name))
      : [...index.merged.keys()].sort().map(name => generatorOf(index, name));
  return index.list;
}

function generatorOf({ merged }: GeneratorIndex, name: string): Generator {
  return (merged.get(name) as Merged).generator;
}

/** Returns whether a name is in the sorted list. */
function isAmong(sorted: readonly string[], name: string): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as string) < name) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === name;
}

function holdersOf({ names }: GeneratorIndex, name: string): Holders {
  let holders = names.get(name);
  if (holders === undefined) {
    holders = { files: new Set(), machines: new Set() };
    names.set(name, holders);
  }
  return holders;
}

/** Updates the shares of files. */
function updateShares(
  index: GeneratorIndex,
  parts: GeneratorParts,
  touched: Set<string>,
  by: ContributionsBy,
): void {
  const { shares, filesOfPatterns } = index;
  const reader = shareReader(parts);

  function note(before: Share | null, now: Share | null): void {
    if (before !== null) filesOfPatterns.delete(before.unit.file);
    if (now?.unit.definitions.some(isPattern)) filesOfPatterns.add(now.unit.file);
    const [old, fresh] = [before, now].map(share => (share === null ? NOTHING : by(share)));
    for (const name of new Set([...(old?.keys() ?? []), ...(fresh?.keys() ?? [])])) {
      const [left, right] = [old?.get(name), fresh?.get(name)];
      if (left !== undefined && right !== undefined && isSameContribution(left, right)) continue;
      touched.add(name);
      const { files } = holdersOf(index, name);
      if (right !== undefined && now !== null) files.add(now.unit.file);
      else if (before !== null) files.delete(before.unit.file);
    }
  }

  for (const [file, share] of shares) {
    if (parts.units.has(file)) continue;
    note(share, null);
    shares.delete(file);
  }
  for (const unit of parts.units.values()) {
    const before = shares.get(unit.file);
    if (before !== undefined && reader.isCurrent(before)) {
      if (before.unit === unit) continue;
      if (hasSameGenerators(unit, before)) {
        shares.set(unit.file, { ...before, unit });
        continue;
      }
    }
    const share = reader.read(unit);
    shares.set(unit.file, share);
    note(before ?? null, share);
  }
}

const NOTHING: ReturnType<ContributionsBy> = new Map();

/** Updates the definitions of machines. Returns false if no machine has changed. */
function updateOwners(
  index: GeneratorIndex,
  owners: ReadonlyMap<string, MachineGenerators>,
  touched: Set<string>,
): boolean {
  let isChanged = false;
  const update = (
    machine: string,
    before: MachineGenerators | undefined,
    now: MachineGenerators | undefined,
  ) => {
    isChanged = true;
    const names = new Set<string>();
    for (const definition of changedDefinitions(before, now)) names.add(definition.name);
    for (const name of names) {
      touched.add(name);
      const { machines } = holdersOf(index, name);
      if (now !== undefined && hasAny(name, now)) machines.add(machine);
      else machines.delete(machine);
    }
  };
  for (const [machine, before] of index.owners) if (!owners.has(machine)) update(machine, before, undefined);
  for (const [machine, now] of owners) {
    const before = index.owners.get(machine);
    if (before !== now) update(machine, before, now);
  }
  index.owners = owners;
  return isChanged;
}

/** Returns the definitions that were added or removed. */
function changedDefinitions(
  before: MachineGenerators | undefined,
  now: MachineGenerators | undefined,
): GeneratorDefinition[] {
  const changed: GeneratorDefinition[] = [];
  for (const kind of ['certain', 'possible'] as const) {
    const old = before?.[kind] ?? [];
    const fresh = now?.[kind] ?? [];
    // The effect of a definition depends on whether the machine may have others.
    const { left, right } =
      before?.complete === now?.complete ? differenceOf(old, fresh) : { left: old, right: fresh };
    for (const definition of left) changed.push(definition);
    for (const definition of right) changed.push(definition);
  }
  return changed;
}

type Patterns = GeneratorIndex['patterns'];

function patternsOf({ shares, filesOfPatterns }: GeneratorIndex): Patterns {
  const patterns = new Map<string, Set<GeneratorDefinition>>();
  for (const file of filesOfPatterns)
    for (const definition of shares.get(file)?.unit.definitions ?? []) {
      if (!isPattern(definition)) continue;
      addToSet(patterns, placeKey(definition.at), definition);
    }
  return patterns;
}

function areSamePatterns(left: Patterns, right: Patterns): boolean {
  if (left.size !== right.size) return false;
  for (const [key, definitions] of left) {
    const others = right.get(key);
    if (others?.size !== definitions.size) return false;
    for (const definition of definitions) if (!others.has(definition)) return false;
  }
  return true;
}

/** Determines again at which places with holes the names are known. */
function updateSettled(index: GeneratorIndex, touched: Set<string>): void {
  const { patterns } = index;
  const files = new Set([...patterns.keys()].map(fileOfKey));
  const settled = new Set<string>();
  /** Places, and files with gaps, at which a machine may have unknown names. */
  const open = new Set<string>();
  for (const { certain, possible, gaps } of files.size === 0 ? [] : index.owners.values()) {
    for (const { at } of gaps) if (files.has(at.file)) open.add(at.file);
    for (const list of [certain, possible])
      for (const definition of list) {
        if (!files.has(definition.at.file)) continue;
        const key = placeKey(definition.at);
        if (patterns.has(key)) (isPattern(definition) ? open : settled).add(key);
      }
  }
  for (const key of settled) if (open.has(key) || open.has(fileOfKey(key))) settled.delete(key);
  const settledPatterns = new Set<GeneratorDefinition>();
  for (const [key, definitions] of patterns)
    for (const definition of definitions) {
      if (settled.has(key)) settledPatterns.add(definition);
      if (settled.has(key) !== index.settledPatterns.has(definition)) touched.add(definition.name);
    }
  index.settled = settled;
  index.settledPatterns = settledPatterns;
}

function fileOfKey(key: string): string {
  return key.slice(0, key.indexOf('\0'));
}

/** Returns a comparator that sorts files in the order of the workspace. */
function orderOf(units: ReadonlyMap<string, Unit>): (a: string, b: string) => number {
  let places: Map<string, number> | null = null;
  return (a, b) => {
    places ??= new Map([...units.keys()].map((file, place) => [file, place]));
    return (places.get(a) ?? 0) - (places.get(b) ?? 0);
  };
}

function mergeName(
  index: GeneratorIndex,
  name: string,
  order: (a: string, b: string) => number,
  by: ContributionsBy,
): Merged | null {
  const holders = holdersOf(index, name);
  if (holders.files.size === 0 && holders.machines.size === 0) index.names.delete(name);
  const shares = [...holders.files].sort(order).map(file => index.shares.get(file) as Share);
  const all = shares.flatMap(share => by(share).get(name) ?? []);
  return mergeOne({
    name,
    general: all.flatMap(({ definitions }) => definitions),
    holders: [...holders.machines]
      .sort()
      .map(machine => [machine, index.owners.get(machine) as MachineGenerators]),
    assigned: all.flatMap(({ machines }) => machines),
    isSettled: place => index.settled.has(place),
  });
}
