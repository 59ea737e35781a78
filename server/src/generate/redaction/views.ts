/**
 * Builds views of a text in all forms that may contain a secret: as is, without quotes, with escapes resolved,
 * decoded, reversed, read as a dump of bytes. All views are in one array of bytes, each with its position in the text, so that matches
 * can be mapped back. ASCII letters are in lower case.
 */

import { dumpsIn } from './dumps.ts';

export interface Views {
  readonly bytes: Uint8Array;
  /** The start, in bytes, of what each byte represents in the text. */
  readonly starts: Int32Array;
  /** The end, likewise. */
  readonly ends: Int32Array;
  /** The positions where one view ends and the next begins. */
  readonly bounds: readonly number[];
}

export function viewsOf(text: Uint8Array): Views {
  const row = makeRow(22 * text.length + 64);
  plain(text, row);
  stripped(text, row);
  unescaped(text, row);
  backwards(text, row);
  for (const { bits, period, values } of CODINGS)
    for (let skip = 0; skip < period; skip++) decoded(text, { bits, values, skip }, row);
  for (const dump of dumpsIn(Buffer.from(text).toString('latin1'))) {
    for (const { byte, start, end } of dump) if (!QUOTES.has(byte)) row.push(byte, start, end);
    row.endView();
  }
  return row.views();
}

type Row = ReturnType<typeof makeRow>;

function makeRow(most: number) {
  const bytes = new Uint8Array(most);
  const starts = new Int32Array(most);
  const ends = new Int32Array(most);
  const bounds: number[] = [];
  let length = 0;
  return {
    push(byte: number, start: number, end: number) {
      bytes[length] = small(byte);
      starts[length] = start;
      ends[length++] = end;
    },
    endView: () => void bounds.push(length),
    views: (): Views => ({
      bytes: bytes.subarray(0, length),
      starts: starts.subarray(0, length),
      ends: ends.subarray(0, length),
      bounds,
    }),
  };
}

