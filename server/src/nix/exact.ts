/** Keeps long-lived lists from using more memory than they need. */

/**
 * Returns the same list without spare capacity. V8 reserves seventeen items at the first `push`, and nearly all lists
 * of a tree have one or two: the reserve was a fifth of all memory in a large workspace.
 */
export function exact<T>(list: T[]): T[] {
  return list.length > 0 && list.length < 16 ? list.slice() : list;
}
