/** A Nix file as the evaluator and everything above it see it: text, tree, and the starts of lines. */
import { memoized } from '../std.ts';
import type { Revision } from './edit-log.ts';
import type { Comment, Expr, NixSyntaxError, Range } from './syntax.ts';

export interface SourceFile {
  /** The path relative to the workspace root, with `/` between names, which identifies the file everywhere. */
  readonly path: string;
  readonly text: string;
  /**
   * The tree. It may be dropped while it is not in use, and is another object then when it is read again, so compare
   * places.
   */
  readonly root: Expr;
  readonly comments: readonly Comment[];
  readonly errors: readonly NixSyntaxError[];
  /** The revision of the text if it is being edited. */
  readonly revision?: Revision | undefined;
  /** The offset of each line's first character; `lineStarts[0]` is 0. */
  readonly lineStarts: readonly number[];
}

/** Returns a name for the text of a file: different for each revision, in which an offset is another place. */
export function textKeyOf({ path, revision }: SourceFile): string {
  return revision === undefined ? path : `${path}~${revision.log.id}.${revision.number}`;
}

/** A position as in editors: 0-based line and character, with characters in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** Returns the range of the file's expression. Needs the tree only on the first call. */
export const extentOf = memoized(({ root: { start, end } }: SourceFile): Range => ({ start, end }));

/** Returns the offsets of the starts of lines, for texts with `\n`, `\r\n` or `\r` line breaks. */
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

/** Returns the 0-based UTF-16 offset of a position, limited to the text and to its line. */
export function offsetAt(lineStarts: readonly number[], textLength: number, position: Position): number {
  const start = lineStarts[position.line];
  if (start === undefined) return position.line < 0 ? 0 : textLength;
  const next = lineStarts[position.line + 1] ?? textLength + 1;
  return Math.min(start + Math.max(0, position.character), next - 1, textLength);
}