function small(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

/** Normalises a secret for comparison with views. */
export function folded(secret: Uint8Array): Uint8Array {
  return secret.map(small);
}

const codes = (text: string) => new Set(Buffer.from(text, 'latin1'));

/** Characters that shells, JSON, URLs, line-wrapping programs and UTF-16 add to a text or encode. */
const QUOTES = codes(`'"\\$+ \t\r\n\0`);

/** Normalises a secret for comparison with views without quotes. */
export function withoutQuotes(secret: Uint8Array): Uint8Array {
  return secret.filter(byte => !QUOTES.has(byte)).map(small);
}

function plain(text: Uint8Array, row: Row): void {
  for (let at = 0; at < text.length; at++) row.push(text[at] as number, at, at + 1);
  row.endView();
}

function stripped(text: Uint8Array, row: Row): void {
  for (let at = 0; at < text.length; at++)
    if (!QUOTES.has(text[at] as number)) row.push(text[at] as number, at, at + 1);
  row.endView();
}

/** Adds the view reversed by characters, as `rev` does. */
function backwards(text: Uint8Array, row: Row): void {
  for (let end = text.length; end > 0; ) {
    let start = end - 1;
    while (start > 0 && end - start < 4 && isContinued(text[start])) start--;
    for (let at = start; at < end; at++) row.push(text[at] as number, start, end);
    end = start;
  }
  row.endView();
}

/** Returns whether a byte is a continuation byte of UTF-8. */
export function isContinued(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

const BACKSLASH = 0x5c;
const PERCENT = 0x25;

/**
 * Adds the view with escapes resolved: `\303`, `\xc3`, `\u00e4`, `\n`, `%C3`. Quoting characters are left out.
 */
function unescaped(text: Uint8Array, row: Row): void {
  // Latin-1 maps each byte to one character, so positions are the same.
  const source = Buffer.from(text.buffer, text.byteOffset, text.length).toString('latin1');
  for (let at = 0; at < text.length; ) {
    const byte = text[at] as number;
    const escaped = byte === BACKSLASH || byte === PERCENT ? escapeAt(source, at) : null;
    const end = at + (escaped?.length ?? 1);
    const meant = escaped?.bytes ?? [byte];
    for (const character of meant) if (!QUOTES.has(character)) row.push(character, at, end);
    at = end;
  }
  row.endView();
}

interface Escape {
  readonly bytes: Iterable<number>;
  readonly length: number;
}

const H = '[0-9a-fA-F]';
const ESCAPE = new RegExp(
  `%(${H}{2})|\\\\(?:([0-7]{1,3})|x(${H}{1,2})|(u${H}{4}(?:\\\\u${H}{4})?|u${H}{1,3}|U${H}{1,8})|([abefnrtvE]))`,
  'y',
);

const LETTERS: Readonly<Record<string, number>> = {
  ...{ a: 7, b: 8, e: 27, E: 27, f: 12, n: 10, r: 13, t: 9, v: 11 },
};

/** Returns the escape at a position, or null if nothing is escaped there. */
function escapeAt(source: string, at: number): Escape | null {
  if (source.startsWith('\\\\', at)) return { bytes: [], length: 2 };
  ESCAPE.lastIndex = at;
  const [whole, percent, octal, hex, code, letter] = ESCAPE.exec(source) ?? [];
  if (whole === undefined) return null;
  const number = percent ?? hex;
  if (number !== undefined) return { bytes: [Number.parseInt(number, 16)], length: whole.length };
  if (octal !== undefined) return { bytes: [Number.parseInt(octal, 8) & 0xff], length: whole.length };
  if (code !== undefined) return characterOf(code);
  const control = LETTERS[letter ?? ''];
  return control === undefined ? null : { bytes: [control], length: whole.length };
}

/**
 * Returns the character of an escape.
 *
 * @param code `u` or `U` with digits; two of them if JSON writes a character as a surrogate pair
 */
function characterOf(code: string): Escape {
  const [, first = '', second] = /^[uU](\w+)(?:\\u(\w+))?$/.exec(code) ?? [];
  const point = Number.parseInt(first, 16);
  const isPair = second !== undefined && /^d[89ab]/i.test(first) && /^d[c-f]/i.test(second);
  const text = isPair
    ? String.fromCharCode(point, Number.parseInt(second, 16))
    : String.fromCodePoint(Math.min(point, 0x10ffff));
  return { bytes: Buffer.from(text, 'utf8'), length: isPair ? code.length + 1 : first.length + 2 };
}

interface Coding {
  readonly bits: number;
  /** The number of characters after which the bits are aligned to a byte again. */
  readonly period: number;
  /** The value of each character, or `SKIPPED` or `ENDS`. */
  readonly values: Int8Array;
}

const SKIPPED = -1;
const ENDS = -2;

function coding(bits: number, period: number, alphabets: readonly string[], separators: string): Coding {
  const values = new Int8Array(256).fill(ENDS);
  for (const byte of codes(` \t\r\n${separators}`)) values[byte] = SKIPPED;
  for (const alphabet of alphabets)
    for (const [value, byte] of Buffer.from(alphabet, 'latin1').entries()) values[byte] = value;
  return { bits, period, values };
}

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = UPPER.toLowerCase();
const DIGITS = '0123456789';

const CODINGS: readonly Coding[] = [
  coding(6, 4, [`${UPPER}${LOWER}${DIGITS}+/`, `${UPPER}${LOWER}${DIGITS}-_`], ''),
  coding(5, 8, [`${UPPER}234567`, `${LOWER}234567`], ''),
  coding(4, 2, [`${DIGITS}abcdef`, `${DIGITS}ABCDEF`], ':,'),
];

/**
 * Adds the decoded view of encoded parts.
 *
 * @param skip the number of characters to ignore at the start of each part, because the alignment of the
 * encoding is not known
 */
function decoded(
  text: Uint8Array,
  { bits, values, skip }: Pick<Coding, 'bits' | 'values'> & { readonly skip: number },
  row: Row,
): void {
  let [run, held, count, start] = [0, 0, 0, 0];
  for (let at = 0; at < text.length; at++) {
    const value = values[text[at] as number] as number;
    if (value === SKIPPED) continue;
    if (value === ENDS) {
      run = 0;
      count = 0;
      continue;
    }
    if (run++ < skip) continue;
    if (count === 0) start = at;
    held = ((held << bits) | value) & 0xffff;
    count += bits;
    if (count < 8) continue;
    count -= 8;
    row.push((held >> count) & 0xff, start, at + 1);
    start = at;
  }
  row.endView();
}
