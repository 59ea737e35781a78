/**
 * Reads valid Nix, several times as fast as parsing and lowering, because no calls cross into wasm. Returns exactly the
 * tree that `parse.ts` returns, or none: it gives up at anything that is wrong, unusual or ambiguous, and leaves the text
 * to the parser, which can read broken text.
 */

import { exact } from '../exact.ts';
import type { Expr, Identifier, SyntaxTree } from '../syntax.ts';
import { errorExpr } from './lower-atoms.ts';
import { MAX_DEPTH } from './lower-run.ts';
import { isFormals, readAttrPath, readBindings, readFormals, readIdentifier } from './quick-bindings.ts';
import {
  BROKEN,
  expect,
  expectWord,
  GIVE_UP,
  isDigit,
  isHere,
  isNameStart,
  isPathHere,
  KEYWORDS,
  nameEnd,
  type Reader,
  refuse,
  skipBlanks,
  take,
} from './quick-lex.ts';
import { HAS_ATTR, NEGATE, NOT, operatorHere } from './quick-operators.ts';
import { readDouble, readIndented, readNumber, readPath } from './quick-strings.ts';
import { type Reading, reuseOf } from './reused-bindings.ts';

/** A tree, and how to read the next text, if that was wanted and is possible. */
export interface ParsedText extends SyntaxTree {
  readonly reading?: Reading;
}

/** The reason for giving up: the text is certainly not valid Nix, or only the parser can tell. */
type Refusal = 'broken' | 'unsure';

interface QuickOptions {
  /** The placeholder for missing names in a repaired text; no variable or attribute has this name. */
  readonly placeholder?: string | null;
  /** The text that was read before this one, null if there is none; absent if no later text will be read. */
  readonly earlier?: Reading | null | undefined;
}

/** Reads a text that has no mistakes. */
export function readQuickly(
  text: string,
  { placeholder = null, earlier }: QuickOptions = {},
): ParsedText | Refusal {
  if (text.includes('\0')) return 'unsure';
  const reuse = earlier === undefined ? null : reuseOf(text, placeholder, earlier);
  const reader: Reader = { text, at: 0, end: 0, height: 0, depth: 0, comments: [], placeholder, reuse };
  try {
    const root = readExpr(reader);
    if (!Number.isNaN(skipBlanks(reader))) refuse(reader);
    const tree = { root, comments: reader.comments, errors: [] };
    return reuse === null ? tree : { ...tree, reading: { text, placeholder, bindings: reuse.collected } };
  } catch (error) {
    if (error === GIVE_UP) return 'unsure';
    if (error === BROKEN) return 'broken';
    throw error;
  }
}

function readExpr(reader: Reader): Expr {
  if (++reader.depth > MAX_DEPTH) throw GIVE_UP;
  const expr = readWhole(reader);
  // The parser cuts expressions that are nested too deeply, and reports it.
  if (reader.height > MAX_DEPTH / 2) throw GIVE_UP;
  reader.depth--;
  return expr;
}

function readWhole(reader: Reader): Expr {
  const code = skipBlanks(reader);
  const start = reader.at;
  if (code === 123) return isFormals(reader) ? readLambda(reader, start, null) : readOperation(reader, 0);
  if (!isNameStart(code) || isPathHere(reader)) return readOperation(reader, 0);
  const stop = nameEnd(reader.text, start);
  switch (reader.text.slice(start, stop)) {
    case 'let':
      return readLet(reader, start);
    case 'if':
      return readIf(reader, start);
    case 'with':
    case 'assert':
      return readWith(reader, start, stop);
    case 'rec':
      return readOperation(reader, 0);
    default:
      break;
  }
  const kept = reader.comments.length;
  reader.at = stop;
  const next = skipBlanks(reader);
  reader.comments.length = kept;
  reader.at = start;
  if (next !== 58 && next !== 64) return readOperation(reader, 0);
  return readLambda(reader, start, readIdentifier(reader));
}

