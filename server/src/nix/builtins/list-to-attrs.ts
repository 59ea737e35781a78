/**
 * Makes sets from lists: `listToAttrs` and `groupBy`. An element that fails or cannot be read leaves the set open and
 * the other elements readable, although Nix itself would fail.
 */

import { sameText } from '../eval/compare.ts';
import {
  attr,
  attrs,
  boundedAttrs,
  failure,
  list,
  perhaps,
  string,
  stringOf,
  unknown,
} from '../eval/construct.ts';
import { boundedKey, isTolerated, stringKey } from '../eval/identity.ts';
import { thunk } from '../eval/thunks.ts';
import type {
  Attr,
  BuiltinContext,
  FailureValue,
  Lazy,
  Origin,
  PatternAttr,
  StringValue,
  UnknownValue,
  Value,
} from '../eval/value.ts';
import { asList, asString, field, holeIn, stop } from './arguments.ts';
import { because, fn1, fn2, type Result, type Table } from './define.ts';
import { areAllItems, notCallable, possibleLists, wholeList } from './list-parts.ts';

interface Growing {
  readonly entries: Map<string, Attr>;
  readonly patterns: PatternAttr[];
  /** The reason why there may be more attributes. */
  open: UnknownValue | null;
  /** False once there may be more attributes with arbitrary names. */
  bounded: boolean;
  /** An earlier element that may have provided a name, which then wins. */
  earlier: UnknownValue | null;
}

export function listToAttrs(cx: BuiltinContext, xs: Lazy, at: Origin | null): Result {
  const value = asList(cx, xs, at);
  if (value.kind === 'failure') return value;
  const growing: Growing = { entries: new Map(), patterns: [], open: null, bounded: true, earlier: null };
  if (value.kind === 'unknown') addUnknownList(cx, growing, value, at);
  else {
    for (const item of value.items) {
      cx.step();
      if (item.kind === 'spread') addUnknownList(cx, growing, item.of, at);
      else addElement(cx, growing, item, false, at);
    }
  }
  return boundedAttrs(attrs(growing.entries, at, growing.open, growing.patterns), growing.bounded);
}

/** The depth to which candidates are followed that are unknown themselves and have candidates of their own. */
const GUESSES = 4;

/** Adds the attributes of an unknown number of elements, all of them optional. */
function addUnknownList(
  cx: BuiltinContext,
  growing: Growing,
  value: UnknownValue,
  at: Origin | null,
  guesses = GUESSES,
): void {
  unseen(growing, value, areAllItems(value) && guesses > 0);
  if (isTolerated(value)) return;
  for (const candidate of possibleLists(value)) {
    const items = cx.speculate(candidate);
    if (items.kind === 'unknown' && guesses > 0) addUnknownList(cx, growing, items, at, guesses - 1);
    if (items.kind === 'list')
      for (const item of items.items)
        if (item.kind !== 'spread') addElement(cx, growing, item, true, at);
        else if (isTolerated(item.of)) unseen(growing, item.of, false);
        else if (item.of.candidates !== null) addUnknownList(cx, growing, item.of, at);
        else unseen(growing, item.of, false);
  }
}

/** @param bounded true if unseen attributes look like seen ones */
function unseen(growing: Growing, why: UnknownValue, bounded: boolean): void {
  growing.open ??= why;
  growing.bounded &&= bounded;
  // After a failure Nix would have stopped, so the following elements are treated as if it had not been there.
  if (!isTolerated(why)) growing.earlier ??= why;
}

function addElement(
  cx: BuiltinContext,
  growing: Growing,
  item: Lazy,
  maybe: boolean,
  at: Origin | null,
): void {
  const element = maybe ? cx.speculate(item) : cx.resolve(item);
  if (element.kind === 'unknown') {
    unseen(growing, element, element.bounded === true);
    for (const candidate of element.candidates ?? []) {
      const kind = cx.speculate(candidate).kind;
      if (kind === 'attrs') addElement(cx, growing, candidate, true, at);
      else if (kind === 'unknown') unseen(growing, element, false);
    }
    if (element.candidates !== null || maybe) return;
    // An unknown element still yields one attribute.
    const name = hole(field(cx, element, 'name', at) as UnknownValue, null);
    addNamed(cx, growing, { name, element, maybe: true, place: null }, at);
    return;
  }
  const problem = problemOf(cx, element, at);
  if (problem !== null) {
    if (!maybe) unseen(growing, cx.tolerate(problem), false);
    return;
  }
  if (element.kind !== 'attrs') return;
  const written = element.entries.get('name');
  const source = written === undefined ? null : sourceOf(written.value);
  const name = asString(cx, field(cx, element, 'name', at), at);
  if (name.kind === 'failure') {
    if (!maybe) unseen(growing, cx.tolerate(name), false);
    return;
  }
  const place = name.origin ?? written?.at ?? at;
  const text = name.kind === 'unknown' ? hole(name, source) : name;
  addNamed(cx, growing, { name: text, element, maybe, place }, at);
}

