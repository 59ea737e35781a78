/**
 * Lowering of words: from tree-sitter's nodes to parts with quotes and escapes resolved. Text between two nodes is
 * taken from the source, since the grammar has no node for blanks inside strings and heredocs.
 */

import { withBraces } from '../../../server/src/shell/parse/braces.ts';
import type {
  ArithmeticPart,
  Range,
  ScriptText,
  Statement,
  Word,
  WordPart,
} from '../../../server/src/shell/syntax.ts';
import { childOf, type RawNode } from './raw-tree.ts';

/** What the lowering of one script shares. */
export interface Lowering {
  /** The text that was parsed, of the same length as the script's: holes are names. */
  readonly text: string;
  readonly script: ScriptText;
  readonly statements: (node: RawNode) => Statement[];
}

/** How text is read: outside quotes, inside `"…"`, in a heredoc, inside `'…'`. */
type Quoting = 'none' | 'double' | 'heredoc' | 'single';

export function lowerWord(run: Lowering, node: RawNode): Word {
  return { start: node.startIndex, end: node.endIndex, parts: withBraces(wordParts(run, node)) };
}

export function wordParts(run: Lowering, node: RawNode): WordPart[] {
  const { startIndex: start, endIndex: end } = node;
  switch (node.type) {
    case 'string':
    case 'translated_string':
      return stringParts(run, node);
    case 'raw_string':
      return textParts(run, start + 1, end - 1, 'single', start, end);
    case 'ansi_c_string':
      return ansiParts(run, node);
    case 'simple_expansion':
      return [simpleExpansion(run, node, false)];
    case 'expansion':
      return [expansion(run, node, false)];
    case 'command_substitution':
      return [{ kind: 'command', start, end, body: run.statements(node), quoted: false }];
    case 'process_substitution':
      return [{ kind: 'process', start, end, body: run.statements(node) }];
    case 'arithmetic_expansion':
      return [arithmetic(run, node)];
    case 'concatenation':
    case 'command_name':
      return betweenChildren(run, node, start, end, 'none');
    case 'word':
    case 'extglob_pattern':
    case 'regex':
      return node.namedChildren.length > 0
        ? betweenChildren(run, node, start, end, 'none')
        : textParts(run, start, end, 'none');
    default:
      return textParts(run, start, end, 'none');
  }
}

function stringParts(run: Lowering, node: RawNode): WordPart[] {
  const from = run.text.indexOf('"', node.startIndex) + 1;
  const closed = node.endIndex - 1 >= from && run.text[node.endIndex - 1] === '"';
  const to = closed ? node.endIndex - 1 : node.endIndex;
  const inner = node.type === 'translated_string' ? (node.namedChildren[0] ?? node) : node;
  const parts = betweenChildren(run, inner, from, to, 'double');
  if (parts.length > 0) return parts;
  return [{ kind: 'text', text: '', quoted: true, start: node.startIndex, end: node.endIndex }];
}

/** The parts of a stretch: its child expansions, and the text between them. */
export function betweenChildren(
  run: Lowering,
  node: RawNode,
  from: number,
  to: number,
  quoting: Quoting,
): WordPart[] {
  const parts: WordPart[] = [];
  let at = from;
  for (const child of node.namedChildren) {
    if (child.startIndex < at || isText(child, quoting)) continue;
    if (at < child.startIndex) parts.push(...textParts(run, at, child.startIndex, quoting));
    for (const part of wordParts(run, child)) parts.push(quoting === 'none' ? part : quoted(part));
    at = child.endIndex;
  }
  if (at < to) parts.push(...textParts(run, at, to, quoting));
  return parts;
}

/** Nodes without structure are read as text together with what is around them. */
function isText(node: RawNode, quoting: Quoting): boolean {
  if (node.type === 'string_content' || node.type === 'heredoc_content') return true;
  if (node.type === 'word' && node.namedChildren.length === 0) return true;
  return quoting !== 'none' && (node.type === 'raw_string' || node.type === 'string');
}

function quoted(part: WordPart): WordPart {
  return 'quoted' in part ? { ...part, quoted: true } : part;
}

/** Splits text at holes, and resolves escapes between them. `start` and `end` widen the only part of a string. */
function textParts(
  run: Lowering,
  from: number,
  to: number,
  quoting: Quoting,
  start = from,
  end = to,
): WordPart[] {
  const parts: WordPart[] = [];
  let at = from;
  for (const hole of run.script.holes) {
    if (hole.end <= from || hole.start >= to) continue;
    if (at < hole.start) plainParts(run.script.text, at, hole.start, quoting, parts);
    const text = run.script.text.slice(hole.start, hole.end);
    parts.push({ kind: 'hole', text, quoted: quoting !== 'none', start: hole.start, end: hole.end });
    at = hole.end;
  }
  if (at < to) plainParts(run.script.text, at, to, quoting, parts);
  if (parts.length === 0) parts.push({ kind: 'text', text: '', quoted: quoting !== 'none', start, end });
  return parts;
}

