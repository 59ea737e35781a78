// Mistakes in a registry of secrets, in the matrix of machines and keys, and where a key is used.

import { typo } from '../chance.mjs';
import { inserted, misspelt, replaced, wordIn } from '../mutant.mjs';
import { inCode } from '../nix-scan.mjs';

const documentOf = ({ documents }, name) => [...documents.values()].find(({ file }) => file.endsWith(name));
const registryOf = fleet => documentOf(fleet, 'secret-registry.nix');

/** Mutants of one file, where the fleet has it. */
const inFile = (document, make) => (document === undefined ? [] : make(document));
const inRegistry = (fleet, make) => inFile(registryOf(fleet), make);
const inMatrix = (fleet, make) => inFile(documentOf(fleet, 'machine-env-matrix.nix'), make);

/** `name = "…"`, with what stands in the quotes. */
const settingsIn = (document, name) =>
  inCode(document, new RegExp(`(?<![\\w'-])${name}\\s*=\\s*"([^"$]+)"`, 'g'));

const keysIn = ({ text, mask }) =>
  [...text.matchAll(/"([a-z][a-z-]+)"/g)].filter(({ index }) => mask[index] === 's');

/** Settings by what the next one has. */
const byTheNext = (document, name, chosen) => {
  const settings = settingsIn(document, name);
  return settings.flatMap((match, index) => {
    const next = settings[(index + 1) % settings.length];
    const text = chosen(match[1], next[1]);
    return text === match[1] ? [] : replaced(document.file, wordIn(match), text, { names: [text] });
  });
};

/** A slip in a name, which a finding may call by either. */
const renamedBySlip = (document, match, chance) => {
  const slip = typo(match[1], chance);
  return replaced(document.file, wordIn(match), slip, { names: [slip, match[1]] });
};

/** @type {Record<string, import('../mutant.mjs').Operator>} */
export const REGISTRY = {
  'registry-key-typo-in-matrix': (fleet, chance) =>
    inMatrix(fleet, document =>
      keysIn(document).map(match => misspelt(document.file, wordIn(match), chance)),
    ),

  'registry-key-twice': fleet =>
    inMatrix(fleet, document =>
      keysIn(document).map(match =>
        inserted(document.file, match.index, `${match[0]} `, { names: [match[1]] }),
      ),
    ),

  'registry-row-typo': (fleet, chance) =>
    inMatrix(fleet, document =>
      [...document.text.matchAll(/\n {2}([a-z]+) = /g)]
        .filter(({ index, 1: name }) => document.mask[index + 3] === 'c' && name !== 'sharedCore')
        .map(match => renamedBySlip(document, match, chance)),
    ),

  'registry-generator-twice': fleet =>
    inRegistry(fleet, document => byTheNext(document, 'generator', (_, next) => next)),

  'registry-env-var': (fleet, chance) =>
    inRegistry(fleet, document =>
      byTheNext(document, 'envVar', (own, next) => (chance() < 0.5 ? own.replace(/_/g, '-') : next)),
    ),

  // What mkPromptedSecret makes follows fileAttr by itself: it is a mistake only where somebody uses the file by its name.
  'registry-file-attr': (fleet, chance) =>
    inRegistry(fleet, document =>
      settingsIn(document, 'fileAttr')
        .filter(({ 1: file, index }) => {
          const { text } = document;
          const entry = text.slice(text.lastIndexOf(' = mk', index), text.indexOf('};', index));
          const generator = /(?<![\w'-])generator\s*=\s*"([^"$]+)"/.exec(entry)?.[1];
          return (
            !/^ = mkPromptedSecret\b/.test(entry) ||
            fleet.uses.some(use => use.generator === generator && use.fileName === file)
          );
        })
        .map(match => renamedBySlip(document, match, chance)),
    ),

  'registry-key-renamed': (fleet, chance) =>
    inRegistry(fleet, document =>
      inCode(document, /(?<=\n\s+)([a-z][a-z-]+)(?=\s*=\s*mk\w+)/g).map(match =>
        renamedBySlip(document, match, chance),
      ),
    ),

  'registry-accessor-typo': (fleet, chance) =>
    inRegistry(fleet, () =>
      [...fleet.documents.values()].flatMap(document =>
        settingsIn(document, 'key').map(match => misspelt(document.file, wordIn(match), chance)),
      ),
    ),
};
