/**
 * Completes options of a clan, of its inventory and of the settings of an instance's role, and the values of
 * options with a fixed set.
 */

import { attributeText } from '../../edits/edits.ts';
import { flakeInputs } from '../../flake/flake-inputs.ts';
import type { Instance } from '../../fleet/model/services.ts';
import { clanOptions, inventoryOptions } from '../../fleet/options/clan-core.ts';
import { choicesOf } from '../../modules/options/accepts.ts';
import { insideOf, namesToWrite, treeAt, typeOf } from '../../modules/options/below.ts';
import type { OptionTree } from '../../modules/options/option.ts';
import { optionParts, typeWords } from '../hover/hover-inventory.ts';
import { settingsOf } from '../names/inventory-items.ts';
import type { Snapshot } from '../snapshot.ts';
import { type Asked, type CompletionItem, item } from './completion-items.ts';

/**
 * Returns the attribute path to the cursor: the names of the open sets around it, and those before the current
 * one.
 */
export function pathAt({ cursor }: Asked): readonly string[] {
  if (cursor.quotedIn !== null) return [...cursor.path, ...cursor.quotedIn];
  if (cursor.side === 'name') return [...cursor.path, ...cursor.before];
  return cursor.frames.at(-1)?.kind === 'string' ? cursor.path : [...cursor.path, ...cursor.before];
}

/** Returns items for the options of a clan, an inventory or settings, or `null` elsewhere. */
export function clanOptionItems(asked: Asked): readonly CompletionItem[] | null {
  if (!asked.snapshot.fleet.isClan) return null;
  const path = pathAt(asked);
  const tree = settingsAt(asked, path) ?? optionsAt(asked, path);
  if (tree === null) return null;
  const isName = asked.cursor.side === 'name' || asked.cursor.quotedIn !== null;
  const inside = insideOf(tree);
  if (isName) return inside === null || inside.isChosen ? null : nameItems(asked, inside.tree);
  return inputItems(asked, path) ?? valueItems(asked, tree);
}

/** Returns the options below `inventory`, `instances` or `clan`, according to the names around the cursor. */
function optionsAt({ snapshot, file }: Asked, path: readonly string[]): OptionTree | null {
  const inventory = path.lastIndexOf('inventory');
  if (inventory !== -1) return treeAt(inventoryOptions().tree, path.slice(inventory + 1));
  const instances = path.indexOf('instances');
  if (instances !== -1) return treeAt(inventoryOptions().tree, path.slice(instances));
  const clan = path.lastIndexOf('clan');
  const optionPath = path.slice(clan + 1);
  const isMeta = optionPath[0] === 'meta' && (clan !== -1 || hasClanOptions(snapshot, file));
  return isMeta ? treeAt(clanOptions().tree, optionPath) : null;
}

/** Returns whether a file sets options of the clan. Modules of machines have their own `meta`. */
function hasClanOptions({ fleet }: Snapshot, file: string): boolean {
  return fleet.inventory.options.some(
    ({ of, checkedAgainst }) =>
      of === 'clan' && checkedAgainst(clanOptions().tree).names.some(({ at }) => at.file === file),
  );
}

function settingsAt(asked: Asked, path: readonly string[]): OptionTree | null {
  const at = path.lastIndexOf('instances');
  const [instance, roles, role, third, ...rest] = at === -1 ? [] : path.slice(at + 1);
  if (instance === undefined || roles !== 'roles' || role === undefined) return null;
  const isOfMember = (third === 'machines' || third === 'tags') && rest[1] === 'settings';
  if (third !== 'settings' && !isOfMember) return null;
  const tree = settingsTree(asked, instance, role);
  return tree === null ? null : treeAt(tree, isOfMember ? rest.slice(2) : rest);
}

function settingsTree({ snapshot }: Asked, name: string, role: string): OptionTree | null {
  const declared = snapshot.fleet.inventory.instances.find(instance => instance.name === name);
  return settingsOf(snapshot, declared ?? namedAsService(name), role)?.tree ?? null;
}

/** Returns an incomplete instance, which uses the service of its name until it says otherwise. */
function namedAsService(name: string): Instance {
  return {
    name,
    module: { name, input: null, inputKnown: true, nameAt: null, inputAt: null },
    roles: new Map(),
    complete: false,
    conditional: false,
    at: [],
  };
}

function nameItems({ cursor }: Asked, tree: OptionTree): CompletionItem[] {
  const isQuoted = cursor.quotedIn !== null;
  // After a dot, the preceding names belong to the same binding.
  const isAlone = (cursor.quotedIn ?? cursor.before).length === 0;
  const siblings = new Set(isAlone ? cursor.siblings : []);
  return namesToWrite(tree)
    .filter(name => !siblings.has(name))
    .map((name, rank) => {
      const option = tree.options.get(name) ?? tree;
      const [declared] = option.declared;
      const isRequired = declared?.hasDefault === false;
      const type = declared === undefined ? 'options' : typeWords(declared);
      return item(name, 'option', isRequired ? `${type}, must be set` : type, {
        insert: isQuoted ? name : attributeText(name),
        documentation: optionParts(name, 'option', option)
          .slice(1)
          .filter(part => part !== '')
          .join('\n\n'),
        rank: isRequired ? rank : rank + 100,
      });
    });
}

function valueItems({ cursor, line }: Asked, option: OptionTree): CompletionItem[] | null {
  const choices = choicesOf(typeOf(option));
  const inString = cursor.frames.at(-1)?.kind === 'string';
  if (choices.length === 0 || (!inString && !/=\s*$/.test(line))) return null;
  return choices
    .filter(value => !inString || typeof value === 'string')
    .map((value, rank) =>
      item(String(value), 'value', 'value', {
        insert: inString ? String(value) : JSON.stringify(value),
        rank,
      }),
    );
}

/** Completes `module.input = "…"` with the inputs of the flake and the flake itself. */
function inputItems({ cursor, snapshot }: Asked, path: readonly string[]): CompletionItem[] | null {
  const isInput = path.at(-1) === 'input' && path.at(-2) === 'module' && path.includes('instances');
  if (!isInput || cursor.frames.at(-1)?.kind !== 'string') return null;
  const inputs = [...(flakeInputs(snapshot.files) ?? [])].filter(name => name !== 'self').sort();
  return [
    item('self', 'service', 'services of this repository'),
    ...inputs.map(name => item(name, 'service', 'input of the flake', { rank: 2 })),
  ];
}
