/**
 * Matches regular expressions like C++'s std::regex with POSIX patterns: depth first, alternatives from the left and
 * greedily; of all matches from a place the longest wins, and among equally long ones the first.
 */
import type { Node, Regex } from './regex.ts';

/** The range of the match and of its groups, with null for a group that took no part. */
export interface Match {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly ({ readonly start: number; readonly end: number } | null)[];
}

interface Search {
  readonly text: string;
  readonly step: () => void;
  readonly groups: ({ start: number; end: number } | null)[];
  /** True at the beginning of the text, where `^` matches; a match may begin elsewhere. */
  readonly first: boolean;
}

/** Continues the match at an offset, and returns true if it succeeds. */
type Next = (at: number) => boolean;

function run(search: Search, node: Node, at: number, next: Next): boolean {
  search.step();
  switch (node.kind) {
    case 'set':
      return at < search.text.length && node.has(search.text.charCodeAt(at)) && next(at + 1);
    case 'sequence':
      return sequence(search, node.parts, 0, at, next);
    case 'choice': {
      // All alternatives are tried, since a later one may give a longer match.
      let isFound = false;
      for (const option of node.options) isFound = run(search, option, at, next) || isFound;
      return isFound;
    }
    case 'group':
      return run(search, node.body, at, end => {
        const before = search.groups[node.index] ?? null;
        search.groups[node.index] = { start: at, end };
        const match = next(end);
        search.groups[node.index] = before;
        return match;
      });
    case 'repeat':
      return node.body.kind === 'set'
        ? repeatSet(search, node.body, node, at, next)
        : repeat(search, node, 0, at, next);
    case 'start':
      return at === 0 && search.first && next(at);
    case 'end':
      return at === search.text.length && next(at);
  }
}

function sequence(search: Search, parts: readonly Node[], index: number, at: number, next: Next): boolean {
  const part = parts[index];
  if (part === undefined) return next(at);
  return run(search, part, at, end => sequence(search, parts, index + 1, end, next));
}

/** Repeats as often as possible, and less often only if the rest does not match. */
function repeat(
  search: Search,
  node: Extract<Node, { kind: 'repeat' }>,
  count: number,
  at: number,
  next: Next,
): boolean {
  if (count < node.max && run(search, node.body, at, end => repeat(search, node, count + 1, end, next)))
    return true;
  return count >= node.min && next(at);
}

/** Repeats a set of characters (`x*`) without a stack frame for each repetition. */
function repeatSet(
  search: Search,
  body: Extract<Node, { kind: 'set' }>,
  { min, max }: Extract<Node, { kind: 'repeat' }>,
  at: number,
  next: Next,
): boolean {
  let end = at;
  while (end - at < max && end < search.text.length && body.has(search.text.charCodeAt(end))) end++;
  for (; end - at >= min; end--) {
    search.step();
    if (next(end)) return true;
  }
  return false;
}

/** The pattern and the text. */
interface Subject {
  readonly regex: Regex;
  readonly text: string;
  /** Counts a step against the budget. */
  readonly step: () => void;
}

/** Returns the longest match from an offset whose end `accept` allows, or the first of several equally long ones. */
function matchAt(
  { regex, text, step }: Subject,
  start: number,
  first: boolean,
  accept: (end: number) => boolean,
): Match | null {
  const groups: ({ start: number; end: number } | null)[] = new Array(regex.groups + 1).fill(null);
  let best: Match | null = null;
  run({ text, step, groups, first }, regex.root, start, end => {
    if (!accept(end)) return false;
    if (best === null || end > best.end) best = { start, end, groups: groups.slice(1) };
    return true;
  });
  return best;
}

/** Matches the whole text, as `match` requires. */
export function matchWhole(regex: Regex, text: string, step: () => void): Match | null {
  return matchAt({ regex, text, step }, 0, true, end => end === text.length);
}

/** Returns all matches from left to right, as `split` requires. */
export function* matches(regex: Regex, text: string, step: () => void): Generator<Match> {
  let at = 0;
  let afterEmpty = false;
  let first = true;
  while (at <= text.length) {
    let match: Match | null = null;
    if (afterEmpty) {
      if (at === text.length) return;
      // After an empty match, a non-empty one is tried at the same place, and otherwise the next place.
      const place = at;
      match = matchAt({ regex, text, step }, at, first, end => end > place);
      if (match === null) at++;
    }
    first = at === 0 && !afterEmpty;
    for (let start = at; match === null && start <= text.length; start++)
      match = matchAt({ regex, text, step }, start, first && start === 0, () => true);
    if (match === null) return;
    yield match;
    at = match.end;
    afterEmpty = match.end === match.start;
  }
}
