// Mistakes in the inventory, in the folders of machines, and in imports.

import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { typo } from '../chance.mjs';
import { changed, misspelt, replaced, wordIn } from '../mutant.mjs';
import { inCode } from '../nix-scan.mjs';

const NAME = String.raw`"[^"$]+"|[a-zA-Z_][\w'-]*`;
const OF_ROLE = String.raw`(?<![\w'-])roles\s*\.\s*(?:[\w-]+|"[^"$]+")\s*\.\s*`;
const MACHINE = new RegExp(String.raw`${OF_ROLE}machines\s*\.\s*(${NAME})`, 'g');
const TAG = new RegExp(String.raw`${OF_ROLE}tags\s*\.\s*(${NAME})`, 'g');
const TAG_IN_LIST = new RegExp(String.raw`${OF_ROLE}tags\s*=\s*\[\s*("[^"$]+")`, 'g');
const ROLE =
  /(?<![\w'.-])roles\s*\.\s*([a-zA-Z][\w-]*)(?=\s*\.\s*(?:machines|tags|settings|extraModules)\b)/g;
const ROLE_OPTION = /(?<![\w'.-])roles\s*\.\s*[a-zA-Z][\w-]*\s*\.\s*(machines|tags|settings|extraModules)\b/g;
const ofModule = option => [
  new RegExp(String.raw`(?<![\w'-])module\s*\.\s*${option}\s*=\s*("[^"$<]+")`, 'g'),
  new RegExp(String.raw`(?<![\w'-])module\s*=\s*\{[^{}]*?\b${option}\s*=\s*("[^"$<]+")`, 'g'),
];
const OPTION_SLIPS = { machines: 'machine', tags: 'tag', settings: 'setting', extraModules: 'extraModule' };

/** Files that speak of instances or roles and are no service themselves. */
const inventories = ({ documents }) =>
  [...documents.values()].filter(
    ({ text }) =>
      /\b(instances|roles)\b/.test(text) && !/\bperInstance\b|\bperMachine\b|clan\.service/.test(text),
  );

/** A slip in what each match has in its first group. */
const misspeltIn = (fleet, patterns, chance, more = {}) =>
  inventories(fleet).flatMap(document =>
    patterns
      .flatMap(pattern => inCode(document, pattern))
      .map(match => misspelt(document.file, wordIn(match), chance, more)),
  );

/** The paths in lists of `imports` that lead to a file or folder. */
function importsIn({ root }, document) {
  const { text, mask, pair, file } = document;
  return inCode(document, /(?<![\w'.-])imports\s*=\s*\[/g).flatMap(match => {
    const open = match.index + match[0].length - 1;
    const list = text.slice(open, pair.get(open) ?? open);
    return [...list.matchAll(/(?<=[\s(])(\.{1,2}\/[\w./+-]+)(?=[\s)\]]|$)/g)]
      .map(({ 0: path, index }) => ({ path, start: open + index, end: open + index + path.length }))
      .filter(({ path, start }) => mask[start] === 'c' && existsSync(join(root, dirname(file), path)));
  });
}

/** @type {Record<string, import('../mutant.mjs').Operator>} */
export const INVENTORY = {
  'inventory-machine-typo': (fleet, chance) =>
    misspeltIn(fleet, [MACHINE], chance, { taken: fleet.machines }),

  'inventory-tag-typo': (fleet, chance) => misspeltIn(fleet, [TAG, TAG_IN_LIST], chance),

  'inventory-role-typo': (fleet, chance) => misspeltIn(fleet, [ROLE], chance),

  'inventory-service-typo': (fleet, chance) => misspeltIn(fleet, ofModule('name'), chance),

  'inventory-input-typo': (fleet, chance) => misspeltIn(fleet, ofModule('input'), chance),

  'inventory-option-typo': fleet =>
    inventories(fleet).flatMap(document =>
      inCode(document, ROLE_OPTION).map(match => {
        const slip = OPTION_SLIPS[match[1]];
        return replaced(document.file, wordIn(match), slip, { names: [slip] });
      }),
    ),

  'machine-folder-renamed': (fleet, chance) =>
    [...fleet.machines]
      .filter(machine => {
        const folder = join(fleet.root, 'machines', machine);
        const isMentioned = new RegExp(`(?<![\\w-])${machine}(?![\\w-])`);
        return (
          ['configuration.nix', 'default.nix'].some(file => existsSync(join(folder, file))) &&
          [...fleet.documents].some(
            ([path, { text }]) => !path.startsWith(`machines/${machine}/`) && isMentioned.test(text),
          )
        );
      })
      .map(machine => {
        const slip = typo(machine, chance, fleet.machines);
        return changed(
          `machines/${slip}`,
          { rename: `machines/${machine}`, to: `machines/${slip}` },
          { names: [slip, machine] },
        );
      }),

  'import-path-typo': (fleet, chance) =>
    [...fleet.documents.values()].flatMap(document =>
      importsIn(fleet, document).flatMap(({ path, start, end }) => {
        const base = basename(path);
        const stem = base.replace(/\.nix$/, '');
        if (!/[a-zA-Z]{3}/.test(stem)) return [];
        const slip = path.slice(0, -base.length) + base.replace(stem, typo(stem, chance));
        if (existsSync(join(fleet.root, dirname(document.file), slip))) return [];
        return replaced(document.file, { start, end }, slip, { names: [slip, basename(slip)] });
      }),
    ),
};
