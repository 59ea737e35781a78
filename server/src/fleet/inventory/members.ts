/**
 * Finds the machines with a tag and the members of a role. Answers are null if unknown, as they are if some machines or
 * tags could not be read.
 */

import { argumentsFor, wellKnownArgument } from '../../modules/modules.ts';
import { patternOf } from '../../modules/name-patterns.ts';
import { definitionsOf } from '../../modules/read.ts';
import type { Setting } from '../../modules/settings.ts';
import { mergeSettings } from '../../modules/settings.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { attr, attrs, isClosed, list, string, unknown, withCandidates } from '../../nix/eval/construct.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import { thunk } from '../../nix/eval/thunks.ts';
import type { Attr, AttrsValue, Lazy, ListValue, Value } from '../../nix/eval/value.ts';
import { placeOf } from '../../nix/places.ts';
import type { Machine } from '../model/base.ts';
import type { ClanOptions, FurtherNames, Inventory, Role, RoleEntry, TagListing } from '../model/services.ts';
import { ANY_NAMES, furtherOfSpread, isNone, joinNames, NO_NAMES, nameOf, namesOf } from './further-names.ts';
import { type Instances, mergeInstances, withModuleNames } from './inventory.ts';
import { SETTINGS } from './model-values.ts';

/** The definitions of `inventory.tags` at one place. */
export interface TagDefinitions {
  /** Values that are a set of lists, or a function that returns such a set. */
  readonly values: readonly Lazy[];
}

/** The contents of all sources of an inventory together. */
export interface InventorySources {
  readonly instances: Instances;
  readonly tags: readonly TagDefinitions[];
  readonly options: readonly ClanOptions[];
  readonly optionsComplete: boolean;
  readonly domain: string | null;
  readonly machines: readonly Machine[];
  /** False if there may be unlisted machines. */
  readonly machinesComplete: boolean;
  /** Machines that may have tags which are not listed. */
  readonly withHiddenTags: readonly string[];
}

const NO_MACHINES: ReadonlySet<string> = new Set();

interface Members {
  readonly machines: Set<string>;
  /** Machines that may be members, too. */
  further: FurtherNames;
}

/** The evaluation steps allowed for functions that compute tags. */
const STEPS = 200_000;

/** Joins the sources to an inventory. Functions that compute tags are called with the inventory's machines. */
export function createInventory(cx: Evaluation, sources: InventorySources): Inventory {
  const { machines, machinesComplete } = sources;
  const tags = predefined(sources);
  for (const machine of machines)
    for (const tag of machine.tags) membersOf(tags, tag).machines.add(machine.name);
  const tagLists: TagListing[] = [];
  const read = withBudget(cx, STEPS, () => readTags(cx, sources, tags, tagLists));
  const others: FurtherNames =
    read instanceof BudgetExceeded || !read ? ANY_NAMES : { ...NO_NAMES, names: sources.withHiddenTags };
  for (const [tag, tagMembers] of tags)
    if (!isPredefinedTag(tag)) tagMembers.further = joinNames(tagMembers.further, others);
  const NO_MEMBERS: Members = { machines: new Set(), further: others };

  const byName = new Map(machines.map(machine => [machine.name, machine]));
  return {
    instances: withModuleNames(mergeInstances(sources.instances.list)),
    complete: sources.instances.complete,
    machines,
    tagNames: [...tags.keys()].sort(),
    tagLists,
    options: sources.options,
    optionsComplete: sources.optionsComplete,
    domain: sources.domain,
    tagged(tag) {
      const tagMembers = tags.get(tag) ?? NO_MEMBERS;
      return isNone(tagMembers.further) && machinesComplete ? [...tagMembers.machines].sort() : null;
    },
    certainlyTagged: tag => tags.get(tag)?.machines ?? NO_MACHINES,
    possiblyTagged(tag) {
      const { machines: certain, further } = tags.get(tag) ?? NO_MEMBERS;
      if (!machinesComplete || further.any) return null;
      if (isNone(further)) return NO_MACHINES;
      return new Set([...namedBy(further, [...byName.keys()])].filter(name => !certain.has(name)));
    },
    machine: name => byName.get(name) ?? null,
  };
}

const PREDEFINED: readonly string[] = ['all', 'nixos', 'darwin'];

/** Returns whether clan defines the members of a tag. */
export function isPredefinedTag(tag: string): boolean {
  return PREDEFINED.includes(tag);
}

