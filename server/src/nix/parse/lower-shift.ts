/** Moves the tree of a repaired text to the offsets of the broken one: every range and every string map, nothing else. */
import type { SyntaxTree } from '../syntax.ts';

/** Maps offsets in a repaired text back to the broken one. */
export interface OffsetMapping {
  /** Returns the offset in the broken text of an offset in the repaired one. Monotonic. */
  readonly original: (offset: number) => number;
  /** The length of the common beginning of both texts. */
  readonly unchanged: number;
}

/** Returns a copy of `tree` with the UTF-16 offsets of the broken text. Nodes before the first repair are shared, not copied. */
export function shiftTree(tree: SyntaxTree, back: OffsetMapping): SyntaxTree {
  return shift(tree, back) as SyntaxTree;
}

function shift(value: unknown, back: OffsetMapping): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(item => shift(item, back));
  const node = value as Record<string, unknown>;
  if (typeof node.end === 'number' && node.end <= back.unchanged) return node;
  const copy: Record<string, unknown> = {};
  for (const key in node) {
    const inner = node[key];
    if (key === 'start' || key === 'end') copy[key] = back.original(inner as number);
    else if (key === 'map') copy[key] = shiftMap(inner as readonly number[], back.original);
    else copy[key] = shift(inner, back);
  }
  return copy;
}

/** Shifts the map of a string: only every second number in it is an offset into the source. */
function shiftMap(map: readonly number[], original: (offset: number) => number): number[] {
  return map.map((offset, index) => (index % 2 === 1 ? original(offset) : offset));
}
