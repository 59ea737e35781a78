/**
 * Shares the pairs that functions make from names for `listToAttrs`: `key: { name = …; value = … registry.${key} …;
 * }`. The lists of many machines contain the same names, so the pair of a name is made once for all of them. A pair
 * is shared only if nothing in it depends on its machine; the selections that made it are recorded again for each
 * user.
 */

import { isValid, remembered } from '../../query/reads.ts';
import { attr, attrs, isClosed, originOf } from './construct.ts';
import { speculating } from './cycles.ts';
import { evaluated } from './evaluated.ts';
import type { Evaluation } from './evaluation.ts';
import type { Selection, Trace } from './selection.ts';
import { closedOverWatched, sharedValue } from './sharing.ts';
import type { Pair, PairMakers } from './sharing-tables.ts';
import { createClosedFunctions } from './sharing-tables.ts';
import { newTrace, record, recorded } from './trace.ts';
import type { AttrsValue, LambdaValue, Lazy, Origin, StringValue, Value } from './value.ts';

/** The number of unsuccessful names after which a function is not tried again. */
const TRIES = 2;

/** Returns the pair that a function makes from a name, or null if it cannot be shared. */
export function sharedPair(cx: Evaluation, fn: Value, item: Lazy): Value | null {
  const name = evaluated(item);
  if (fn.kind !== 'lambda' || name?.kind !== 'string' || name.text === null) return null;
  const makers = makersOf(cx, fn);
  const closed = closedOverWatched(cx, fn, makers.closed);
  if (typeof closed === 'string') return null;
  const pairs = makers.pairs.get(closed) ?? { byName: new Map(), worthwhile: false };
  makers.pairs.set(closed, pairs);
  const { byName } = pairs;
  const before = byName.get(name.text);
  if (isValid<Pair | null>(cx.recorder, before))
    return before.value === null ? null : handedOut(cx, before.value, name);
  if (!pairs.worthwhile && byName.size >= TRIES) return null;
  // Nix would not evaluate the name and the value yet; if that leads back here, they are not evaluated either.
  const made = speculating(cx, () => remembered(cx.recorder, () => newPair(cx, closed, name)));
  if (made === null) return null;
  byName.set(name.text, made);
  if (made.value === null) return null;
  pairs.worthwhile = true;
  return handedOut(cx, made.value, name);
}

function makersOf(cx: Evaluation, { scope }: LambdaValue): PairMakers {
  const { path } = scope.file;
  let makers = cx.pairs.get(path);
  if (makers === undefined) {
    makers = { closed: createClosedFunctions(), pairs: new WeakMap() };
    cx.pairs.set(path, makers);
  }
  return makers;
}

/** Returns a pair and records the selections that made it, as if they were made again. */
function handedOut(cx: Evaluation, { of, pair, isNamedSo, selections }: Pair, name: StringValue): AttrsValue {
  for (const selection of selections)
    record(cx, selection.name === of && name !== of ? { ...selection, name } : selection);
  if (!isNamedSo || name === of) return pair;
  const entries = new Map(pair.entries);
  entries.set('name', attr(name, pair.entries.get('name')?.at ?? null));
  return attrs(entries, pair.origin);
}

function newPair(cx: Evaluation, fn: LambdaValue, of: StringValue): Pair | null {
  const tolerated = cx.tolerated.size;
  const call = originOf(fn.expr, fn.scope);
  const trace = newTrace(() => true);
  try {
    const made = recorded(cx, trace, () => pairOf(cx, cx.apply(fn, of, call)));
    if (made === null || cx.tolerated.size > tolerated) return null;
    const selections = sharedSelections(cx, trace, of, call);
    if (selections === null) return null;
    const isNamedSo = isOf(made.name, of);
    return isNamedSo || isFromElsewhere(made.name, of, call)
      ? { of, pair: made.pair, isNamedSo, selections }
      : null;
  } finally {
    // Selections from elsewhere on the way were already recorded.
    for (const selection of trace.selections) if (!cameThrough(selection.at, call)) record(cx, selection);
  }
}

/**
 * Returns the selections from watched sets, which every user of the pair makes as well, or null if a selection
 * depends on the machine that the pair was made for.
 */
function sharedSelections(
  { common }: Evaluation,
  trace: Trace,
  of: StringValue,
  call: Origin,
): Selection[] | null {
  const selections: Selection[] = [];
  for (const selection of trace.selections) {
    const { target, name } = selection;
    if (!cameThrough(selection.at, call)) continue;
    const manner = target.kind === 'attrs' ? common.get(target) : undefined;
    if (manner === undefined) return null;
    if (manner !== 'watched') continue;
    if (!isOf(name, of) && !isFromElsewhere(name, of, call)) return null;
    selections.push(isOf(name, of) ? { ...selection, name: of } : selection);
  }
  return selections;
}

/** Returns the name and value of a set that has nothing else, if the value is shared. */
function pairOf(
  cx: Evaluation,
  made: Value,
): { readonly name: StringValue; readonly pair: AttrsValue } | null {
  if (made.kind !== 'attrs' || !isClosed(made) || made.entries.size !== 2) return null;
  const [named, held] = [made.entries.get('name'), made.entries.get('value')];
  if (named === undefined || held === undefined || named.optional || held.optional) return null;
  const name = cx.force(named.value);
  if (name.kind !== 'string' || name.text === null) return null;
  const value = sharedOf(cx, held.value);
  if (value === null) return null;
  const entries = new Map([
    ['name', attr(name, named.at)],
    ['value', attr(value, held.at)],
  ]);
  return { name, pair: attrs(entries, made.origin) };
}

function sharedOf(cx: Evaluation, lazy: Lazy): Value | null {
  if (lazy.kind === 'thunk' && lazy.state === 'suspended') {
    // The value is not part of the question, so it must not use up its steps.
    const { stepsLeft } = cx;
    const value = sharedValue(cx, lazy.expr, lazy.scope);
    cx.stepsLeft = stepsLeft;
    return value;
  }
  const value = evaluated(lazy);
  return value?.kind === 'attrs' && cx.common.get(value) === 'made-of' ? value : null;
}

function isOf(name: StringValue, of: StringValue): boolean {
  return name === of || (name.text === of.text && name.origin === of.origin);
}

/** Returns whether a text existed before, apart from the name that the pair is made from. */
function isFromElsewhere({ origin }: StringValue, of: StringValue, call: Origin): boolean {
  if (origin === null || cameThrough(origin, call)) return false;
  const { origin: ownOrigin } = of;
  return (
    ownOrigin === null ||
    origin.file !== ownOrigin.file ||
    origin.end <= ownOrigin.start ||
    ownOrigin.end <= origin.start
  );
}

function cameThrough(origin: Origin, call: Origin): boolean {
  for (let at: Origin | null = origin; at !== null; at = at.call?.at ?? null) if (at === call) return true;
  return false;
}
