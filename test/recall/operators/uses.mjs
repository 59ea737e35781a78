// Mistakes where a file of a generator is used.

import { oneOf } from '../chance.mjs';
import { isSecret } from '../generator.mjs';
import { misspelt, replaced } from '../mutant.mjs';
import { bindingsIn, inCode } from '../nix-scan.mjs';

const open = uses => uses.filter(({ isGuarded }) => !isGuarded);
const filesOf = ({ byName }, { generator }) =>
  new Set((byName.get(generator) ?? []).flatMap(({ files }) => [...files.keys()]));

const ATTRIBUTE_SLIPS = { path: ['paht', 'pth', 'file'], value: ['valeu', 'val', 'content'] };

/** @type {Record<string, import('../mutant.mjs').Operator>} */
export const USES = {
  'use-generator-typo': (fleet, chance) =>
    open(fleet.uses)
      .filter(({ generator }) => generator.length > 2)
      .map(use => misspelt(use.file, use.generatorWord, chance, { taken: fleet.names })),

  'use-file-typo': (fleet, chance) =>
    open(fleet.uses)
      .filter(({ fileName }) => fileName.length > 2)
      .map(use => misspelt(use.file, use.fileWord, chance, { taken: filesOf(fleet, use) })),

  'use-alias-file-typo': (fleet, chance) =>
    open(fleet.aliasUses)
      .filter(({ fileName }) => fileName.length > 2)
      .map(use => misspelt(use.file, use.fileWord, chance)),

  'use-alias-generator-typo': (fleet, chance) =>
    open(fleet.aliasUses)
      .filter(({ generator }) => fleet.byName.has(generator))
      .map(use => misspelt(use.file, use.generatorWord, chance, { taken: fleet.names })),

  'use-attribute-typo': (fleet, chance) =>
    open(fleet.uses).map(({ file, attribute }) => {
      const slip = oneOf(ATTRIBUTE_SLIPS[attribute.text], chance);
      return replaced(file, attribute, slip, { names: [slip] });
    }),

  'use-files-dropped': fleet =>
    open(fleet.uses).map(use =>
      replaced(use.file, { start: use.generatorWord.end, end: use.fileWord.start }, '.', {
        names: [use.fileName],
      }),
    ),

  'use-value-of-secret': fleet =>
    fleet.uses
      .filter(({ attribute, generator, fileName }) => {
        const declared = fleet.byName.get(generator) ?? [];
        const files = declared.map(({ files }) => files.get(fileName));
        return attribute.text === 'path' && files.length > 0 && files.every(file => file && isSecret(file));
      })
      .map(({ file, attribute, fileName }) => replaced(file, attribute, 'value', { names: [fileName] })),

  'get-public-value-typo': (fleet, chance) =>
    [...fleet.documents.values()].flatMap(document =>
      inCode(document, /getPublicValue\s*\{/g).flatMap(({ 0: text, index }) => {
        const bindings = bindingsIn(document, index + text.length - 1);
        if (bindings.some(({ parts }) => parts[0]?.name === 'default')) return [];
        return bindings
          .filter(({ parts, value }) => /^(generator|file)$/.test(parts[0]?.name) && /^"[^"$]+"$/.test(value))
          .map(({ value, valueStart, valueEnd }) =>
            misspelt(document.file, { text: value, start: valueStart, end: valueEnd }, chance, {
              taken: fleet.names,
            }),
          );
      }),
    ),
};
