/**
 * A generator's script as the Bash room wants it: its text with what is not known as holes, and the way from every
 * character back to the file it is written in. Knows Nix's strings; knows nothing of what is in the script.
 */
import { display } from '../../nix/eval/construct.ts';
import type { StringPiece, StringValue, UnknownValue } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
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
    if (!at) return { start, end, file: null, literal: 0, map: [], from: null, path };
    return { start, end, file: at.file.path, literal: at.literal, map: [at.start, at.end], from: null, path };
  }
  const { source } = piece;
  if (source === null) return { start, end, file: null, literal: 0, map: [], from: 0, path: null };
  const { origin, map } = source;
  return { start, end, file: origin.file.path, literal: origin.start, map, from: source.start, path: null };
}

/** Returns the text of `${./file}`: Nix copies it to the store under a name that cannot be known here. */
function pathOf({ key, candidates }: UnknownValue): string | null {
  const [only] = key.startsWith('path:') ? (candidates ?? []) : [];
  return only?.kind === 'path' && only.text !== '' && !only.text.startsWith('/') ? only.text : null;
}

/** Returns the place of one character in a segment that has one. */
function placeAt({ text }: ScriptSource, segment: ScriptSegment, offset: number): Range {
  const { map, from, start } = segment;
  if (from === null) return { start: map[0] ?? 0, end: map[1] ?? 0 };
  const inside = from + offset - start;
  const at = mapped(map, inside);
  const next = mapped(map, inside + 1);
  // An escape is longer than what it stands for, four characters at most; behind a line's end it is indentation.
  const isEscape = next > at && next - at <= 4 && text.charAt(offset) !== '\n';
  return { start: at, end: isEscape ? next : at + 1 };
}

function mapped(map: readonly number[], offset: number): number {
  return sourceOffset({ kind: 'text', start: 0, end: 0, value: '', map }, offset);
}

/**
 * Returns where a range of a script is written. What spans several literals is shown in the first of them, with the
 * interpolations there that the rest came through.
 * @param start UTF-16 offset into `source.text`, half open with `end`; an empty stretch is its next character's place
 * @returns null if none of it is written anywhere
 */
export function placeInScript(source: ScriptSource, start: number, end: number): Place | null {
  const last = Math.max(end, start + 1);
  const { segments } = source;
  const hits = segments.filter(segment => segment.end > start && segment.start < last);
  const main = hits.find(hit => hit.file !== null);
  if (main === undefined || main.file === null) return null;
  const isMain = (segment: ScriptSegment): boolean =>
    segment.file === main.file && segment.literal === main.literal;
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
  if (tail === undefined || isMain(tail)) return { file: main.file, ...range };
  // What ends elsewhere came through an interpolation, which ends where this literal goes on.
  const next = segments.find(segment => segment.start >= tail.end && isMain(segment));
  const goesOn = next === undefined ? range.end : placeAt(source, next, next.start).start;
  return { file: main.file, start: range.start, end: Math.max(range.end, goesOn) };
}
