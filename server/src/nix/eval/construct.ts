/** Constructors and predicates for values, so that other code need not know their shapes. */

import { exact } from '../exact.ts';
import { textKeyOf } from '../source.ts';
import { literalText, type Range, type StringExpr, type StringPart, type TextPart } from '../syntax.ts';
import { BudgetExceeded } from './budget.ts';

import { boundedKey, identity, lazyKey } from './identity.ts';
import type {
  Attr,
  AttrsValue,
  BoolValue,
  FailureKind,
  FailureValue,
  Lazy,
  ListValue,
  NullValue,
  Origin,
  PathValue,
  PatternAttr,
  Scope,
  Spread,
  StringPiece,
  StringValue,
  Term,
  UnknownValue,
  Value,
} from './value.ts';

export { stringKey } from './identity.ts';

const NO_PATTERNS: readonly PatternAttr[] = [];
const NO_CYCLE: readonly Origin[] = [];
const NO_ENTRIES: ReadonlyMap<string, Attr> = new Map();

export function originOf(range: Range, scope: Scope): Origin {
  return { file: scope.file, start: range.start, end: range.end, call: scope.call };
}

export function nullValue(origin: Origin | null): NullValue {
  return { kind: 'null', origin };
}

export function bool(value: boolean, origin: Origin | null): BoolValue {
  return { kind: 'bool', value, origin };
}

/** Returns a Nix integer, wrapped to 64 bits as Nix does. */
export function int(value: bigint, origin: Origin | null): Value {
  return { kind: 'int', value: BigInt.asIntN(64, value), origin };
}

export function float(value: number, origin: Origin | null): Value {
  return { kind: 'float', value, origin };
}

export function path(text: string, origin: Origin | null): PathValue {
  return { kind: 'path', text, origin };
}

export function list(items: readonly (Lazy | Spread)[], origin: Origin | null): ListValue {
  return { kind: 'list', items, origin };
}

/** Returns a string whose text is fully known, but which has no place in the source (or only as a whole). */
export function string(text: string, origin: Origin | null): StringValue {
  return { kind: 'string', text, pieces: text === '' ? [] : [{ text, source: null }], origin };
}

/** Returns the value of a string literal with its place in the source, or null if it has holes. */
export function stringLiteral(expr: StringExpr, scope: Scope): StringValue | null {
  const text = literalText(expr.parts);
  if (text === null) return null;
  const origin = originOf(expr, scope);
  return { kind: 'string', text, pieces: writtenPieces(expr.parts, origin), origin };
}

function writtenPieces(parts: readonly StringPart[], origin: Origin): StringPiece[] {
  const [only] = parts;
  // The most frequent case, for which no growing list is allocated.
  if (parts.length === 1 && only?.kind === 'text' && only.value !== '') return [writtenPiece(only, origin)];
  return exact(
    parts.flatMap(part => (part.kind === 'text' && part.value !== '' ? [writtenPiece(part, origin)] : [])),
  );
}

function writtenPiece({ value, map }: TextPart, origin: Origin): StringPiece {
  return { text: value, source: { origin, map, start: 0 } };
}

/** Limit above any intended text, as code that makes longer ones would exhaust the memory. */
const MAX_TEXT = 8_000_000;
const MAX_PIECES = 100_000;

/**
 * Joins pieces to a string. `text` is null if one of them is a hole.
 * @throws BudgetExceeded for an absurdly long text
 */
export function stringOf(pieces: readonly StringPiece[], origin: Origin | null): StringValue {
  let text: string | null = '';
  for (const piece of pieces) {
    if ('hole' in piece) {
      text = null;
      break;
    }
    text += piece.text;
  }
  if (pieces.length > MAX_PIECES || (text !== null && text.length > MAX_TEXT))
    throw new BudgetExceeded('steps');
  return { kind: 'string', text, pieces, origin };
}

/** Returns a string for display: its text, with holes as written. */
export function display(value: StringValue): string {
  if (value.text !== null) return value.text;
  return value.pieces.map(piece => ('hole' in piece ? `\${${piece.source}}` : piece.text)).join('');
}

export function attrs(
  entries: ReadonlyMap<string, Attr>,
  origin: Origin | null,
  open: UnknownValue | null = null,
  patterns: readonly PatternAttr[] = NO_PATTERNS,
): AttrsValue {
  return { kind: 'attrs', entries, patterns: patterns.length === 0 ? NO_PATTERNS : patterns, open, origin };
}

/** Returns the set, marked as bounded if `open` adds no other names than those of its patterns and optional entries. */
export function boundedAttrs(set: AttrsValue, isBounded: boolean): AttrsValue {
  return isBounded && set.open !== null ? { ...set, bounded: true } : set;
}

/** Returns whether the set may have further attributes with arbitrary names. */
export function mayHaveAnyName(set: AttrsValue): set is AttrsValue & { readonly open: UnknownValue } {
  return set.open !== null && set.bounded !== true;
}

