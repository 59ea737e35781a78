/** Finds similar names, for suggestions. Knows nothing of their meaning. */

/**
 * Returns the candidate that was most likely meant, or null if none is similar enough. About one mistake per three
 * characters is allowed, and none for a name of one or two characters. Of equally distant candidates the first wins.
 */
export function suggest(name: string, candidates: Iterable<string>): string | null {
  const limit = Math.min(4, Math.floor((name.length + 1) / 3));
  let best: string | null = null;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    if (candidate === name || Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

/**
 * Returns the candidate that was surely meant: at most two edits away, and different in more than a number, since `key-1` and
 * `key-2` may both exist. Returns null if there is none.
 */
export function certainCorrection(name: string, candidates: Iterable<string>): string | null {
  const meant = suggest(name, candidates);
  if (meant === null || editDistance(name, meant) > 2) return null;
  return name.replace(/\d+/g, '') === meant.replace(/\d+/g, '') ? null : meant;
}

/**
 * Returns the number of insertions, deletions, replacements and swaps of adjacent characters between two texts (the
 * restricted Damerau-Levenshtein distance). Returns `enough` as soon as the distance cannot be smaller.
 */
export function editDistance(from: string, to: string, enough = Number.POSITIVE_INFINITY): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    let smallest = row;
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(
        (last[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (last[column - 1] as number) + (same ? 0 : 1),
      );
      const swapped =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) cost = Math.min(cost, (beforeLast[column - 2] as number) + 1);
      current.push(cost);
      smallest = Math.min(smallest, cost);
    }
    if (smallest >= enough) return enough;
    beforeLast = last;
    last = current;
  }
  return last[to.length] as number;
}
