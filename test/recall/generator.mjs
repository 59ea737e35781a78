// One declaration of a generator, as it is written.

import { bindingsIn, setOf } from './nix-scan.mjs';

/**
 * @typedef {object} Declared a file or a prompt
 * @property {import('./nix-scan.mjs').Part} part its name
 * @property {import('./nix-scan.mjs').Binding[]} bindings
 * @property {Map<string, import('./nix-scan.mjs').Binding>} options
 *
 * @typedef {object} Generator
 * @property {import('./nix-scan.mjs').Document} document
 * @property {string} file
 * @property {string | null} name null where it is computed
 * @property {import('./nix-scan.mjs').Part} part
 * @property {number} start of the declaration
 * @property {number} open the `{` of its body
 * @property {number} close
 * @property {readonly import('./nix-scan.mjs').Binding[]} bindings
 * @property {Map<string, Declared>} files
 * @property {Map<string, Declared>} prompts
 * @property {readonly Item[]} dependencies
 * @property {readonly Item[]} packages by their last name
 * @property {Script | null} script
 * @property {boolean} isShared
 * @property {import('./nix-scan.mjs').Binding} [share]
 * @property {import('./nix-scan.mjs').Binding} [dependencyList]
 * @property {import('./nix-scan.mjs').Binding} [packageList]
 *
 * @typedef {{ name: string, start: number, end: number }} Item
 *
 * @typedef {object} Script
 * @property {import('./nix-scan.mjs').Binding} binding
 * @property {number} quotes 2 for `''`, 1 for `"`, 0 for another expression
 * @property {boolean} isPlain the value is one string
 * @property {number} start inside of the quotes
 * @property {number} end
 * @property {string} text as it is written
 */

const OPTIONS = new Set([
  'files',
  'prompts',
  'script',
  'share',
  'dependencies',
  'runtimeInputs',
  'validation',
]);

/**
 * @param {import('./nix-scan.mjs').Document} document
 * @param {{ valueStart: number, valueEnd: number, part: import('./nix-scan.mjs').Part, start: number }} declaration
 * @returns {Generator | null} null for what is no set with options of a generator
 */
export function generatorOf(document, { part, start, ...value }) {
  const open = setOf(document, value);
  if (open < 0) return null;
  const bindings = bindingsIn(document, open);
  const isBody = ({ parts, inherited }) =>
    OPTIONS.has(parts[0]?.name) || /\b(files|script|prompts|share)\b/.test(inherited ?? '');
  if (!bindings.some(isBody)) return null;
  const last = option => bindings.findLast(({ parts }) => parts.length === 1 && parts[0].name === option);
  const share = last('share');
  const dependencyList = last('dependencies');
  const packageList = last('runtimeInputs');
  const script = last('script');
  return {
    ...{ document, file: document.file, name: part.name, part, start },
    ...{ open, close: document.pair.get(open), bindings },
    files: declaredIn(document, bindings, 'files'),
    prompts: declaredIn(document, bindings, 'prompts'),
    dependencies: dependencyList ? namesIn(dependencyList) : [],
    packages: packageList ? packagesIn(document, packageList) : [],
    script: script ? scriptOf(document, script) : null,
    isShared: share?.value.trim() === 'true',
    ...{ share, dependencyList, packageList },
  };
}

/** `files = { a = { … }; b.secret = false; }; files.c = { … }; files.d.secret = false;` */
function declaredIn(document, bindings, option) {
  const declared = new Map();
  const add = (part, binding, options) => {
    if (part.name === null) return;
    const known = declared.get(part.name) ?? { part, bindings: [], options: new Map() };
    declared.set(part.name, known);
    known.bindings.push(binding);
    for (const one of options) if (one.parts.length === 1) known.options.set(one.parts[0].name, one);
  };
  const optionsOf = binding => {
    const open = setOf(document, binding);
    return open < 0 ? [] : bindingsIn(document, open);
  };
  for (const binding of bindings) {
    const [first, second] = binding.parts;
    if (first?.name !== option) continue;
    if (binding.parts.length === 1)
      for (const inner of optionsOf(binding)) {
        if (inner.parts.length === 1) add(inner.parts[0], inner, optionsOf(inner));
        if (inner.parts.length === 2) add(inner.parts[0], inner, [{ ...inner, parts: inner.parts.slice(1) }]);
      }
    if (binding.parts.length === 2) add(second, binding, optionsOf(binding));
    if (binding.parts.length === 3) add(second, binding, [{ ...binding, parts: binding.parts.slice(2) }]);
  }
  return declared;
}

function namesIn({ value, valueStart }) {
  return [...value.matchAll(/"([^"$]+)"/g)].map(({ 0: text, 1: name, index }) => ({
    name,
    start: valueStart + index,
    end: valueStart + index + text.length,
  }));
}

/** The packages of a plain list. */
function packagesIn({ mask }, { value, valueStart }) {
  const open = value.indexOf('[');
  if (open < 0 || /[()+$]/.test(value)) return [];
  const first = valueStart + open + 1;
  return [...value.slice(open + 1, value.lastIndexOf(']')).matchAll(/[\w.'-]+/g)]
    .map(({ 0: text, index }) => ({
      name: text.split('.').at(-1),
      start: first + index,
      end: first + index + text.length,
    }))
    .filter(({ start }) => mask[start] === 'c');
}

function scriptOf({ text, pair }, binding) {
  const { valueStart, valueEnd } = binding;
  const quotes = text.startsWith("''", valueStart) ? 2 : text[valueStart] === '"' ? 1 : 0;
  const [start, end] = [valueStart + quotes, valueEnd - quotes];
  const isPlain = quotes > 0 && pair.get(valueStart) === end;
  return { binding, quotes, isPlain, start, end, text: text.slice(start, end) };
}

/** Whether a file is secret as it is written: null where the value is computed. */
export function isSecret({ options }) {
  const value = options.get('secret')?.value;
  if (value === undefined) return true;
  return value === 'true' ? true : value === 'false' ? false : null;
}
