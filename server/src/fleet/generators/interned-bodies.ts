/**
 * Bodies by what they are read from. Many machines get a generator through one function, each by a call of its own: the
 * sets differ, but what their options hold is the very same, since it comes out of one registry. Such a body is read
 * once, and is the same object everywhere, so that whatever compares bodies has nothing to compare.
 */
import { isClosed } from '../../nix/eval/construct.ts';

import type { Evaluation } from '../../nix/eval/evaluation.ts';
import { identity } from '../../nix/eval/identity.ts';
import type { AttrsValue, Lazy, Origin, Value } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { placeKey, placeOf } from '../../nix/places.ts';
import type { GeneratorBody } from '../model/generators.ts';

/** By one of the values that the body is read from: with it, the body goes. */
const bodies = new WeakMap<Value, Map<string, GeneratorBody>>();

/** Kept of one value: what lives long meets ever new company while somebody types. */
const MAX_BODIES = 64;

/** What reading a body forces in any case. */
const OPTIONS = new Set([
  'share',
  'files',
  'prompts',
  'dependencies',
  'runtimeInputs',
  'script',
  'validation',
]);

/**
 * Reads a body, or finds one that was read from the same.
 * @param fallback the place for facts that were written nowhere
 * @param read reads it; what it comes to depends on nothing but the value and the place
 */
export function readOnce(
  cx: Evaluation,
  lazy: Lazy,
  fallback: Place,
  read: () => GeneratorBody,
): GeneratorBody {
  const set = cx.force(lazy);
  const source = set.kind === 'attrs' && isClosed(set) ? sourceOf(cx, set, fallback) : null;
  if (source === null) return read();
  let known = bodies.get(source.anchor);
  if (known === undefined) {
    known = new Map();
    bodies.set(source.anchor, known);
  }
  const before = known.get(source.key);
  if (before !== undefined) return before;
  if (known.size >= MAX_BODIES) known.clear();
  const body = read();
  known.set(source.key, body);
  return body;
}

/** Returns all that a body depends on, or `null` if nothing in it lives longer than the set itself. */
function sourceOf(cx: Evaluation, set: AttrsValue, fallback: Place) {
  const anchor = anchorOf(cx, set);
  if (anchor === null) return null;
  let key = placeKey(fallback);
  for (const [name, { value, at, optional }] of set.entries) {
    // Where a type is given, the set stands for something else: a condition, a list of definitions.
    if (name === '_type') return null;
    key += `\0${optional ? '?' : ''}${name}@${at === null ? '' : placeKey(placeOf(at))}=`;
    const known = OPTIONS.has(name) ? cx.force(value) : value;
    if (known.kind === 'bool') {
      const { origin } = known;
      key += `${known.value}@${origin === null ? '' : placeKey(placeOf(origin))}`;
    } else key += identity(known);
  }
  return { anchor, key };
}

/** Options that most generators have. */
const ANCHORS = ['files', 'script', 'prompts'] as const;

/**
 * Returns a value that came into the set from elsewhere. What is written in the set itself is made with it, and never
 * met again.
 */
function anchorOf(cx: Evaluation, set: AttrsValue): Value | null {
  for (const name of ANCHORS) {
    const entry = set.entries.get(name);
    if (entry === undefined) continue;
    const value = cx.force(entry.value);
    if (value.kind !== 'attrs' && value.kind !== 'string') continue;
    if (!isInside(value.origin, set.origin)) return value;
  }
  return null;
}

function isInside(inner: Origin | null, outer: Origin | null): boolean {
  if (inner === null || outer === null) return false;
  return inner.file === outer.file && outer.start <= inner.start && inner.end <= outer.end;
}
