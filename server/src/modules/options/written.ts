/**
 * Reads definitions as plain data with places, for checking them against the types of options. Conditions and
 * priorities are removed, and unknown parts are marked as narrowly as possible.
 */
import { isClosed } from '../../nix/eval/construct.ts';

import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Attr, Lazy, Value } from '../../nix/eval/value.ts';
import { placeOf } from '../../nix/places.ts';
import { definitionsOf } from '../read.ts';
import type { WrittenDefinition, WrittenEntry, WrittenValue } from './option.ts';
import { scalarOf } from './types.ts';

const NO_ITEMS: readonly WrittenValue[] = [];
const NO_ENTRIES: ReadonlyMap<string, WrittenEntry> = new Map();
const MAX_DEPTH = 8;

/** Limit for entries; longer lists and sets are data. */
const MAX_ENTRIES = 500;

/** Reads the definitions of an attribute. */
export function readEntry(cx: Evaluation, { value, at, optional }: Attr, depth = 0): WrittenEntry {
  return { at: at === null ? null : placeOf(at), optional, definitions: readDefinitions(cx, value, depth) };
}

function readDefinitions(cx: Evaluation, lazy: Lazy, depth: number): readonly WrittenDefinition[] {
  return definitionsOf(cx, lazy).map(({ value, conditional, never, priority }) => ({
    value: readValue(cx, value, depth),
    conditional,
    never,
    priority,
  }));
}

function readValue(cx: Evaluation, value: Value, depth: number): WrittenValue {
  const at = value.origin === null ? null : placeOf(value.origin);
  const plain: WrittenValue = {
    kind: value.kind,
    at,
    scalar: scalarOf(value),
    items: NO_ITEMS,
    entries: NO_ENTRIES,
    open: true,
  };
  if (depth > MAX_DEPTH) return plain;
  if (value.kind === 'list' && value.items.length <= MAX_ENTRIES) {
    const items = value.items.flatMap(item =>
      item.kind === 'spread' ? [] : [readValue(cx, cx.force(item), depth + 1)],
    );
    return { ...plain, items, open: items.length < value.items.length };
  }
  // A package, or a special value of the module system.
  if (value.kind !== 'attrs' || value.entries.has('_type') || value.entries.has('outPath')) return plain;
  if (value.entries.size > MAX_ENTRIES) return plain;
  const entries = new Map<string, WrittenEntry>();
  for (const [name, entry] of value.entries) entries.set(name, readEntry(cx, entry, depth + 1));
  return { ...plain, entries, open: !isClosed(value) };
}
