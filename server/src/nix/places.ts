/** Places in files, made from the evaluator's origins. */

import { originOf } from './eval/construct.ts';
import type { Lazy, Origin } from './eval/value.ts';
import { LivePlace } from './live-places.ts';
import { extentOf, type SourceFile } from './source.ts';
import type { Range } from './syntax.ts';

/**
 * A place in a file: path relative to the workspace root, half-open 0-based UTF-16 offsets. In a file that is being
 * edited, the offsets follow the edits; what is kept for longer than one analysis must hold places, not their offsets.
 *
 * Declared as a class with accessors, so that the compiler rejects copies by spreading, which have no offsets. A plain
 * object is a place as well.
 */
export declare abstract class Place {
  readonly file: string;
  get start(): number;
  get end(): number;
}

/** A fact and the place that it was read from. */
export interface Known<T> {
  readonly value: T;
  readonly at: Place;
}

export function placeOf(origin: Origin): Place {
  return placeIn(origin.file, origin);
}

/** Returns the place of a range in the text of a file. */
export function placeIn({ path, revision }: SourceFile, { start, end }: Range): Place {
  return revision === undefined ? { file: path, start, end } : new LivePlace(revision, start, end);
}

/** Returns a place beside, around or inside another one. `range` is in the file's current text. */
export function placeBeside(place: Place, { start, end }: Range): Place {
  return place instanceof LivePlace ? place.beside(start, end) : { file: place.file, start, end };
}

/** Returns the outermost place in `file` that a value came through: its own place, or a call in that file. */
export function outermostIn(origin: Origin, file: string): Origin | null {
  let outermost: Origin | null = null;
  for (let at: Origin | null = origin; at !== null; at = at.call?.at ?? null) {
    if (at.file.path === file) outermost = at;
  }
  return outermost;
}

/**
 * Returns the calls that a value came through, outermost first. A result that many callers share contains none of
 * them.
 */
export function callsOf(origin: Origin): Place[] {
  const calls: Place[] = [];
  for (let call = origin.call; call !== null; call = call.at.call)
    if (!isWholeFile(call.at)) calls.unshift(placeOf(call.at));
  return calls;
}

/** Returns whether a call covers a whole file, as it does for the file's function if no caller is known. */
function isWholeFile({ file, start, end }: Origin): boolean {
  const extent = extentOf(file);
  return start === extent.start && end === extent.end;
}

export function isSamePlace(left: Place, right: Place): boolean {
  if (left === right) return true;
  if (left instanceof LivePlace && right instanceof LivePlace) return left.isSame(right);
  return left.start === right.start && left.end === right.end && left.file === right.file;
}

/** Returns whether a place is that of an origin. Faster than to make the origin's place. */
export function isPlaceOf(place: Place, origin: Origin): boolean {
  const { path, revision } = origin.file;
  if (path !== place.file) return false;
  if (!(place instanceof LivePlace) || revision === undefined) return isSamePlace(place, placeOf(origin));
  return place.isAtLast(revision, origin) || isSamePlace(place, placeOf(origin));
}

/** Returns whether places are the same now and after any edit. */
export function areSameForever(left: readonly Place[], right: readonly Place[]): boolean {
  return left.length === right.length && left.every((place, index) => isSameForever(place, right[index]));
}

function isSameForever(left: Place, right: Place | undefined): boolean {
  if (right === undefined || left === right) return right !== undefined;
  const isLive = left instanceof LivePlace;
  if (isLive !== right instanceof LivePlace) return false;
  return isLive && right instanceof LivePlace ? left.isSameForever(right) : isSamePlace(left, right);
}

/** Returns a key for maps by place, which is valid until the next edit. */
export function placeKey(place: Place): string {
  return `${place.file}\0${place.start}\0${place.end}`;
}

/**
 * Returns a key for finding equal places within one computation. Unlike `placeKey` it counts as no read of offsets,
 * since an edit moves equal places alike. It must not be kept, nor decide an order.
 */
export function placeIdentity(place: Place): string {
  return place instanceof LivePlace ? place.identity : placeKey(place);
}

/** Returns a key that edits do not change. Two keys of the same place may differ if it was read in two revisions. */
export function lastingKey(place: Place): string {
  return place instanceof LivePlace ? place.lastingKey : placeKey(place);
}

/** Extends a range over the surrounding parentheses, which have no nodes in the tree. */
export function withParentheses(text: string, range: Range): Range {
  let { start, end } = range;
  for (;;) {
    let before = start - 1;
    while (/\s/.test(text.charAt(before))) before--;
    let after = end;
    while (/\s/.test(text.charAt(after))) after++;
    if (text.charAt(before) !== '(' || text.charAt(after) !== ')') return { start, end };
    start = before;
    end = after + 1;
  }
}

/** Returns the place of an expression that is not evaluated yet, or else of its value. */
export function writtenAt(lazy: Lazy): Origin | null {
  if (lazy.kind !== 'thunk') return lazy.origin;
  if (lazy.expr !== null && lazy.scope !== null) return originOf(lazy.expr, lazy.scope);
  return lazy.value?.origin ?? lazy.at;
}

/**
 * Returns a clause with the reason why something is unknown.
 * @param reason the reason of an unknown value, a noun phrase
 */
export function dependingOn(reason: string): string {
  return `it depends on ${reason}`;
}

/** Words that all parts of the model share: machines, kinds of names, and unknown facts. */
