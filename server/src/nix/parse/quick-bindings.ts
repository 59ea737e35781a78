/**
 * Bindings, attribute paths and formals for the quick reader (quick.ts).
 */

import { exact } from '../exact.ts';
import type { AttrName, Binding, Formal, Identifier } from '../syntax.ts';
import { errorExpr } from './lower-atoms.ts';
import { quotedName } from './lower-bindings.ts';
import { expect, GIVE_UP, isHere, nameEnd, type Reader, skipBlanks, take, takeName } from './quick-lex.ts';
import { type ReadExpr, readDouble, readHole } from './quick-strings.ts';
import { bindingHere } from './reused-bindings.ts';

const QUOTE = 34;
const DOLLAR = 36;
const OPEN_PAREN = 40;
const CLOSE_PAREN = 41;
const COMMA = 44;
const DOT = 46;
const SEMICOLON = 59;
const EQUALS = 61;
const QUESTION = 63;
const AT = 64;
const COLON = 58;
const CLOSE_BRACE = 125;

/** Reads bindings until something that cannot begin one. The height is that of the highest value. */
export function readBindings(reader: Reader, readExpr: ReadExpr): Binding[] {
  const bindings: Binding[] = [];
  let height = 0;
  for (;;) {
    const code = skipBlanks(reader);
    if (code === CLOSE_BRACE || Number.isNaN(code) || isHere(reader, 'in')) break;
    reader.height = 0;
    bindings.push(nextBinding(reader, readExpr));
    if (reader.height > height) height = reader.height;
  }
  reader.height = height;
  return exact(bindings);
}

function nextBinding(reader: Reader, readExpr: ReadExpr): Binding {
  const read = () =>
    isHere(reader, 'inherit') ? readInherit(reader, readExpr) : readBinding(reader, readExpr);
  return reader.reuse === null ? read() : bindingHere(reader, reader.reuse, read);
}

function readBinding(reader: Reader, readExpr: ReadExpr): Binding {
  const start = reader.at;
  const path = readAttrPath(reader, readExpr);
  const height = reader.height;
  expect(reader, EQUALS);
  const value = readExpr(reader);
  expect(reader, SEMICOLON);
  reader.height = Math.max(reader.height, height);
  return { kind: 'bind', start, end: reader.end, path, value };
}

function readInherit(reader: Reader, readExpr: ReadExpr): Binding {
  const start = reader.at;
  take(reader, 'inherit'.length);
  let from = null;
  if (skipBlanks(reader) === OPEN_PAREN) {
    take(reader, 1);
    from = readExpr(reader);
    expect(reader, CLOSE_PAREN);
  }
  let height = reader.height;
  const names: AttrName[] = [];
  while (skipBlanks(reader) !== SEMICOLON) {
    names.push(readAttrName(reader, readExpr));
    height = Math.max(height, reader.height);
  }
  take(reader, 1);
  reader.height = height;
  return { kind: 'inherit', start, end: reader.end, from, names: exact(names) };
}

/** Reads `a."b".${c}` after white space and comments. The height is that of the highest hole. */
export function readAttrPath(reader: Reader, readExpr: ReadExpr): AttrName[] {
  skipBlanks(reader);
  const first = readAttrName(reader, readExpr);
  if (!isDotNext(reader)) return [first];
  const names = [first];
  let { height } = reader;
  do {
    take(reader, 1);
    skipBlanks(reader);
    names.push(readAttrName(reader, readExpr));
    height = Math.max(height, reader.height);
  } while (isDotNext(reader));
  reader.height = height;
  return exact(names);
}

function isDotNext(reader: Reader): boolean {
  return skipBlanks(reader) === DOT && !isPathAfterDot(reader);
}

/**
 * Returns whether a path begins after a dot: `a ./b` is an application, `a .b` a selection. Leaves `.b/c` to the
 * parser.
 */
function isPathAfterDot({ text, at }: Reader): boolean {
  const next = text.charCodeAt(at + 1);
  if (next === 47 || next === DOT) return true;
  const stop = nameEnd(text, at + 1);
  if (stop > at + 1 && text.charCodeAt(stop) === 47 && text.charCodeAt(stop + 1) !== 42) throw GIVE_UP;
  return false;
}

function readAttrName(reader: Reader, readExpr: ReadExpr): AttrName {
  const { text, at: start } = reader;
  const code = text.charCodeAt(start);
  if (code === QUOTE) return quotedName(readDouble(reader, readExpr));
  if (code === DOLLAR) {
    if (text.charCodeAt(start + 1) !== 123) throw GIVE_UP;
    const { expr, end } = readHole(reader, readExpr);
    return { kind: 'dynamic', start, end, expr };
  }
  reader.height = 0;
  const name = takeName(reader);
  const { end } = reader;
  if (name === reader.placeholder) return { kind: 'dynamic', start, end, expr: errorExpr(start, end) };
  return { kind: 'name', start, end, name, quoted: false };
}

export interface Formals {
  readonly formals: Formal[];
  readonly ellipsis: boolean;
}

/** Returns whether the brace here opens the formals of a function. Reads nothing. */
export function isFormals(reader: Reader): boolean {
  const { at, end } = reader;
  const kept = reader.comments.length;
  take(reader, 1);
  const answer = formalsFollow(reader);
  reader.comments.length = kept;
  reader.at = at;
  reader.end = end;
  return answer;
}

function formalsFollow(reader: Reader): boolean {
  const code = skipBlanks(reader);
  if (code === CLOSE_BRACE) {
    take(reader, 1);
    const next = skipBlanks(reader);
    return next === COLON || next === AT;
  }
  if (code === DOT) return true;
  const stop = nameEnd(reader.text, reader.at);
  if (stop === reader.at || isHere(reader, 'inherit')) return false;
  reader.at = stop;
  const next = skipBlanks(reader);
  return next === COMMA || next === QUESTION || next === CLOSE_BRACE;
}

/** Reads the `{ a, b ? c, ... }` that begins here. The height is that of the highest default. */
export function readFormals(reader: Reader, readExpr: ReadExpr): Formals {
  const formals: Formal[] = [];
  let height = 0;
  take(reader, 1);
  for (;;) {
    const code = skipBlanks(reader);
    if (code === CLOSE_BRACE) break;
    if (code === DOT) {
      if (!reader.text.startsWith('...', reader.at)) throw GIVE_UP;
      take(reader, 3);
      expect(reader, CLOSE_BRACE);
      reader.height = height;
      return { formals: exact(formals), ellipsis: true };
    }
    formals.push(readFormal(reader, readExpr));
    height = Math.max(height, reader.height);
    if (skipBlanks(reader) !== COMMA) break;
    take(reader, 1);
  }
  expect(reader, CLOSE_BRACE);
  reader.height = height;
  return { formals: exact(formals), ellipsis: false };
}

function readFormal(reader: Reader, readExpr: ReadExpr): Formal {
  const start = reader.at;
  const name = readIdentifier(reader);
  reader.height = 0;
  if (skipBlanks(reader) !== QUESTION) return { start, end: name.end, name, fallback: null };
  take(reader, 1);
  const fallback = readExpr(reader);
  return { start, end: reader.end, name, fallback };
}

export function readIdentifier(reader: Reader): Identifier {
  const start = reader.at;
  const name = takeName(reader);
  return { start, end: reader.end, name };
}
