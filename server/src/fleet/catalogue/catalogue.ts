/**
 * The generators of clan-core's own services: what is known of a name, and which of them an inventory brings to
 * which machine. A use of one of them needs no declaration in the workspace. Knows the catalogue and the inventory;
 * what is written in modules is not known here.
 */

import type { Setting } from '../../modules/settings.ts';
import { incomplete, settingAt } from '../../modules/settings.ts';
import type { Place } from '../../nix/places.ts';
import { isOfClanCore } from '../inventory/inventory.ts';
import { certainMembers, memberSettings, roleMembers } from '../inventory/members.ts';
import type { BroughtGenerator, Instance, Inventory, Role } from '../model/services.ts';
import { createCollector, domainHoles, isTrue, type Occasion, textOf } from './brought.ts';
import {
  CATALOGUE,
  type CatalogueCondition,
  type CatalogueEach,
  type CatalogueFile,
  type CatalogueGenerator,
} from './catalogue-data.ts';
import { filled, type Holes, holesIn, patternOf } from './catalogue-names.ts';
import type { LockedClanCore } from './locked-clan-core.ts';

export { CLAN_CORE_COMMIT } from './catalogue-data.ts';

interface Template {
  readonly entry: CatalogueGenerator;
  readonly pattern: RegExp;
}

/** Names in the options that switch core modules off. */
export const CORE_SWITCHES: readonly string[] = CATALOGUE.flatMap(entry => entry.unless ?? []);

const TEMPLATES: readonly Template[] = CATALOGUE.map(entry => ({ entry, pattern: patternOf(entry.name) }));

/** Returns true if one of clan-core's services may declare a generator of this name. */
export function isCatalogueGenerator(name: string): boolean {
  return TEMPLATES.some(({ pattern }) => pattern.test(name));
}

/** Returns all that the catalogue has of a name; several services may declare one name. */
export function catalogueEntries(name: string): readonly CatalogueGenerator[] {
  return TEMPLATES.filter(({ pattern }) => pattern.test(name)).map(({ entry }) => entry);
}

/** Returns what the catalogue says of a file of a generator, or `null` if no service declares it. */
export function catalogueFile(generator: string, file: string): CatalogueFile | null {
  for (const { entry, pattern } of TEMPLATES) {
    const holes = holesIn(pattern, generator);
    if (holes === null) continue;
    const found = entry.files.find(candidate => filled(candidate.name, holes) === file);
    if (found !== undefined) return { ...found, name: file };
  }
  return null;
}

/**
 * Returns the generators that an inventory brings, and those that core modules may add to any machine.
 *
 * @param locked the clan-core that the flake has locked
 * @param plain machines of which nothing is set but what is seen
 * @param mentions whether some file of the workspace has a word
 */
export function catalogueGenerators(
  inventory: Inventory,
  locked: LockedClanCore | null,
  plain: readonly string[] = [],
  mentions: (word: string) => boolean = () => true,
): readonly BroughtGenerator[] {
  const brought = createCollector(locked);
  const at = inventory.machines.find(machine => machine.at !== null)?.at ?? NOWHERE;
  for (const entry of CATALOGUE) {
    if (entry.service !== null) continue;
    const core = { instance: null, holes: new Map<string, string>(), settings: null, at };
    const isOn = entry.unless?.some(mentions) === false;
    const having = isOn ? plain : [];
    for (const machine of having) brought.add(entry, { ...core, machine, certain: true });
    // Machines of clan are of NixOS where they are not of nix-darwin.
    const others = inventory.machines.filter(
      ({ name, class: kind }) => kind !== 'darwin' && !having.includes(name),
    );
    if (!isOn || others.length > 0 || inventory.tagged('all') === null)
      brought.add(entry, { ...core, machine: null, certain: false });
  }
  for (const instance of inventory.instances) {
    const ours = isOfClanCore(instance);
    if (ours === false || instance.module.name === null) continue;
    const sure = ours === true && !instance.conditional;
    for (const entry of CATALOGUE)
      if (entry.service === instance.module.name) bring(inventory, instance, entry, sure, brought.add);
  }
  return brought.all();
}

