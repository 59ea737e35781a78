/**
 * Lowers atoms: numbers, operators between operands, and the ranges of syntax errors. Works on source text; knows
 * nothing of tree-sitter.
 */
import type { BinaryOperator, Expr, NixSyntaxError, Range } from '../syntax.ts';

const MAX_INT = 9223372036854775807n;

/** Returns the value of an integer literal, or null if it does not fit in Nix's 64 bits. */
export function intLiteral(digits: string): bigint | null {
  const significant = digits.replace(/^0+(?=\d)/, '');
  if (significant.length > 19) return null;
  const value = BigInt(significant);
  return value > MAX_INT ? null : value;
}

/** Returns the first offset at or after `at` that is neither white space nor in a comment. */
function skipBlank(text: string, at: number, end: number): number {
  let position = at;
  while (position < end) {
    const code = text.charCodeAt(position);
    if (code === 35) {
      const newline = text.indexOf('\n', position);
      position = newline === -1 ? end : newline + 1;
    } else if (code === 47 && text.charCodeAt(position + 1) === 42) {
      const close = text.indexOf('*/', position + 2);
      position = close === -1 ? end : close + 2;
    } else if (code === 32 || (code >= 9 && code <= 13)) position++;
    else break;
  }
  return Math.min(position, end);
}

const OPERATORS: readonly BinaryOperator[] = [
  '->',
  '||',
  '&&',
  '==',
  '!=',
  '<=',
  '>=',
  '//',
  '++',
  '|>',
  '<|',
  '<',
  '>',
  '+',
  '-',
  '*',
  '/',
];

/** Returns the operator between two operands, skipping comments, or null if there is none (broken input). */
export function operatorBetween(text: string, from: number, to: number): BinaryOperator | null {
  const at = skipBlank(text, from, to);
  return OPERATORS.find(operator => text.startsWith(operator, at)) ?? null;
}

/** Returns the expression for text that could not be read. */
export function errorExpr(start: number, end: number): Expr {
  return { kind: 'error', start, end: Math.max(start, end) };
}

/**
 * Returns an error for something that is missing. Its range is the character before, skipping white space, since an
 * empty range would be invisible.
 */
export function missingAt(text: string, offset: number, message: string): NixSyntaxError {
  let at = Math.min(offset, text.length);
  while (at > 0 && /\s/.test(text.charAt(at - 1))) at--;
  if (at > 0) return { start: at - 1, end: at, message };
  return { start: 0, end: Math.min(1, text.length), message };
}

/** Returns an error for `range` without surrounding white space, limited to its first line. */
export function errorOver(text: string, range: Range, message: string): NixSyntaxError {
  let { start, end } = range;
  while (start < end && /\s/.test(text.charAt(start))) start++;
  const newline = text.indexOf('\n', start);
  if (newline !== -1 && newline < end) end = newline;
  while (end > start && /\s/.test(text.charAt(end - 1))) end--;
  if (start < end) return { start, end, message };
  return missingAt(text, range.start, message);
}
