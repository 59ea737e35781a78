/**
 * What Nix expressions evaluate to here: Nix's own values, plus two that Nix does not have.
 *
 * `unknown` stands for a value that exists but cannot be known without Nix (an option, a fetched input); it says
 * why, and is symbolic: selecting from it or applying it gives a further unknown that remembers how it was made.
 * `failure` is an evaluation that Nix would end with an error. Both pass through strict operations like any value,
 * so that one mistake never hides its neighbours.
 *
 * Every value that was written somewhere carries its origin. Attributes and list items are lazy: see `force` in
 * evaluate.ts.
 */
import type { Group } from '../bindings.ts';
import type { SourceFile } from '../source.ts';
import type { Expr, LambdaExpr, Range } from '../syntax.ts';

/** A function call or an import that a value came through, innermost first. */
export interface Call {
  readonly at: Origin;
}

/** Where a value was written. The range is in UTF-16 offsets of `file`. */
export interface Origin extends Range {
  readonly file: SourceFile;
  /** The call in whose body the value was written; null at the top of a file. */
  readonly call: Call | null;
}

export interface NullValue {
  readonly kind: 'null';
  readonly origin: Origin | null;
}
export interface BoolValue {
  readonly kind: 'bool';
  readonly value: boolean;
  readonly origin: Origin | null;
}
/** A 64-bit signed integer. */
export interface IntValue {
  readonly kind: 'int';
  readonly value: bigint;
  readonly origin: Origin | null;
}
export interface FloatValue {
  readonly kind: 'float';
  readonly value: number;
  readonly origin: Origin | null;
}

/** A stretch of a string's text together with the place it was written in, if it was written. */
export interface TextPiece {
  readonly text: string;
  /** The origin of the string literal the text comes from, with the literal's own offset map. */
  readonly source: TextSource | null;
}
/** Ties a piece of text to a literal: `map` as in `TextPart`, `start` the piece's first character in the part. */
export interface TextSource {
  readonly origin: Origin;
  readonly map: readonly number[];
  readonly start: number;
}
/** A part of a string that is not known. */
export interface HolePiece {
  readonly hole: UnknownValue;
  /** The hole as it is written, without `${` and `}`. */
  readonly source: string;
  /** Where it is written, if it is written in a string. */
  readonly at?: HolePlace;
}
/** The place of `${…}`, and the offset of the literal that it is in. */
export interface HolePlace extends Range {
  readonly file: SourceFile;
  readonly literal: number;
}
export type StringPiece = TextPiece | HolePiece;

/**
 * A string. `text` is its content when all of it is known, else null. `pieces` is in order and never has two
 * equal-origin neighbours split without reason; it is what maps a character back to the file.
 */
export interface StringValue {
  readonly kind: 'string';
  readonly text: string | null;
  readonly pieces: readonly StringPiece[];
  readonly origin: Origin | null;
}

/** A path. Paths of the workspace are relative to its root (`text` without a leading `/`), others absolute. */
export interface PathValue {
  readonly kind: 'path';
  readonly text: string;
  readonly origin: Origin | null;
}

/** Items of unknown number inside a list: `[ a ] ++ unknown`. */
export interface Spread {
  readonly kind: 'spread';
  readonly of: UnknownValue;
}
export interface ListValue {
  readonly kind: 'list';
  readonly items: readonly (Lazy | Spread)[];
  readonly origin: Origin | null;
}

export interface Attr {
  readonly value: Lazy;
  /** Where the name is written (or the expression that computes it). */
  readonly at: Origin | null;
  /** True if the attribute may also be absent. */
  readonly optional: boolean;
}
/** An attribute whose name has holes: `"svc-${instanceName}"`. */
export interface PatternAttr extends Attr {
  readonly name: StringValue;
}
/**
 * An attribute set. With `open`, there may be more attributes than listed, of which nothing is known but what
 * the unknown says; names listed exist. `patterns` are further attributes of which the names are partly known.
 */
