/**
 * Takes the tree of a repaired text back to the broken one: every range and every string map, nothing else.
 */
import type { SyntaxTree } from '../syntax.ts';

/** Returns a copy of `tree` with each UTF-16 offset put through `original`, which must be monotonic. */
export function shiftTree(tree: SyntaxTree, original: (offset: number) => number): SyntaxTree {
  return shift(tree, original) as SyntaxTree;
}

function shift(value: unknown, original: (offset: number) => number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(item => shift(item, original));
  const copy: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'start' || key === 'end') copy[key] = original(inner as number);
    else if (key === 'map') copy[key] = shiftMap(inner as readonly number[], original);
    else copy[key] = shift(inner, original);
  }
  return copy;
}

/** Shifts the map of a string: only every second number in it is an offset into the source. */
function shiftMap(map: readonly number[], original: (offset: number) => number): number[] {
  return map.map((offset, index) => (index % 2 === 1 ? original(offset) : offset));
}
