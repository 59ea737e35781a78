/**
 * Reads the types of options as plain data, from the functions of `lib.types` that made them. A type made in another
 * way is `any`.
 */

import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Lazy, UnknownValue, Value } from '../../nix/eval/value.ts';
import { selectionPath } from '../module-references.ts';
import type { OptionTree, OptionType, Scalar } from './option.ts';

export const ANY: OptionType = { kind: 'any' };

/** Limit for nested types, deeper than in real code. */
const MAX_DEPTH = 12;

const text = (more: { pattern?: string; oneLine?: boolean; filled?: boolean } = {}): OptionType => ({
  kind: 'text',
  pattern: more.pattern ?? null,
  oneLine: more.oneLine ?? false,
  filled: more.filled ?? false,
});
const int = (min: number | null = null, max: number | null = null): OptionType => ({ kind: 'int', min, max });

/** Types of `lib.types` without arguments. */
const PLAIN: ReadonlyMap<string, OptionType> = new Map<string, OptionType>([
  ['bool', { kind: 'bool' }],
  ['float', { kind: 'float' }],
  ['number', { kind: 'number' }],
  ['path', { kind: 'path' }],
  ['package', { kind: 'package' }],
  ['attrs', { kind: 'set' }],
  ['int', int()],
  ['ints.unsigned', int(0)],
  ['ints.positive', int(1)],
  ['ints.u8', int(0, 255)],
  ['ints.u16', int(0, 65_535)],
  ['ints.u32', int(0, 4_294_967_295)],
  ['ints.s8', int(-128, 127)],
  ['ints.s16', int(-32_768, 32_767)],
  ['ints.s32', int(-2_147_483_648, 2_147_483_647)],
  ['port', int(0, 65_535)],
  ['str', text()],
  ['singleLineStr', text({ oneLine: true })],
  ['nonEmptyStr', text({ filled: true })],
  ['lines', text()],
  ['commas', text()],
  ['string', text()],
]);

/** Reads the options of a submodule's module. */
export type ReadModule = (module: Lazy) => OptionTree;

/** Returns the type that a value describes. `readModule` reads the options of submodules. */
export function readType(cx: Evaluation, lazy: Lazy, readModule: ReadModule, depth = 0): OptionType {
  const value = cx.force(lazy);
  if (value.kind !== 'unknown' || depth > MAX_DEPTH) return ANY;
  const path = selectionPath(value);
  if (path !== null) return PLAIN.get(nameIn(path) ?? '') ?? ANY;
  const { fn, args } = appliedIn(value);
  const name = nameIn(selectionPath(fn) ?? []);
  const inner = (arg: Lazy | undefined) =>
    arg === undefined ? ANY : readType(cx, arg, readModule, depth + 1);
  const [first, second, third] = args;
  if (name === null || first === undefined) return ANY;
  switch (name) {
    case 'listOf':
    case 'nonEmptyListOf':
      return { kind: 'list', of: inner(first) };
    case 'attrsOf':
    case 'lazyAttrsOf':
      return { kind: 'map', of: inner(first) };
    case 'nullOr':
      return { kind: 'null-or', of: inner(first) };
    case 'uniq':
    // The additional check itself is unknown.
    case 'addCheck':
      return inner(first);
    case 'unique':
      return inner(second);
    case 'functionTo':
      return { kind: 'function' };
    case 'either':
      return either([inner(first), inner(second)]);
    case 'coercedTo':
      return either([inner(first), inner(third)]);
    case 'oneOf':
      return oneOf(cx, first, inner);
    case 'enum':
      return enumOf(cx, first);
    case 'separatedString':
      return text();
    case 'strMatching':
      return matching(cx.force(first));
    case 'ints.between':
      return between(cx.force(first), second === undefined ? null : cx.force(second));
    case 'submodule':
      return { kind: 'submodule', tree: readModule(first) };
    default:
      return ANY;
  }
}

function either(of: readonly OptionType[]): OptionType {
  return of.some(({ kind }) => kind === 'any') ? ANY : { kind: 'either', of };
}

function oneOf(cx: Evaluation, types: Lazy, inner: (lazy: Lazy) => OptionType): OptionType {
  const list = cx.force(types);
  if (list.kind !== 'list') return ANY;
  const all: OptionType[] = [];
  for (const item of list.items) {
    if (item.kind === 'spread') return ANY;
    all.push(inner(item));
  }
  return either(all);
}

/** Returns the type of an `enum`, or `any` if one of its values is unknown. */
function enumOf(cx: Evaluation, values: Lazy): OptionType {
  const list = cx.force(values);
  if (list.kind !== 'list') return ANY;
  const scalars: Scalar[] = [];
  for (const item of list.items) {
    const value = item.kind === 'spread' ? item.of : cx.force(item);
    const scalar = scalarOf(value);
    if (scalar === undefined) return ANY;
    scalars.push(scalar);
  }
  return { kind: 'enum', values: scalars };
}

/** Returns the value as a scalar, or `undefined` if it is unknown or not a scalar. */
export function scalarOf(value: Value): Scalar | undefined {
  switch (value.kind) {
    case 'null':
      return null;
    case 'bool':
    case 'float':
      return value.value;
    case 'int':
      return Number(value.value);
    case 'string':
      return value.text ?? undefined;
    default:
      return undefined;
  }
}

function matching(pattern: Value): OptionType {
  return pattern.kind === 'string' && pattern.text !== null ? text({ pattern: pattern.text }) : text();
}

function between(low: Value, high: Value | null): OptionType {
  if (low.kind !== 'int' || high?.kind !== 'int') return int();
  return int(Number(low.value), Number(high.value));
}

/** Returns the function and the arguments of `f a b`. */
function appliedIn(value: UnknownValue): { readonly fn: UnknownValue; readonly args: readonly Lazy[] } {
  const args: Lazy[] = [];
  let at = value;
  for (; at.term?.kind === 'apply'; at = at.term.fn) args.unshift(at.term.arg);
  return { fn: at, args };
}

/** Returns the name of a path below `lib.types`, such as `ints.between`, or `null` for other paths. */
function nameIn(path: readonly string[]): string | null {
  return path[0] === 'lib.types' && path.length > 1 ? path.slice(1).join('.') : null;
}
