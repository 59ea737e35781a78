/**
 * A coarse lexer of Nix for `repair.ts`: it shows the shape of a text and never gets stuck. It returns the opening
 * quote of a string, but does not read its body.
 */

type TokenKind = 'name' | 'keyword' | 'operand' | 'quote' | 'mark' | 'bad';

/** A token at `[start, end)` in UTF-16 offsets, with its text. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

// Repetitions before optional parts are bounded, so that no text takes quadratic time.
const BLANK = /(?:\s+|#[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const NUMBER = /\d*\.\d+(?:[Ee][+-]?\d+)?|\d+\.?\d*/y;
const URI = /[A-Za-z][A-Za-z0-9+.-]{0,255}:[A-Za-z0-9%/?:@&=+$,_.!~*'-]+/y;
const SEARCH_PATH = /<[A-Za-z0-9._+-]{1,255}(?:\/[A-Za-z0-9._+-]{1,255}){0,64}>/y;
const PATH = /~?[A-Za-z0-9._+-]{0,255}\/(?:[A-Za-z0-9._+-]+(?:\/[A-Za-z0-9._+-]*)*|(?=\$\{))/y;
const OPERANDS = [URI, SEARCH_PATH, PATH, NUMBER];
const NAME = /[A-Za-z_][A-Za-z0-9_'-]*/y;
const MARK = /\.\.\.|\$\{|''|->|\|\||&&|==|!=|<=|>=|\/\/|\+\+|\|>|<\||[{}[\]();=:,.@?"!<>+\-*/]/y;
const KEYWORDS = new Set(['if', 'then', 'else', 'let', 'inherit', 'in', 'rec', 'with', 'assert']);

/** Returns where a match of a sticky pattern ends that begins at `at`. `exec` would take twice as long. */
function endOf(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}

function match(pattern: RegExp, text: string, at: number): string | null {
  const end = endOf(pattern, text, at);
  return end === null ? null : text.slice(at, end);
}

/** Returns the offset of the next token at or after `at`, skipping white space and comments. */
export function tokenStart(text: string, at: number): number {
  return endOf(BLANK, text, at) ?? at;
}

/** The characters with which paths, numbers and addresses begin, beside letters. */
const BEGIN_OPERAND = /[0-9<~./+-]/;
/** The characters that the first part of a path and that of an address consist of. */
const FIRST_PART = /[A-Za-z0-9._+-]*/y;

/** Returns false for text that none of `OPERANDS` matches, as most is: trying all of them takes much longer. */
function mayBeOperand(text: string, at: number): boolean {
  const code = text.charCodeAt(at) | LOWER_CASE;
  if (code < LETTER_A || code > LETTER_Z) return BEGIN_OPERAND.test(text.charAt(at));
  const next = text.charCodeAt(endOf(FIRST_PART, text, at) ?? at);
  return next === COLON || next === SLASH;
}

const LOWER_CASE = 32;
const LETTER_A = 97;
const LETTER_Z = 122;
const SLASH = 47;
const COLON = 58;

/** Returns the token that begins exactly at `at`, or null at the end of the text. */
export function tokenAt(text: string, at: number): Token | null {
  if (at >= text.length) return null;
  const token = (kind: TokenKind, value: string): Token => ({
    kind,
    text: value,
    start: at,
    end: at + value.length,
  });
  if (mayBeOperand(text, at))
    for (const pattern of OPERANDS) {
      const operand = match(pattern, text, at);
      if (operand) return token('operand', operand);
    }
  const name = match(NAME, text, at);
  if (name) return token(KEYWORDS.has(name) ? 'keyword' : 'name', name);
  const mark = match(MARK, text, at);
  if (mark === '"' || mark === "''") return token('quote', mark);
  return mark ? token('mark', mark) : token('bad', text.charAt(at));
}

const ATTR = String.raw`(?:[A-Za-z_][A-Za-z0-9_'-]*|"[^"\n]*"|\$\{[^{}\n]*\})`;
const BINDING = new RegExp(String.raw`${ATTR}(?:[ \t]*\.[ \t]*${ATTR}){0,32}[ \t]*=(?!=)`, 'y');

/** Returns whether an attribute path and its `=` begin at `at`, all on one line. */
export function startsBinding(text: string, at: number): boolean {
  return endOf(BINDING, text, at) !== null;
}

/** Returns whether a `{` at `at` opens the formals of a function rather than an attribute set. */
export function opensFormals(text: string, at: number): boolean {
  let token = tokenAt(text, tokenStart(text, at + 1));
  if (token?.text === '...') return true;
  if (token?.kind === 'name') {
    token = tokenAt(text, tokenStart(text, token.end));
    if (token?.text === ',' || token?.text === '?') return true;
  }
  if (token?.text !== '}') return false;
  const after = tokenAt(text, tokenStart(text, token.end))?.text;
  return after === ':' || after === '@';
}
