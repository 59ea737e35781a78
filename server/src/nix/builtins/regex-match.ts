/**
 * Matching of regular expressions the way C++'s std::regex does it for POSIX patterns: depth first, left and long
 * first; of all matches from one place the longest, and of those of one length the first found.
 */
import type { Node, Regex } from './regex.ts';

/** Start and end of the match and of its groups; a group that took no part is null. */
export interface Match {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly ({ readonly start: number; readonly end: number } | null)[];
}

interface Search {
  readonly text: string;
  readonly step: () => void;
  readonly groups: ({ start: number; end: number } | null)[];
  /** A match need not begin at the beginning of the text, but `^` only holds there. */
  readonly first: boolean;
}

/** Matches at one place. @returns true to end the search */
type Next = (at: number) => boolean;

function run(search: Search, node: Node, at: number, next: Next): boolean {
  search.step();
  switch (node.kind) {
    case 'set':
      return at < search.text.length && node.has(search.text.charCodeAt(at)) && next(at + 1);
    case 'sequence':
      return sequence(search, node.parts, 0, at, next);
    case 'choice':
      return node.options.some(option => run(search, option, at, next));
    case 'group': {
      const before = search.groups[node.index] ?? null;
      const done = run(search, node.body, at, end => {
        const inner = search.groups[node.index] ?? null;
        search.groups[node.index] = { start: at, end };
        if (next(end)) return true;
        search.groups[node.index] = inner;
        return false;
      });
      if (!done) search.groups[node.index] = before;
      return done;
    }
    case 'repeat':
      return node.body.kind === 'set'
        ? repeatSet(search, node.body, node.min, node.max, at, next)
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

/** `x*` of single characters, without a frame on the stack for each. */
function repeatSet(
  search: Search,
  body: Extract<Node, { kind: 'set' }>,
  min: number,
  max: number,
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

/** The whole text, as `match` wants it. */
export function matchWhole(regex: Regex, text: string, step: () => void): Match | null {
  const groups: Match['groups'][number][] = new Array(regex.groups + 1).fill(null);
  const search: Search = { text, step, groups, first: true };
  const found = run(search, regex.root, 0, end => end === text.length);
  return found ? { start: 0, end: text.length, groups: groups.slice(1) } : null;
}

function matchAt(
  regex: Regex,
  text: string,
  start: number,
  notEmpty: boolean,
  first: boolean,
  step: () => void,
): Match | null {
  const groups: ({ start: number; end: number } | null)[] = new Array(regex.groups + 1).fill(null);
  let best: Match | null = null;
  const search: Search = { text, step, groups, first };
  run(search, regex.root, start, end => {
    if (notEmpty && end === start) return false;
    if (best === null || end > best.end) best = { start, end, groups: groups.slice(1) };
    return false;
  });
  return best;
}

/** All matches from left to right, as `split` wants them. */
export function* matches(regex: Regex, text: string, step: () => void): Generator<Match> {
  let at = 0;
  let afterEmpty = false;
  while (at <= text.length) {
    let found: Match | null = null;
    if (afterEmpty) {
      if (at === text.length) return;
      found = matchAt(regex, text, at, true, false, step);
      if (found === null) at++;
    }
    for (let start = at; found === null && start <= text.length; start++)
      found = matchAt(regex, text, start, false, start === 0 && !afterEmpty, step);
    if (found === null) return;
    yield found;
    at = found.end;
    afterEmpty = found.end === found.start;
  }
}