/** Reads a function. If it begins with the name of its argument, that has already been read. */
function readLambda(reader: Reader, start: number, first: Identifier | null): Expr {
  let name = first;
  let formals = null;
  let ellipsis = false;
  let height = 0;
  if (first === null || skipBlanks(reader) === 64) {
    if (first !== null) {
      take(reader, 1);
      if (skipBlanks(reader) !== 123) throw GIVE_UP;
    }
    ({ formals, ellipsis } = readFormals(reader, readExpr));
    height = reader.height;
    if (first === null && skipBlanks(reader) === 64) {
      take(reader, 1);
      skipBlanks(reader);
      name = readIdentifier(reader);
    }
  }
  expect(reader, 58);
  const body = readExpr(reader);
  reader.height = Math.max(height, reader.height) + 1;
  return { kind: 'lambda', start, end: reader.end, name, formals, ellipsis, body };
}

function readLet(reader: Reader, start: number): Expr {
  take(reader, 'let'.length);
  const bindings = readBindings(reader, readExpr);
  const height = reader.height;
  expectWord(reader, 'in');
  const body = readExpr(reader);
  reader.height = Math.max(height, reader.height) + 1;
  return { kind: 'let', start, end: reader.end, bindings, body };
}

function readIf(reader: Reader, start: number): Expr {
  take(reader, 'if'.length);
  const condition = readExpr(reader);
  let height = reader.height;
  expectWord(reader, 'then');
  const then = readExpr(reader);
  height = Math.max(height, reader.height);
  expectWord(reader, 'else');
  const otherwise = readExpr(reader);
  reader.height = Math.max(height, reader.height) + 1;
  return { kind: 'if', start, end: reader.end, condition, then, otherwise };
}

/** Reads a `with` or an `assert`, whose keyword ends at `stop`. */
function readWith(reader: Reader, start: number, stop: number): Expr {
  take(reader, stop - start);
  const first = readExpr(reader);
  const height = reader.height;
  expect(reader, 59);
  const body = readExpr(reader);
  reader.height = Math.max(height, reader.height) + 1;
  const { end } = reader;
  if (stop - start === 'with'.length) return { kind: 'with', start, end, scope: first, body };
  return { kind: 'assert', start, end, condition: first, body };
}

/** Reads operands and the operators between them that bind at least as tightly as `least`. */
function readOperation(reader: Reader, least: number): Expr {
  if (++reader.depth > MAX_DEPTH) throw GIVE_UP;
  const code = skipBlanks(reader);
  const start = reader.at;
  let left: Expr;
  if ((code === 33 || code === 45) && !isPathHere(reader)) {
    take(reader, 1);
    const operand = readOperation(reader, code === 33 ? NOT + 1 : NEGATE);
    reader.height++;
    left = { kind: 'unary', start, end: reader.end, operator: code === 33 ? '!' : '-', operand };
  } else left = readApplication(reader);
  for (;;) {
    const sign = skipBlanks(reader);
    if (sign === 63 && HAS_ATTR >= least) {
      const height = reader.height;
      take(reader, 1);
      const path = readAttrPath(reader, readExpr);
      reader.height = Math.max(height, reader.height) + 1;
      left = { kind: 'has-attr', start, end: reader.end, target: left, path };
      continue;
    }
    const operator = operatorHere(reader, sign);
    if (operator === null || operator.binds < least) break;
    if (isPathHere(reader)) throw GIVE_UP;
    const height = reader.height;
    take(reader, operator.sign.length);
    const right = readOperation(reader, operator.toTheRight ? operator.binds : operator.binds + 1);
    reader.height = Math.max(height, reader.height) + 1;
    left = { kind: 'binary', start, end: reader.end, operator: operator.sign, left, right };
  }
  reader.depth--;
  return left;
}

function readApplication(reader: Reader): Expr {
  const start = reader.at;
  let fn = readSelection(reader);
  while (isOperandHere(reader)) {
    const height = reader.height;
    const arg = readSelection(reader);
    reader.height = Math.max(height, reader.height) + 1;
    fn = { kind: 'apply', start, end: reader.end, fn, arg };
  }
  return fn;
}

const SEARCH_PATH = /<[a-zA-Z0-9._\-+]+(?:\/[a-zA-Z0-9._\-+]+)*>/y;

function searchPathEnd({ text, at }: Reader): number {
  SEARCH_PATH.lastIndex = at;
  return SEARCH_PATH.test(text) ? SEARCH_PATH.lastIndex : at;
}

