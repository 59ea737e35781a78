/**
 * Looks up names in the catalogue of clan-core's generators, and determines which of them an inventory adds to which
 * machine. A use of such a generator needs no declaration in the workspace. Knows the catalogue and the inventory, not
 * the contents of modules.
 */

import type { Setting } from '../../modules/settings.ts';
import { incomplete, settingAt } from '../../modules/settings.ts';
import type { Place } from '../../nix/places.ts';
import { isOfClanCore } from '../inventory/inventory.ts';
import {
  certainMembers,
  hasAllSettings,
  memberSettings,
  possibleMembers,
  roleMembers,
} from '../inventory/members.ts';
import { meantMembers } from '../inventory/misspelt-names.ts';
import type { ClanGenerator, Instance, Inventory, Role } from '../model/services.ts';
import {
  CATALOGUE,
  type CatalogueCondition,
  type CatalogueEach,
  type CatalogueFile,
  type CatalogueGenerator,
} from './catalogue-data.ts';
import { FORMER_CATALOGUE } from './catalogue-former.ts';
import { filled, type Holes, holesIn, patternOf } from './catalogue-names.ts';
import type { CoreModules } from './core-modules.ts';
import type { LockedClanCore } from './locked-clan-core.ts';
import { type CatalogueSource, createCollector, domainHoles, isTrue, textOf } from './render-catalogue.ts';

export { CLAN_CORE_COMMIT } from './catalogue-data.ts';

interface Template {
  readonly entry: CatalogueGenerator;
  readonly pattern: RegExp;
}

const TEMPLATES: readonly Template[] = CATALOGUE.map(entry => ({ entry, pattern: patternOf(entry.name) }));

/** Returns true if one of clan-core's services may declare a generator of this name. */
export function isCatalogueGenerator(name: string): boolean {
  return TEMPLATES.some(({ pattern }) => pattern.test(name));
}

/** Returns all entries that match a name; several services may declare the same name. */
export function catalogueEntries(name: string): readonly CatalogueGenerator[] {
  return TEMPLATES.filter(({ pattern }) => pattern.test(name)).map(({ entry }) => entry);
}

/** Returns the catalogue's entry for a file of a generator, or `null` if no service declares it. */
export function catalogueFile(generator: string, file: string): CatalogueFile | null {
  for (const { entry, pattern } of TEMPLATES) {
    const holes = holesIn(pattern, generator);
    if (holes === null) continue;
    const match = entry.files.find(candidate => filled(candidate.name, holes) === file);
    if (match !== undefined) return { ...match, name: file };
  }
  return null;
}

/**
 * Returns the generators that an inventory adds, and those that core modules may add to any machine.
 *
 * @param locked the clan-core that the flake has locked
 * @param core the core modules of machines on which any are known, by the machine's name
 */
export function catalogueGenerators(
  inventory: Inventory,
  locked: LockedClanCore | null,
  core: ReadonlyMap<string, CoreModules> = new Map(),
): readonly ClanGenerator[] {
  const collector = createCollector(locked);
  const at = inventory.machines.find(machine => machine.at !== null)?.at ?? NOWHERE;
  for (const entry of CATALOGUE) {
    if (entry.service !== null) continue;
    // A clan's machine is a NixOS machine unless it uses nix-darwin.
    const states = inventory.machines
      .filter(({ class: kind }) => kind !== 'darwin')
      .map(({ name }) => ({ name, here: core.get(name)?.get(entry.name) }));
    const isOpen =
      inventory.tagged('all') === null ||
      states.some(({ here }) => here === undefined || here.isEnabled === null);
    const occasion = {
      ...{ instance: null, holes: new Map<string, string>(), settings: null, at },
      machinesComplete: !isOpen,
    };
    for (const { name, here } of states)
      if (here?.isEnabled === true)
        collector.add(entry, { ...occasion, machine: name, values: here.values, certain: true });
    if (isOpen) collector.add(entry, { ...occasion, machine: null, certain: false });
  }
  for (const instance of inventory.instances) {
    const ours = isOfClanCore(instance);
    if (ours === false || instance.module.name === null) continue;
    const sure = ours === true && !instance.conditional;
    for (const entry of ALL_TIMES)
      if (entry.service === instance.module.name) bring(inventory, instance, entry, sure, collector.add);
  }
  return collector.all();
}

/** The generators of all versions of clan-core; which of them there are in the locked one is decided when they are rendered. */
const ALL_TIMES: readonly CatalogueGenerator[] = [...CATALOGUE, ...FORMER_CATALOGUE];

/** The place of generators for which nothing is written in the workspace. */
const NOWHERE: Place = { file: 'flake.nix', start: 0, end: 0 };

type Add = (entry: CatalogueGenerator, occasion: CatalogueSource) => void;

