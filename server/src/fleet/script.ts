/**
 * A generator's script as the Bash room wants it: its text with what is not known as holes, and the way from every
 * character back to the file it is written in. Knows Nix's strings; knows nothing of what is in the script.
 */
import { display } from '../nix/construct.ts';
import { sourceOffset } from '../nix/syntax.ts';
import type { StringPiece, StringValue } from '../nix/value.ts';
import type { Hole } from '../shell/syntax.ts';
import type { Place } from './model.ts';

/** A stretch of a script that one literal was written for. */
export interface ScriptSegment {
  /** UTF-16 offsets into the script, half open. */
  readonly start: number;
  readonly end: number;
  /** The file; null for text that was written nowhere. */
  readonly file: string | null;
  /** The literal's offset in its file: segments of one literal have the same. */
  readonly literal: number;
  /**
   * Pairs `offset in the literal's part, offset in the file` as in `TextPart.map`; for a hole the two ends of
   * `${…}` in the file.
   */
  readonly map: readonly number[];
  /** Where in that part the segment begins; null for a hole. */
  readonly from: number | null;
}

export interface ScriptSource {
  /** As people read it: what is not known stands as it is written. */
  readonly text: string;
  readonly holes: readonly Hole[];
  readonly segments: readonly ScriptSegment[];
}

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
    const { at } = piece;
    if (!at) return { start, end, file: null, literal: 0, map: [], from: null };
    return { start, end, file: at.file.path, literal: at.literal, map: [at.start, at.end], from: null };
  }
  const { source } = piece;
  if (source === null) return { start, end, file: null, literal: 0, map: [], from: 0 };
  const { origin, map } = source;
  return { start, end, file: origin.file.path, literal: origin.start, map, from: source.start };
}

/** The place of one character; null if it was written nowhere. The end is not in it. */
function placeAt(segment: ScriptSegment, offset: number): Place | null {
  const { file, map, from, start } = segment;
  if (file === null) return null;
  if (from === null) return { file, start: map[0] ?? 0, end: map[1] ?? 0 };
  const inside = from + offset - start;
  return { file, start: mapped(map, inside), end: endOf(map, inside) };
}

function mapped(map: readonly number[], offset: number): number {
  return sourceOffset({ kind: 'text', start: 0, end: 0, value: '', map }, offset);
}

/** The end of a character in the file: an escape is longer than what it stands for. */
function endOf(map: readonly number[], offset: number): number {
  const at = mapped(map, offset);
  const next = mapped(map, offset + 1);
  // The longest escape has four characters; what is farther away is stripped indentation.
  return next > at && next - at <= 4 ? next : at + 1;
}

/**
 * Where a stretch of a script is written. What spans several literals is shown in the first of them, from its first
 * to its last character there.
 * @param start UTF-16 offset into `source.text`, half open with `end`; an empty stretch is its next character's place
 * @returns null if none of it is written anywhere
 */
export function placeInScript(source: ScriptSource, start: number, end: number): Place | null {
  const last = Math.max(end, start + 1);
  const hits = source.segments.filter(
    segment => segment.end > start && segment.start < last && segment.file !== null,
  );
  const [first] = hits;
  if (first === undefined) return null;
  const same = hits.filter(one => one.file === first.file && one.literal === first.literal);
  const places = same.flatMap(segment => [
    placeAt(segment, Math.max(start, segment.start)),
    placeAt(segment, Math.min(last, segment.end) - 1),
  ]);
  const known = places.filter(place => place !== null);
  return {
    file: known[0]?.file ?? '',
    start: Math.min(...known.map(place => place.start)),
    end: Math.max(...known.map(place => place.end)),
  };
}
