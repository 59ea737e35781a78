// Everything of a fleet that a mutation needs: its Nix files, the generators declared in them, and the uses of their files.

import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { generatorOf } from './generator.mjs';
import {
  attributePath,
  bindingsIn,
  endOfValue,
  inCode,
  scan,
  semicolonOf,
  setOf,
  skip,
} from './nix-scan.mjs';

/**
 * @typedef {object} Use a place that reads `…generators.<generator>.files.<file>.path` or `.value`
 * @property {string} file
 * @property {import('./nix-scan.mjs').Document} document
 * @property {string} generator
 * @property {Word} generatorWord
 * @property {string} fileName
 * @property {Word} fileWord
 * @property {Word} attribute
 * @property {number} start
 * @property {boolean} isGuarded by `or` or `tryEval`
 *
 * @typedef {{ text: string, start: number, end: number }} Word as it is written
 *
 * @typedef {object} Fleet
 * @property {string} root
 * @property {string} name
 * @property {Map<string, import('./nix-scan.mjs').Document>} documents by path
 * @property {readonly string[]} paths of all files and links
 * @property {readonly import('./generator.mjs').Generator[]} generators
 * @property {Map<string, import('./generator.mjs').Generator[]>} byName
 * @property {readonly Use[]} uses
 * @property {readonly Use[]} aliasUses `vars.<generator>.files.…`, with a word before that stands for the generators or for one
 * @property {Set<string>} names of generators, declared or used
 * @property {Set<string>} machines with a folder
 */

const NAME = String.raw`"[^"$]+"|[a-zA-Z_][\w'-]*`;
const USE = new RegExp(
  String.raw`(?<![\w'-])generators\s*\.\s*(${NAME})\s*\.\s*files\s*\.\s*(${NAME})\s*\.\s*(path|value)(?![\w'-])(?!\s*=[^=])`,
  'dg',
);
const ALIAS_USE = new RegExp(
  String.raw`(?<![\w'.-])([a-zA-Z_]\w*)(?:\.((?!files\b)[a-zA-Z_][\w'-]*))?\.files\.(${NAME})\.(path|value)(?![\w'-])(?!\s*=[^=])`,
  'dg',
);
const NO_ALIAS = /^(lib|config|osConfig|self|inputs)$/;
const APART = /(^|\/)(docs?|templates?|examples?|tests?|eval-tests|\.archive)\/|-test\.nix$/;
const LONGEST_FILE = 300_000;

/** @returns {Fleet} */
export function readFleet(root) {
  const paths = pathsBelow(root);
  const documents = new Map(
    paths.flatMap(path => {
      const document = documentAt(root, path);
      return document === null ? [] : [[path, document]];
    }),
  );
  const all = [...documents.values()];
  const generators = all.flatMap(generatorsIn);
  const uses = all.flatMap(usesIn);
  const byName = new Map();
  for (const generator of generators)
    if (generator.name) byName.set(generator.name, [...(byName.get(generator.name) ?? []), generator]);
  return {
    root,
    name: basename(root),
    documents,
    paths,
    generators,
    byName,
    uses,
    aliasUses: all.flatMap(aliasUsesIn),
    names: new Set([...byName.keys(), ...uses.map(({ generator }) => generator)]),
    machines: new Set(paths.flatMap(path => /^machines\/([^/]+)\//.exec(path)?.[1] ?? [])),
  };
}

function pathsBelow(root, below = '') {
  return readdirSync(join(root, below), { withFileTypes: true }).flatMap(entry => {
    if (['.git', 'node_modules', 'result'].includes(entry.name)) return [];
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    return entry.isDirectory() ? pathsBelow(root, path) : [path];
  });
}

function documentAt(root, path) {
  const file = join(root, path);
  if (!path.endsWith('.nix') || APART.test(path) || !lstatSync(file).isFile()) return null;
  const text = readFileSync(file, 'utf8');
  return text.length > LONGEST_FILE ? null : scan(path, text);
}

/** Whether a path is a file of the fleet, not a link. */
export const isFile = ({ root }, path) =>
  existsSync(join(root, path)) && lstatSync(join(root, path)).isFile();

function generatorsIn(document) {
  const { text } = document;
  if (!/\bvars\b/.test(text)) return [];
  return inCode(document, /(?<![\w'-])generators(?![\w'-])/g).flatMap(({ index }) => {
    const path = attributePath(document, index);
    const isDeclared = /\boptions\s*\.\s*$/.test(text.slice(Math.max(0, index - 12), index));
    if (path === null || isDeclared) return [];
    const equals = skip(document, path.end);
    if (text[equals] !== '=' || text[equals + 1] === '=') return [];
    const valueStart = skip(document, equals + 1);
    const semicolon = semicolonOf(document, valueStart, text.length);
    if (semicolon < 0) return [];
    const value = { valueStart, valueEnd: endOfValue(document, valueStart, semicolon) };
    if (path.parts.length === 2)
      return generatorOf(document, { ...value, part: path.parts[1], start: index }) ?? [];
    const open = path.parts.length === 1 ? setOf(document, value) : -1;
    if (open < 0) return [];
    return bindingsIn(document, open)
      .filter(({ parts }) => parts.length === 1)
      .flatMap(binding => generatorOf(document, { ...binding, part: binding.parts[0] }) ?? []);
  });
}

const unquoted = text => text.replace(/^"|"$/g, '');

/** A group of a match as it is written. @returns {Word} */
function wordOf(match, group) {
  const [start, end] = match.indices[group];
  return { text: match[group], start, end };
}

function usesIn(document) {
  const { text, file } = document;
  if (!/\bgenerators\b/.test(text)) return [];
  return inCode(document, USE).map(match => {
    const end = match.index + match[0].length;
    return {
      ...{ document, file, start: match.index },
      generator: unquoted(match[1]),
      generatorWord: wordOf(match, 1),
      fileName: unquoted(match[2]),
      fileWord: wordOf(match, 2),
      attribute: wordOf(match, 3),
      isGuarded:
        isDefaulted(text, end) ||
        /\btryEval\b[^;]*$/.test(text.slice(Math.max(0, match.index - 120), match.index)),
    };
  });
}

const isDefaulted = (text, end) => /^\s*or\b/.test(text.slice(end, end + 40));

function aliasUsesIn(document) {
  const { text, file } = document;
  if (!/\bgenerators\b/.test(text)) return [];
  return inCode(document, ALIAS_USE)
    .filter(match => !NO_ALIAS.test(match[1]))
    .map(match => ({
      ...{ document, file, start: match.index },
      generator: match[2] ?? '',
      generatorWord: match[2] === undefined ? { text: '', start: 0, end: 0 } : wordOf(match, 2),
      fileName: unquoted(match[3]),
      fileWord: wordOf(match, 3),
      attribute: wordOf(match, 4),
      isGuarded: isDefaulted(text, match.index + match[0].length),
    }));
}
