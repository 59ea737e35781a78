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

function match(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

/** Returns the offset of the next token at or after `at`, skipping white space and comments. */
export function tokenStart(text: string, at: number): number {
  return at + (match(BLANK, text, at)?.length ?? 0);
}

/** Returns the token that begins exactly at `at`, or null at the end of the text. */
export function tokenAt(text: string, at: number): Token | null {
  if (at >= text.length) return null;
  const token = (kind: TokenKind, value: string): Token => ({
    kind,
    text: value,
    start: at,
    end: at + value.length,
  });
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
  return match(BINDING, text, at) !== null;
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
