/** Renders the hover cards of an inventory. Pure; independent of any editor. */
import { isOfClanCore } from '../../fleet/inventory/inventory.ts';
import { roleMembers } from '../../fleet/inventory/members.ts';
import type { Instance, Role } from '../../fleet/model/services.ts';
import { optionsOfService } from '../../fleet/options/clan-core.ts';
import { textOf } from '../../modules/options/accepts.ts';
import { namesToWrite } from '../../modules/options/below.ts';
import type { DeclaredOption, OptionTree } from '../../modules/options/option.ts';
import { EMPTY } from '../../modules/options/tree.ts';
import { type InventoryItem, inventoryItemAt, settingsOf } from '../names/inventory-items.ts';
import { definitionOf } from '../navigate/inventory-definitions.ts';
import { code, plain } from '../words/markdown.ts';
import type { CardAt, HoverContext } from './hover-context.ts';
import { definedPhrase, machinesPhrase } from './hover-words.ts';

const PREDEFINED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    all: 'Every machine has it.',
    nixos: 'Every machine with NixOS has it.',
    darwin: 'Every machine with macOS has it.',
  }),
);

/**
 * Returns the card of the thing at an offset, or null.
 *
 * @param offset 0-based UTF-16 offset
 */
export function inventoryCard(context: HoverContext, file: string, offset: number): CardAt | null {
  const located = inventoryItemAt(context.snapshot, file, offset);
  if (located === null) return null;
  const parts = partsOf(context, located.item);
  return parts === null ? null : { at: located.at, markdown: parts.filter(part => part !== '').join('\n\n') };
}

function partsOf(context: HoverContext, item: InventoryItem): string[] | null {
  switch (item.kind) {
    case 'tag':
      return tagParts(context, item.tag);
    case 'role':
      return roleParts(context, item.instance, item.role);
    case 'instance':
    case 'service':
      return [...instanceParts(context, item.instance), ...placesOf(context, item)];
    case 'input':
      return [`**${plain(item.input)}** · flake input with services`, ...placesOf(context, item)];
    case 'option':
      return [...optionParts(item.name, item.owner, item.option), ...placesOf(context, item)];
  }
}

function placesOf(context: HoverContext, item: InventoryItem): string[] {
  return definedPhrase(context, definitionOf(context.snapshot, item));
}

/** Returns the parts of a tag's card, or null if no such tag exists. */
export function tagParts(context: HoverContext, tag: string): string[] | null {
  const { inventory } = context.snapshot.fleet;
  if (!inventory.tagNames.includes(tag)) return null;
  const machines = inventory.tagged(tag);
  const who =
    machines === null
      ? 'Which machines have it is not known.'
      : `- Machines: ${machinesPhrase(context, [...machines].sort())}`;
  return [`**${plain(tag)}** · tag`, PREDEFINED.get(tag) ?? '', who];
}

/** Names the service of an instance: `borgbackup of clan-core`, `backup of this repository`. */
function serviceWords(instance: Instance): string {
  const { name, input } = instance.module;
  if (name === null) return 'a service that is not known';
  if (isOfClanCore(instance) === true) return `${plain(name)} of clan-core`;
  return `${plain(name)} of ${input === 'self' ? 'this repository' : plain(input ?? 'an input that is not known')}`;
}

function instanceParts(context: HoverContext, instance: Instance): string[] {
  const roles = [...instance.roles.values()].map(role => {
    const members = roleMembers(context.snapshot.fleet.inventory, role);
    return `- ${code(role.name)}: ${members === null ? 'machines that are not known' : machinesPhrase(context, members)}`;
  });
  const lines = [...roles, ...generatorLines(context, instance)];
  return [`**${plain(instance.name)}** · instance of ${serviceWords(instance)}`, lines.join('\n')];
}

/** Returns a line with the generators that clan-core's service certainly adds to machines of an instance. */
function generatorLines({ snapshot }: HoverContext, instance: Instance): string[] {
  const generators = snapshot.fleet.clanGenerators.filter(
    generator => generator.certain && generator.instance?.name === instance.name,
  );
  const names = [...new Set(generators.map(({ name }) => name))].sort();
  return names.length === 0 ? [] : [`- Generators: ${names.map(code).join(', ')}`];
}

function roleParts(context: HoverContext, instance: Instance, role: Role): string[] {
  const { snapshot } = context;
  const members = roleMembers(snapshot.fleet.inventory, role);
  const options = settingsOf(snapshot, instance, role.name)?.tree ?? EMPTY;
  const settings = namesToWrite(options).map(name => {
    const isRequired = options.options.get(name)?.declared.some(option => !option.hasDefault) === true;
    return isRequired ? `${code(name)} (must be set)` : code(name);
  });
  const lines = [
    `- Machines: ${members === null ? 'not known' : machinesPhrase(context, members)}`,
    ...(settings.length === 0 ? [] : [`- Settings: ${settings.join(', ')}`]),
  ];
  return [
    `**${plain(role.name)}** · role of ${serviceWords(instance)}`,
    roleWords(instance, role),
    lines.join('\n'),
    ...placesOf(context, { kind: 'role', instance, role }),
  ];
}

/** Returns clan-core's description of a role. */
function roleWords(instance: Instance, { name }: Role): string {
  const service = instance.module.name;
  if (service === null || isOfClanCore(instance) !== true) return '';
  return plain(optionsOfService(service)?.descriptions.get(name) ?? '');
}

/** Returns the parts of an option's card, which completion also shows. */
export function optionParts(name: string, owner: string, option: OptionTree): string[] {
  const title = `**${plain(name)}** · ${plain(owner)}`;
  const [declared] = option.declared;
  if (declared === undefined) return [title, `- Options: ${namesToWrite(option).map(code).join(', ')}`];
  const lines = [
    `- Type: ${plain(typeWords(declared))}`,
    ...(declared.fallback === null ? [] : [`- Default: ${code(declared.fallback)}`]),
    ...(declared.hasDefault ? [] : ['- It must be set']),
  ];
  return [title, plain(declared.description ?? ''), lines.join('\n')];
}

/** Describes the type of an option. */
export function typeWords({ type, words }: DeclaredOption): string {
  return words ?? textOf(type);
}
