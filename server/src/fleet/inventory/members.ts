/**
 * Finds the machines with a tag and the members of a role. Answers are null if unknown, as they are if some machines or
 * tags could not be read.
 */

import { argumentsFor, wellKnownArgument } from '../../modules/modules.ts';
import { definitionsOf } from '../../modules/read.ts';
import type { Setting } from '../../modules/settings.ts';
import { mergeSettings } from '../../modules/settings.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { attr, attrs, list, string, unknown } from '../../nix/eval/construct.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import { thunk } from '../../nix/eval/thunks.ts';
import type { Attr, AttrsValue, Lazy, ListValue, Value } from '../../nix/eval/value.ts';
import { placeOf } from '../../nix/places.ts';
import type { Machine } from '../model/base.ts';
import type { ClanOptions, Inventory, Role, RoleEntry, TagListing } from '../model/services.ts';
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
  /** False if there may be unlisted machines, or unlisted tags of machines. */
  readonly machinesComplete: boolean;
  readonly tagsComplete: boolean;
}

const NO_MACHINES: ReadonlySet<string> = new Set();

interface Members {
  readonly machines: Set<string>;
  complete: boolean;
}

/** The evaluation steps allowed for functions that compute tags. */
const STEPS = 200_000;

/** Joins the sources to an inventory. Functions that compute tags are called with the inventory's machines. */
export function createInventory(cx: Evaluation, sources: InventorySources): Inventory {
  const { machines, tagsComplete } = sources;
  const tags = predefined(sources);
  for (const machine of machines)
    for (const tag of machine.tags) membersOf(tags, tag, tagsComplete).machines.add(machine.name);
  let others = tagsComplete;
  const tagLists: TagListing[] = [];
  const read = withBudget(cx, STEPS, () => readTags(cx, sources, tags, tagLists));
  if (read instanceof BudgetExceeded || !read) others = false;
  for (const tag of [...tags.values()]) if (!others && !isPredefined(tags, tag)) tag.complete = false;

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
      const tagMembers = tags.get(tag);
      if (tagMembers === undefined) return others && sources.machinesComplete ? [] : null;
      return tagMembers.complete && sources.machinesComplete ? [...tagMembers.machines].sort() : null;
    },
    certainlyTagged: tag => tags.get(tag)?.machines ?? NO_MACHINES,
    machine: name => byName.get(name) ?? null,
  };
}

const PREDEFINED = ['all', 'nixos', 'darwin'] as const;

function isPredefined(tags: ReadonlyMap<string, Members>, tagMembers: Members): boolean {
  return PREDEFINED.some(name => tags.get(name) === tagMembers);
}

function predefined({ machines, machinesComplete }: InventorySources): Map<string, Members> {
  const names = (kind: string) =>
    machines.filter(machine => machine.class === kind).map(machine => machine.name);
  const classes = machinesComplete && machines.every(machine => machine.class !== null);
  return new Map([
    ['all', { machines: new Set(machines.map(machine => machine.name)), complete: machinesComplete }],
    ['nixos', { machines: new Set(names('nixos')), complete: classes }],
    ['darwin', { machines: new Set(names('darwin')), complete: classes }],
  ]);
}

function membersOf(tags: Map<string, Members>, tag: string, complete: boolean): Members {
  const members = tags.get(tag) ?? { machines: new Set<string>(), complete };
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
      if (set.open !== null || set.patterns.length > 0) complete = false;
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
  const tagMembers = membersOf(tags, tag, true);
  if (entry.optional) tagMembers.complete = false;
  const value = cx.force(entry.value);
  if (value.kind !== 'list') {
    tagMembers.complete = false;
    return;
  }
  for (const item of value.items) {
    const name = item.kind === 'spread' ? null : cx.force(item);
    if (name?.kind === 'string' && name.text !== null) {
      tagMembers.machines.add(name.text);
      if (name.origin !== null) lists.push({ tag, machine: name.text, at: placeOf(name.origin) });
    } else tagMembers.complete = false;
  }
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
  const names = ({ machines: of, complete }: Members): ListValue =>
    list(
      [
        ...[...of].sort().map(name => string(name, null)),
        ...(complete ? [] : [{ kind: 'spread' as const, of: more }]),
      ],
      null,
    );
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
