/** `sort`. Nix sorts stably with any comparison; the result is unknown if the comparison is no order. */

import { list } from '../eval/construct.ts';
import { thunk } from '../eval/thunks.ts';
import type { BuiltinContext, Lazy, Origin } from '../eval/value.ts';
import { asBool, asList, stop } from './arguments.ts';
import { because, type Result } from './define.ts';
import { hidden, notCallable, wholeList } from './list-parts.ts';

function compareWith(cx: BuiltinContext, f: Lazy, left: Lazy, right: Lazy, at: Origin | null) {
  cx.step();
  return asBool(
    cx,
    thunk(() => cx.applyAll(f, [left, right], at)),
    at,
  );
}

class Stopped extends Error {
  constructor(readonly result: Result) {
    super('a comparison has no answer');
  }
}

export function sortItems(
  cx: BuiltinContext,
  f: Lazy,
  items: readonly Lazy[],
  at: Origin | null,
): Lazy[] | Result {
  const less = (left: Lazy, right: Lazy): boolean => {
    const answer = compareWith(cx, f, left, right, at);
    if (answer.kind !== 'bool') throw new Stopped(stop(answer));
    return answer.value;
  };
  try {
    return [...items].sort((left, right) => {
      const before = less(left, right);
      const after = less(right, left);
      // Without an order, the result depends on the sorting algorithm.
      if (before && after) throw new Stopped(because(hidden(list(items, at))));
      return before ? -1 : after ? 1 : 0;
    });
  } catch (error) {
    if (error instanceof Stopped) return error.result;
    throw error;
  }
}

export function sortList(cx: BuiltinContext, f: Lazy, xs: Lazy, at: Origin | null): Result {
  const refused = notCallable(cx, f, at);
  if (refused !== null) return refused;
  const value = asList(cx, xs, at);
  if (value.kind !== 'list') return stop(value);
  const items = wholeList(value);
  if ('kind' in items) return because(items);
  const sorted = sortItems(cx, f, items, at);
  return Array.isArray(sorted) ? list(sorted, at) : (sorted as Result);
}
