/** Lists that are kept for long take no more memory than they need. */

/**
 * Returns the same list without room to grow. V8 leaves room for seventeen items at the first `push`, and nearly all lists of
 * a tree have one or two: the room was a fifth of all memory in a large workspace.
 */
export function exact<T>(list: T[]): T[] {
  return list.length > 0 && list.length < 16 ? list.slice() : list;
}
