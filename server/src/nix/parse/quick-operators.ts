/** Operators for the quick reader (quick.ts), with their precedence in the grammar. */

import type { BinaryOperator } from '../syntax.ts';
import { GIVE_UP, type Reader } from './quick-lex.ts';

/** The precedence of `!`, `?` and unary minus on the scale of `Operator.binds`. */
export const NOT = 7;
export const HAS_ATTR = 11;
export const NEGATE = 12;

export interface Operator {
  readonly sign: BinaryOperator;
  readonly binds: number;
  readonly toTheRight: boolean;
}

function operator(sign: BinaryOperator, binds: number, toTheRight = false): Operator {
  return { sign, binds, toTheRight };
}

const IMPLIES = operator('->', 1, true);
const OR = operator('||', 2);
const AND = operator('&&', 3);
const EQUAL = operator('==', 4);
const UNEQUAL = operator('!=', 4);
const LESS = operator('<', 5);
const AT_MOST = operator('<=', 5);
const MORE = operator('>', 5);
const AT_LEAST = operator('>=', 5);
const UPDATE = operator('//', 6, true);
const PLUS = operator('+', 8);
const MINUS = operator('-', 8);
const TIMES = operator('*', 9);
const OVER = operator('/', 9);
const CONCAT = operator('++', 10, true);

/** Returns the operator at the current offset, which starts with this character, or null if there is none. */
export function operatorHere({ text, at }: Reader, code: number): Operator | null {
  const next = text.charCodeAt(at + 1);
  switch (code) {
    case 33:
      return next === 61 ? UNEQUAL : null;
    case 38:
      return next === 38 ? AND : null;
    case 42:
      return TIMES;
    case 43:
      return next === 43 ? CONCAT : PLUS;
    case 45:
      return next === 62 ? IMPLIES : MINUS;
    case 47:
      return next === 47 ? UPDATE : OVER;
    case 60:
      if (next === 124) throw GIVE_UP;
      return next === 61 ? AT_MOST : LESS;
    case 61:
      return next === 61 ? EQUAL : null;
    case 62:
      return next === 61 ? AT_LEAST : MORE;
    case 124:
      if (next !== 124) throw GIVE_UP;
      return OR;
    default:
      return null;
  }
}
