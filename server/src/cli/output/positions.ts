/** Converts places for programs and people: 1-based lines and columns, with columns in UTF-16 units. */

import type { NixFiles } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { lineStartsOf, positionAt } from '../../nix/source.ts';

export interface Span {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export type SpanOf = (place: Place) => Span;

/**
 * Returns a function that finds the lines and columns of places. In a file that no longer exists it returns the first
 * character.
 */
export function spansIn(files: NixFiles): SpanOf {
  const starts = new Map<string, readonly number[]>();
  const startsOf = (file: string) => {
    const cached = starts.get(file);
    if (cached) return cached;
    const lineStarts = files.parse(file)?.lineStarts ?? lineStartsOf(files.text(file) ?? '');
    starts.set(file, lineStarts);
    return lineStarts;
  };
  return ({ file, start, end }) => {
    const from = positionAt(startsOf(file), start);
    const to = positionAt(startsOf(file), end);
    return {
      line: from.line + 1,
      column: from.character + 1,
      endLine: to.line + 1,
      endColumn: to.character + 1,
    };
  };
}
