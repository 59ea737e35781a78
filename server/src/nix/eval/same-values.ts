/** Compares what an edited attribute evaluates to with what it evaluated to before. */

import { isSamePlace, placeOf } from '../places.ts';
import type { Origin, StringPiece, StringValue, Value } from './value.ts';

/**
 * Returns whether two evaluated values are equal, places included. Sets, lists with items, functions and unknowns count as
 * different, as comparing them would take evaluating them.
 */
export function isSameSimpleValue(before: Value, now: Value): boolean {
  switch (before.kind) {
    case 'null':
      return now.kind === 'null' && isSameOrigin(before.origin, now.origin);
    case 'bool':
    case 'int':
    case 'float':
      return (
        now.kind === before.kind && before.value === now.value && isSameOrigin(before.origin, now.origin)
      );
    case 'path':
      return now.kind === 'path' && before.text === now.text && isSameOrigin(before.origin, now.origin);
    case 'list':
      return (
        now.kind === 'list' &&
        before.items.length === 0 &&
        now.items.length === 0 &&
        isSameOrigin(before.origin, now.origin)
      );
    case 'string':
      return now.kind === 'string' && isSameText(before, now);
    default:
      return false;
  }
}

function isSameText(before: StringValue, now: StringValue): boolean {
  return (
    before.text !== null &&
    before.text === now.text &&
    isSameOrigin(before.origin, now.origin) &&
    before.pieces.length === now.pieces.length &&
    before.pieces.every((piece, index) => isSamePiece(piece, now.pieces[index]))
  );
}

function isSamePiece(before: StringPiece, now: StringPiece | undefined): boolean {
  if (now === undefined || 'hole' in before || 'hole' in now || before.text !== now.text) return false;
  const [left, right] = [before.source, now.source];
  if (left === null || right === null) return left === right;
  return (
    left.start === right.start &&
    isSameOrigin(left.origin, right.origin) &&
    isSameMap(left.map, right.map, right.origin.start - left.origin.start)
  );
}

/** Compares the maps of two literals, in which every second number is an offset in the file. */
function isSameMap(left: readonly number[], right: readonly number[], shift: number): boolean {
  return (
    left.length === right.length &&
    left.every((offset, index) => (index % 2 === 0 ? offset : offset + shift) === right[index])
  );
}

/** Returns whether two origins are the same place by now, and came through the same calls, although one may be in an earlier text. */
export function isSameOrigin(left: Origin | null, right: Origin | null): boolean {
  for (; left !== null && right !== null; left = left.call?.at ?? null, right = right.call?.at ?? null) {
    if (left === right) return true;
    if (!isSamePlace(placeOf(left), placeOf(right))) return false;
  }
  return left === right;
}
