/**
 * Determines the context of a cursor in a Nix text from the text before it: the open sets, lists and strings,
 * and the attribute path of each. Needs no tree, so it works within a word and in files that do not parse.
 * Knows nothing of fleets.
 */
import { tokenAt, tokenStart } from '../../nix/parse/tokens.ts';

/** An open bracket or string around the cursor; frames are listed outermost first. */
export interface Frame {
  readonly kind: 'set' | 'list' | 'string' | 'hole' | 'group' | 'let';
  /** The attribute path, relative to the enclosing frame, whose value contains it. */
  readonly path: readonly string[];
  /** 0-based UTF-16 offset after the opening mark. */
  readonly start: number;
}

export interface Cursor {
  readonly frames: readonly Frame[];
  /** The names of all frames combined: `clan`, `core`, `vars`, `generators`, `ca`, `files`. */
  readonly path: readonly string[];
  /**
   * `name`: the cursor is at, or may begin, an attribute name; `value`: it is after `=`, in a list or in a
   * string.
   */
  readonly side: 'name' | 'value';
  /** For `name`, the names before the last dot; for `value`, those before the `=`. */
  readonly before: readonly string[];
  /** In a quoted name, the names before it; null elsewhere. */
  readonly quotedIn: readonly string[] | null;
  /** The names of complete bindings before the cursor in the innermost open set. */
  readonly siblings: readonly string[];
}

interface Open {
  readonly kind: Frame['kind'];
  readonly path: readonly string[];
  readonly start: number;
  /** The names of the current binding. */
  names: string[];
  /** True after its `=`. */
  inValue: boolean;
  /** The number of `with` and `assert` in the value whose `;` is still missing. */
  clauses: number;
  readonly siblings: string[];
  /** For strings, the closing mark. */
  readonly quote: '"' | "''" | null;
  /** For strings that are names, the names before it. */
  readonly quotedIn: readonly string[] | null;
}

/**
 * Returns the context of a cursor.
 *
 * @param offset 0-based UTF-16 offset; the text after it is ignored
 */
export function cursorIn(text: string, offset: number): Cursor {
  const stack: Open[] = [open('group', [], 0, null)];
  const top = () => stack[stack.length - 1] as Open;
  let at = 0;
  while (at < offset) {
    const frame = top();
    if (frame.quote !== null) {
      const step = stringStep(text, at, frame.quote);
      if (step.end > offset) break;
      at = step.end;
      if (step.kind === 'end') stack.pop();
      else if (step.kind === 'hole') stack.push(open('hole', [], at, null));
      continue;
    }
    at = tokenStart(text, at);
    const token = at < offset ? tokenAt(text, at) : null;
    if (token === null || token.end > offset) break;
    at = token.end;
    // A name that the cursor touches is still being written.
    if (token.end === offset && token.kind === 'name') break;
    take(stack, token.text, token.kind, token.end, text);
  }
  return cursorOf(stack);
}

function open(
  kind: Frame['kind'],
  path: readonly string[],
  start: number,
  quote: Open['quote'],
  quotedIn: Open['quotedIn'] = null,
): Open {
  return { kind, path, start, names: [], inValue: false, clauses: 0, siblings: [], quote, quotedIn };
}

const OPENERS: ReadonlyMap<string, Frame['kind']> = new Map([
  ['{', 'set'],
  ['[', 'list'],
  ['(', 'group'],
]);
const CLOSERS: ReadonlySet<string> = new Set(['}', ']', ')']);

function take(stack: Open[], word: string, kind: string, end: number, text: string): void {
  const frame = stack[stack.length - 1] as Open;
  const opened = OPENERS.get(word);
  const holdsBindings = frame.kind === 'set' || frame.kind === 'let';
  if (kind === 'quote') {
    const isName = holdsBindings && !frame.inValue && word === '"';
    const before = isName ? [...frame.names] : null;
    const quoted = isName ? quotedName(text, end) : null;
    if (quoted !== null) frame.names.push(quoted);
    stack.push(open('string', pathOf(frame), end, word as '"' | "''", before));
  } else if (opened !== undefined) stack.push(open(opened, pathOf(frame), end, null));
  else if (word === '${') stack.push(open('hole', [], end, null));
  else if (CLOSERS.has(word)) close(stack);
  else if (word === 'let') stack.push(open('let', [], end, null));
  else if (word === 'in' && frame.kind === 'let') stack.pop();
  else if (!holdsBindings) return;
  else if (frame.inValue && (word === 'with' || word === 'assert')) frame.clauses++;
  else if (word === ';' && frame.clauses > 0) frame.clauses--;
  else if (word === ';') {
    if (frame.inValue && frame.names.length > 0) frame.siblings.push(frame.names.join('.'));
    frame.names = [];
    frame.inValue = false;
  } else if (word === 'inherit') frame.inValue = true;
  else if (word === '=') frame.inValue = true;
  // The brace opened the parameters of a function, not a set.
  else if (!frame.inValue && (word === ',' || word === '?' || word === '...')) frame.names = [];
  else if (!frame.inValue && (kind === 'name' || kind === 'keyword')) frame.names.push(word);
}

/** Returns the path of a value that is opened now. */
function pathOf(frame: Open): readonly string[] {
  return frame.inValue ? frame.names : [];
}

/** Closes the innermost bracket, including any `let` without `in` inside it. */
function close(stack: Open[]): void {
  while (stack.length > 1 && stack[stack.length - 1]?.kind === 'let') stack.pop();
  if (stack.length > 1) stack.pop();
}

function quotedName(text: string, start: number): string | null {
  return /^([^"\\$\n]*)"/.exec(text.slice(start, start + 200))?.[1] ?? null;
}

interface StringStep {
  readonly kind: 'text' | 'end' | 'hole';
  readonly end: number;
}

/** Advances one step through the contents of a string. */
function stringStep(text: string, at: number, quote: '"' | "''"): StringStep {
  if (text.startsWith('${', at)) return { kind: 'hole', end: at + 2 };
  if (text.startsWith('$$', at)) return { kind: 'text', end: at + 2 };
  if (quote === '"') {
    if (text[at] === '\\') return { kind: 'text', end: at + 2 };
    return { kind: text[at] === '"' ? 'end' : 'text', end: at + 1 };
  }
  if (!text.startsWith("''", at)) return { kind: 'text', end: at + 1 };
  if (text[at + 2] === "'" || text[at + 2] === '$') return { kind: 'text', end: at + 3 };
  if (text[at + 2] === '\\') return { kind: 'text', end: at + 4 };
  return { kind: 'end', end: at + 2 };
}

function cursorOf(stack: readonly Open[]): Cursor {
  const last = stack[stack.length - 1] as Open;
  const frames = stack.slice(1).map(({ kind, path, start }): Frame => ({ kind, path, start }));
  const inNames = (last.kind === 'set' || last.kind === 'let') && !last.inValue;
  const holder = [...stack].reverse().find(({ kind }) => kind === 'set' || kind === 'let');
  return {
    frames,
    path: frames.flatMap(({ path }) => path),
    side: inNames ? 'name' : 'value',
    before: inNames || last.inValue ? [...last.names] : [...last.path],
    quotedIn: last.quotedIn,
    siblings: holder?.siblings ?? [],
  };
}
