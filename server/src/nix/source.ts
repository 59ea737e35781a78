/**
 * A file of Nix as the evaluator and everything above it see it: text, tree, and where its lines begin.
 */
import type { Comment, Expr, NixSyntaxError, Range } from './syntax.ts';

export interface SourceFile {
  /** Relative to the workspace root, with `/` between names: the file's identity everywhere. */
  readonly path: string;
  readonly text: string;
  /** The tree. It may be dropped while nobody holds it and is then another object when asked for again: compare places. */
  readonly root: Expr;
  readonly comments: readonly Comment[];
  readonly errors: readonly NixSyntaxError[];
  /** Offset of the first character of each line; `lineStarts[0]` is 0. */
  readonly lineStarts: readonly number[];
}

/** A position as editors count: line and character from 0, characters in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

const extents = new WeakMap<SourceFile, Range>();

/** Returns where the file's expression stands. Does not need the tree, once it has been asked. */
export function extentOf(file: SourceFile): Range {
  let extent = extents.get(file);
  if (extent === undefined) {
    const { start, end } = file.root;
    extent = { start, end };
    extents.set(file, extent);
  }
  return extent;
}

/** Returns the offsets at which lines begin, for texts with `\n`, `\r\n` or `\r` line ends. */
export function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10) starts.push(i + 1);
    else if (code === 13 && text.charCodeAt(i + 1) !== 10) starts.push(i + 1);
  }
  return starts;
}

/** Returns the position of a 0-based UTF-16 offset. Offsets past the end give the end of the last line. */
export function positionAt(lineStarts: readonly number[], offset: number): Position {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lineStarts[middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low, character: Math.max(0, offset - (lineStarts[low] as number)) };
}

/** Returns the 0-based UTF-16 offset of a position, kept inside the text and inside its line. */
export function offsetAt(lineStarts: readonly number[], textLength: number, position: Position): number {
  const start = lineStarts[position.line];
  if (start === undefined) return position.line < 0 ? 0 : textLength;
  const next = lineStarts[position.line + 1] ?? textLength + 1;
  return Math.min(start + Math.max(0, position.character), next - 1, textLength);
}