/** Returns whether another operand follows, after white space and comments. */
function isOperandHere(reader: Reader): boolean {
  const code = skipBlanks(reader);
  if (isNameStart(code)) {
    const word = reader.text.slice(reader.at, nameEnd(reader.text, reader.at));
    if (!KEYWORDS.has(word) || word === 'rec') return true;
    if (word === 'or' || word === 'let') throw GIVE_UP;
    return isPathHere(reader);
  }
  if (isDigit(code) || code === 34 || code === 40 || code === 91 || code === 123) return true;
  if (code === 39) return reader.text.charCodeAt(reader.at + 1) === 39;
  if (code === 60) return searchPathEnd(reader) > reader.at;
  if (code === 126) throw GIVE_UP;
  return (code === 46 || code === 47) && isPathHere(reader);
}

function readSelection(reader: Reader): Expr {
  if (++reader.depth > MAX_DEPTH) throw GIVE_UP;
  const expr = readSelected(reader);
  reader.depth--;
  return expr;
}

function readSelected(reader: Reader): Expr {
  const start = reader.at;
  const target = readSimple(reader);
  if (skipBlanks(reader) !== 46 || isPathHere(reader)) return target;
  let height = reader.height;
  take(reader, 1);
  const path = readAttrPath(reader, readExpr);
  height = Math.max(height, reader.height);
  skipBlanks(reader);
  let fallback: Expr | null = null;
  if (isHere(reader, 'or')) {
    take(reader, 2);
    skipBlanks(reader);
    fallback = readSelection(reader);
    height = Math.max(height, reader.height);
  }
  reader.height = height + 1;
  return { kind: 'select', start, end: reader.end, target, path, fallback };
}

function readSimple(reader: Reader): Expr {
  const { text, at: start } = reader;
  const code = text.charCodeAt(start);
  if (isPathHere(reader)) return readPath(reader, readExpr);
  if (isNameStart(code)) return isHere(reader, 'rec') ? readRecursive(reader) : readVariable(reader);
  if (isDigit(code)) return readNumber(reader);
  switch (code) {
    case 34:
      return readDouble(reader, readExpr);
    case 39:
      if (text.charCodeAt(start + 1) !== 39) throw GIVE_UP;
      return readIndented(reader, readExpr);
    case 40: {
      take(reader, 1);
      const inner = readExpr(reader);
      expect(reader, 41);
      reader.height++;
      return inner;
    }
    case 60: {
      const end = searchPathEnd(reader);
      if (end === start) throw GIVE_UP;
      take(reader, end - start);
      reader.height = 1;
      return { kind: 'search-path', start, end, name: text.slice(start + 1, end - 1) };
    }
    case 91:
      return readList(reader);
    case 123:
      return readSet(reader, start, false);
    default:
      return refuse(reader);
  }
}

function readVariable(reader: Reader): Expr {
  const { start, end, name } = readIdentifier(reader);
  reader.height = 1;
  return name === reader.placeholder ? errorExpr(start, end) : { kind: 'variable', start, end, name };
}

function readRecursive(reader: Reader): Expr {
  const start = reader.at;
  take(reader, 'rec'.length);
  if (skipBlanks(reader) !== 123) throw GIVE_UP;
  return readSet(reader, start, true);
}

function readSet(reader: Reader, start: number, recursive: boolean): Expr {
  take(reader, 1);
  const bindings = readBindings(reader, readExpr);
  expect(reader, 125);
  reader.height++;
  return { kind: 'attrs', start, end: reader.end, recursive, bindings };
}

function readList(reader: Reader): Expr {
  const start = reader.at;
  const items: Expr[] = [];
  let height = 0;
  // Nested lists are read without going through `readExpr`, so the depth is counted here too.
  if (++reader.depth > MAX_DEPTH / 2) throw GIVE_UP;
  take(reader, 1);
  while (skipBlanks(reader) !== 93) {
    items.push(readSelection(reader));
    if (reader.height > height) height = reader.height;
  }
  take(reader, 1);
  reader.depth--;
  reader.height = height + 1;
  return { kind: 'list', start, end: reader.end, items: exact(items) };
}
