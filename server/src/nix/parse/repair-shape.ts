/**
 * The rules of repair: for each token, its effect on the open constructs, and what is missing if it does not fit. A
 * single pass from left to right that makes edits and never uses a tree.
 */

import { close, closeLet, drop, endStatement, INSIDE, type Place, separate } from './repair-closing.ts';
import {
  closeTo,
  closeTop,
  completePath,
  endBinding,
  ensureOperand,
  type Frame,
  type FrameKind,
  type FrameState,
  findFrame,
  insert,
  isBindingFrame,
  type Repair,
  topFrame,
} from './repair-frames.ts';
import { opensFormals, startsBinding, type Token, tokenAt, tokenStart } from './tokens.ts';

const BINARY = new Set('-> || && == != <= >= // ++ |> <| < > + * / ?'.split(' '));

/** Processes a token. */
export function step(repair: Repair, token: Token, place: Place): void {
  const frame = topFrame(repair);
  if (token.text === '}') close(repair, token, place);
  else if (isBindingFrame(frame) && frame.state !== 'value') stepBinding(repair, frame, token, place);
  else if (frame.kind === 'formals' && frame.state === 'name') stepFormals(repair, frame, token);
  else stepExpression(repair, frame, token, place);
}

function push(repair: Repair, kind: FrameKind, state: FrameState, token: Token, place: Place): void {
  repair.stack.push({ kind, state, start: token.start, end: token.end, indent: place.indent });
  repair.operand = false;
  repair.dot = false;
}

function stepBinding(repair: Repair, frame: Frame, token: Token, place: Place): void {
  const { kind, text } = token;
  if (frame.state === 'name' && leavesSet(repair, frame, token, place)) {
    closeTop(repair);
    endBinding(repair, topFrame(repair));
    step(repair, token, place);
    return;
  }
  if (text === 'in' && kind === 'keyword') {
    closeLet(repair, token);
    return;
  }
  if (frame.state === 'inherit') {
    stepInherit(repair, frame, token, place);
    return;
  }
  if (kind === 'name' || kind === 'quote' || text === '${') {
    if (frame.state === 'path') {
      if (place.firstOnLine || startsBinding(repair.text, token.start)) endBinding(repair, frame);
      else {
        beginValue(repair, frame, token, place);
        return;
      }
    } else if (frame.state === 'dot' && place.firstOnLine && startsBinding(repair.text, token.start)) {
      endBinding(repair, frame);
    }
    frame.state = 'path';
    if (kind === 'quote') push(repair, text === '"' ? 'string' : 'indented', 'name', token, place);
    if (text === '${') push(repair, 'hole', 'name', token, place);
    return;
  }
  if (text === 'inherit') {
    if (frame.state !== 'name') endBinding(repair, frame);
    frame.state = 'inherit';
    repair.operand = false;
    return;
  }
  if (frame.state === 'name') {
    drop(repair, token);
    return;
  }
  stepPath(repair, frame, token, place);
}

/** Handles a token after the names of a binding, or after their last dot. */
function stepPath(repair: Repair, frame: Frame, token: Token, place: Place): void {
  const { kind, text } = token;
  if (text === '.' && frame.state === 'path') frame.state = 'dot';
  else if (text === '=' || text === ':') {
    if (frame.state === 'dot') insert(repair, repair.placeholder, 'Expected a name here.');
    if (text === ':') drop(repair, token, '=');
    frame.state = 'value';
    repair.operand = false;
  } else if (text === ';' || text === ',') {
    completePath(repair, frame);
    if (text === ',') drop(repair, token, ';');
    frame.state = 'name';
  } else if (kind === 'operand' || '{[('.includes(text)) beginValue(repair, frame, token, place);
  else drop(repair, token);
}

/** Handles `name value`, where the `=` is missing. */
function beginValue(repair: Repair, frame: Frame, token: Token, place: Place): void {
  if (frame.state === 'dot') insert(repair, `${repair.placeholder} `, 'Expected a name here.');
  insert(repair, ' = ', 'Expected `=` here.');
  frame.state = 'value';
  repair.operand = false;
  step(repair, token, place);
}

/**
 * Returns whether the token, by its indentation, begins a binding of the surrounding set, so that this set lacks its
 * `}`.
 */
function leavesSet(repair: Repair, frame: Frame, token: Token, place: Place): boolean {
  if (!place.byLayout || !place.firstOnLine || frame.kind !== 'set' || place.indent > frame.indent)
    return false;
  if (token.text !== 'inherit' && !startsBinding(repair.text, token.start)) return false;
  const below = repair.stack[repair.stack.length - 2];
  return below !== undefined && isBindingFrame(below) && below.state === 'value';
}

