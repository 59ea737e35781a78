/**
 * Repair of broken Nix before it is read: a copy of the text in which missing brackets, semicolons and values
 * are filled in and stray tokens are blanked, so that a mistake costs its own binding and not the file.
 *
 * Tree-sitter recovers by building a tree of the whole text, in which a mistake often swallows its neighbours; a repair
 * works on single bindings instead. It guesses, and so never decides that a text is valid: the parser does that.
 */

import type { NixSyntaxError } from '../syntax.ts';
import type { OffsetMapping } from './lower-shift.ts';
import { closeTop, ensureOperand, type Frame, type Repair, topFrame } from './repair-frames.ts';
import { step } from './repair-shape.ts';
import { bodyEnd } from './repair-strings.ts';
import { tokenAt, tokenStart } from './tokens.ts';

/** A repaired text, with its mapping back to the broken one. */
export interface Repaired extends OffsetMapping {
  readonly text: string;
  readonly placeholder: string;
  /** The mistakes, at offsets of the broken text, in order. */
  readonly errors: readonly NixSyntaxError[];
  /** True if a bracket or quote had no partner, so that a repair by layout may do better. */
  readonly unbalanced: boolean;
  /** The number of edits. */
  readonly edits: number;
}

/** Longer texts and texts with more mistakes are data rather than half-written Nix. */
const MAX_LENGTH = 1_000_000;
const MAX_EDITS = 200;

/**
 * Repairs a text. With `byLayout`, indentation and line ends decide where an unpaired bracket or quote ends.
 * @returns null if there is nothing to repair, or too much
 */
export function repairText(text: string, byLayout: boolean): Repaired | null {
  if (text.length > MAX_LENGTH) return null;
  let placeholder = 'missing';
  while (text.includes(placeholder)) placeholder += '_';
  const root: Frame = { kind: 'root', state: 'value', start: 0, end: 0, indent: -1 };
  const repair: Repair = {
    text,
    placeholder,
    stack: [root],
    edits: [],
    operand: false,
    dot: false,
    last: 0,
    unbalanced: false,
  };
  scan(repair, byLayout);
  return repair.edits.length === 0 || repair.edits.length > MAX_EDITS ? null : applied(repair);
}

function scan(repair: Repair, byLayout: boolean): void {
  const { text } = repair;
  let at = 0;
  let line = 0;
  let seen = false;
  let layout = layoutOf(text, 0);
  while (at < text.length && repair.edits.length <= MAX_EDITS) {
    const frame = topFrame(repair);
    if (frame.kind === 'string' || frame.kind === 'indented') {
      const from = at;
      at = scanBody(repair, frame, from, byLayout);
      const newline = text.slice(from, at).lastIndexOf('\n');
      if (newline !== -1) line = from + newline + 1;
      continue;
    }
    const start = tokenStart(text, at);
    const newline = start === at ? -1 : text.slice(at, start).lastIndexOf('\n');
    if (newline !== -1) line = at + newline + 1;
    const token = tokenAt(text, start);
    if (!token) break;
    if (layout.line !== line) layout = layoutOf(text, line);
    const { first, indent } = layout;
    step(repair, token, { firstOnLine: Math.min(start, line + MAX_INDENT) <= first, indent, byLayout });
    at = token.end;
    repair.last = at;
    seen = true;
  }
  while (repair.stack.length > 1) closeTop(repair);
  if (seen) ensureOperand(repair);
}

interface LineLayout {
  /** The offset of the line's first character. */
  readonly line: number;
  /** The offset of the first text on it, or on a later line if it has none. */
  readonly first: number;
  /** The number of blanks and tabs before it. */
  readonly indent: number;
}

/** Indentation is looked at up to here. */
const MAX_INDENT = 200;

const TEXT = /\S/g;
const INDENT = new RegExp(`[ \\t]{0,${MAX_INDENT}}`, 'y');

function layoutOf(text: string, line: number): LineLayout {
  TEXT.lastIndex = line;
  const first = TEXT.test(text) ? TEXT.lastIndex - 1 : text.length;
  INDENT.lastIndex = line;
  INDENT.test(text);
  return { line, first, indent: INDENT.lastIndex - line };
}

/** Skips a string's body up to its next hole, its end, or the place where its end is missing. */
function scanBody(repair: Repair, frame: Frame, from: number, byLayout: boolean): number {
  const end = bodyEnd(repair.text, from, frame, byLayout);
  repair.last = end.at;
  if (end.kind === 'hole') {
    const hole = end.at + 2;
    repair.stack.push({ kind: 'hole', state: 'value', start: end.at, end: hole, indent: frame.indent });
    repair.operand = false;
    repair.dot = false;
    repair.last = hole;
    return hole;
  }
  if (end.kind === 'missing') {
    closeTop(repair);
    return end.at;
  }
  repair.stack.pop();
  repair.operand = true;
  repair.dot = false;
  return end.at;
}

function applied(repair: Repair): Repaired {
  const { text, edits, placeholder } = repair;
  const errors: NixSyntaxError[] = [];
  const starts: number[] = [];
  const sources: number[] = [];
  let built = '';
  let from = 0;
  for (const edit of edits) {
    built += text.slice(from, edit.start);
    starts.push(built.length);
    sources.push(edit.start);
    built += edit.text;
    starts.push(built.length);
    sources.push(edit.end);
    from = edit.end;
    const { start, end } = edit.at;
    if (edit.message && start < end && !errors.some(error => error.start === start)) {
      errors.push({ start, end, message: edit.message });
    }
  }
  built += text.slice(from);
  errors.sort((a, b) => a.start - b.start);
  return {
    text: built,
    placeholder,
    errors,
    unbalanced: repair.unbalanced,
    edits: edits.length,
    unchanged: starts[0] ?? 0,
    original: offset => originalOffset(starts, sources, offset),
  };
}

/** Maps an offset. Inside an inserted text it is the offset of the insertion; inside a blanked token, at most the token's end. */
function originalOffset(starts: readonly number[], sources: readonly number[], offset: number): number {
  let low = -1;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  if (low < 0) return offset;
  const mapped = (sources[low] as number) + offset - (starts[low] as number);
  const next = sources[low + 1];
  return next === undefined ? mapped : Math.min(mapped, next);
}