export interface AttrsValue {
  readonly kind: 'attrs';
  readonly entries: ReadonlyMap<string, Attr>;
  readonly patterns: readonly PatternAttr[];
  readonly open: UnknownValue | null;
  readonly origin: Origin | null;
  /** True if what there may be more of, by `open`, has no other names than `patterns` and optional entries. */
  readonly bounded?: true;
}

export interface LambdaValue {
  readonly kind: 'lambda';
  readonly expr: LambdaExpr;
  readonly scope: Scope;
  readonly origin: Origin | null;
}
/** A function of Nix itself or of nixpkgs `lib`, with the arguments given so far. */
export interface BuiltinValue {
  readonly kind: 'builtin';
  readonly builtin: Builtin;
  readonly args: readonly Lazy[];
  readonly origin: Origin | null;
}

/** How an unknown came to be. */
export type Term =
  | { readonly kind: 'root'; readonly name: string }
  | {
      readonly kind: 'select';
      readonly of: UnknownValue;
      readonly name: StringValue;
      readonly at: Origin | null;
    }
  | { readonly kind: 'apply'; readonly fn: UnknownValue; readonly arg: Lazy };

export interface UnknownValue {
  readonly kind: 'unknown';
  /** What is not known, for people: "the value of `config.services.x`". */
  readonly reason: string;
  /** Two unknowns with one key are the same value. */
  readonly key: string;
  readonly term: Term | null;
  /**
   * Values that it may have, as far as is known (the branches of an `if`, a default that may be overridden);
   * not necessarily all. Good for showing and for guessing, never for reporting.
   */
  readonly candidates: readonly Lazy[] | null;
  /**
   * True if the candidates show all that it may be: it is one of them or, where they are lists or sets, may have any
   * number of the items that they have.
   */
  readonly bounded?: true;
  readonly origin: Origin | null;
  /** Of a set of which nothing but its names is known: those. */
  readonly names?: ReadonlySet<string>;
}

export type FailureKind =
  | 'throw'
  | 'assert'
  | 'abort'
  | 'missing-attribute'
  | 'undefined-variable'
  | 'type'
  | 'infinite-recursion'
  | 'missing-argument'
  | 'unexpected-argument'
  | 'missing-file'
  | 'other';

export interface FailureValue {
  readonly kind: 'failure';
  readonly failure: FailureKind;
  /** Nix's own words where it has some: the text given to `throw`, the missing attribute's name. */
  readonly message: string;
  /** For `infinite-recursion`: the places of the cycle, in order. */
  readonly cycle: readonly Origin[];
  readonly origin: Origin | null;
  /** For a missing or unexpected argument: the function, and what it was called with. */
  readonly called?: { readonly fn: LambdaValue; readonly arg: Lazy };
}

export type Value =
  | NullValue
  | BoolValue
  | IntValue
  | FloatValue
  | StringValue
  | PathValue
  | ListValue
  | AttrsValue
  | LambdaValue
  | BuiltinValue
  | UnknownValue
  | FailureValue;

/**
 * What all thunks have, so that every state of one is the same shape to the engine that runs this. Only thunks.ts
 * takes a thunk from one state to the next.
 */
interface ThunkFields {
  readonly kind: 'thunk';
  readonly state: 'suspended' | 'native' | 'blackhole' | 'evaluated';
  readonly expr: Expr | null;
  readonly scope: Scope | null;
  readonly compute: (() => Value) | null;
  /** Where a native thunk is written, if anywhere. */
  readonly at: Origin | null;
  readonly value: Value | null;
}
/** An expression with its scope, not evaluated yet. */
export interface SuspendedThunk extends ThunkFields {
  readonly state: 'suspended';
  readonly expr: Expr;
  readonly scope: Scope;
  readonly compute: null;
}
/** A computation that a builtin has suspended. */
export interface NativeThunk extends ThunkFields {
  readonly state: 'native';
  readonly compute: () => Value;
}
/** A thunk that is being evaluated: forcing it again is infinite recursion. It still says what it was suspended as. */
interface BlackholeThunk extends ThunkFields {
  readonly state: 'blackhole';
}
/** A thunk that has been forced. It holds on to nothing but its value. */
interface EvaluatedThunk extends ThunkFields {
  readonly state: 'evaluated';
  readonly value: Value;
}
/** A value that is computed when it is first forced, at most once. The states are those of tvix (`ThunkRepr`). */
export type Thunk = SuspendedThunk | NativeThunk | BlackholeThunk | EvaluatedThunk;

