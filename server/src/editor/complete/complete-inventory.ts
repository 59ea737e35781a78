/** Completes names in a clan's inventory: roles, their machines and tags, services. */

import { counted } from '../../checks/facts/wording.ts';
import { attributeText } from '../../edits/edits.ts';
import { SERVICES } from '../../fleet/catalogue/catalogue-services.ts';
import { isOfClanCore } from '../../fleet/inventory/inventory.ts';
import { clanOptionItems, pathAt } from './complete-settings.ts';
import { type Asked, type CompletionItem, item } from './completion-items.ts';

const PREDEFINED: Readonly<Record<string, string>> = {
  all: 'every machine',
  nixos: 'every machine with NixOS',
  darwin: 'every machine with macOS',
};

export function inventoryItems(asked: Asked): readonly CompletionItem[] | null {
  const { cursor } = asked;
  const path = pathAt(asked);
  const isQuoted = cursor.quotedIn !== null;
  const at = path.lastIndexOf('instances');
  if (at === -1) return isTagList(asked, path) ? tagItems(asked, true) : clanOptionItems(asked);
  const rest = path.slice(at + 2);
  if (cursor.side === 'name' || isQuoted) {
    const names = path.length > at + 1 ? namesIn(asked, rest, path[at + 1] ?? '', isQuoted) : null;
    return names ?? clanOptionItems(asked);
  }
  if (cursor.frames.at(-1)?.kind !== 'string') return clanOptionItems(asked);
  const [first, , second, third] = rest;
  if (first === 'roles' && second === 'tags' && third === undefined) return tagItems(asked, true);
  if (first === 'roles' && second === 'machines' && third === undefined) return machineItems(asked, true);
  if (first === 'module' && rest.at(-1) === 'name') return serviceItems(asked);
  return clanOptionItems(asked);
}

/** Returns whether the path is `inventory.machines.<name>.tags = [ "…" ]`. */
function isTagList({ cursor }: Asked, path: readonly string[]): boolean {
  const isText = cursor.side === 'value' && cursor.frames.at(-1)?.kind === 'string';
  return isText && path.at(-1) === 'tags' && path.at(-3) === 'machines';
}

/**
 * Completes names that the fleet defines: roles, and their machines and tags.
 *
 * @param rest the names below the instance's own
 */
function namesIn(
  asked: Asked,
  rest: readonly string[],
  instance: string,
  isQuoted: boolean,
): readonly CompletionItem[] | null {
  const [first, , list] = rest;
  if (first !== 'roles') return null;
  if (rest.length === 1) return roleItems(asked, instance, isQuoted);
  if (rest.length !== 3) return null;
  if (list === 'machines') return machineItems(asked, isQuoted);
  return list === 'tags' ? tagItems(asked, isQuoted) : null;
}

function named(name: string, quoted: boolean): string {
  return quoted ? name : attributeText(name);
}

function machineItems({ snapshot }: Asked, quoted: boolean): CompletionItem[] {
  return snapshot.fleet.machines.map(({ name, class: kind, system }) =>
    item(name, 'machine', [kind, system].filter(word => word !== null).join(' ') || 'machine', {
      insert: named(name, quoted),
      subject: { kind: 'machine', machine: name },
    }),
  );
}

function tagItems({ snapshot }: Asked, quoted: boolean): CompletionItem[] {
  const tags = new Map<string, number>();
  for (const machine of snapshot.fleet.machines)
    for (const tag of machine.tags) tags.set(tag, (tags.get(tag) ?? 0) + 1);
  const items = [...tags].map(([tag, count]) => {
    return item(tag, 'tag', counted(count, 'machine'), {
      insert: named(tag, quoted),
    });
  });
  const others = Object.entries(PREDEFINED).map(([tag, text]) => item(tag, 'tag', text, { rank: 2 }));
  return [...items, ...others];
}

/** Returns the known roles of the instance's service, and roles that other instances use. */
function roleItems({ snapshot }: Asked, instance: string, quoted: boolean): CompletionItem[] {
  const { inventory, serviceModules } = snapshot.fleet;
  const current = inventory.instances.find(({ name }) => name === instance);
  const roleItem = (role: string, text: string, rank: number) =>
    item(role, 'role', text, { insert: named(role, quoted), rank });
  const service = current?.module.name ?? instance;
  const ofClan = current === undefined || isOfClanCore(current) === true;
  const declared =
    current?.module.input === 'self'
      ? serviceModules.filter(({ name }) => name === service).flatMap(module => module.roles().names)
      : ofClan
        ? (SERVICES.find(({ name }) => name === service)?.roles ?? [])
        : [];
  const used = inventory.instances
    .filter(({ name }) => name !== instance)
    .flatMap(({ name, roles }) => [...roles.keys()].map(role => roleItem(role, `as in ${name}`, 2)));
  // If two items have the same label, the last one is shown.
  return [...used, ...declared.map(role => roleItem(role, `role of ${service}`, 1))];
}

/** Returns the services of this repository, of this inventory and of clan-core. */
function serviceItems({ snapshot }: Asked): CompletionItem[] {
  const used = snapshot.fleet.inventory.instances.flatMap(({ module }) => module.name ?? []);
  const serviceNames = snapshot.fleet.serviceModules.map(({ name }) => name);
  return [
    ...SERVICES.map(({ name, roles }) =>
      item(name, 'service', `of clan-core: ${roles.join(', ')}`, { rank: 3 }),
    ),
    ...used.map(name => item(name, 'service', 'used in this inventory', { rank: 2 })),
    ...serviceNames.map(name => item(name, 'service', 'of this repository')),
  ];
}
