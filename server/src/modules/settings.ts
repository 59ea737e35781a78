/**
 * Reads and merges the settings that an inventory gives to services: plain data with marks for unknown parts, merged
 * as the module system does. Does not know the defaults of the services' interfaces.
 */
import { display, isClosed } from '../nix/eval/construct.ts';

import type { Evaluation } from '../nix/eval/evaluation.ts';
import type { AttrsValue, Lazy, ListValue, Value } from '../nix/eval/value.ts';
import { definitionsOf } from './read.ts';

export const NO_SETTINGS: Setting = { kind: 'set', entries: new Map(), complete: true };

const MAX_DEPTH = 12;

/**
 * The parts of one setting: many more than anybody writes. Sets that hold each other several times unfold to a tree that
 * doubles with each level.
 */
const MAX_PARTS = 10_000;

/** Where a part of a setting is read: how deep, and how many parts of the whole may still be read. */
interface Reading {
  readonly depth: number;
  readonly whole: { left: number };
}

/** Reads a setting. */
export function readSetting(cx: Evaluation, lazy: Lazy): Setting {
  return readPart(cx, lazy, { depth: 0, whole: { left: MAX_PARTS } });
}

function readPart(cx: Evaluation, lazy: Lazy, reading: Reading): Setting {
  const { depth, whole } = reading;
  if (depth > MAX_DEPTH) return { kind: 'unknown', reason: 'it nests too deeply' };
  if (--whole.left < 0) return { kind: 'unknown', reason: `it has more than ${MAX_PARTS} parts` };
  const settings = cx.force(lazy);
  // Only sets may contain definitions.
  if (settings.kind !== 'attrs') return settingOf(cx, settings, reading);
  let all: Setting | null = null;
  for (const { value, conditional } of definitionsOf(cx, settings)) {
    const read = settingOf(cx, value, reading);
    const certain: Setting = conditional ? uncertain(read) : read;
    all = all === null ? certain : mergeSettings(all, certain);
  }
  return all ?? NO_SETTINGS;
}

function settingOf(cx: Evaluation, value: Value, reading: Reading): Setting {
  switch (value.kind) {
    case 'null':
      return { kind: 'plain', value: null };
    case 'bool':
    case 'float':
      return { kind: 'plain', value: value.value };
    case 'int':
      return { kind: 'plain', value: Number(value.value) };
    case 'string':
      return value.text === null
        ? { kind: 'unknown', reason: `the text \`${display(value)}\`` }
        : { kind: 'plain', value: value.text };
    case 'list':
      return listSetting(cx, value, below(reading));
    case 'attrs':
      return setSetting(cx, value, below(reading));
    case 'unknown':
      return { kind: 'unknown', reason: value.reason };
    default:
      return { kind: 'unknown', reason: 'not plain data' };
  }
}

function below({ depth, whole }: Reading): Reading {
  return { depth: depth + 1, whole };
}

function listSetting(cx: Evaluation, value: ListValue, reading: Reading): Setting {
  const items: Setting[] = [];
  let complete = true;
  for (const item of value.items) {
    if (item.kind === 'spread') complete = false;
    else items.push(readPart(cx, item, reading));
  }
  return { kind: 'list', items, complete };
}

function setSetting(cx: Evaluation, value: AttrsValue, reading: Reading): Setting {
  const entries = new Map<string, Setting>();
  let complete = isClosed(value);
  for (const [name, entry] of value.entries) {
    if (name === '_type') return { kind: 'unknown', reason: 'not plain data' };
    const read = readPart(cx, entry.value, reading);
    if (entry.optional) complete = false;
    entries.set(name, entry.optional ? uncertain(read) : read);
  }
  return { kind: 'set', entries, complete };
}

/** Marks a setting that depends on an unknown condition. */
function uncertain(setting: Setting): Setting {
  if (setting.kind !== 'set') return { kind: 'unknown', reason: 'it depends on a condition' };
  const entries = new Map([...setting.entries].map(([name, inner]) => [name, uncertain(inner)] as const));
  return { kind: 'set', entries, complete: false };
}

/** Returns the setting with a mark that more may be set elsewhere. */
export function incomplete(setting: Setting): Setting {
  if (setting.kind !== 'set') return setting;
  const entries = new Map([...setting.entries].map(([name, inner]) => [name, incomplete(inner)] as const));
  return { kind: 'set', entries, complete: false };
}

/** Merges two definitions of one option: sets are joined, lists are appended, and otherwise the second one wins. */
export function mergeSettings(left: Setting, right: Setting): Setting {
  if (left.kind === 'set' && right.kind === 'set') {
    const entries = new Map(left.entries);
    for (const [name, inner] of right.entries) {
      const before = entries.get(name);
      entries.set(name, before === undefined ? inner : mergeSettings(before, inner));
    }
    return { kind: 'set', entries, complete: left.complete && right.complete };
  }
  if (left.kind === 'list' && right.kind === 'list')
    return {
      kind: 'list',
      items: [...left.items, ...right.items],
      complete: left.complete && right.complete,
    };
  if (left.kind === 'set' && right.kind === 'unknown') return { ...left, complete: false };
  if (left.kind === 'unknown' && right.kind === 'set') return { ...right, complete: false };
  return right;
}

/** Returns the setting at a path: undefined if it is certainly not set, `null` if that is unknown. */
export function settingAt(setting: Setting, path: readonly string[]): Setting | null | undefined {
  let at = setting;
  for (const name of path) {
    if (at.kind === 'unknown') return null;
    if (at.kind !== 'set') return undefined;
    const inner = at.entries.get(name);
    if (inner === undefined) return at.complete ? undefined : null;
    at = inner;
  }
  return at;
}

/**
 * Returns the setting as JSON.
 * @param unknown placeholder for unknown parts
 */
export function plainSetting(setting: Setting, unknown: unknown): unknown {
  switch (setting.kind) {
    case 'plain':
      return setting.value;
    case 'list':
      return setting.items.map(item => plainSetting(item, unknown));
    case 'set':
      return Object.fromEntries(
        [...setting.entries].map(([name, inner]) => [name, plainSetting(inner, unknown)]),
      );
    case 'unknown':
      return unknown;
  }
}

/** A setting. `unknown` gives the reason; sets and lists that are not `complete` may contain more. */
export type Setting =
  | { readonly kind: 'plain'; readonly value: null | boolean | number | string }
  | { readonly kind: 'list'; readonly items: readonly Setting[]; readonly complete: boolean }
  | { readonly kind: 'set'; readonly entries: ReadonlyMap<string, Setting>; readonly complete: boolean }
  | { readonly kind: 'unknown'; readonly reason: string };
