/** Places in files as plain data, made from the evaluator's origins. */

import { originOf } from './eval/construct.ts';
import type { Lazy, Origin } from './eval/value.ts';
import { extentOf } from './source.ts';
import type { Range } from './syntax.ts';

/** A place in a file: path relative to the workspace root, half-open 0-based UTF-16 offsets. */
export interface Place {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** A fact and the place that it was read from. */
export interface Known<T> {
  readonly value: T;
  readonly at: Place;
}

export function placeOf(origin: Origin): Place {
  return { file: origin.file.path, start: origin.start, end: origin.end };
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
  return left.start === right.start && left.end === right.end && left.file === right.file;
}

export function arePlacesSame(left: readonly Place[], right: readonly Place[]): boolean {
  return (
    left.length === right.length && left.every((place, index) => isSamePlace(place, right[index] as Place))
  );
}

/** Returns a key for maps by place. */
export function placeKey(place: Place): string {
  return `${place.file}\0${place.start}\0${place.end}`;
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