function plainParts(text: string, from: number, to: number, quoting: Quoting, parts: WordPart[]): void {
  let value = '';
  let start = from;
  const flush = (end: number): void => {
    if (value !== '') parts.push({ kind: 'text', text: value, quoted: quoting !== 'none', start, end });
    value = '';
    start = end;
  };
  for (let at = from; at < to; at++) {
    const char = text.charAt(at);
    if (char === '\\' && quoting !== 'single' && at + 1 < to) {
      const next = text.charAt(at + 1);
      const special = quoting === 'none' || '$`\\\n'.includes(next) || (quoting === 'double' && next === '"');
      if (special) {
        if (next !== '\n' && quoting === 'none') {
          // An escaped character is as good as quoted: it is no pattern and no brace.
          flush(at);
          parts.push({ kind: 'text', text: next, quoted: true, start: at, end: at + 2 });
          start = at + 2;
        } else if (next !== '\n') value += next;
        at++;
        continue;
      }
    }
    if (char === '$' && next(text, at, to) === '$' && quoting !== 'single') {
      flush(at);
      parts.push(processId(at, quoting !== 'none'));
      start = at + 2;
      at++;
      continue;
    }
    if (
      quoting === 'none' &&
      (char === '*' || char === '?' || (char === '[' && text.slice(at, to).includes(']')))
    ) {
      flush(at);
      parts.push({ kind: 'glob', character: char, start: at, end: at + 1 });
      start = at + 1;
      continue;
    }
    value += char;
  }
  flush(to);
}

function next(text: string, at: number, to: number): string {
  return at + 1 < to ? text.charAt(at + 1) : '';
}

/** `$$`, for which the grammar has no node inside of words. */
function processId(start: number, isQuoted: boolean): WordPart {
  const at = { start, end: start + 2 };
  const nameAt = { start: start + 1, end: start + 2 };
  return { kind: 'variable', name: '$', nameAt, ...at, quoted: isQuoted, ...BARE };
}

/** A variable's value as it is. */
const BARE = { operator: null, fallback: null, subscript: null, inner: [] } as const;

const ANSI: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  v: '\v',
};

/** `$'…'`: the escapes that stand for one character each; others stay as they are written. */
function ansiParts(run: Lowering, node: RawNode): WordPart[] {
  const { startIndex: start, endIndex: end } = node;
  const text = run.script.text
    .slice(start + 2, end - 1)
    .replace(/\\([ntrabefv'"\\?])/g, (_, c: string) => ANSI[c] ?? c);
  return [{ kind: 'text', text, quoted: true, start, end }];
}

function simpleExpansion(run: Lowering, node: RawNode, isQuoted: boolean): WordPart {
  const name = node.namedChildren[0];
  const { startIndex: start, endIndex: end } = node;
  const at = name ? rangeOf(name) : { start, end };
  return {
    kind: 'variable',
    name: run.script.text.slice(at.start, at.end),
    nameAt: at,
    start,
    end,
    quoted: isQuoted,
    operator: null,
    fallback: null,
    subscript: null,
    inner: [],
  };
}

const WITH_WORD = new Set(['-', ':-', '=', ':=', '?', ':?', '+', ':+']);

function expansion(run: Lowering, node: RawNode, isQuoted: boolean): WordPart {
  let name: RawNode | null = null;
  let subscript: '@' | '*' | 'index' | null = null;
  let operator: string | null = null;
  const inner: WordPart[] = [];
  let from = -1;
  for (const child of node.children) {
    if (child.type === '${' || child.type === '}') continue;
    if (name === null && (child.type === 'variable_name' || child.type === 'special_variable_name'))
      name = child;
    else if (name === null && child.type === 'subscript') {
      name = childOf(child, 'name') ?? child;
      const place = childOf(child, 'index');
      subscript = place?.text === '@' || place?.text === '*' ? place.text : 'index';
      if (place && subscript === 'index') inner.push(...wordParts(run, place));
    } else if (name === null && !child.isNamed) operator = child.type === '#' ? 'length' : 'indirect';
    else if (!child.isNamed && operator === null) {
      operator = child.type;
      from = child.endIndex;
    } else if (child.isNamed) inner.push(...wordParts(run, child));
  }
  const at = name ? rangeOf(name) : rangeOf(node);
  const hasWord = operator !== null && WITH_WORD.has(operator) && from >= 0;
  const end = node.endIndex - 1;
  const fallback: Word | null = hasWord
    ? {
        start: from,
        end,
        parts: inner.length > 0 ? inner : [{ kind: 'text', text: '', quoted: true, start: from, end }],
      }
    : null;
  return {
    kind: 'variable',
    name: run.script.text.slice(at.start, at.end),
    nameAt: at,
    start: node.startIndex,
    end: node.endIndex,
    quoted: isQuoted,
    operator,
    fallback,
    subscript,
    inner: hasWord ? [] : inner,
  };
}

/** What arithmetic reads and sets; names stand in it without `$`. */
export function arithmetic(run: Lowering, node: RawNode): ArithmeticPart {
  const inner: WordPart[] = [];
  const assigns: string[] = [];
  const walk = (at: RawNode): void => {
    if (at.type === 'simple_expansion' || at.type === 'expansion' || at.type === 'command_substitution') {
      inner.push(...wordParts(run, at));
      return;
    }
    const isName = at.type === 'variable_name' || (at.type === 'word' && /^[A-Za-z_]\w*$/.test(at.text));
    if (isName) {
      // Bash takes an unset name for 0 here, except under `set -u`: a guess is not worth a finding.
      const text = run.script.text.slice(at.startIndex, at.endIndex);
      assigns.push(text);
      return;
    }
    for (const child of at.namedChildren) walk(child);
  };
  walk(node);
  return { kind: 'arithmetic', start: node.startIndex, end: node.endIndex, inner, assigns };
}

export function rangeOf(node: RawNode): Range {
  return { start: node.startIndex, end: node.endIndex };
}
