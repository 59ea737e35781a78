/** Helpers for partly known lists: spreads, the candidates of an unknown list, and items that may be absent. */

import { failure, list, withCandidates } from '../eval/construct.ts';
import { boundedKey, isTolerated, lazyKey } from '../eval/identity.ts';
import { thunk } from '../eval/thunks.ts';
import type { BuiltinContext, Lazy, ListValue, Origin, Spread, UnknownValue, Value } from '../eval/value.ts';
import { asFunction, elementOf } from './arguments.ts';
import { because, type Pending, type Result } from './define.ts';

export type Item = Lazy | Spread;

/**
 * Returns the lists that an unknown may be: its candidates, or a list with an arbitrary element if nothing is known.
 */
export function possibleLists(unknownList: UnknownValue): readonly Lazy[] {
  return unknownList.candidates?.map(anyListOf) ?? [anyListOf(unknownList)];
}

/** Returns whether the candidates of an unknown list contain all items that it may have. */
export function areAllItems({ candidates, bounded }: UnknownValue): boolean {
  return candidates === null || bounded === true;
}

/** Returns a list for a candidate: `xs or [ ]` has the unknown `xs` itself among its candidates. */
function anyListOf(lazy: Lazy): Lazy {
  if (lazy.kind !== 'unknown' || lazy.candidates !== null) return lazy;
  return list([elementOf(lazy)], lazy.origin);
}

/**
 * Returns the result of applying a function to a spread.
 * @param again applies the function to one of the lists that the spread may be
 */
export function mapSpread(spread: Spread, name: string, again: (items: Lazy) => Value): Spread {
  const { of } = spread;
  if (isTolerated(of)) return spread;
  const candidates = possibleLists(of).map(candidate => thunk(() => again(candidate)));
  const mapped = { ...of, key: boundedKey(`${name}(${of.key})`), term: null };
  return { kind: 'spread', of: withCandidates(mapped, candidates, areAllItems(of)) };
}

/**
 * Maps an unknown list. The result is unknown, but may have a known shape. For functions that work on each item
 * separately.
 */
export function eachOfUnknown(unknownList: UnknownValue, again: (items: Lazy) => Value): Pending {
  return because(
    unknownList,
    possibleLists(unknownList).map(candidate => thunk(() => again(candidate))),
    areAllItems(unknownList),
  );
}

/** Returns the items if all are known, else the reason why they are not. */
export function wholeList(value: ListValue): readonly Lazy[] | UnknownValue {
  const spread = value.items.find(item => item.kind === 'spread');
  return spread?.kind === 'spread' ? spread.of : (value.items as readonly Lazy[]);
}

/** Returns a result as a value, where it cannot be returned to the caller of a builtin. */
export function settled(result: Result): Value {
  if (result.kind !== 'pending') return result;
  const { cause, candidates, bounded } = result;
  return withCandidates({ ...cause, term: null }, candidates, bounded && candidates !== null);
}

/** Returns a spread with a single item that may be absent. */
export function maybeItem(why: UnknownValue, item: Lazy, name: string): Spread {
  const key = boundedKey(`${name}(${why.key},${lazyKey(item)})`);
  const candidates = [list([item], null), list([], null)];
  return { kind: 'spread', of: withCandidates({ ...why, key, term: null }, candidates, true) };
}

/** Keeps the items for which the predicate is true. If it is unknown, the item may be absent. */
export function filterItems(
  cx: BuiltinContext,
  value: ListValue,
  name: string,
  keep: (item: Lazy) => Value,
  again: (items: Lazy) => Value,
): Item[] {
  const kept: Item[] = [];
  for (const item of value.items) {
    cx.step();
    if (item.kind === 'spread') {
      kept.push(mapSpread(item, name, again));
      continue;
    }
    const answer = keep(item);
    if (answer.kind === 'bool') {
      if (answer.value) kept.push(item);
    } else if (answer.kind === 'unknown') kept.push(maybeItem(answer, item, name));
    else kept.push({ kind: 'spread', of: cx.tolerate(expected(answer, 'a Boolean')) });
  }
  return kept;
}

export function expected(value: Value, what: string) {
  return value.kind === 'failure' ? value : failure('type', `value is not ${what}`, value.origin);
}

export function hidden(value: ListValue): UnknownValue {
  const reason = 'a value inside what is compared';
  return { kind: 'unknown', reason, key: lazyKey(value), term: null, candidates: null, origin: value.origin };
}

/** Returns the failure of a value that cannot be called, else null. Nix checks this before anything else. */
export function notCallable(cx: BuiltinContext, f: Lazy, at: Origin | null): Value | null {
  const value = asFunction(cx, f, at);
  return value.kind === 'failure' ? value : null;
}
