/** Positions as Nix tells them as places in files: the name that stands there. */

import type { SourcePosition } from '../fleet/model/nix-answer.ts';
import type { Place } from '../nix/places.ts';
import { lineStartsOf } from '../nix/source.ts';
import { uniqueBy } from '../std.ts';

/** Returns the text of a file of the fleet; null where there is none. */
export type TextOf = (file: string) => string | null;

/** Each place once; what a file does not have (any more) is left out. */
export function placesIn(positions: readonly SourcePosition[], textOf: TextOf): readonly Place[] {
  const places = positions.flatMap(position => placeIn(position, textOf) ?? []);
  return uniqueBy(places, ({ file, start }) => `${file}\0${start}`);
}

/** Returns the word at a position; null where the file has no such line. */
function placeIn({ file, line, column }: SourcePosition, textOf: TextOf): Place | null {
  const text = textOf(file);
  const lineStart = text === null ? undefined : lineStartsOf(text)[line - 1];
  if (text === null || lineStart === undefined) return null;
  const start = Math.min(lineStart + column - 1, text.length);
  const word = /^(?:"[^"\n]*"|[\w'-]+(?:\.[\w'-]+)*|\S)/.exec(text.slice(start, start + 200))?.[0] ?? '';
  return { file, start, end: start + word.length };
}
