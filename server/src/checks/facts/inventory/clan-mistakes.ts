/**
 * Finds mistakes in the options of clans, inventories and service settings, with their severity, each place
 * once. Rules word the messages.
 */

import { certainMembers } from '../../../fleet/inventory/members.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Instance, Inventory, Role } from '../../../fleet/model/services.ts';
import { clanOptions, inventoryOptions, optionsOfService } from '../../../fleet/options/clan-core.ts';
import type { OptionFacts, OptionMistake, OptionTree } from '../../../modules/options/option.ts';
import type { Place } from '../../../nix/places.ts';
import { placeIdentity } from '../../../nix/places.ts';
import type { CheckContext, CheckFiles, Severity } from '../../rule.ts';
import { hasServiceOfClanCore, lockedTime } from './clan-core-version.ts';
import { severityOf, versionMatchOf } from './known-options.ts';
import { certainInstances, isDeployed } from './named-in-roles.ts';

/** A mistake in the options of a clan or its inventory. */
export interface ClanMistake {
  readonly mistake: OptionMistake;
  readonly severity: Severity;
  /**
   * The option that contains the mistake, as written: `inventory.machines.emily`; empty for the clan itself.
   */
  readonly below: string;
}

export function* clanMistakes({ fleet, sources }: CheckContext): Iterable<ClanMistake> {
  if (!fleet.isClan) return;
  const isNew = firstAtPlace();
  for (const { of, checkedAgainst } of fleet.inventory.options) {
    const described = of === 'clan' ? clanOptions() : inventoryOptions();
    const standing = versionMatchOf(sources, described);
    for (const mistake of checkedAgainst(described.tree).mistakes) {
      if (!isDeployed(mistake.at) || !isNew(mistake.at)) continue;
      // A module that declares options may add to clan's own.
      const isOpen = mistake.kind === 'unknown' && !fleet.inventory.optionsComplete;
      const severity = severityOf(described, isOpen ? 'other' : standing, mistake, mistake.path);
      if (severity === null) continue;
      const names = [...(of === 'inventory' ? ['inventory'] : []), ...mistake.path.slice(0, -1)];
      yield { mistake, severity, below: names.join('.') };
    }
  }
}

/** The settings accepted by a role of an instance. */
export interface AcceptedSettings {
  readonly tree: OptionTree;
  /** False if some version of the service may not need an option that has no default. */
  readonly wantsAll: boolean;
  /** Returns the severity of a mistake, or null if some version of the service may accept it. */
  readonly severityOf: (mistake: OptionMistake) => Severity | null;
}

/** A mistake in the settings of a role, of one of its machines or of a tag. */
export interface SettingMistake {
  readonly instance: Instance;
  readonly role: Role;
  readonly mistake: OptionMistake;
  readonly severity: Severity;
}

export function* settingMistakes({ fleet, sources }: CheckContext): Iterable<SettingMistake> {
  const isNew = firstAtPlace();
  for (const instance of certainInstances(fleet))
    for (const role of instance.roles.values()) {
      const taken = takenBy(fleet, sources, instance, role.name);
      if (taken === null) continue;
      for (const { facts, isUsed } of factsOf(fleet.inventory, role, taken.tree))
        for (const mistake of facts.mistakes) {
          if (!isDeployed(mistake.at) || !isNew(mistake.at)) continue;
          const severity = taken.severityOf(mistake);
          if (severity === null) continue;
          yield { instance, role, mistake, severity: isUsed || severity !== 'error' ? severity : 'warning' };
        }
    }
}

interface SettingsFacts {
  readonly facts: OptionFacts;
  /** True if some machine certainly has the settings; otherwise they may never be evaluated. */
  readonly isUsed: boolean;
}

/** Yields the facts about all settings that are given to a role. */
function* factsOf(inventory: Inventory, role: Role, tree: OptionTree): Iterable<SettingsFacts> {
  const isThere = (machine: string) => inventory.machine(machine) !== null;
  if (role.hasSettings)
    yield { facts: role.checkedAgainst(tree), isUsed: certainMembers(inventory, role).some(isThere) };
  for (const entry of role.machines)
    if (entry.hasSettings) yield { facts: entry.checkedAgainst(tree), isUsed: isThere(entry.name) };
  for (const entry of role.tags)
    if (entry.hasSettings) yield { facts: entry.checkedAgainst(tree), isUsed: false };
}

/** Returns the settings of a role of an instance, or null if they are not known. */
export function takenBy(
  fleet: Fleet,
  sources: CheckFiles,
  instance: Instance,
  role: string,
): AcceptedSettings | null {
  const { name, input } = instance.module;
  if (name === null) return null;
  if (input === 'self') return acceptedByOwnModule(fleet, name, role);
  const described = hasServiceOfClanCore(sources, instance) === true ? optionsOfService(name) : null;
  const tree = described?.roles.get(role);
  if (described === null || tree === undefined) return null;
  const standing = versionMatchOf(sources, described);
  const isRead = hasOptions(tree);
  return {
    tree,
    // An earlier version may not need an option, or may not have it.
    wantsAll: standing === 'same' && (lockedTime(sources) ?? 0) >= described.settled,
    severityOf(mistake) {
      const severity = severityOf(described, standing, mistake, [role, ...mistake.path]);
      return severity === 'error' && !isRead ? 'warning' : severity;
    },
  };
}

function acceptedByOwnModule({ serviceModules }: Fleet, name: string, role: string): AcceptedSettings | null {
  const modules = serviceModules.filter(module => module.name === name);
  const [settings, ...others] = modules.flatMap(module => module.settings().get(role) ?? []);
  if (settings === undefined || others.length > 0 || modules.length > 1) return null;
  const { tree, wantsAll, isRead } = settings;
  return { tree, wantsAll, severityOf: () => (isRead && hasOptions(tree) ? 'error' : 'warning') };
}

/** Returns whether a role has options; the settings of one without may never be evaluated. */
function hasOptions({ options }: OptionTree): boolean {
  return options.size > 0;
}

function firstAtPlace(): (at: Place) => boolean {
  const seen = new Set<string>();
  return at => {
    const key = placeIdentity(at);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  };
}
