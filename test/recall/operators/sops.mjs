// Mistakes with sops-nix, agenix and `.sops.yaml`.

import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { typo } from '../chance.mjs';
import { misspelt, renamed, replaced, wordIn } from '../mutant.mjs';
import { attributePath, bindingsIn, endOfValue, inCode, semicolonOf, setOf, skip } from '../nix-scan.mjs';

const SETS = /(?<![\w'.-])(?:config\s*\.\s*)?(?:sops|age)\s*(?:\.\s*secrets\s*(?:\.|=)|=\s*\{)/g;
const USE =
  /(?<=config\s*\.\s*)(?:sops|age)\s*\.\s*(?:secrets|placeholder)\s*\.\s*("[^"$]+"|[a-zA-Z_][\w'-]*)/g;
const FILE =
  /(?<![\w'-])(?:sopsFile|defaultSopsFile|rekeyFile)\s*=\s*(?:[^;"]*?)(\.{1,2}\/[\w./+-]+)\s*;|(?<=age\.secrets[^;]{1,80})\bfile\s*=\s*(\.{1,2}\/[\w./+-]+)\s*;/g;

/**
 * Secrets that are declared, with the options that are set of each.
 * @param {import('../fleet.mjs').Fleet} fleet
 */
function declaredSecrets({ documents }) {
  return [...documents.values()].flatMap(document =>
    inCode(document, SETS)
      .filter(match => !match[0].startsWith('config'))
      .flatMap(match =>
        secretsAt(document, match.index).map(secret => ({
          ...secret,
          file: document.file,
          isSops: !match[0].includes('age'),
        })),
      ),
  );
}

function secretsAt(document, start) {
  const { text } = document;
  const path = attributePath(document, start);
  const equals = path === null ? 0 : skip(document, path.end);
  if (path === null || text[equals] !== '=' || text[equals + 1] === '=') return [];
  const valueStart = skip(document, equals + 1);
  const semicolon = semicolonOf(document, valueStart, text.length);
  if (semicolon < 0) return [];
  const value = { valueStart, valueEnd: endOfValue(document, valueStart, semicolon) };
  const open = setOf(document, value);
  const { parts } = path;
  if (parts.length === 1) return open < 0 ? [] : secretsOfAll(document, open);
  if (parts.length === 2) return open < 0 ? [] : secretsIn(document, open);
  if (parts.length === 3 && parts[2].name)
    return [{ part: parts[2], options: open < 0 ? [] : bindingsIn(document, open) }];
  return parts.length === 4 && parts[2].name
    ? [{ part: parts[2], options: [{ parts: parts.slice(3) }] }]
    : [];
}

/** `sops = { secrets = { … }; secrets.x = …; }` */
function secretsOfAll(document, open) {
  return bindingsIn(document, open).flatMap(binding => {
    const [first, second] = binding.parts;
    if (first?.name !== 'secrets') return [];
    if (second !== undefined) return second.name ? [{ part: second, options: [] }] : [];
    const inner = setOf(document, binding);
    return inner < 0 ? [] : secretsIn(document, inner);
  });
}

function secretsIn(document, open) {
  return bindingsIn(document, open)
    .filter(({ parts }) => parts[0]?.name)
    .map(binding => {
      const [part, ...rest] = binding.parts;
      const inner = rest.length === 0 ? setOf(document, binding) : -1;
      const dotted = rest.length === 1 ? [{ ...binding, parts: rest }] : [];
      return { part, options: inner < 0 ? dotted : bindingsIn(document, inner) };
    });
}

/** The rules of each `.sops.yaml`, with the files of the repository that each is for. */
function creationRules({ root, paths }) {
  return paths
    .filter(path => /(^|\/)\.sops\.yaml$/.test(path))
    .flatMap(file => {
      const text = readFileSync(join(root, file), 'utf8');
      const prefix = dirname(file) === '.' ? '' : `${dirname(file)}/`;
      const below = paths
        .filter(path => !path.endsWith('.nix') && path.startsWith(prefix))
        .map(path => path.slice(prefix.length));
      const rules = [...text.matchAll(/^\s*-?\s*path_regex:\s*(.*)$/gm)].map(match => ({
        ...{ file, text, match },
        files: filesFor(match[1].trim().replace(/^["']|["']$/g, ''), below),
      }));
      return rules.map((rule, index) => ({
        ...rule,
        end: rules[index + 1]?.match.index ?? text.length,
        others: rules.filter(other => other !== rule),
      }));
    })
    .filter(({ files }) => files.length > 0);
}

function filesFor(pattern, paths) {
  try {
    const expression = new RegExp(pattern);
    return paths.filter(path => expression.test(path));
  } catch {
    // A pattern of Go that JavaScript does not know.
    return [];
  }
}

/** @type {Record<string, import('../mutant.mjs').Operator>} */
export const SOPS = {
  'sops-key-typo': (fleet, chance) => {
    const declared = declaredSecrets(fleet);
    const taken = new Set(declared.map(({ part }) => part.name));
    return declared
      .filter(
        ({ isSops, part, options }) =>
          isSops && part.name.length > 2 && !options.some(({ parts }) => parts[0]?.name === 'key'),
      )
      .map(({ file, part }) => {
        const slip = typo(part.name, chance, taken);
        return renamed(file, part, slip, { names: [slip, part.name] });
      });
  },

  'sops-use-typo': ({ documents }, chance) =>
    [...documents.values()].flatMap(document =>
      inCode(document, USE).map(match => misspelt(document.file, wordIn(match), chance)),
    ),

  'sops-file-typo': ({ root, documents }, chance) =>
    [...documents.values()].flatMap(document =>
      inCode(document, FILE).flatMap(match => {
        const word = wordIn(match, match[1] === undefined ? 2 : 1);
        if (!existsSync(join(root, dirname(document.file), word.text))) return [];
        const base = basename(word.text);
        const extension = extname(base);
        const stem = base.slice(0, base.length - extension.length);
        if (!/[a-zA-Z]{3}/.test(stem)) return [];
        const slip = word.text.slice(0, -base.length) + typo(stem, chance) + extension;
        return replaced(document.file, word, slip, { names: [slip, basename(slip)] });
      }),
    ),

  // A rule for no file is no rule; one whose files fall to another is not seen to be wrong.
  'sops-rule-typo': (fleet, chance) =>
    creationRules(fleet)
      .filter(
        ({ files, others, match }) =>
          !others.some(other => files.every(file => other.files.includes(file))) && /[a-z]{4}/.test(match[1]),
      )
      .map(({ file, match }) => {
        const [word] = /[a-z]{4,}/.exec(match[1]);
        const start = match.index + match[0].length - match[1].length + match[1].indexOf(word);
        const slip = typo(word, chance);
        return replaced(file, { start, end: start + word.length }, slip, { anywhere: /^sops\// });
      }),

  'sops-recipient-added': fleet =>
    creationRules(fleet).flatMap(({ file, text, match, end }) => {
      const from = match.index;
      const keys = [...text.slice(from, end).matchAll(/^([ \t]*)-\s+\*[\w-]+[ \t]*\n/gm)];
      if (keys.length < 2) return [];
      return keys.map(({ 0: line, index }) =>
        replaced(file, { start: from + index, end: from + index + line.length }, '', {
          anywhere: /^sops\//,
        }),
      );
    }),
};
