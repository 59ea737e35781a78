/**
 * The values that Nix expressions evaluate to: Nix's own values, plus two that Nix does not have.
 *
 * `unknown` stands for a value that exists but cannot be determined without Nix (an option, a fetched input). It has
 * a reason and is symbolic: selecting from it or applying it gives another unknown that remembers how it was made.
 * `failure` is an evaluation that Nix would end with an error. Both pass through strict operations like any value, so
 * that a mistake never hides its neighbours.
 * Every value with a place in the source carries its origin. Attributes and list items are lazy: see `force` in
 * evaluate.ts.
 */
import type { Reads, Recorder } from '../../query/reads.ts';
import type { Group } from '../bindings.ts';
import type { SourceFile } from '../source.ts';
import type { Expr, LambdaExpr, Range } from '../syntax.ts';

/** A function call or an import that a value came through, innermost first. */
export interface Call {
  readonly at: Origin;
}

/** The place of a value in the source. The range is in UTF-16 offsets of `file`. */
export interface Origin extends Range {
  readonly file: SourceFile;
  /** The call in whose body the value is written, or null at the top of a file. */
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

/** Part of a string's text, with its place in the source if it has one. */
export interface TextPiece {
  readonly text: string;
  /** The origin of the text's string literal, with the literal's own offset map. */
  readonly source: TextSource | null;
}
/**
 * Connects a piece of text to a literal: `map` as in `TextPart`, and `start` as the offset of the piece's first
 * character in the part.
 */
export interface TextSource {
  readonly origin: Origin;
  readonly map: readonly number[];
  readonly start: number;
}
/** An unknown part of a string. */
export interface HolePiece {
  readonly hole: UnknownValue;
  /** The hole as written, without `${` and `}`. */
  readonly source: string;
  /** The place of the hole, if it is written in a string. */
  readonly at?: HolePlace;
}
/** The place of `${…}`, and the surrounding literal. */
export interface HolePlace extends Range {
  readonly file: SourceFile;
  readonly literal: Range;
}
export type StringPiece = TextPiece | HolePiece;

/**
 * A string. `text` is its content if all of it is known, else null. `pieces` maps characters back to the source; they
 * are in order, and adjacent pieces of the same origin are joined if possible.
 */
export interface StringValue {
  readonly kind: 'string';
  readonly text: string | null;
  readonly pieces: readonly StringPiece[];
  readonly origin: Origin | null;
}

/** A path. Paths of the workspace are relative to its root (`text` without a leading `/`); others are absolute. */
export interface PathValue {
  readonly kind: 'path';
  readonly text: string;
  readonly origin: Origin | null;
}

/** An unknown number of items in a list: `[ a ] ++ unknown`. */
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
  /** The place of the name, or of the expression that computes it. */
  readonly at: Origin | null;
  /** True if the attribute may be absent. */
  readonly optional: boolean;
}
/** An attribute whose name has holes: `"svc-${instanceName}"`. */
export interface PatternAttr extends Attr {
  readonly name: StringValue;
}
/**
 * An attribute set. With `open` it may have further attributes, of which only the unknown is known; the listed names
 * exist. `patterns` are further attributes with partly known names.
 */
export interface AttrsValue {
  readonly kind: 'attrs';
  readonly entries: ReadonlyMap<string, Attr>;
  readonly patterns: readonly PatternAttr[];
  readonly open: UnknownValue | null;
  readonly origin: Origin | null;
  /** True if the further attributes of `open` have no other names than `patterns` and optional entries. */
  readonly bounded?: true;
}

export interface LambdaValue {
  readonly kind: 'lambda';
  readonly expr: LambdaExpr;
  readonly scope: Scope;
  readonly origin: Origin | null;
}
/** A function of Nix itself or of nixpkgs `lib`, with the arguments so far. */
export interface BuiltinValue {
  readonly kind: 'builtin';
  readonly builtin: Builtin;
  readonly args: readonly Lazy[];
  readonly origin: Origin | null;
}

/** The way in which an unknown was made. */
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
  /** A description of the unknown for display: "the value of `config.services.x`". */
  readonly reason: string;
  /** Identifies the value: two unknowns with the same key are equal. */
  readonly key: string;
  readonly term: Term | null;
  /**
   * Possible values as far as they are known (the branches of an `if`, a default that may be overridden), not
   * necessarily all. For display and guesses, never for reports.
   */
  readonly candidates: readonly Lazy[] | null;
  /**
   * True if the candidates cover all possibilities: the value is one of them or, for lists and sets, has any number
   * of their items.
   */
  readonly bounded?: true;
  readonly origin: Origin | null;
  /** The names of a set of which nothing else is known. */
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
  /** Nix's own words if there are any: the text of a `throw`, the name of a missing attribute. */
  readonly message: string;
  /** For `infinite-recursion`: the places of the cycle, in order. */
  readonly cycle: readonly Origin[];
  readonly origin: Origin | null;
  /** For a missing or unexpected argument, the function and its argument. */
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
 * The fields of all thunks, so that every state has the same shape for the JavaScript engine. Only thunks.ts changes
 * a thunk's state.
 */
