/** Positions as Nix prints them, and the places in files that they stand for. */

import { uniqueBy } from '../std.ts';
import type { Place } from './places.ts';
import { lineStartsOf } from './source.ts';

/** A path relative to the workspace root; line and column from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Returns the text of a file, or `null` if it does not exist. */
export type TextOf = (file: string) => string | null;

/** Returns the places of positions without duplicates. Positions that a file does not have (any more) are omitted. */
export function placesIn(positions: readonly SourcePosition[], textOf: TextOf): readonly Place[] {
  const places = positions.flatMap(position => placeIn(position, textOf) ?? []);
  return uniqueBy(places, ({ file, start }) => `${file}\0${start}`);
}

/** Returns the word at a position, or `null` if the file has no such line. */
export function placeIn({ file, line, column }: SourcePosition, textOf: TextOf): Place | null {
  const text = textOf(file);
  const lineStart = text === null ? undefined : lineStartsOf(text)[line - 1];
  if (text === null || lineStart === undefined) return null;
  const start = Math.min(lineStart + column - 1, text.length);
  const word = /^(?:"[^"\n]*"|[\w'-]+(?:\.[\w'-]+)*|\S)/.exec(text.slice(start, start + 200))?.[0] ?? '';
  return { file, start, end: start + word.length };
}
