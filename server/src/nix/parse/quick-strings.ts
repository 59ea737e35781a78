/**
 * Reads strings, paths and numbers for the quick reader (quick.ts). Finds their ends and holes; lower-strings.ts
 * reads their text.
 */

import { exact } from '../exact.ts';
import type { Expr, HolePart, StringExpr, StringPart } from '../syntax.ts';
import { intLiteral } from './lower-atoms.ts';
import { doubleText, indentedParts, verbatimText } from './lower-strings.ts';
import { expect, GIVE_UP, isDigit, isNameStart, pathEnd, type Reader, take } from './quick-lex.ts';

export type ReadExpr = (reader: Reader) => Expr;

const CLOSE_BRACE = 125;

/** Reads the `${expr}` at the current offset. */
export function readHole(reader: Reader, readExpr: ReadExpr): HolePart {
  const start = reader.at;
  take(reader, 2);
  const expr = readExpr(reader);
  expect(reader, CLOSE_BRACE);
  return { kind: 'hole', start, end: reader.end, expr };
}

/** Reads a hole, and returns it with the height of the highest hole so far. */
function holeWithin(reader: Reader, readExpr: ReadExpr, height: number): { hole: HolePart; height: number } {
  const hole = readHole(reader, readExpr);
  return { hole, height: Math.max(height, reader.height) };
}

/** Reads the `"…"` at the current offset. */
export function readDouble(reader: Reader, readExpr: ReadExpr): StringExpr {
  const { text } = reader;
  const start = reader.at;
  // Nearly all strings have a single part, for which no growing list is needed.
  let parts: StringPart[] | null = null;
  let from = start + 1;
  let at = from;
  let height = 0;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === 34) break;
    if (code === 92) at += 2;
    else if (code !== 36) {
      if (Number.isNaN(code)) throw GIVE_UP;
      at++;
    } else {
      const next = text.charCodeAt(at + 1);
      if (next === 123) {
        const before = doubleText(text, from, at);
        parts ??= [];
        if (before !== null) parts.push(before);
        reader.at = at;
        const read = holeWithin(reader, readExpr, height);
        parts.push(read.hole);
        height = read.height;
        at = reader.at;
        from = at;
      } else at += next === 34 || next === 92 ? 1 : 2;
    }
  }
  const rest = doubleText(text, from, at);
  reader.at = at + 1;
  reader.end = at + 1;
  reader.height = height + 1;
  return { kind: 'string', start, end: at + 1, style: 'double', parts: withRest(parts, rest) };
}

function withRest(parts: StringPart[] | null, rest: StringPart | null): StringPart[] {
  if (parts === null) return rest === null ? [] : [rest];
  if (rest !== null) parts.push(rest);
  return exact(parts);
}

/** Reads the `''…''` at the current offset. */
export function readIndented(reader: Reader, readExpr: ReadExpr): StringExpr {
  const { text } = reader;
  const start = reader.at;
  const holes: HolePart[] = [];
  let at = start + 2;
  let height = 0;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === 39) {
      if (text.charCodeAt(at + 1) !== 39) {
        at++;
        continue;
      }
      const third = text.charCodeAt(at + 2);
      if (third === 39 || third === 36) at += 3;
      else if (third === 92) at += 4;
      else break;
    } else if (code === 36) {
      const next = text.charCodeAt(at + 1);
      if (next === 123) {
        reader.at = at;
        const read = holeWithin(reader, readExpr, height);
        holes.push(read.hole);
        height = read.height;
        at = reader.at;
      } else at += next === 39 ? 1 : 2;
    } else {
      if (Number.isNaN(code)) throw GIVE_UP;
      at++;
    }
  }
  reader.at = at + 2;
  reader.end = at + 2;
  reader.height = height + 1;
  const parts = exact(indentedParts(text, start + 2, at, holes));
  return { kind: 'string', start, end: at + 2, style: 'indented', parts };
}

/** Reads the path at the current offset. */
export function readPath(reader: Reader, readExpr: ReadExpr): Expr {
  const { text } = reader;
  const start = reader.at;
  const parts: StringPart[] = [];
  let height = 0;
  for (;;) {
    const from = reader.at;
    const stop = pathEnd(text, from);
    if (stop > from) parts.push(verbatimText(text, from, stop));
    take(reader, stop - from);
    const isHole = text.startsWith('${', stop);
    if (!isHole && (text.charCodeAt(stop) === 36 || text.charCodeAt(stop - 1) === 47)) throw GIVE_UP;
    if (!isHole) break;
    const read = holeWithin(reader, readExpr, height);
    parts.push(read.hole);
    height = read.height;
  }
  reader.height = height + 1;
  return { kind: 'path', start, end: reader.end, parts: exact(parts) };
}

const NUMBER = /(?:[1-9][0-9]*\.[0-9]*|0\.[0-9]+)(?:[Ee][+-]?[0-9]+)?|[0-9]+/y;

/** Reads the number at the current offset. */
export function readNumber(reader: Reader): Expr {
  const { text } = reader;
  const start = reader.at;
  NUMBER.lastIndex = start;
  const literal = NUMBER.exec(text)?.[0] ?? '';
  take(reader, literal.length);
  const end = reader.end;
  const next = text.charCodeAt(end);
  if (isNameStart(next) || isDigit(next) || next === 46 || next === 39) throw GIVE_UP;
  reader.height = 1;
  if (literal.includes('.')) return { kind: 'float', start, end, value: Number(literal) };
  const value = intLiteral(literal);
  if (value === null) throw GIVE_UP;
  return { kind: 'int', start, end, value };
}