export function emptyAttrs(origin: Origin | null): AttrsValue {
  return { kind: 'attrs', entries: NO_ENTRIES, patterns: NO_PATTERNS, open: null, origin };
}

export function attr(value: Lazy, at: Origin | null, optional = false): Attr {
  return { value, at, optional };
}

/** Returns an attribute set of values without places in the source. */
export function attrsOf(values: Readonly<Record<string, Lazy>>, origin: Origin | null): AttrsValue {
  const entries = new Map<string, Attr>();
  for (const [name, value] of Object.entries(values)) entries.set(name, attr(value, origin));
  return attrs(entries, origin);
}

export function isClosed(value: AttrsValue): boolean {
  return value.open === null && value.patterns.length === 0;
}

export function failure(
  kind: FailureKind,
  message: string,
  origin: Origin | null,
  cycle: readonly Origin[] = NO_CYCLE,
): FailureValue {
  return { kind: 'failure', failure: kind, message, cycle, origin };
}

/** Returns an unknown that `key` distinguishes from others. */
export function unknown(
  reason: string,
  key: string,
  origin: Origin | null,
  term: Term | null = null,
  candidates: readonly Lazy[] | null = null,
): UnknownValue {
  return { kind: 'unknown', reason, key, term, candidates, origin };
}

/**
 * Returns a named unknown, such as `config` or `pkgs`, from which others are made by selection and application.
 * @param names its attribute names, if they are known
 */
export function symbol(name: string, reason: string, names?: readonly string[]): UnknownValue {
  const term = { kind: 'root', name } as const;
  const named = names === undefined ? {} : { names: new Set(names) };
  return { kind: 'unknown', reason, key: name, term, candidates: null, origin: null, ...named };
}

/**
 * Returns an unknown for a result with an unknown operand. It keeps the operand's reason, and is identified by the
 * place and the call.
 */
export function derived(from: UnknownValue, what: string, origin: Origin | null): UnknownValue {
  return unknown(from.reason, boundedKey(`${what}(${from.key})${placeKey(origin)}`), origin);
}

/** Returns a key of the place and the individual call, since an expression in a function is evaluated once per call. */
function placeKey(origin: Origin | null): string {
  if (origin === null) return '';
  return `@${textKeyOf(origin.file)}:${origin.start}${origin.call === null ? '' : identity(origin.call)}`;
}

export function unknownSelect(of: UnknownValue, name: string, at: Origin | null): UnknownValue {
  return {
    kind: 'unknown',
    reason: of.reason,
    key: boundedKey(`${of.key}.${name}`),
    term: { kind: 'select', of, name: string(name, at), at },
    candidates: null,
    origin: at,
  };
}

export function unknownApply(fn: UnknownValue, arg: Lazy, at: Origin | null): UnknownValue {
  return unknown(fn.reason, boundedKey(`${fn.key}(${lazyKey(arg)})`), at, { kind: 'apply', fn, arg });
}

/**
 * Returns an unknown that may be one of the given values.
 * @param what distinguishes results of the same cause: it and `why` must determine which of the values it is
 */
export function perhaps(
  why: UnknownValue,
  candidates: readonly Lazy[],
  origin: Origin | null,
  what = 'perhaps',
): UnknownValue {
  const key = boundedKey(`${what}(${why.key}|${candidates.map(lazyKey).join('|')})`);
  return unknown(why.reason, key, origin, null, candidates);
}

/** Returns an unknown like `perhaps` that is certainly one of the values. */
export function either(
  why: UnknownValue,
  candidates: readonly Lazy[],
  origin: Origin | null,
  what: string,
): UnknownValue {
  return { ...perhaps(why, candidates, origin, what), bounded: true };
}

/**
 * Returns the unknown with other candidates.
 * @param bounded true if they cover all possible values
 */
export function withCandidates(
  value: UnknownValue,
  candidates: readonly Lazy[] | null,
  bounded = false,
): UnknownValue {
  const { bounded: _, ...rest } = value;
  return bounded ? { ...rest, candidates, bounded } : { ...rest, candidates };
}

export function isStopped(value: Value): value is UnknownValue | FailureValue {
  return value.kind === 'unknown' || value.kind === 'failure';
}

/** Returns the name of a value's type in Nix's messages. */
export function typeName(value: Value): string {
  switch (value.kind) {
    case 'null':
      return 'null';
    case 'bool':
      return 'a Boolean';
    case 'int':
      return 'an integer';
    case 'float':
      return 'a float';
    case 'string':
      return 'a string';
    case 'path':
      return 'a path';
    case 'list':
      return 'a list';
    case 'attrs':
      return 'a set';
    case 'lambda':
    case 'builtin':
      return 'a function';
    case 'unknown':
      return 'not known';
    case 'failure':
      return 'an error';
  }
}
