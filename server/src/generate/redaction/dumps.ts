/**
 * Reads a text as a dump of bytes, as `od`, `xxd` and `hexdump` write them, and as the lists of numbers of programming
 * languages. Offsets and columns of text have other lengths, and are passed over.
 */

/** Numbers separated by white space, commas or brackets. */
const NUMBER = /(?<![^\s,;[\](){}])-?[0-9a-fA-F]{1,22}(?![^\s,;[\](){}])/g;

interface Notation {
  readonly form: RegExp;
  readonly bytes: number;
  /** What BigInt has to read before the digits. */
  readonly prefix: '' | '0b' | '0o' | '0x';
  /** The last byte is written first. */
  readonly reversed: boolean;
}

const notation = (prefix: Notation['prefix'], form: string, bytes: number, reversed = true): Notation => ({
  form: new RegExp(`^${form}$`),
  ...{ prefix, bytes, reversed },
});

const HEX = (digits: number) => `[0-9a-fA-F]{${digits}}`;

/** Words are written with their last byte first, except by `xxd`. */
const NOTATIONS: readonly Notation[] = [
  notation('0b', '[01]{8}', 1),
  ...[1, 2, 4, 8].flatMap((bytes, i) => [
    notation('0o', `[0-7]{${[3, 6, 11, 22][i]}}`, bytes),
    notation('', `-?\\d{1,${[3, 5, 10, 20][i]}}`, bytes),
    notation('0x', HEX(2 * bytes), bytes),
    ...(bytes > 1 ? [notation('0x', HEX(2 * bytes), bytes, false)] : []),
  ]),
];

export interface Dumped {
  readonly byte: number;
  readonly start: number;
  readonly end: number;
}

/** Yields the bytes of a dump for each notation, in which a part of the numbers may be written. */
export function* dumpsIn(text: string): Iterable<Iterable<Dumped>> {
  yield characters(text);
  const numbers = [...text.matchAll(NUMBER)];
  for (const notation of NOTATIONS) yield read(numbers, notation);
}

/** A character, an escape, or octal digits, as `od -c` writes them in columns. */
const CHARACTER = /(?<!\S)(?:([0-7]{3})|\\([abfnrtv0])|([\x21-\x7e]))(?!\S)/g;

const ESCAPES: Readonly<Record<string, number>> = { 0: 0, a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };

function* characters(text: string): Iterable<Dumped> {
  for (const { 0: whole, 1: octal, 2: letter, index: start } of text.matchAll(CHARACTER)) {
    const byte =
      octal !== undefined ? Number.parseInt(octal, 8) & 0xff : (ESCAPES[letter ?? ''] ?? whole.charCodeAt(0));
    yield { byte, start, end: start + whole.length };
  }
}

function* read(numbers: readonly RegExpExecArray[], { form, bytes, prefix, reversed }: Notation) {
  for (const { 0: digits, index: start } of numbers) {
    if (!form.test(digits)) continue;
    const value = BigInt(prefix + digits);
    for (let i = 0; i < bytes; i++) {
      const at = BigInt(8 * (reversed ? i : bytes - 1 - i));
      yield { byte: Number((value >> at) & 0xffn), start, end: start + digits.length };
    }
  }
}
