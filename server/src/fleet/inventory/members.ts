/**
 * Who has a tag and who is in a role. Answers are null where they are not known: a fleet with machines or tags that
 * could not be read has no certain members.
 */

import { argumentsFor, wellKnown } from '../../modules/modules.ts';
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

/** What `inventory.tags` says in one place. */
export interface TagDefinitions {
  /** A set of lists, or a function that gives one. */
  readonly values: readonly Lazy[];
}

/** What the sources of an inventory say together. */
export interface InventorySources {
  readonly instances: Instances;
  readonly tags: readonly TagDefinitions[];
  readonly options: readonly ClanOptions[];
  readonly optionsComplete: boolean;
  readonly domain: string | null;
  readonly machines: readonly Machine[];
  /** False if there may be machines, or tags of machines, that are not listed. */
  readonly machinesComplete: boolean;
  readonly tagsComplete: boolean;
}

const NO_MACHINES: ReadonlySet<string> = new Set();

interface Members {
  readonly machines: Set<string>;
  complete: boolean;
}

/** Steps allowed for the functions that compute tags. */
const STEPS = 200_000;

/** Joins what was read. Tags that are computed by functions are computed here, from the machines there are. */
export function createInventory(cx: Evaluation, sources: InventorySources): Inventory {
  const { machines, tagsComplete } = sources;
  const tags = predefined(sources);
  for (const machine of machines)
    for (const tag of machine.tags) members(tags, tag, tagsComplete).machines.add(machine.name);
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
      const found = tags.get(tag);
      if (found === undefined) return others && sources.machinesComplete ? [] : null;
      return found.complete && sources.machinesComplete ? [...found.machines].sort() : null;
    },
    certainlyTagged: tag => tags.get(tag)?.machines ?? NO_MACHINES,
    machine: name => byName.get(name) ?? null,
  };
}

const PREDEFINED = ['all', 'nixos', 'darwin'] as const;

function isPredefined(tags: ReadonlyMap<string, Members>, found: Members): boolean {
  return PREDEFINED.some(name => tags.get(name) === found);
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

function members(tags: Map<string, Members>, tag: string, complete: boolean): Members {
  const found = tags.get(tag) ?? { machines: new Set<string>(), complete };
  tags.set(tag, found);
  return found;
}

/** Adds what `inventory.tags` says. False if there may be tags of which nothing is known. */
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
  const found = members(tags, tag, true);
  if (entry.optional) found.complete = false;
  const value = cx.force(entry.value);
  if (value.kind !== 'list') {
    found.complete = false;
    return;
  }
  for (const item of value.items) {
    const name = item.kind === 'spread' ? null : cx.force(item);
    if (name?.kind === 'string' && name.text !== null) {
      found.machines.add(name.text);
      if (name.origin !== null) lists.push({ tag, machine: name.text, at: placeOf(name.origin) });
    } else found.complete = false;
  }
}

/** `tags = { config, machines, ... }: { … }`: `config` has the tags themselves, `machines` those of the inventory. */
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
    const own = cx.force(result);
    const entries = new Map<string, Attr>(own.kind === 'attrs' ? own.entries : []);
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
  const library = wellKnown('lib');
  const args: Readonly<Record<string, Lazy>> = {
    config,
    machines: all,
    clanLib: unknown("clan-core's library", 'clanLib', null, { kind: 'root', name: 'clanLib' }),
    ...(library === null ? {} : { lib: library }),
  };
  const result: Lazy = thunk(() => cx.apply(fn, argumentsFor(fn, args), null));
  return cx.force(result);
}

/** Reads `inventory.tags` of a set for later. */
export function tagDefinitions(set: AttrsValue): TagDefinitions | null {
  const entry = set.entries.get('tags');
  return entry === undefined ? null : { values: [entry.value] };
}

/**
 * Returns the machines of a role: those it names and those with one of its tags. Returns `null` where that is not
 * known.
 */
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

/** Returns what is said of one machine of a role: with its name, and with its tags. */
function entriesOf(inventory: Inventory, role: Role, machine: string): RoleEntry[] {
  return [
    ...role.tags.filter(tag => tag.hasSettings && inventory.certainlyTagged(tag.name).has(machine)),
    ...role.machines.filter(entry => entry.name === machine),
  ];
}

/** Returns what one machine is given as settings in a role: the role's, the machine's own, and those of its tags. */
export function memberSettings(inventory: Inventory, role: Role, machine: string): Setting {
  return entriesOf(inventory, role, machine)
    .filter(entry => entry.hasSettings)
    .reduce((settings, entry) => mergeSettings(settings, entry.settings()), role.settings());
}

/**
 * Returns what `memberSettings` reads as the values themselves, which evaluation merges and passes to a service
 * module.
 */
export function memberValues(inventory: Inventory, role: Role, machine: string): readonly Lazy[] {
  return [role, ...entriesOf(inventory, role, machine)].flatMap(SETTINGS.of);
}