function predefined({ machines, machinesComplete }: InventorySources): Map<string, Members> {
  const names = (kind: string) =>
    machines.filter(machine => machine.class === kind).map(machine => machine.name);
  const others = machinesComplete ? NO_NAMES : ANY_NAMES;
  const unclear = machines.filter(machine => machine.class === null).map(machine => machine.name);
  const further = joinNames(others, { ...NO_NAMES, names: unclear });
  return new Map([
    ['all', { machines: new Set(machines.map(machine => machine.name)), further: others }],
    ['nixos', { machines: new Set(names('nixos')), further }],
    ['darwin', { machines: new Set(names('darwin')), further }],
  ]);
}

function membersOf(tags: Map<string, Members>, tag: string): Members {
  const members = tags.get(tag) ?? { machines: new Set<string>(), further: NO_NAMES };
  tags.set(tag, members);
  return members;
}

/** Adds the members that `inventory.tags` lists. Returns false if there may be further tags. */
function readTags(
  cx: Evaluation,
  sources: InventorySources,
  tags: Map<string, Members>,
  lists: TagListing[],
): boolean {
  let complete = true;
  for (const lazy of sources.tags.flatMap(tag => tag.values)) {
    for (const { value, conditional } of definitionsOf(cx, lazy)) {
      const set = value.kind === 'lambda' ? computed(cx, value, sources, tags) : value;
      if (set.kind !== 'attrs' || conditional) {
        complete = false;
        continue;
      }
      if (!isClosed(set)) complete = false;
      for (const [tag, entry] of set.entries) addTag(cx, tags, tag, entry, lists);
    }
  }
  return complete;
}

function addTag(
  cx: Evaluation,
  tags: Map<string, Members>,
  tag: string,
  entry: Attr,
  lists: TagListing[],
): void {
  const tagMembers = membersOf(tags, tag);
  const note = (names: FurtherNames) => {
    tagMembers.further = joinNames(tagMembers.further, names);
  };
  const value = cx.force(entry.value);
  if (value.kind !== 'list' || entry.optional) {
    note(namesOf(cx, value));
    return;
  }
  for (const item of value.items) {
    const name = item.kind === 'spread' ? null : cx.force(item);
    if (name?.kind === 'string' && name.text !== null) {
      tagMembers.machines.add(name.text);
      if (name.origin !== null) lists.push({ tag, machine: name.text, at: placeOf(name.origin) });
    } else note(item.kind === 'spread' ? furtherOfSpread(cx, item) : nameOf(cx.force(item)));
  }
}

/** Returns the machines, of all that there are, that names may mean. */
function namedBy({ names, patterns }: FurtherNames, all: readonly string[]): ReadonlySet<string> {
  const matching = patterns.map(patternOf);
  return new Set([...names, ...all.filter(name => matching.some(pattern => pattern.test(name)))]);
}

/**
 * Calls a function `tags = { config, machines, ... }: { … }`, where `config` has all tags and `machines` those of the
 * inventory.
 */
function computed(
  cx: Evaluation,
  fn: Value,
  { machines, machinesComplete }: InventorySources,
  tags: ReadonlyMap<string, Members>,
): Value {
  const more = unknown('a machine that is not known', 'inventory.machines', null);
  const anyOf = (all: readonly string[]) =>
    withCandidates(
      unknown('which machines these are', `some of ${all.join(' ')}`, null),
      [list(named(all), null)],
      true,
    );
  const named = (all: Iterable<string>) => [...all].sort().map(name => string(name, null));
  const names = ({ machines: of, further }: Members): ListValue => {
    const others = further.any ? more : anyOf(further.names);
    return list([...named(of), ...(isNone(further) ? [] : [{ kind: 'spread' as const, of: others }])], null);
  };
  const config: Lazy = thunk(() => {
    const computedTags = cx.force(result);
    const entries = new Map<string, Attr>(computedTags.kind === 'attrs' ? computedTags.entries : []);
    for (const tag of PREDEFINED) entries.set(tag, attr(names(tags.get(tag) as Members), null));
    return attrs(entries, null);
  });
  const ofMachine = (machine: Machine): AttrsValue =>
    attrs(
      new Map(machine.class === null ? [] : [['machineClass', attr(string(machine.class, null), null)]]),
      null,
      unknown(`what the inventory says of ${machine.name}`, `inventory.machines.${machine.name}`, null),
    );
  const all = attrs(
    new Map(machines.map(machine => [machine.name, attr(ofMachine(machine), null)])),
    null,
    machinesComplete ? null : more,
  );
  const library = wellKnownArgument('lib');
  const args: Readonly<Record<string, Lazy>> = {
    config,
    machines: all,
    clanLib: unknown("clan-core's library", 'clanLib', null, { kind: 'root', name: 'clanLib' }),
    ...(library === null ? {} : { lib: library }),
  };
  const result: Lazy = thunk(() => cx.apply(fn, argumentsFor(fn, args), null));
  return cx.force(result);
}