/** A value, or what will become one. */
export type Lazy = Value | Thunk;

/** A lexical scope. `names` are its bindings; a `with` scope has none but `subject`. */
export interface Scope {
  readonly parent: Scope | null;
  readonly names: Map<string, Lazy> | null;
  /** The set that a `with` brings into scope. */
  readonly subject: Lazy | null;
  readonly file: SourceFile;
  readonly call: Call | null;
  /** Only where an expression is evaluated in the scope more than once: what was made the first time. */
  readonly made: Made | null;
}

/** The scopes of `let`s and the values of sets in a scope. */
interface Made {
  readonly lets: Map<Group, Scope>;
  readonly sets: Map<Group, Value>;
}

/** A builtin: its name, how many arguments it takes, and what it does with all of them. */
interface Builtin {
  readonly name: string;
  readonly arity: number;
  /** `at` is the place of the call, for origins and failures. */
  readonly run: (context: BuiltinContext, args: readonly Lazy[], at: Origin | null) => Value;
}

/** What a builtin may do: a narrow view of the evaluator. */
export interface BuiltinContext {
  /** The value that evaluation goes on with: an unknown only if nobody knows what it stands for. */
  resolve(lazy: Lazy): Value;
  apply(fn: Lazy, arg: Lazy, at: Origin | null): Value;
  /** As `apply`, for a function that is applied to many items, names perhaps: what it makes of those may be shared. */
  applyToName(fn: Lazy, item: Lazy, at: Origin | null): Value;
  /** Applies a curried function to several arguments in order. */
  applyAll(fn: Lazy, args: readonly Lazy[], at: Origin | null): Value;
  /**
   * As `force`, for what Nix itself would perhaps not evaluate here (a candidate, the other branch): a cycle met
   * on the way is not an error then, but an unknown.
   */
  speculate(lazy: Lazy): Value;
  /** A thunk that computes its value when first forced. */
  delay(compute: () => Value): Lazy;
  /** `set.name` with the rules of `select`: unknown from open or optional, a failure where missing. */
  select(set: Lazy, name: string | StringValue, at: Origin | null): Value;
  /** Returns whether the set has the attribute; null: not known. */
  has(set: AttrsValue | UnknownValue, name: string): boolean | null;
  /** As `has`, for a computed name; the question is seen by those who listen. */
  hasAttribute(set: AttrsValue | UnknownValue, name: StringValue, at: Origin | null): boolean | null;
  /** Text for interpolation and `toString`: strings, paths, sets with `outPath` or `__toString`, numbers with `coerceMore`. */
  toText(lazy: Lazy, coerceMore: boolean, at: Origin | null): StringValue | UnknownValue | FailureValue;
  /** Nix's `==`; null where it cannot be known; a failure where Nix would fail. */
  equal(left: Lazy, right: Lazy): boolean | null | FailureValue;
  /** Nix's `<`; null where it cannot be known. */
  less(left: Lazy, right: Lazy, at: Origin | null): boolean | null | FailureValue;
  importPath(path: Lazy, at: Origin | null): Value;
  readonly files: NixFiles;
  /**
   * Notes a failure that Nix would end with and that is passed over here so that it hides nothing else.
   * @returns the unknown that stands for what failed
   */
  tolerate(failure: FailureValue): UnknownValue;
  /** Counts steps (by default one) against the budget; throws `BudgetExceeded` when it is spent. Call it in every loop. */
  step(count?: number): void;
}

/** The files of a workspace as Nix sees them. Paths are relative to the root; an answer of null: not there. */
export interface NixFiles {
  /** The parsed file; null if absent, or too large or not text. */
  parse(path: string): SourceFile | null;
  text(path: string): string | null;
  kind(path: string): 'file' | 'directory' | null;
  list(directory: string): readonly { readonly name: string; readonly kind: 'file' | 'directory' }[] | null;
}
