/**
 * Builtins for attribute sets. An open set stays open, an optional attribute optional, and a name with holes a
 * pattern.
 */

import {
  attr,
  attrs,
  bool,
  boundedAttrs,
  emptyAttrs,
  isClosed,
  list,
  mayHaveAnyName,
  perhaps,
  stringOf,
  unknown,
} from '../eval/construct.ts';
import { boundedKey, isTolerated, lazyKey } from '../eval/identity.ts';
import { thunk } from '../eval/thunks.ts';
import type { Attr, BuiltinContext, Lazy, Origin, UnknownValue } from '../eval/value.ts';
import { asAttrs, asList, asString, elementOf, nameString, stop } from './arguments.ts';
import { anyName, hiddenNames, itemsOf, namesUnknown, openSet, patternName } from './attr-parts.ts';
import { because, fn1, fn2, type Result, type Table } from './define.ts';
import { eachOfUnknown, type Item, mapSpread, maybeItem, settled } from './list-parts.ts';

export function mapAttrs(cx: BuiltinContext, f: Lazy, lazy: Lazy, at: Origin | null): Result {
  const operand = asAttrs(cx, lazy, at);
  if (operand.kind === 'failure') return operand;
  if (operand.kind === 'unknown' && operand.candidates !== null) return because(operand);
  const set = operand.kind === 'unknown' ? openSet(operand) : operand;
  const apply = (name: Lazy, value: Lazy) => thunk(() => cx.applyAll(f, [name, value], at), at);
  cx.step(set.entries.size);
  const entries = new Map<string, Attr>();
  for (const [name, entry] of set.entries)
    entries.set(name, { ...entry, value: apply(nameString(name, entry.at), entry.value) });
  const patterns = set.patterns.map(pattern => ({
    ...pattern,
    value: apply(patternName(pattern), pattern.value),
  }));
  if (set.open === null) return attrs(entries, at, null, patterns);
  if (isTolerated(set.open)) return attrs(entries, at, set.open, patterns);
  if (mayHaveAnyName(set)) {
    const hole = anyName(set.open);
    patterns.push({
      name: stringOf([{ hole, source: '…' }], set.origin),
      value: apply(hole, elementOf(set.open)),
      at,
      optional: true,
    });
  }
  const open = unknown(set.open.reason, boundedKey(`mapAttrs(${lazyKey(f)},${set.open.key})`), at);
  return boundedAttrs(attrs(entries, at, open, patterns), true);
}

export function attrNames(cx: BuiltinContext, lazy: Lazy, at: Origin | null): Result {
  const set = asAttrs(cx, lazy, at);
  if (set.kind === 'unknown' && set.candidates === null)
    return because(set, [list([anyName(set)], at)], true);
  if (set.kind !== 'attrs') return stop(set);
  return list(
    itemsOf(
      set,
      'attrNames',
      name => name,
      name => name,
    ),
    at,
  );
}

function attrValues(cx: BuiltinContext, lazy: Lazy, at: Origin | null): Result {
  const set = asAttrs(cx, lazy, at);
  if (set.kind === 'unknown' && set.candidates === null)
    return because(set, [list([elementOf(set)], at)], true);
  if (set.kind !== 'attrs') return stop(set);
  return list(
    itemsOf(
      set,
      'attrValues',
      (_, entry) => entry.value,
      (_, value) => value,
    ),
    at,
  );
}

/** Removes attributes by name. An unknown name may remove any of them. */
function removeAttrs(cx: BuiltinContext, lazy: Lazy, names: Lazy, at: Origin | null): Result {
  const set = asAttrs(cx, lazy, at);
  if (set.kind !== 'attrs') return stop(set);
  const list = asList(cx, names, at);
  if (list.kind === 'failure') return list;
  const entries = new Map(set.entries);
  let hidden = list.kind === 'unknown';
  for (const item of list.kind === 'list' ? list.items : []) {
    cx.step();
    const name = item.kind === 'spread' ? item.of : asString(cx, item, at);
    if (name.kind === 'failure') return name;
    if (name.kind === 'string' && name.text !== null) entries.delete(name.text);
    else hidden = true;
  }
  if (hidden) for (const [name, entry] of entries) entries.set(name, { ...entry, optional: true });
  const patterns = set.patterns.map(pattern => ({ ...pattern, optional: true }));
  return boundedAttrs(attrs(entries, at, set.open, patterns), set.bounded === true);
}

function intersectAttrs(cx: BuiltinContext, first: Lazy, second: Lazy, at: Origin | null): Result {
  const left = asAttrs(cx, first, at);
  if (left.kind === 'failure') return left;
  const right = asAttrs(cx, second, at);
  if (right.kind !== 'attrs') return stop(right);
  const entries = new Map<string, Attr>();
  for (const [name, entry] of right.entries) {
    cx.step();
    const has = left.kind === 'unknown' ? null : cx.has(left, name);
    if (has !== false) entries.set(name, { ...entry, optional: entry.optional || has === null });
  }
  const all = left.kind === 'attrs' && left.entries.size === 0 && isClosed(left);
  if (all) return emptyAttrs(at);
  const open = right.open ?? (right.patterns.length > 0 ? namesUnknown(right) : null);
  return attrs(entries, at, open, []);
}