/** The place of what is brought by nothing that is written anywhere. */
const NOWHERE: Place = { file: 'flake.nix', start: 0, end: 0 };

type Add = (entry: CatalogueGenerator, occasion: Occasion) => void;

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
  for (const role of roles) {
    const members = roleMembers(inventory, role);
    const isAll = role.complete && instance.complete && inventory.complete;
    for (const machine of members ?? certainMembers(inventory, role)) {
      const known = inventory.machine(machine);
      // Clan takes the names of machines that there are not, and nothing comes of it.
      if (known === null && inventory.tagged('all') !== null) continue;
      const machineClass = known?.class ?? null;
      if (seen.has(machine) || (machineClass === 'darwin' && !entry.darwin)) continue;
      const all = memberSettings(inventory, role, machine);
      const settings = isAll ? all : incomplete(all);
      const met = condition(settings);
      if (met === false) continue;
      if (entry.roles.length === 0) seen.add(machine);
      const certain = sure && met === true && (entry.darwin || machineClass !== null);
      const holes = new Map(base).set('machine', machine);
      for (const occurrence of each(entry.each, settings, instance.name))
        add(entry, {
          instance,
          holes: new Map([...holes, ...domainHoles(entry, settings), ...occurrence.holes]),
          machine,
          settings: occurrence.settings ?? settings,
          certain,
          at: instance.at[0] ?? NOWHERE,
        });
    }
    if (members === null && condition(incomplete(role.settings())) !== false)
      add(entry, unknownMembers(instance, entry, role, base));
  }
}

/** Returns the generator of those members of a role that are not known. */
function unknownMembers(instance: Instance, entry: CatalogueGenerator, role: Role, base: Holes): Occasion {
  const settings = incomplete(role.settings());
  const [one] = each(entry.each, settings, instance.name);
  const holes = new Map([...base, ...(one?.holes ?? [])]);
  return { instance, holes, machine: null, settings, certain: false, at: instance.at[0] ?? NOWHERE };
}

/** Returns the machine that makes the identity of a network: the first of its controllers. */
function controllerOf(inventory: Inventory, instance: Instance): string | null {
  const role = instance.roles.get('controller');
  return role === undefined ? null : (roleMembers(inventory, role)?.[0] ?? null);
}

interface OneOf {
  readonly holes: Holes;
  /** The settings of the thing itself, for what depends on them. */
  readonly settings: Setting | null;
}

const UNKNOWN: OneOf = { holes: new Map(), settings: null };

/** Returns the things for each of which there is a generator; one with open holes where there may be more. */
function each(source: CatalogueEach | undefined, settings: Setting, instance: string): readonly OneOf[] {
  if (source === undefined || source.kind === 'unknown') return [UNKNOWN];
  const setting = settingAt(settings, source.setting.split('.'));
  if (source.kind === 'value') {
    const text = setting === undefined ? instance : textOf(setting);
    return text === null ? [UNKNOWN] : [{ holes: new Map([[source.hole, text]]), settings: null }];
  }
  if (setting === undefined) return [];
  if (setting?.kind !== 'set') return [UNKNOWN];
  const all = [...setting.entries].map(([name, inner]): OneOf => {
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

/** Answers whether a condition is met by the settings of a machine; null where that is not known. */
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

/** Returns whether the answer is yes for some member of a role, or `null` if that is not known. */
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
  let known = isAll && members !== null;
  for (const machine of members ?? certainMembers(inventory, role)) {
    const settings = memberSettings(inventory, role, machine);
    const answer = question(isAll && role.complete ? settings : incomplete(settings));
    if (answer === true) return true;
    if (answer === null) known = false;
  }
  return known ? false : null;
}
