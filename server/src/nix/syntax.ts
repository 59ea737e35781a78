/**
 * The Nix language as plain data: the syntax of a file, without its meaning.
 * Every node is an object that is never modified, with a half-open range of 0-based UTF-16 offsets into its file.
 * Nothing here knows of tree-sitter, evaluation or vars. Broken input has a tree as well: a part that could not be
 * read is an `error` expression, and its neighbours are intact.
 */

/** A half-open range of UTF-16 offsets, 0-based. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface Identifier extends Range {
  readonly name: string;
}

/** One name in an attribute path: `a`, `"a"` (both `name`), or `${e}` and `"x${e}"` (`dynamic`). */
export type AttrName =
  | (Range & { readonly kind: 'name'; readonly name: string; readonly quoted: boolean })
  | (Range & { readonly kind: 'dynamic'; readonly expr: Expr });

/**
 * Literal text inside a string, with escapes resolved and (in `''…''`) indentation stripped.
 * `map` holds pairs `valueOffset, sourceOffset` in ascending order. Between two pairs both advance by one per
 * character; an escape or stripped indentation is skipped by the next pair. See `sourceOffset`.
 */
export interface TextPart extends Range {
  readonly kind: 'text';
  readonly value: string;
  readonly map: readonly number[];
}

/** `${expr}` inside a string or a path; the range includes the `${` and the `}`. */
export interface HolePart extends Range {
  readonly kind: 'hole';
  readonly expr: Expr;
}

export type StringPart = TextPart | HolePart;

/** `a.b.c = value;` The range includes the semicolon. */
export interface AttrBinding extends Range {
  readonly kind: 'bind';
  readonly path: readonly AttrName[];
  readonly value: Expr;
}

/** `inherit a b;` or `inherit (from) a b;` */
export interface InheritBinding extends Range {
  readonly kind: 'inherit';
  readonly from: Expr | null;
  readonly names: readonly AttrName[];
}

export type Binding = AttrBinding | InheritBinding;

export interface Formal extends Range {
  readonly name: Identifier;
  readonly fallback: Expr | null;
}

type UnaryOperator = '!' | '-';
export type BinaryOperator =
  | '->'
  | '||'
  | '&&'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '//'
  | '++'
  | '+'
  | '-'
  | '*'
  | '/'
  | '|>'
  | '<|';

interface IntExpr extends Range {
  readonly kind: 'int';
  readonly value: bigint;
}
interface FloatExpr extends Range {
  readonly kind: 'float';
  readonly value: number;
}
/** `"…"`, `''…''` or a bare URI (which is a string to Nix). */
export interface StringExpr extends Range {
  readonly kind: 'string';
  readonly style: 'double' | 'indented' | 'uri';
  readonly parts: readonly StringPart[];
}
/** `./a`, `/a`, `~/a`, with interpolations; `text` parts are verbatim. */
export interface PathExpr extends Range {
  readonly kind: 'path';
  readonly parts: readonly StringPart[];
}
/** `<nixpkgs>`; `name` is without the brackets. */
interface SearchPathExpr extends Range {
  readonly kind: 'search-path';
  readonly name: string;
}
interface VariableExpr extends Range {
  readonly kind: 'variable';
  readonly name: string;
}
export interface ListExpr extends Range {
  readonly kind: 'list';
  readonly items: readonly Expr[];
}
export interface AttrSetExpr extends Range {
  readonly kind: 'attrs';
  readonly recursive: boolean;
  readonly bindings: readonly Binding[];
}
export interface LetExpr extends Range {
  readonly kind: 'let';
  readonly bindings: readonly Binding[];
  readonly body: Expr;
}
/** `x: body`, `{ a, b ? c, ... }: body`, and both with `@`. `formals` is null for the first. */
export interface LambdaExpr extends Range {
  readonly kind: 'lambda';
  readonly name: Identifier | null;
  readonly formals: readonly Formal[] | null;
  readonly ellipsis: boolean;
  readonly body: Expr;
}
export interface ApplyExpr extends Range {
  readonly kind: 'apply';
  readonly fn: Expr;
  readonly arg: Expr;
}
/** `target.a.b` or `target.a.b or fallback`; `path` is never empty. */
export interface SelectExpr extends Range {
  readonly kind: 'select';
  readonly target: Expr;
  readonly path: readonly AttrName[];
  readonly fallback: Expr | null;
}
export interface HasAttrExpr extends Range {
  readonly kind: 'has-attr';
  readonly target: Expr;
  readonly path: readonly AttrName[];
}
export interface WithExpr extends Range {
  readonly kind: 'with';
  readonly scope: Expr;
  readonly body: Expr;
}
interface IfExpr extends Range {
  readonly kind: 'if';
  readonly condition: Expr;
  readonly then: Expr;
  readonly otherwise: Expr;
}
interface AssertExpr extends Range {
  readonly kind: 'assert';
  readonly condition: Expr;
  readonly body: Expr;
}
export interface UnaryExpr extends Range {
  readonly kind: 'unary';
  readonly operator: UnaryOperator;
  readonly operand: Expr;
}
export interface BinaryExpr extends Range {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expr;
  readonly right: Expr;
}
/** A part that could not be read. Evaluates to unknown. */
interface ErrorExpr extends Range {
  readonly kind: 'error';
}

export type Expr =
  | IntExpr
  | FloatExpr
  | StringExpr
  | PathExpr
  | SearchPathExpr
  | VariableExpr
  | ListExpr
  | AttrSetExpr
  | LetExpr
  | LambdaExpr
  | ApplyExpr
  | SelectExpr
  | HasAttrExpr
  | WithExpr
  | IfExpr
  | AssertExpr
  | UnaryExpr
  | BinaryExpr
  | ErrorExpr;

/** `# …` or `/* … *​/`; `text` includes the markers. */
export interface Comment extends Range {
  readonly text: string;
}

/** A place where the text is not valid Nix. `message` is a whole sentence for people. */
export interface NixSyntaxError extends Range {
  readonly message: string;
  /** True if only this parser gives up, while Nix may accept the text. */
  readonly isLimit?: true;
}

/** The result of parsing a text. Parentheses have no nodes: `(x)` is the node of `x` with its own range. */
export interface SyntaxTree {
  readonly root: Expr;
  readonly comments: readonly Comment[];
  readonly errors: readonly NixSyntaxError[];
}

/**
 * Returns the source offset of a character of a string's text.
 * @param valueOffset 0-based UTF-16 offset into `part.value`; `part.value.length` gives the end
 * @returns 0-based UTF-16 offset into the file
 */
export function sourceOffset(part: TextPart, valueOffset: number): number {
  const { map } = part;
  if (map.length === 0) return part.start;
  let low = 0;
  let high = map.length / 2 - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((map[2 * middle] as number) <= valueOffset) low = middle;
    else high = middle - 1;
  }
  return (map[2 * low + 1] as number) + valueOffset - (map[2 * low] as number);
}

/** Returns the text of a string, or null if it has interpolations. */
export function literalText(parts: readonly StringPart[]): string | null {
  let text = '';
  for (const part of parts) {
    if (part.kind === 'hole') return null;
    text += part.value;
  }
  return text;
}

/** Returns the last part of a function's name as written: `mkIf` for `lib.mkIf`, '' if it has none. */
export function writtenName(fn: Expr): string {
  if (fn.kind === 'variable') return fn.name;
  const last = fn.kind === 'select' ? fn.path.at(-1) : undefined;
  return last?.kind === 'name' ? last.name : '';
}
