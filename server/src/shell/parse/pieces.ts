/**
 * Splits long scripts into pieces, so that the cost of a keystroke depends on what it changed. A piece is a run of
 * commands that begins and ends at line boundaries; the pieces of the last scripts are kept. Only the text between
 * pieces that an edit left alone is parsed; pieces before it stay the same objects, and pieces after it are copied
 * with new offsets. A piece depends on its own text only, so the tree of a script is the same for any sequence of
 * edits. If anything is uncertain, the script is not split, since errors have distant effects.
 */
import type { Hole, Range, ScriptText, Statement } from '../syntax.ts';
import { readLines } from './read-commands.ts';

/** A range of a script and its statements. */
interface Piece extends Range {
  readonly statements: readonly Statement[];
}

interface Cut {
  readonly script: ScriptText;
  readonly pieces: readonly Piece[];
}

/** The number of equal characters at the beginning and at the end of two scripts. */
interface Common {
  readonly head: number;
  readonly tail: number;
}

/** Parses the statements of a script, or returns `null` if it is short or cannot certainly be split. */
type PieceReader = (script: ScriptText, plain: string) => readonly Statement[] | null;

/** Shorter scripts are not worth splitting. */
const MIN_LENGTH = 1_500;

/** Few people edit more long scripts than this at the same time. */
const MAX_KEPT = 4;

/**
 * Returns a parser for long scripts that remembers the last few. It takes a script, and its text with each hole
 * replaced by a name.
 */
export function pieceReader(): PieceReader {
  const kept: Cut[] = [];
  return (script, plain) => {
    // Bash drops NUL, so words may end elsewhere.
    if (plain.length < MIN_LENGTH || plain.includes('\0')) return null;
    let before: Cut | null = null;
    let common: Common = { head: 0, tail: 0 };
    for (const earlier of kept) {
      const ends = commonEnds(earlier.script, script);
      if (ends.head + ends.tail <= common.head + common.tail) continue;
      before = earlier;
      common = ends;
    }
    const pieces = cut(script, plain, before, common);
    if (pieces === null) return null;
    // An edited script replaces its earlier version.
    const isEdit = common.head + common.tail > plain.length / 2;
    const others = isEdit ? kept.filter(earlier => earlier !== before) : kept.slice();
    kept.splice(0, kept.length, { script, pieces }, ...others.slice(0, MAX_KEPT - 1));
    return pieces.flatMap(piece => piece.statements);
  };
}

function cut(script: ScriptText, plain: string, before: Cut | null, { head, tail }: Common): Piece[] | null {
  const old = before?.pieces ?? [];
  const shift = plain.length - (before?.script.text.length ?? 0);
  // The last piece ended at the end of the text, and may continue now.
  const pieces = old.slice(0, -1).filter(piece => piece.end <= head);
  let at = pieces.at(-1)?.end ?? 0;
  let next = pieces.length;
  while (at < plain.length) {
    while (next < old.length && (old[next]?.start ?? 0) + shift < at) next++;
    if (at >= plain.length - tail && old[next]?.start === at - shift) break;
    const lines = readLines(script, plain, at);
    if (lines === null) return null;
    pieces.push({ start: at, ...lines });
    at = lines.end;
  }
  if (at < plain.length) pieces.push(...moved(old.slice(next), shift));
  return pieces;
}

function commonEnds(left: ScriptText, right: ScriptText): Common {
  const [a, b] = [left.text, right.text];
  const most = Math.min(a.length, b.length);
  let head = 0;
  while (head < most && a.charCodeAt(head) === b.charCodeAt(head)) head++;
  let tail = 0;
  while (tail < most - head && a.charCodeAt(a.length - 1 - tail) === b.charCodeAt(b.length - 1 - tail))
    tail++;
  // The same characters may be a hole in only one of the scripts.
  const [first, other] = firstDifferent(left.holes, right.holes, 0);
  const [last, another] = firstDifferent(
    left.holes.toReversed(),
    right.holes.toReversed(),
    b.length - a.length,
  );
  return {
    head: Math.min(head, first?.start ?? head, other?.start ?? head),
    tail: Math.min(tail, a.length - (last?.end ?? 0), b.length - (another?.end ?? 0)),
  };
}

/** Returns the first pair of items in which the left one, moved by `by`, differs from the right one. */
function firstDifferent(left: readonly Hole[], right: readonly Hole[], by: number): (Hole | undefined)[] {
  let index = 0;
  for (;;) {
    const [before, after] = [left[index], right[index]];
    const isSame = before && after && before.start + by === after.start && before.end + by === after.end;
    if (!isSame) return [before, after];
    index++;
  }
}

/** Returns a copy of plain data with every `start` and `end` moved. */
function moved<T>(data: T, by: number): T {
  if (by === 0 || typeof data !== 'object' || data === null) return data;
  if (Array.isArray(data)) return data.map(item => moved(item, by)) as T;
  const copy = { ...data } as Record<string, unknown>;
  for (const key in copy) {
    const value = copy[key];
    if (typeof value === 'object') copy[key] = moved(value, by);
    else if (key === 'start' || key === 'end') copy[key] = (value as number) + by;
  }
  return copy as T;
}
