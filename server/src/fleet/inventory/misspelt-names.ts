/**
 * Handles names in an inventory that do not exist. Since a misspelt name may stand for a member of a role, a tag or a
 * renamed folder, nothing is concluded from the absence of that thing. A rule reports the names.
 */
import { unknown } from '../../nix/eval/construct.ts';
import type { AttrsValue, Origin, UnknownValue } from '../../nix/eval/value.ts';
import { suggest } from '../../nix/near-names.ts';
import { groupBy } from '../../std.ts';
import type { Machine } from '../model/base.ts';
import type { MachineFact } from '../model/machines.ts';
import type { Inventory, Role } from '../model/services.ts';

const OPTIONS = {
  instance: ['module', 'roles'],
  module: ['name', 'input'],
  role: ['machines', 'tags', 'settings', 'extraModules'],
} as const;

type Owner = keyof typeof OPTIONS;

/** Returns whether the set has an unknown name that may be a misspelling of the option. */
export function mayBeMisspelling<O extends Owner>(
  { entries }: AttrsValue,
  of: O,
  option: (typeof OPTIONS)[O][number],
): boolean {
  const options: readonly string[] = OPTIONS[of];
  for (const name of entries.keys())
    if (!options.includes(name) && suggest(name, options) === option) return true;
  return false;
}

/** Returns the value of an option that may be set under a misspelt name. */
export function misspelt(option: string, origin: Origin | null): UnknownValue {
  const key = origin === null ? option : `${option}@${origin.file.path}:${origin.start}`;
  return unknown(`\`${option}\`, which may be misspelt`, key, origin);
}

/** Returns the machines that unknown names of machines and tags in a role may stand for. */
export function meantMembers(inventory: Inventory, role: Role): readonly string[] {
  const names = inventory.machines.map(machine => machine.name);
  const meant = new Set<string>();
  for (const { name } of role.machines) {
    const near = inventory.machine(name) === null ? suggest(name, names) : null;
    if (near !== null) meant.add(near);
  }
  for (const { name } of role.tags) {
    const near = inventory.tagNames.includes(name) ? null : suggest(name, inventory.tagNames);
    for (const machine of near === null ? [] : inventory.certainlyTagged(near)) meant.add(machine);
  }
  return [...meant].sort();
}

/**
 * Returns the machines of the inventory whose folder may have another name. Such a machine has no modules, and either a
 * folder with a similar name belongs to no machine of the inventory, or there is exactly one such machine and one such
 * folder.
 */
export function lostFolders(facts: readonly MachineFact[]): ReadonlySet<string> {
  const kinds = groupBy(facts, fact => fact.name);
  const alone = (source: Machine['source']) =>
    [...kinds].flatMap(([name, all]) =>
      all.every(fact => fact.source === source && fact.isModule !== true) ? [name] : [],
    );
  const [folders, entries] = [alone('folder'), alone('inventory')];
  if (folders.length === 1 && entries.length === 1) return new Set(entries);
  return new Set(entries.filter(name => suggest(name, folders) !== null));
}
