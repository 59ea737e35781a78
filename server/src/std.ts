/**
 * What is kept from one build to the next is compared by identity: nothing here looks into things.
 */

/** Do both lists hold the same objects in the same order? */
export function sameItems<T>(left: readonly T[], right: readonly T[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index]);
}

/**
 * The part of two lists that is not alike: all but their common beginning and end.
 * @returns what only the left one and only the right one has there
 */
export function differenceOf<T>(
  left: readonly T[],
  right: readonly T[],
): { readonly left: readonly T[]; readonly right: readonly T[] } {
  const shorter = Math.min(left.length, right.length);
  let start = 0;
  while (start < shorter && left[start] === right[start]) start++;
  let end = 0;
  while (end < shorter - start && left[left.length - 1 - end] === right[right.length - 1 - end]) end++;
  return { left: left.slice(start, left.length - end), right: right.slice(start, right.length - end) };
}
