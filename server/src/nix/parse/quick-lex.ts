/**
 * Reads characters, white space and names for the quick reader (`quick.ts`), and holds its position in the text and the
 * comments found so far. Anything unusual makes it give up; it never guesses.
 */
import type { Comment } from '../syntax.ts';
import type { Reuse } from './reused-bindings.ts';

export interface Reader {
  readonly text: string;
  /** Offset of the next character that has not been read. */
  at: number;
  /** The end of the last token. */
  end: number;
  /** The height of the expression that was read last. */
  height: number;
  /** The current depth of nested reads. */
  depth: number;
  comments: Comment[];
  /** The placeholder for missing names in a repaired text. */
  readonly placeholder: string | null;
  /** Bindings for reading the next text, and those of the text before; null to read all. */
  readonly reuse: Reuse | null;
}

/** Thrown to give up; caught in `quick.ts`. Not an `Error`, since recording a stack would cost more than reading the text. */
export const GIVE_UP = { reason: 'not for the quick reader' } as const;

/** Thrown at text that is certainly not valid Nix. */
export const BROKEN = { reason: 'not Nix' } as const;

const NAME_START = 1;
const NAME = 2;
const PATH = 4;
const DIGIT = 8;
const URI = 16;

const CLASSES = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code);
  if (/[a-zA-Z_]/.test(character)) CLASSES[code] = NAME_START;
  if (/[a-zA-Z0-9_'-]/.test(character)) CLASSES[code] = (CLASSES[code] as number) | NAME;
  if (/[a-zA-Z0-9._+-]/.test(character)) CLASSES[code] = (CLASSES[code] as number) | PATH;
  if (/[0-9]/.test(character)) CLASSES[code] = (CLASSES[code] as number) | DIGIT;
  if (/[a-zA-Z0-9%/?:@&=+$,\-_.!~*']/.test(character)) CLASSES[code] = (CLASSES[code] as number) | URI;
}

function isOf(code: number, kind: number): boolean {
  return code < 128 && ((CLASSES[code] as number) & kind) !== 0;
}

export const isNameStart = (code: number): boolean => isOf(code, NAME_START);
export const isDigit = (code: number): boolean => isOf(code, DIGIT);

/** Skips white space, and comments, which are recorded. Returns the code of the next character; NaN at the end. */
export function skipBlanks(reader: Reader): number {
  const { text } = reader;
  for (;;) {
    const code = text.charCodeAt(reader.at);
    if (code === 32 || code === 10 || code === 9 || code === 13) reader.at++;
    else if (code === 35) skipComment(reader, lineEnd(text, reader.at));
    else if (code === 47 && text.charCodeAt(reader.at + 1) === 42) {
      const close = text.indexOf('*/', reader.at + 2);
      if (close === -1) throw GIVE_UP;
      skipComment(reader, close + 2);
    } else return code;
  }
}

function lineEnd(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  return newline === -1 ? text.length : newline;
}

function skipComment(reader: Reader, to: number): void {
  const start = reader.at;
  const end = reader.text.charCodeAt(to - 1) === 13 ? to - 1 : to;
  reader.comments.push({ start, end, text: reader.text.slice(start, end) });
  reader.at = to;
}

const DELIMITERS: ReadonlySet<number> = new Set([...';,)]}'].map(character => character.charCodeAt(0)));

/**
 * Ends the reading because the next token does not fit. Delimiters and names mean the same to all parsers of Nix, so such a
 * token is a mistake, and so is a premature end of the text. A keyword is not, since some parsers read it as a name.
 */
export function refuse({ text, at, end }: Reader): never {
  const code = text.charCodeAt(at);
  throw DELIMITERS.has(code) ||
    (code === 61 && text.charCodeAt(at + 1) !== 61) ||
    (isNameStart(code) && !KEYWORDS.has(text.slice(at, nameEnd(text, at)))) ||
    (Number.isNaN(code) && end > 0)
    ? BROKEN
    : GIVE_UP;
}

/** Consumes a required character after white space and comments. */
export function expect(reader: Reader, code: number): void {
  if (skipBlanks(reader) !== code) refuse(reader);
  take(reader, 1);
}

/** Consumes a token of the given length. */
export function take(reader: Reader, length: number): void {
  reader.at += length;
  reader.end = reader.at;
}

/** Returns the offset after the name that begins at `start`; `start` itself if none does. */
export function nameEnd(text: string, start: number): number {
  if (!isNameStart(text.charCodeAt(start))) return start;
  let at = start + 1;
  while (isOf(text.charCodeAt(at), NAME)) at++;
  return at;
}

export const KEYWORDS: ReadonlySet<string> = new Set([
  'assert',
  'else',
  'if',
  'in',
  'inherit',
  'let',
  'or',
  'rec',
  'then',
  'with',
]);

/** Consumes a required name. */
export function takeName(reader: Reader): string {
  const stop = nameEnd(reader.text, reader.at);
  const name = reader.text.slice(reader.at, stop);
  if (name === '' || KEYWORDS.has(name)) refuse(reader);
  reader.at = stop;
  reader.end = stop;
  return name;
}

/** Consumes a required keyword after white space and comments. */
export function expectWord(reader: Reader, word: string): void {
  skipBlanks(reader);
  if (!isHere(reader, word)) refuse(reader);
  take(reader, word.length);
}

/** Returns whether the name at the current offset is `word`. */
export function isHere({ text, at }: Reader, word: string): boolean {
  return text.startsWith(word, at) && !isOf(text.charCodeAt(at + word.length), NAME);
}

/**
 * Returns whether a path begins here. Gives up at text that one parser of Nix reads as a path, and another as a division,
 * an update or a URL.
 */
export function isPathHere({ text, at }: Reader): boolean {
  let stop = at;
  while (isOf(text.charCodeAt(stop), PATH)) stop++;
  const code = text.charCodeAt(stop);
  if (code === 58 && stop > at && isOf(text.charCodeAt(stop + 1), URI)) throw GIVE_UP;
  if (code !== 47) return false;
  const next = text.charCodeAt(stop + 1);
  const first = text.charCodeAt(at);
  const isPath = isOf(next, PATH) || next === 36;
  if (next === 47 && isOf(text.charCodeAt(stop + 2), PATH | URI)) throw GIVE_UP;
  if (isPath && (first === 43 || first === 45 || stop - at > 200)) throw GIVE_UP;
  return isPath;
}

/** Returns the offset after the characters of a path, including slashes. */
export function pathEnd(text: string, start: number): number {
  let at = start;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === 47) {
      if (text.charCodeAt(at + 1) === 47) throw GIVE_UP;
    } else if (!isOf(code, PATH)) return at;
    at++;
  }
}
