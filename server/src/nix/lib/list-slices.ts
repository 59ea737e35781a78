/**
 * nixpkgs `lib.lists`: parts of lists and lists by index.
 */

import { asInt, asList, elementOf, stop } from '../builtins/arguments.ts';
import { because, fn2, type Result } from '../builtins/define.ts';
import { eachOfUnknown, type Item, mapSpread, settled } from '../builtins/list-parts.ts';
import { failure, int, list } from '../eval/construct.ts';
import { thunk } from '../eval/thunks.ts';
import type { BuiltinContext, Lazy, ListValue, Origin, UnknownValue, Value } from '../eval/value.ts';

/** Returns `count` items from `start`, if they are certainly those. */
export function sublist(
  cx: BuiltinContext,
  start: bigint,
  count: bigint,
  xs: Lazy,
  at: Origin | null,
): Result {
  const value = asList(cx, xs, at);
  if (value.kind !== 'list') return stop(value);
  const from = Number(start);
  const to = from + Math.max(0, Number(count));
  const spread = value.items.findIndex(item => item.kind === 'spread');
  const rest = to >= value.items.length && count > 1_000_000_000n;
  if (spread >= 0 && (rest ? spread < from : spread < to))
    return because((value.items[spread] as { of: UnknownValue }).of);
  cx.step(value.items.length >> 6);
  return list(value.items.slice(from, to), at);
}

export const EVERYTHING = 2n ** 62n;

export function cut(name: string, pick: (count: bigint) => readonly [bigint, bigint]) {
  return fn2(name, (cx, n, xs, at) => {
    const count = asInt(cx, n, at);
    if (count.kind !== 'int') return stop(count);
    const [start, length] = pick(count.value < 0n ? 0n : count.value);
    return sublist(cx, start, length, xs, at);
  });
}

/** Evaluates `imap0` and `imap1`. */
export function indexed(
  cx: BuiltinContext,
  items: readonly Item[],
  offset: number,
  apply: (index: Lazy, item: Lazy) => Value,
): Item[] {
  let hidden: UnknownValue | null = null;
  return items.map((item, index) => {
    if (item.kind === 'spread') {
      hidden ??= item.of;
      const again = (inner: Lazy) => {
        const value = cx.resolve(inner);
        const place = elementOf(item.of);
        return value.kind === 'list'
          ? list(
              value.items.map(candidate =>
                candidate.kind === 'spread' ? candidate : thunk(() => apply(place, candidate)),
              ),
              null,
            )
          : value;
      };
      return mapSpread(item, 'imap', again);
    }
    const place = hidden === null ? int(BigInt(index + offset), null) : elementOf(hidden);
    return thunk(() => apply(place, item));
  });
}

export function imap(name: string, offset: number) {
  return fn2(name, (cx, f, xs, at) => {
    const value = asList(cx, xs, at);
    if (value.kind === 'failure') return value;
    const items: readonly Item[] = value.kind === 'list' ? value.items : [{ kind: 'spread', of: value }];
    cx.step(items.length);
    return list(
      indexed(cx, items, offset, (index, item) => cx.applyAll(f, [index, item], at)),
      at,
    );
  });
}

export function backwards(cx: BuiltinContext, xs: Lazy, at: Origin | null): ListValue | Result {
  const value = asList(cx, xs, at);
  if (value.kind === 'unknown') return eachOfUnknown(value, items => settled(backwards(cx, items, at)));
  return value.kind === 'list' ? list([...value.items].reverse(), at) : value;
}

export function lastItem(cx: BuiltinContext, xs: Lazy, at: Origin | null): Result {
  const value = asList(cx, xs, at);
  if (value.kind !== 'list') return stop(value);
  const item = value.items.at(-1);
  if (item === undefined) return failure('throw', 'lists.last: list must not be empty!', at);
  return item.kind === 'spread' ? because(item.of) : cx.resolve(item);
}

export function initItems(cx: BuiltinContext, xs: Lazy, at: Origin | null): Result {
  const value = asList(cx, xs, at);
  if (value.kind !== 'list') return stop(value);
  const item = value.items.at(-1);
  if (item === undefined) return failure('throw', 'lists.init: list must not be empty!', at);
  return item.kind === 'spread' ? because(item.of) : list(value.items.slice(0, -1), at);
}
