/** Applies `${x%pattern}` and its siblings to fully known values, for patterns of text, `*` and `?`. */
import type { WordPart } from '../syntax.ts';
import { literal, text, unknownFrom, type Value, variablesIn } from './values.ts';

/** Returns the value with the operator applied, or an unknown value if that cannot be computed. */
export function cut(value: Value, operator: string, inner: readonly WordPart[]): Value {
  const whole = literal(value);
  const pattern = regexOf(inner);
  if (whole === null || pattern === null) return unknownFrom(variablesIn(value));
  switch (operator) {
    case '%':
      return text(shortest(whole, pattern, 'end'));
    case '%%':
      return text(longest(whole, pattern, 'end'));
    case '#':
      return text(shortest(whole, pattern, 'start'));
    case '##':
      return text(longest(whole, pattern, 'start'));
    default:
      return unknownFrom(variablesIn(value));
  }
}

function regexOf(inner: readonly WordPart[]): RegExp | null {
  let source = '';
  for (const part of inner) {
    if (part.kind === 'text') source += part.text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    else if (part.kind === 'glob' && part.character !== '[')
      source += part.character === '*' ? '[^]*' : '[^]';
    else return null;
  }
  return new RegExp(`^(?:${source})$`);
}

function shortest(whole: string, pattern: RegExp, side: 'start' | 'end'): string {
  for (let length = 0; length <= whole.length; length++) {
    const [cutOff, rest] = parts(whole, length, side);
    if (pattern.test(cutOff)) return rest;
  }
  return whole;
}

function longest(whole: string, pattern: RegExp, side: 'start' | 'end'): string {
  for (let length = whole.length; length >= 0; length--) {
    const [cutOff, rest] = parts(whole, length, side);
    if (pattern.test(cutOff)) return rest;
  }
  return whole;
}

function parts(whole: string, length: number, side: 'start' | 'end'): [string, string] {
  if (side === 'start') return [whole.slice(0, length), whole.slice(length)];
  return [whole.slice(whole.length - length), whole.slice(0, whole.length - length)];
}