function stepInherit(repair: Repair, frame: Frame, token: Token, place: Place): void {
  const { kind, text } = token;
  if (text === ';') frame.state = 'name';
  else if (text === '(') push(repair, 'paren', 'value', token, place);
  else if (text === 'inherit' || startsBinding(repair.text, token.start)) {
    endBinding(repair, frame);
    step(repair, token, place);
  } else if (kind === 'quote') push(repair, text === '"' ? 'string' : 'indented', 'name', token, place);
  else if (text === '${') push(repair, 'hole', 'name', token, place);
  else if (kind !== 'name') drop(repair, token);
}

function stepFormals(repair: Repair, frame: Frame, token: Token): void {
  if (token.text === '?') {
    frame.state = 'default';
    repair.operand = false;
  } else if (token.kind !== 'name' && token.text !== ',' && token.text !== '...') drop(repair, token);
}

/** Returns the index of the frame for a binding that begins at `token`, or -1 if none begins. */
function bindingFrameFor(repair: Repair, frame: Frame, token: Token, place: Place): number {
  const inherits = token.text === 'inherit' && token.kind === 'keyword';
  if (!inherits) {
    if (token.kind !== 'name' && token.kind !== 'quote') return -1;
    if (!place.firstOnLine && (!isBindingFrame(frame) || repair.dot)) return -1;
    if (!startsBinding(repair.text, token.start)) return -1;
  }
  return findFrame(repair, isBindingFrame, INSIDE);
}

function stepExpression(repair: Repair, frame: Frame, token: Token, place: Place): void {
  const depth = bindingFrameFor(repair, frame, token, place);
  if (depth > 0) {
    closeTo(repair, depth);
    endBinding(repair, topFrame(repair));
    step(repair, token, place);
    return;
  }
  if (repair.dot && token.kind !== 'name' && token.kind !== 'quote' && token.text !== '${') {
    ensureOperand(repair);
  }
  if (token.kind === 'name') {
    repair.operand = repair.dot || token.text !== 'or' || !repair.operand;
    repair.dot = false;
  } else if (token.kind === 'operand') repair.operand = true;
  else if (token.kind === 'quote') {
    push(repair, token.text === '"' ? 'string' : 'indented', 'name', token, place);
  } else if (token.kind === 'keyword') stepKeyword(repair, token, place);
  else if (token.kind === 'bad') drop(repair, token);
  else stepMark(repair, frame, token, place);
}

function stepKeyword(repair: Repair, token: Token, place: Place): void {
  const { text } = token;
  if (text === 'if') push(repair, 'if', 'if', token, place);
  else if (text === 'with' || text === 'assert') push(repair, 'head', 'value', token, place);
  else if (text === 'let') {
    const next = tokenAt(repair.text, tokenStart(repair.text, token.end));
    if (next?.text !== '{') push(repair, 'let', 'name', token, place);
  } else if (text === 'in') closeLet(repair, token);
  else if (text === 'then' || text === 'else') {
    const state = text === 'then' ? 'if' : 'then';
    const depth = findFrame(repair, frame => frame.kind === 'if' && frame.state === state, INSIDE);
    if (depth < 0) {
      drop(repair, token);
      return;
    }
    closeTo(repair, depth);
    ensureOperand(repair);
    topFrame(repair).state = text;
    repair.operand = false;
  } else if (text === 'inherit') drop(repair, token);
}

function stepMark(repair: Repair, frame: Frame, token: Token, place: Place): void {
  const { text } = token;
  if (text === '{') {
    const formals = opensFormals(repair.text, token.start);
    push(repair, formals ? 'formals' : 'set', 'name', token, place);
  } else if (text === '${') push(repair, 'hole', 'value', token, place);
  else if (text === '(') push(repair, 'paren', 'value', token, place);
  else if (text === '[') push(repair, 'list', 'value', token, place);
  else if (text === ')' || text === ']') close(repair, token, place);
  else if (text === ';') endStatement(repair, token, place);
  else if (text === ',') separate(repair, token);
  else if (text === '.') repair.dot = true;
  else if (text === '=') drop(repair, token, '==');
  else if (text === '...') drop(repair, token);
  else if (BINARY.has(text) && !repair.operand && frame.kind !== 'list') {
    ensureOperand(repair);
    repair.operand = false;
  } else repair.operand = text === '@' && repair.operand;
}
