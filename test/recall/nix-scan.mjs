// A light scanner of Nix: enough to find places to change, and nothing that Varsmith itself uses. Offsets are UTF-16.

/**
 * A text with what each of its characters is: `c` code, `#` comment, `s` text of `"…"`, `i` text of `''…''` (the delimiters
 * of strings count as text), and for each opening bracket or quote where it closes, and the other way round for brackets.
 * @typedef {{ file: string, text: string, mask: readonly string[], pair: ReadonlyMap<number, number> }} Document
 *
 * @typedef {{ name: string | null, text: string, start: number, end: number, quoted?: boolean }} Part one name of a path; null
 *   where it is computed
 *
 * @typedef {object} Binding
 * @property {readonly Part[]} parts empty for `inherit`
 * @property {string} [inherited] the text behind `inherit`
 * @property {number} start
 * @property {number} end behind the `;`
 * @property {number} valueStart
 * @property {number} valueEnd
 * @property {string} value
 */

const SPACE = /\s/;
const WORD = /[a-zA-Z_][\w'-]*/y;

/** @returns {Document} */
export function scan(file, text) {
  const mask = new Array(text.length).fill('c');
  const pair = new Map();
  /** What the scanner is inside of: code in brackets (`c`), or a string. */
  const inside = [];
  let at = 0;
  const take = (kind, length) => {
    mask.fill(kind, at, Math.min(at + length, text.length));
    at += length;
  };
  const open = (kind, length) => {
    inside.push({ kind, at: kind === 'c' ? at + length - 1 : at });
    take(kind, length);
  };
  const close = (kind, length) => {
    const opened = inside.pop();
    if (opened !== undefined) {
      pair.set(opened.at, at);
      if (kind === 'c') pair.set(at, opened.at);
    }
    take(kind, length);
  };
  const readCode = () => {
    const letter = text[at];
    if (letter === '#') {
      const end = text.indexOf('\n', at);
      take('#', (end < 0 ? text.length : end) - at);
    } else if (letter === '/' && text[at + 1] === '*') {
      const end = text.indexOf('*/', at + 2);
      take('#', (end < 0 ? text.length : end + 2) - at);
    } else if (letter === '"') open('s', 1);
    else if (text.startsWith("''", at) && !/[\w']/.test(text[at - 1] ?? '')) open('i', 2);
    else if ('{[('.includes(letter)) open('c', 1);
    else if ('}])'.includes(letter)) close('c', 1);
    else at++;
  };
  const readString = kind => {
    if (text.startsWith('${', at)) {
      // The brace counts, and is code.
      open('c', 2);
    } else if (text.startsWith('$$', at)) take(kind, 2);
    else if (kind === 's') readQuoted();
    else readIndented();
  };
  const readQuoted = () => {
    if (text[at] === '\\') take('s', 2);
    else if (text[at] === '"') close('s', 1);
    else take('s', 1);
  };
  const readIndented = () => {
    if (!text.startsWith("''", at)) take('i', 1);
    else if (text[at + 2] === '$' || text[at + 2] === "'") take('i', 3);
    else if (text[at + 2] === '\\') take('i', 4);
    else close('i', 2);
  };
  while (at < text.length) {
    const kind = inside.at(-1)?.kind ?? 'c';
    if (kind === 'c') readCode();
    else readString(kind);
  }
  return { file, text, mask, pair };
}

/** The line of an offset, from 1. */
export function lineOf(text, offset) {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** Matches that begin in code. */
export function inCode({ text, mask }, pattern) {
  return [...text.matchAll(pattern)].filter(({ index }) => mask[index] === 'c');
}

/** Behind spaces and comments. */
export function skip({ text, mask }, from) {
  let at = from;
  while (at < text.length && (mask[at] === '#' || (mask[at] === 'c' && SPACE.test(text[at])))) at++;
  return at;
}

function wordAt(text, at) {
  WORD.lastIndex = at;
  return WORD.exec(text)?.[0];
}

/** The path that begins at an offset, or null. @returns {{ parts: Part[], end: number } | null} */
export function attributePath(document, from) {
  const { text, mask, pair } = document;
  const parts = [];
  for (let at = from; ; ) {
    at = skip(document, at);
    const part = partAt(document, at);
    if (part === null) return null;
    parts.push(part);
    const next = skip(document, part.end);
    if (mask[next] !== 'c' || text[next] !== '.') return { parts, end: part.end };
    at = next + 1;
  }

  function partAt(_, start) {
    if (mask[start] === 's' && text[start] === '"') {
      const end = pair.get(start);
      if (end === undefined) return null;
      const inner = text.slice(start + 1, end);
      const name = inner.includes('${') ? null : inner;
      return { name, text: inner, start, end: end + 1, quoted: true };
    }
    if (text.startsWith('${', start)) {
      const end = pair.get(start + 1);
      if (end === undefined) return null;
      return { name: null, text: text.slice(start, end + 1), start, end: end + 1 };
    }
    const name = mask[start] === 'c' ? wordAt(text, start) : undefined;
    return name === undefined ? null : { name, text: name, start, end: start + name.length };
  }
}

/** The `;` that ends the value at an offset, or -1. */
export function semicolonOf({ text, mask, pair }, from, limit) {
  let lets = 0;
  // `with x;` and `assert x;` have one of their own.
  let others = 0;
  let at = from;
  while (at < limit) {
    const kind = mask[at];
    const letter = text[at];
    const closing = pair.get(at);
    if (kind === '#') at++;
    else if ((kind === 's' || kind === 'i') && closing > at) at = closing + (kind === 'i' ? 2 : 1);
    else if ('{[('.includes(letter)) {
      if (closing === undefined) return -1;
      at = closing + 1;
    } else if (letter === ';') {
      if (lets === 0 && others === 0) return at;
      if (lets === 0) others--;
      at++;
    } else {
      const word = wordAt(text, at);
      if (word === 'let') lets++;
      else if (word === 'in') lets = Math.max(0, lets - 1);
      else if (word === 'with' || word === 'assert') others++;
      at += word?.length ?? 1;
    }
  }
  return -1;
}

/** Where a value ends that begins at `start` and is ended by the `;` at `semicolon`. */
export function endOfValue({ text }, start, semicolon) {
  let end = semicolon;
  while (end > start && SPACE.test(text[end - 1])) end--;
  return end;
}

/** The bindings of the set that opens at an offset, as far as they can be read. @returns {Binding[]} */
export function bindingsIn(document, open) {
  const { text, pair } = document;
  const close = pair.get(open);
  const bindings = [];
  if (close === undefined) return bindings;
  for (let at = skip(document, open + 1); at < close; at = skip(document, bindings.at(-1).end)) {
    const binding = bindingAt(document, at, close);
    if (binding === null) break;
    bindings.push(binding);
  }
  return bindings;

  function bindingAt(_, start, limit) {
    if (/^inherit\b/.test(text.slice(start, start + 9))) {
      const end = semicolonOf(document, start + 7, limit);
      return end < 0 ? null : { inherited: text.slice(start + 7, end), start, end: end + 1, parts: [] };
    }
    const path = attributePath(document, start);
    if (path === null) return null;
    const equals = skip(document, path.end);
    if (text[equals] !== '=' || text[equals + 1] === '=') return null;
    const valueStart = skip(document, equals + 1);
    const end = semicolonOf(document, valueStart, limit);
    if (end < 0) return null;
    const valueEnd = endOfValue(document, valueStart, end);
    const value = text.slice(valueStart, valueEnd);
    return { parts: path.parts, start, end: end + 1, valueStart, valueEnd, value };
  }
}

/**
 * The `{` of the set that a value is in the end (`{ … }`, `lib.mkIf c { … }`, `{ pkgs, … }: { … }`), or -1.
 * @param {{ valueStart: number, valueEnd: number }} value
 */
export function setOf({ text, mask, pair }, { valueStart, valueEnd }) {
  let last = valueEnd - 1;
  while (text[last] === ')' && mask[last] === 'c') {
    last--;
    while (SPACE.test(text[last])) last--;
  }
  if (text[last] !== '}' || mask[last] !== 'c') return -1;
  const open = pair.get(last);
  return open !== undefined && open >= valueStart && text[open - 1] !== '$' ? open : -1;
}