/** Keeps the definition of `inventory.tags` of a set, to be evaluated later. */
export function tagDefinitions(set: AttrsValue): TagDefinitions | null {
  const entry = set.entries.get('tags');
  return entry === undefined ? null : { values: [entry.value] };
}

/** Returns the machines of a role: those that it names and those with one of its tags; `null` if unknown. */
export function roleMembers(inventory: Inventory, role: Role): readonly string[] | null {
  if (!role.complete) return null;
  const names = new Set(role.machines.map(machine => machine.name));
  for (const tag of role.tags) {
    const tagged = inventory.tagged(tag.name);
    if (tagged === null) return null;
    for (const name of tagged) names.add(name);
  }
  return [...names].sort();
}

/**
 * Returns the machines that may be in a role besides those that certainly are: an unknown part of a list may still be known
 * to have no other names. Null if any machine may be in it.
 */
export function possibleMembers(inventory: Inventory, role: Role): readonly string[] | null {
  const { furtherMachines, furtherTags } = role;
  if (furtherMachines.any || furtherTags.any) return null;
  const hasPatterns = furtherMachines.patterns.length > 0 || furtherTags.patterns.length > 0;
  if (hasPatterns && inventory.tagged('all') === null) return null;
  const all = inventory.machines.map(({ name }) => name);
  const possible = new Set(namedBy(furtherMachines, all));
  const perhaps = [...namedBy(furtherTags, inventory.tagNames)];
  // A tag that is not known may be one of those that a machine does not list.
  if (furtherTags.patterns.length > 0) perhaps.push('');
  for (const tag of perhaps) for (const name of inventory.certainlyTagged(tag)) possible.add(name);
  for (const tag of [...role.tags.map(({ name }) => name), ...perhaps]) {
    const machines = inventory.possiblyTagged(tag);
    if (machines === null) return null;
    for (const name of machines) possible.add(name);
  }
  if (possible.size === 0) return [];
  const certain = new Set(certainMembers(inventory, role));
  return [...possible].filter(name => !certain.has(name)).sort();
}

/** Returns the machines that are certainly in a role. */
export function certainMembers(inventory: Inventory, role: Role): readonly string[] {
  const names = new Set(role.machines.map(machine => machine.name));
  for (const tag of role.tags) for (const name of inventory.certainlyTagged(tag.name)) names.add(name);
  return [...names].sort();
}

/** Returns the entries of a role that apply to a machine: its own and those of its tags. */
function entriesOf(inventory: Inventory, role: Role, machine: string): RoleEntry[] {
  return [
    ...role.tags.filter(tag => tag.hasSettings && inventory.certainlyTagged(tag.name).has(machine)),
    ...role.machines.filter(entry => entry.name === machine),
  ];
}

/** Returns whether all settings of a machine in a role are among `memberSettings`. */
export function hasAllSettings(inventory: Inventory, role: Role, machine: string): boolean {
  const isCertain = (tag: string) =>
    inventory.certainlyTagged(tag).has(machine) || inventory.possiblyTagged(tag)?.has(machine) === false;
  return (
    role.settingsComplete &&
    isNone(role.furtherTags) &&
    !role.furtherMachines.any &&
    !namedBy(role.furtherMachines, [machine]).has(machine) &&
    role.tags.every(({ name, hasSettings }) => !hasSettings || isCertain(name))
  );
}

/** Returns a machine's settings in a role, merged from those of the role, of the machine and of its tags. */
export function memberSettings(inventory: Inventory, role: Role, machine: string): Setting {
  return entriesOf(inventory, role, machine)
    .filter(entry => entry.hasSettings)
    .reduce((settings, entry) => mergeSettings(settings, entry.settings()), role.settings());
}

/** Returns the same settings as unevaluated definitions, which evaluation merges and passes to a service module. */
export function memberValues(inventory: Inventory, role: Role, machine: string): readonly Lazy[] {
  return [role, ...entriesOf(inventory, role, machine)].flatMap(SETTINGS.of);
}