function catAttrs(cx: BuiltinContext, wanted: Lazy, xs: Lazy, at: Origin | null): Result {
  const name = asString(cx, wanted, at);
  if (name.kind !== 'string') return stop(name);
  const value = asList(cx, xs, at);
  const again = (items: Lazy) => settled(catAttrs(cx, name, items, at));
  if (value.kind === 'unknown') return eachOfUnknown(value, again);
  if (value.kind === 'failure') return value;
  const items: Item[] = [];
  for (const item of value.items) {
    cx.step();
    if (item.kind === 'spread') items.push(mapSpread(item, 'catAttrs', again));
    else {
      const set = asAttrs(cx, item, at);
      if (set.kind === 'failure') return set;
      const has = cx.hasAttribute(set, name, null);
      if (has === false) continue;
      const attribute = thunk(() => cx.select(set, name, null));
      if (has === true) items.push(attribute);
      else
        items.push(
          maybeItem(
            set.kind === 'attrs' ? (hiddenNames(set) ?? namesUnknown(set)) : set,
            attribute,
            'catAttrs',
          ),
        );
    }
  }
  return list(items, at);
}

function zipAttrsWith(cx: BuiltinContext, f: Lazy, xs: Lazy, at: Origin | null): Result {
  const value = asList(cx, xs, at);
  if (value.kind !== 'list') return stop(value);
  const collected = new Map<string, { values: Lazy[]; at: Origin | null; optional: boolean }>();
  let open: UnknownValue | null = null;
  for (const item of value.items) {
    const set = item.kind === 'spread' ? item.of : asAttrs(cx, item, at);
    if (set.kind === 'failure') return set;
    if (set.kind === 'unknown') {
      open ??= set;
      continue;
    }
    open ??= hiddenNames(set);
    for (const [name, entry] of set.entries) {
      cx.step();
      const values = collected.get(name);
      if (values === undefined)
        collected.set(name, { values: [entry.value], at: entry.at, optional: entry.optional });
      else {
        values.values.push(entry.value);
        values.optional &&= entry.optional;
      }
    }
  }
  const entries = new Map<string, Attr>();
  for (const [name, collectedValues] of collected) {
    const zipped = thunk(() =>
      cx.applyAll(f, [nameString(name, collectedValues.at), list(collectedValues.values, at)], at),
    );
    const certain = open === null ? zipped : perhaps(open, [zipped], at, `zip ${name}`);
    entries.set(name, attr(certain, collectedValues.at, collectedValues.optional));
  }
  return attrs(entries, at, open);
}

function getAttr(cx: BuiltinContext, wanted: Lazy, lazy: Lazy, at: Origin | null): Result {
  const name = asString(cx, wanted, at);
  if (name.kind === 'failure') return name;
  const set = asAttrs(cx, lazy, at);
  if (set.kind === 'failure') return set;
  if (name.kind === 'unknown') return because(name);
  return cx.select(set, name, name.origin ?? at);
}

function hasAttr(cx: BuiltinContext, wanted: Lazy, lazy: Lazy, at: Origin | null): Result {
  const name = asString(cx, wanted, at);
  if (name.kind === 'failure') return name;
  const set = asAttrs(cx, lazy, at);
  if (set.kind === 'failure') return set;
  if (name.kind === 'unknown') return because(name);
  const answer = cx.hasAttribute(set, name, name.origin ?? at);
  if (answer !== null) return bool(answer, at);
  return because(set.kind === 'unknown' ? set : (hiddenNames(set) ?? namesUnknown(set)));
}

function functionArgs(cx: BuiltinContext, f: Lazy, at: Origin | null): Result {
  const value = cx.resolve(f);
  if (value.kind === 'builtin') return emptyAttrs(at);
  if (value.kind === 'lambda') {
    const entries = new Map<string, Attr>();
    for (const formal of value.expr.formals ?? []) {
      const origin = {
        file: value.scope.file,
        start: formal.name.start,
        end: formal.name.end,
        call: value.scope.call,
      };
      entries.set(formal.name.name, attr(bool(formal.fallback !== null, origin), origin));
    }
    return attrs(entries, at);
  }
  if (value.kind === 'unknown' || value.kind === 'failure') return stop(value);
  return {
    kind: 'failure',
    failure: 'type',
    message: "'functionArgs' requires a function",
    cycle: [],
    origin: at,
  };
}

export const ATTRS: Table = {
  mapAttrs: fn2('mapAttrs', mapAttrs),
  attrNames: fn1('attrNames', attrNames),
  attrValues: fn1('attrValues', attrValues),
  removeAttrs: fn2('removeAttrs', removeAttrs),
  intersectAttrs: fn2('intersectAttrs', intersectAttrs),
  catAttrs: fn2('catAttrs', catAttrs),
  zipAttrsWith: fn2('zipAttrsWith', zipAttrsWith),
  getAttr: fn2('getAttr', getAttr),
  hasAttr: fn2('hasAttr', hasAttr),
  functionArgs: fn1('functionArgs', functionArgs),
};