interface ThunkFields {
  readonly kind: 'thunk';
  readonly state: 'suspended' | 'native' | 'blackhole' | 'evaluated' | 'tracked';
  readonly expr: Expr | null;
  readonly scope: Scope | null;
  readonly compute: (() => Value) | null;
  /** The place of a native thunk, if it has one. */
  readonly at: Origin | null;
  readonly value: Value | null;
  /** The reads of a tracked thunk; null for others. */
  readonly from: EvaluatedFrom | null;
}
/** The reads of a value, with the recorder that knows which of them have changed. */
export interface EvaluatedFrom {
  readonly recorder: Recorder;
  readonly reads: Reads;
}
/** An expression with its scope, not yet evaluated. */
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
/**
 * A thunk that is being evaluated, so that forcing it again is infinite recursion. It keeps its expression or
 * computation.
 */
interface BlackholeThunk extends ThunkFields {
  readonly state: 'blackhole';
}
/** A thunk that has been forced. It keeps only its value. */
interface EvaluatedThunk extends ThunkFields {
  readonly state: 'evaluated';
  readonly value: Value;
}
/**
 * An evaluated thunk that is evaluated again once something that it was evaluated from has changed. It keeps its
 * expression or computation for that.
 */
export interface TrackedThunk extends ThunkFields {
  readonly state: 'tracked';
  readonly value: Value;
  readonly from: EvaluatedFrom;
}
/** A value that is computed when it is first forced. The states are those of tvix (`ThunkRepr`), and `tracked`. */
export type Thunk = SuspendedThunk | NativeThunk | BlackholeThunk | EvaluatedThunk | TrackedThunk;

/** A value, or a thunk that computes one. */
export type Lazy = Value | Thunk;

/** A lexical scope. `names` are its bindings; a scope of `with` has only `subject`. */
export interface Scope {
  readonly parent: Scope | null;
  readonly names: Map<string, Lazy> | null;
  /** The set that a `with` brings into scope. */
  readonly subject: Lazy | null;
  readonly file: SourceFile;
  readonly call: Call | null;
  /** The values made in the scope, kept only if expressions are evaluated in it more than once. */
  readonly made: Made | null;
}

/** Values made in a scope: the scopes of `let`s, and sets. */
interface Made {
  readonly lets: Map<Group, Scope>;
  readonly sets: Map<Group, Value>;
}

/** A builtin: its name, its number of arguments, and its implementation. */
interface Builtin {
  readonly name: string;
  readonly arity: number;
  /** Applies the builtin. `at` is the place of the call, for origins and failures. */
  readonly run: (context: BuiltinContext, args: readonly Lazy[], at: Origin | null) => Value;
}

/** The operations that builtins may use: a narrow interface of the evaluator. */
export interface BuiltinContext {
  /** Returns the value with which evaluation continues, which is unknown only if it cannot be resolved. */
  resolve(lazy: Lazy): Value;
  apply(fn: Lazy, arg: Lazy, at: Origin | null): Value;
  /** Applies a function that is applied to many items, such as names, whose results may be shared. */
  applyToName(fn: Lazy, item: Lazy, at: Origin | null): Value;
  /** Applies a curried function to several arguments in order. */
  applyAll(fn: Lazy, args: readonly Lazy[], at: Origin | null): Value;
  /**
   * Forces a value that Nix itself might not evaluate here (a candidate, the other branch), so that a cycle is not an
   * error, but an unknown.
   */
  speculate(lazy: Lazy): Value;
  /** Returns a thunk that computes its value when it is first forced. */
  delay(compute: () => Value): Lazy;
  /**
   * Selects `set.name` with the rules of `select`: unknown for open or optional, a failure if it is missing. With a fallback,
   * traces show a selection with `or`.
   */
  select(set: Lazy, name: string | StringValue, at: Origin | null, fallback?: Lazy): Value;
  /** Returns whether the set has the attribute, or null if that is unknown. */
  has(set: AttrsValue | UnknownValue, name: string): boolean | null;
  /** Returns the same for a computed name, and records the test in traces. */
  hasAttribute(set: AttrsValue | UnknownValue, name: StringValue, at: Origin | null): boolean | null;
  /**
   * Returns the text for interpolation and `toString`: of strings, paths, sets with `outPath` or `__toString`, and
   * numbers with `coerceMore`.
   */
  toText(lazy: Lazy, coerceMore: boolean, at: Origin | null): StringValue | UnknownValue | FailureValue;
  /** Evaluates Nix's `==`. Returns null if the answer is unknown, and a failure if Nix would fail. */
  equal(left: Lazy, right: Lazy): boolean | null | FailureValue;
  /** Evaluates Nix's `<`. Returns null if the answer is unknown. */
  less(left: Lazy, right: Lazy, at: Origin | null): boolean | null | FailureValue;
  importPath(path: Lazy, at: Origin | null): Value;
  readonly files: NixFiles;
  /**
   * Records a failure at which Nix would stop, and which is ignored here so that it hides nothing else.
   * @returns the unknown that stands for the failed value
   */
  tolerate(failure: FailureValue): UnknownValue;
  /**
   * Counts steps (by default one) against the budget. Must be called in every loop.
   * @throws BudgetExceeded when the budget is used up
   */
  step(count?: number): void;
}

/** The files of a workspace as Nix sees them. Paths are relative to the root; null means that a path does not exist. */
export interface NixFiles {
  /** Returns the parsed file, or null if it is absent, too large or not text. */
  parse(path: string): SourceFile | null;
  text(path: string): string | null;
  kind(path: string): 'file' | 'directory' | null;
  list(directory: string): readonly { readonly name: string; readonly kind: 'file' | 'directory' }[] | null;
}
