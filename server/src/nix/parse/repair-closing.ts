/**
 * Handles closing tokens in a broken text: `}` `)` `]` `;` `,` and `in` find their partners past constructs that were
 * left open, or are removed. Part of the rules of repair; see `repair-shape.ts`.
 */
import {
  closeTo,
  endBinding,
  ensureOperand,
  type Frame,
  type FrameKind,
  findFrame,
  isBindingFrame,
  type Repair,
  topFrame,
} from './repair-frames.ts';
import type { Token } from './tokens.ts';

/** The context of a token, in addition to the stack. */
export interface Place {
  /** True if only blanks precede it on its line. */
  readonly firstOnLine: boolean;
  /** The number of blanks at the start of its line. */
  readonly indent: number;
  /** True to rely on indentation where brackets do not match. */
  readonly byLayout: boolean;
}

/** Constructs inside an expression that may be left open there. */
export const INSIDE: readonly FrameKind[] = ['paren', 'list', 'if', 'head'];

/** Removes a token from the text. */
export function drop(repair: Repair, token: Token, replacement = ' '): void {
  const { start, end } = token;
  if (')]}'.includes(token.text)) repair.unbalanced = true;
  const message = `Unexpected \`${token.text}\` here.`;
  repair.edits.push({ start, end, text: replacement, at: { start, end }, message });
}

export function closeLet(repair: Repair, token: Token): void {
  const depth = findFrame(repair, frame => frame.kind === 'let', [...INSIDE, 'set']);
  if (depth < 0) {
    drop(repair, token);
    return;
  }
  closeTo(repair, depth);
  const frame = topFrame(repair);
  if (frame.state !== 'name') endBinding(repair, frame);
  repair.stack.pop();
  repair.operand = false;
  repair.dot = false;
}

export function endStatement(repair: Repair, token: Token, place: Place): void {
  const ends = (frame: Frame): boolean => frame.kind === 'head' || isBindingFrame(frame);
  const strings: readonly FrameKind[] = place.byLayout ? ['hole', 'string'] : [];
  const depth = findFrame(repair, ends, ['paren', 'list', 'if', 'formals', ...strings]);
  if (depth < 0) {
    drop(repair, token);
    return;
  }
  closeTo(repair, depth);
  ensureOperand(repair);
  const frame = topFrame(repair);
  if (frame.kind === 'head') repair.stack.pop();
  else frame.state = 'name';
  repair.operand = false;
}

/** Handles a comma, which separates formals. People also write it between list items and bindings. */
export function separate(repair: Repair, token: Token): void {
  const formals = findFrame(repair, frame => frame.kind === 'formals', INSIDE);
  if (formals > 0) {
    closeTo(repair, formals);
    ensureOperand(repair);
    topFrame(repair).state = 'name';
    return;
  }
  const binding = findFrame(repair, isBindingFrame, ['if']);
  if (binding < 0) {
    drop(repair, token);
    return;
  }
  closeTo(repair, binding);
  ensureOperand(repair);
  drop(repair, token, ';');
  topFrame(repair).state = 'name';
  repair.operand = false;
}

/**
 * Handles a closing bracket: closes its partner and everything left open inside. Without a partner the bracket is
 * removed.
 */
export function close(repair: Repair, token: Token, place: Place): void {
  const depth = pairOf(repair, token, place);
  if (depth < 0) {
    drop(repair, token);
    return;
  }
  closeTo(repair, depth);
  const frame = topFrame(repair);
  if (isBindingFrame(frame)) {
    if (frame.state !== 'name') endBinding(repair, frame);
  } else if (frame.kind === 'formals' ? frame.state === 'default' : frame.kind !== 'list' || repair.dot) {
    ensureOperand(repair);
  }
  repair.stack.pop();
  repair.operand = true;
  repair.dot = false;
}

function pairOf(repair: Repair, token: Token, place: Place): number {
  if (token.text === ')') return findFrame(repair, frame => frame.kind === 'paren', [...INSIDE, 'let']);
  if (token.text === ']') return findFrame(repair, frame => frame.kind === 'list', [...INSIDE, 'let']);
  const pairs = (frame: Frame): boolean =>
    frame.kind === 'set' || frame.kind === 'formals' || frame.kind === 'hole';
  const nearest = findFrame(repair, pairs, [...INSIDE, 'let']);
  if (!place.byLayout || !place.firstOnLine || nearest < 0) return nearest;
  const fits = (frame: Frame): boolean => pairs(frame) && frame.indent <= place.indent;
  const byLayout = findFrame(repair, fits, [...INSIDE, 'let', 'set']);
  return byLayout < 0 ? nearest : byLayout;
}
