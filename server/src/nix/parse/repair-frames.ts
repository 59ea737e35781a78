/**
 * The open constructs at a place in a broken text, and how to close them: the stack of `repair.ts`. Contains the text
 * that closes each construct, and knows nothing of tokens.
 */

/**
 * A change that `repair` makes: `text` replaces `[start, end)`, which is empty for an insertion. `at` is the place of
 * the message in the broken text.
 */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly at: { readonly start: number; readonly end: number };
  readonly message: string;
}

export type FrameKind =
  | 'root'
  | 'set'
  | 'let'
  | 'paren'
  | 'list'
  | 'formals'
  | 'hole'
  | 'string'
  | 'indented'
  | 'if'
  | 'head';

/** The progress in a frame: in a binding, in an `if`, or in formals. */
export type FrameState = 'name' | 'path' | 'dot' | 'value' | 'inherit' | 'if' | 'then' | 'else' | 'default';

export interface Frame {
  readonly kind: FrameKind;
  state: FrameState;
  /** The range of the opening token. */
  readonly start: number;
  readonly end: number;
  /** The number of blanks at the start of the opening token's line. */
  readonly indent: number;
}

/** The state of a repair. `operand` is true after an operand, so that an operator may follow. */
export interface Repair {
  readonly text: string;
  /** The name that stands for missing parts; it does not occur in the text. */
  readonly placeholder: string;
  readonly stack: Frame[];
  readonly edits: Edit[];
  operand: boolean;
  /** True after a `.` whose name is missing so far. */
  dot: boolean;
  /** The end of the last token, where text is inserted. */
  last: number;
  /** True if brackets or quotes did not match. */
  unbalanced: boolean;
}

const OPENERS: Readonly<Partial<Record<FrameKind, string>>> = {
  set: '{',
  paren: '(',
  list: '[',
  formals: '{',
  hole: '${',
  string: '"',
  indented: "''",
  let: 'let',
};

/** Returns the innermost open construct. */
export function topFrame(repair: Repair): Frame {
  return repair.stack[repair.stack.length - 1] as Frame;
}

export function isBindingFrame(frame: Frame): boolean {
  return frame.kind === 'set' || frame.kind === 'let';
}

/** Inserts `text` after the last token. */
export function insert(repair: Repair, text: string, message: string): void {
  const at = { start: Math.max(0, repair.last - 1), end: Math.max(1, repair.last) };
  repair.edits.push({ start: repair.last, end: repair.last, text, at, message });
}

/** Inserts a placeholder for a missing name or value. */
export function ensureOperand(repair: Repair): void {
  if (repair.dot) insert(repair, `${repair.placeholder} `, 'Expected a name here.');
  else if (!repair.operand) insert(repair, ` ${repair.placeholder} `, 'Expected a value here.');
  repair.operand = true;
  repair.dot = false;
}

/** Completes a binding that has only names, or names and a dot, before its `;`. */
export function completePath(repair: Repair, frame: Frame): void {
  const { placeholder } = repair;
  if (frame.state === 'dot') insert(repair, `${placeholder} `, 'Expected a name here.');
  insert(repair, ` = ${placeholder} `, 'Expected `=` and a value here.');
}

/** Ends the current binding of a set or a `let`, so that the next one may begin. */
export function endBinding(repair: Repair, frame: Frame): void {
  if (frame.state === 'value') ensureOperand(repair);
  if (frame.state === 'path' || frame.state === 'dot') completePath(repair, frame);
  if (frame.state !== 'name') insert(repair, ';', 'Expected `;` here.');
  frame.state = 'name';
  repair.operand = false;
  repair.dot = false;
}

/** Closes the innermost construct by inserting its missing parts. */
export function closeTop(repair: Repair): void {
  const frame = topFrame(repair);
  if (frame.kind === 'root') return;
  completeTop(repair, frame);
  repair.stack.pop();
  repair.operand = true;
  repair.dot = false;
}

function completeTop(repair: Repair, frame: Frame): void {
  const { placeholder } = repair;
  const opener = OPENERS[frame.kind];
  if (frame.kind !== 'list' || repair.dot) {
    if (isBindingFrame(frame)) endBinding(repair, frame);
    else if (frame.kind !== 'formals' || frame.state === 'default') {
      if (frame.kind !== 'string' && frame.kind !== 'indented') ensureOperand(repair);
    }
  }
  if (opener === undefined) {
    if (frame.kind === 'head') insert(repair, `; ${placeholder} `, 'Expected `;` and a value here.');
    else if (frame.state === 'if') {
      insert(repair, ` then ${placeholder} else ${placeholder} `, 'Expected `then` here.');
    } else if (frame.state === 'then') insert(repair, ` else ${placeholder} `, 'Expected `else` here.');
    return;
  }
  const closers: Readonly<Record<string, string>> = {
    '{': frame.kind === 'formals' ? `}: ${placeholder} ` : '}',
    '(': ')',
    '[': ']',
    '${': '}',
    '"': '"',
    "''": "''",
    let: ` in ${placeholder} `,
  };
  if (frame.kind !== 'let') repair.unbalanced = true;
  const message = frame.kind === 'let' ? 'This `let` has no `in`.' : `This \`${opener}\` is never closed.`;
  const at = { start: frame.start, end: frame.end };
  repair.edits.push({ start: repair.last, end: repair.last, text: closers[opener] ?? '', at, message });
}

/** Closes everything above the frame at `depth`. */
export function closeTo(repair: Repair, depth: number): void {
  while (repair.stack.length - 1 > depth) closeTop(repair);
}

/**
 * Returns the depth of the nearest frame that satisfies `accept`, skipping frames of the kinds in `crossing`, or -1
 * if there is none.
 */
export function findFrame(
  repair: Repair,
  accept: (frame: Frame) => boolean,
  crossing: readonly FrameKind[],
): number {
  for (let depth = repair.stack.length - 1; depth > 0; depth--) {
    const frame = repair.stack[depth] as Frame;
    if (accept(frame)) return depth;
    if (!crossing.includes(frame.kind)) return -1;
  }
  return -1;
}