function bring(
  inventory: Inventory,
  instance: Instance,
  entry: CatalogueGenerator,
  sure: boolean,
  add: Add,
): void {
  const roles = [...instance.roles.values()].filter(
    role => entry.roles.length === 0 || entry.roles.includes(role.name),
  );
  const controller = controllerOf(inventory, instance);
  const base = new Map([['inst', instance.name]]);
  if (controller !== null) base.set('controller', controller);
  if (inventory.domain !== null) base.set('clan-domain', inventory.domain);
  const seen = new Set<string>();
  const condition = conditionOf(inventory, instance, entry.condition);
  const isAll = instance.complete && inventory.complete;
  const machinesComplete =
    isAll &&
    roles.every(
      role => possibleMembers(inventory, role) !== null && meantMembers(inventory, role).length === 0,
    );
  const addMembers = (role: Role, machines: readonly string[], isMember: boolean) => {
    for (const machine of machines) {
      const member = inventory.machine(machine);
      // Clan ignores names of machines that do not exist.
      if (member === null && inventory.tagged('all') !== null) continue;
      const machineClass = member?.class ?? null;
      const isSeen = seen.has(machine) && (entry.roles.length === 0 || !isMember);
      if (isSeen || (machineClass === 'darwin' && !entry.darwin)) continue;
      const all = memberSettings(inventory, role, machine);
      const settings = isAll && hasAllSettings(inventory, role, machine) ? all : incomplete(all);
      const met = condition(settings);
      const isExcluded = hasRole(inventory, instance, entry.notRoles, machine);
      if (met === false || isExcluded === true) continue;
      if (entry.roles.length === 0 || isMember) seen.add(machine);
      const isDecided = isMember && met === true && isExcluded === false;
      const certain = sure && isDecided && (entry.darwin || machineClass !== null);
      const holes = new Map(base).set('machine', machine);
      for (const occurrence of itemsOf(entry.each, settings, instance.name))
        add(entry, {
          instance,
          holes: new Map([...holes, ...domainHoles(entry, settings), ...occurrence.holes]),
          machine,
          settings: occurrence.settings ?? settings,
          certain,
          machinesComplete,
          at: instance.at[0] ?? NOWHERE,
        });
    }
  };
  for (const role of roles) addMembers(role, certainMembers(inventory, role), true);
  for (const role of roles) {
    const possible = possibleMembers(inventory, role);
    if (possible !== null) addMembers(role, possible, false);
    else if (condition(incomplete(role.settings())) !== false)
      add(entry, unknownMembers(instance, entry, role, base));
  }
}

/** Returns whether a machine has any of the roles; null if unknown. */
function hasRole(
  inventory: Inventory,
  instance: Instance,
  names: readonly string[] = [],
  machine: string,
): boolean | null {
  let isDecided = names.length === 0 || instance.complete;
  for (const name of names) {
    const role = instance.roles.get(name);
    if (role === undefined) continue;
    if (certainMembers(inventory, role).includes(machine)) return true;
    if (roleMembers(inventory, role) === null) isDecided = false;
  }
  return isDecided ? false : null;
}

/** Returns the occasion for the unknown members of a role. */
function unknownMembers(
  instance: Instance,
  entry: CatalogueGenerator,
  role: Role,
  base: Holes,
): CatalogueSource {
  const settings = incomplete(role.settings());
  const [item] = itemsOf(entry.each, settings, instance.name);
  const holes = new Map([...base, ...(item?.holes ?? [])]);
  const at = instance.at[0] ?? NOWHERE;
  return { instance, holes, machine: null, settings, certain: false, machinesComplete: false, at };
}

/** Returns the machine that creates a network's identity: the first of its controllers. */
function controllerOf(inventory: Inventory, instance: Instance): string | null {
  const role = instance.roles.get('controller');
  return role === undefined ? null : (roleMembers(inventory, role)?.[0] ?? null);
}

interface EachItem {
  readonly holes: Holes;
  /** The settings of the item itself, for names and files that depend on them. */
  readonly settings: Setting | null;
}

const UNKNOWN: EachItem = { holes: new Map(), settings: null };

/** Returns the items for each of which there is a generator; `UNKNOWN`, with open holes, if there may be more. */
function itemsOf(
  source: CatalogueEach | undefined,
  settings: Setting,
  instance: string,
): readonly EachItem[] {
  if (source === undefined || source.kind === 'unknown') return [UNKNOWN];
  const setting = settingAt(settings, source.setting.split('.'));
  if (source.kind === 'value') {
    const text = setting === undefined ? instance : textOf(setting);
    return text === null ? [UNKNOWN] : [{ holes: new Map([[source.hole, text]]), settings: null }];
  }
  if (setting === undefined) return [];
  if (setting?.kind !== 'set') return [UNKNOWN];
  const all = [...setting.entries].map(([name, inner]): EachItem => {
    const holes = new Map<string, string>();
    if (source.kind === 'fields') {
      for (const hole of source.holes) setText(holes, hole, settingAt(inner, [hole]));
    } else {
      const named = source.field === undefined ? undefined : settingAt(inner, [source.field]);
      if (named === undefined) holes.set(source.hole, name);
      else setText(holes, source.hole, named);
    }
    return { holes, settings: inner };
  });
  return setting.complete ? all : [...all, UNKNOWN];
}

function setText(holes: Map<string, string>, hole: string, setting: Setting | null | undefined): void {
  const text = textOf(setting ?? null);
  if (text !== null) holes.set(hole, text);
}

/** Returns a function that tests whether a machine's settings meet a condition; its result is null if unknown. */
function conditionOf(
  inventory: Inventory,
  instance: Instance,
  condition: CatalogueCondition | undefined,
): (settings: Setting) => boolean | null {
  if (condition === undefined) return () => true;
  const { setting, default: fallback, someOf } = condition;
  if (someOf === undefined) return settings => isTrue(settings, setting, fallback);
  const answer = someMember(inventory, instance, someOf, settings => isTrue(settings, setting, fallback));
  return () => answer;
}

/** Returns whether `question` is true for some member of a role; null if unknown. */
function someMember(
  inventory: Inventory,
  instance: Instance,
  name: string,
  question: (settings: Setting) => boolean | null,
): boolean | null {
  const role = instance.roles.get(name);
  const isAll = instance.complete && inventory.complete;
  if (role === undefined) return isAll ? false : null;
  const members = roleMembers(inventory, role);
  let isDecided = isAll && members !== null;
  for (const machine of members ?? certainMembers(inventory, role)) {
    const settings = memberSettings(inventory, role, machine);
    const answer = question(isAll && role.complete ? settings : incomplete(settings));
    if (answer === true) return true;
    if (answer === null) isDecided = false;
  }
  return isDecided ? false : null;
}
