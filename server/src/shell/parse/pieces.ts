/**
 * Long scripts in pieces, so that a keystroke costs what it changed: a piece is the commands that begin with a line
 * and end with a line, and of the scripts that were cut last the pieces are kept. Only what lies between the pieces
 * that an edit left alone is parsed; those before it stay the same objects, those behind it are copied to their new
 * places. Where a piece ends and what it says depends on its own text alone, so that a script's tree is the same by
 * whatever edits it came about. Where anything is not certain there are no pieces: errors have far consequences.
 */
import type { Hole, Range, ScriptText, Statement } from '../syntax.ts';
import { readLines } from './read-commands.ts';

/** Half-open UTF-16 offsets into a script, and the statements there. */
interface Piece extends Range {
  readonly statements: readonly Statement[];
}

interface Cut {
  readonly script: ScriptText;
  readonly pieces: readonly Piece[];
}

/** How many characters at the beginning and at the end of two scripts are the same. */
interface Common {
  readonly head: number;
  readonly tail: number;
}

/** Reads the statements of a script; null if it is short, or does not certainly fall into pieces. */
type PieceReader = (script: ScriptText, plain: string) => readonly Statement[] | null;

/** Shorter scripts are parsed as a whole in no time. */
const MIN_LENGTH = 1_500;

/** People type in fewer long scripts than this at the same time. */
const MAX_KEPT = 4;

/**
 * Returns a reader of long scripts that remembers the last few.
 * @returns a function of a script and its text with a name in the place of each hole
 */
export function pieceReader(): PieceReader {
  const kept: Cut[] = [];
  return (script, plain) => {
    // Bash drops NUL, and so may end words in other places.
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
    // An edit of a script takes its place.
    const isEdit = common.head + common.tail > plain.length / 2;
    const others = isEdit ? kept.filter(earlier => earlier !== before) : kept.slice();
    kept.splice(0, kept.length, { script, pieces }, ...others.slice(0, MAX_KEPT - 1));
    return pieces.flatMap(piece => piece.statements);
  };
}

function cut(script: ScriptText, plain: string, before: Cut | null, { head, tail }: Common): Piece[] | null {
  const old = before?.pieces ?? [];
  const shift = plain.length - (before?.script.text.length ?? 0);
  // The last piece ends where the text did, which may go on now.
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
  // The same characters may be a hole in one only.
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

/** Finds the first two items of which the left one, moved, is not the right one. */
function firstDifferent(left: readonly Hole[], right: readonly Hole[], by: number): (Hole | undefined)[] {
  let index = 0;
  for (;;) {
    const [before, after] = [left[index], right[index]];
    const isSame = before && after && before.start + by === after.start && before.end + by === after.end;
    if (!isSame) return [before, after];
    index++;
  }
}

/** Returns a copy of plain data with every `start` and `end` in it moved. */
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
