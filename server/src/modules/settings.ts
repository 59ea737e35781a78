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

/** Reads a setting. */
export function readSetting(cx: Evaluation, lazy: Lazy, depth = 0): Setting {
  if (depth > MAX_DEPTH) return { kind: 'unknown', reason: 'it nests too deeply' };
  const settings = cx.force(lazy);
  // Only sets may contain definitions.
  if (settings.kind !== 'attrs') return settingOf(cx, settings, depth);
  let all: Setting | null = null;
  for (const { value, conditional } of definitionsOf(cx, settings)) {
    const read = settingOf(cx, value, depth);
    const certain: Setting = conditional ? uncertain(read) : read;
    all = all === null ? certain : mergeSettings(all, certain);
  }
  return all ?? NO_SETTINGS;
}

function settingOf(cx: Evaluation, value: Value, depth: number): Setting {
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
      return listSetting(cx, value, depth);
    case 'attrs':
      return setSetting(cx, value, depth);
    case 'unknown':
      return { kind: 'unknown', reason: value.reason };
    default:
      return { kind: 'unknown', reason: 'not plain data' };
  }
}

function listSetting(cx: Evaluation, value: ListValue, depth: number): Setting {
  const items: Setting[] = [];
  let complete = true;
  for (const item of value.items) {
    if (item.kind === 'spread') complete = false;
    else items.push(readSetting(cx, item, depth + 1));
  }
  return { kind: 'list', items, complete };
}

function setSetting(cx: Evaluation, value: AttrsValue, depth: number): Setting {
  const entries = new Map<string, Setting>();
  let complete = isClosed(value);
  for (const [name, entry] of value.entries) {
    if (name === '_type') return { kind: 'unknown', reason: 'not plain data' };
    const read = readSetting(cx, entry.value, depth + 1);
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
