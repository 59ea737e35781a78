/**
 * Converts a generator's script to a text with holes for unknown parts, and maps its characters back to the files they
 * are written in. Knows Nix strings, not the contents of scripts.
 */
import { display } from '../../nix/eval/construct.ts';
import type { StringPiece, StringValue, UnknownValue } from '../../nix/eval/value.ts';
import { isSamePlace, type Place, placeBeside, placeIn } from '../../nix/places.ts';
import { sourceOffset } from '../../nix/syntax.ts';
import type { Hole, Range } from '../../shell/syntax.ts';
import type { ScriptSegment, ScriptSource } from '../model/generators.ts';

export function scriptSource(value: StringValue): ScriptSource {
  const holes: Hole[] = [];
  const segments: ScriptSegment[] = [];
  let at = 0;
  for (const piece of value.pieces) {
    const start = at;
    at += lengthOf(piece);
    if ('hole' in piece) holes.push({ start, end: at });
    segments.push(segmentOf(piece, start, at));
  }
  return { text: display(value), holes, segments };
}

function lengthOf(piece: StringPiece): number {
  return 'hole' in piece ? piece.source.length + 3 : piece.text.length;
}

function segmentOf(piece: StringPiece, start: number, end: number): ScriptSegment {
  if ('hole' in piece) {
    const { at, hole } = piece;
    const path = pathOf(hole);
    if (!at) return { start, end, literal: null, map: [], from: null, path };
    const literal = placeIn(at.file, at.literal);
    const map = [at.start - at.literal.start, at.end - at.literal.start];
    return { start, end, literal, map, from: null, path };
  }
  const { source } = piece;
  if (source === null) return { start, end, literal: null, map: [], from: 0, path: null };
  const { origin } = source;
  const map = source.map.map((offset, index) => (index % 2 === 0 ? offset : offset - origin.start));
  return { start, end, literal: placeIn(origin.file, origin), map, from: source.start, path: null };
}

/** Returns the path of `${./file}`, whose name in the Nix store is unknown here; null for other values. */
function pathOf({ key, candidates }: UnknownValue): string | null {
  const [only] = key.startsWith('path:') ? (candidates ?? []) : [];
  return only?.kind === 'path' && only.text !== '' && !only.text.startsWith('/') ? only.text : null;
}

/** Returns the range of one character of a segment, from the beginning of its literal. */
function placeAt({ text }: ScriptSource, segment: ScriptSegment, offset: number): Range {
  const { map, from, start } = segment;
  if (from === null) return { start: map[0] ?? 0, end: map[1] ?? 0 };
  const inside = from + offset - start;
  const at = mapped(map, inside);
  const next = mapped(map, inside + 1);
  // An escape sequence is longer than its character, by at most four characters; after a line break, the difference is
  // indentation.
  const isEscape = next > at && next - at <= 4 && text.charAt(offset) !== '\n';
  return { start: at, end: isEscape ? next : at + 1 };
}

function mapped(map: readonly number[], offset: number): number {
  return sourceOffset({ kind: 'text', start: 0, end: 0, value: '', map }, offset);
}

/**
 * Returns the place of a range of a script. A range over several literals is placed in the first one, including the
 * interpolations through which the others were inserted.
 * @param start UTF-16 offset into `source.text`, half-open with `end`; an empty range gets the place of the next
 * character
 * @returns null if no part of it is written in a file
 */
export function placeInScript(source: ScriptSource, start: number, end: number): Place | null {
  const last = Math.max(end, start + 1);
  const { segments } = source;
  const hits = segments.filter(segment => segment.end > start && segment.start < last);
  const main = hits.find(hit => hit.literal !== null)?.literal ?? null;
  if (main === null) return null;
  const isMain = ({ literal }: ScriptSegment): boolean => literal !== null && isSamePlace(literal, main);
  const places = hits
    .filter(isMain)
    .flatMap(hit => [
      placeAt(source, hit, Math.max(start, hit.start)),
      placeAt(source, hit, Math.min(last, hit.end) - 1),
    ]);
  const range = {
    start: Math.min(...places.map(place => place.start)),
    end: Math.max(...places.map(place => place.end)),
  };
  const tail = hits.at(-1);
  const inLiteral = ({ start: from, end: to }: Range) =>
    placeBeside(main, { start: main.start + from, end: main.start + to });
  if (tail === undefined || isMain(tail)) return inLiteral(range);
  // A range that ends in another literal includes the interpolation, which ends where this literal continues.
  const next = segments.find(segment => segment.start >= tail.end && isMain(segment));
  const goesOn = next === undefined ? range.end : placeAt(source, next, next.start).start;
  return inLiteral({ start: range.start, end: Math.max(range.end, goesOn) });
}