function problemOf(cx: BuiltinContext, element: Value, at: Origin | null): FailureValue | null {
  if (element.kind === 'failure') return element;
  if (element.kind !== 'attrs') return failure('type', 'an element of the list is not a set', at);
  if (cx.has(element, 'value') !== false) return null;
  return failure('missing-attribute', 'value', element.origin ?? at);
}

function hole(name: UnknownValue, source: string | null): StringValue {
  return stringOf([{ hole: name, source: source ?? '…' }], name.origin);
}

/** Returns the source of a name while it is still available. */
function sourceOf(lazy: Lazy): string | null {
  if (lazy.kind !== 'thunk' || lazy.expr === null || lazy.scope === null) return null;
  return lazy.scope.file.text.slice(lazy.expr.start, lazy.expr.end);
}

/** An element whose name is known, at least in part. */
interface NamedElement {
  readonly name: StringValue;
  readonly element: Lazy;
  /** True if the list may not contain it. */
  readonly maybe: boolean;
  /** The place of the name. */
  readonly place: Origin | null;
}

function addNamed(
  cx: BuiltinContext,
  growing: Growing,
  { name, element, maybe, place }: NamedElement,
  at: Origin | null,
): void {
  const written = element.kind === 'attrs' ? element.entries.get('value') : undefined;
  const value = written?.optional === false ? written.value : thunk(() => field(cx, element, 'value', at));
  if (name.text === null) {
    const key = stringKey(name);
    const taken = growing.patterns.some(other => stringKey(other.name) === key);
    const rival =
      taken || [...growing.entries.keys()].some(entry => sameText(string(entry, null), name) !== false);
    if (!taken || maybe) growing.patterns.push({ name, value, at: place, optional: maybe || rival });
    return;
  }
  const rival = growing.patterns.find(pattern => sameText(pattern.name, name) !== false);
  if (rival !== undefined) growing.earlier ??= rivalName(rival);
  const before = growing.entries.get(name.text);
  if (before === undefined) {
    const certain =
      growing.earlier === null ? value : perhaps(growing.earlier, [value], place, `= ${name.text}`);
    growing.entries.set(name.text, attr(certain, place, maybe));
  } else if (before.optional) {
    const why = growing.earlier ?? (growing.open as UnknownValue);
    const either = perhaps(why, [before.value, value], before.at, `= ${name.text}`);
    growing.entries.set(name.text, attr(either, before.at, maybe));
  }
}

/** Returns an unknown for whether a name with holes equals a later one. */
function rivalName(pattern: PatternAttr): UnknownValue {
  const key = `same name as ${stringKey(pattern.name)}`;
  return unknown('whether two names are the same', boundedKey(key), pattern.at);
}

function groupBy(cx: BuiltinContext, f: Lazy, xs: Lazy, at: Origin | null): Result {
  const refused = notCallable(cx, f, at);
  if (refused !== null) return refused;
  const value = asList(cx, xs, at);
  if (value.kind !== 'list') return stop(value);
  const items = wholeList(value);
  if ('kind' in items) return because(items);
  const groups = new Map<string, { items: Lazy[]; at: Origin | null }>();
  for (const item of items) {
    cx.step();
    const name = asString(
      cx,
      thunk(() => cx.apply(f, item, at)),
      at,
    );
    if (name.kind !== 'string') return stop(name);
    if (name.text === null) return because(holeIn(name));
    const group = groups.get(name.text);
    if (group === undefined) groups.set(name.text, { items: [item], at: name.origin });
    else group.items.push(item);
  }
  const entries = new Map<string, Attr>();
  for (const [name, group] of groups) entries.set(name, attr(list(group.items, at), group.at));
  return attrs(entries, at);
}

export const LIST_TO_ATTRS: Table = {
  listToAttrs: fn1('listToAttrs', listToAttrs),
  groupBy: fn2('groupBy', groupBy),
};
