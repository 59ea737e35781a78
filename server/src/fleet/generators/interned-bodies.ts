/**
 * Interns bodies by the values that they are read from. Many machines get a generator through one function, each by its
 * own call: the sets differ, but their options are the same values of one registry. Such a body is read once and is the
 * same object everywhere, which makes comparisons cheap.
 */
import { isClosed } from '../../nix/eval/construct.ts';

import type { Evaluation } from '../../nix/eval/evaluation.ts';
import { identity } from '../../nix/eval/identity.ts';
import type { AttrsValue, Lazy, Origin, Value } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { lastingKey, placeOf } from '../../nix/places.ts';
import { isValid, type Remembered, remembered } from '../../query/reads.ts';
import type { GeneratorBody } from '../model/generators.ts';

/** Bodies by one of the values that they are read from, so that they are released together. */
const bodies = new WeakMap<Value, Map<string, KeptBody>>();

interface KeptBody {
  readonly body: Remembered<GeneratorBody>;
  /** The revision in which it was last asked for. */
  usedAt: number;
}

/** The number of bodies kept for one value. */
const MAX_BODIES = 64;

/** The number above which those are dropped that were made of earlier texts, whose trees they keep. */
const FEW_BODIES = 4;

/** The options that reading a body always forces. */
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
 * Reads a body, or returns the one that was read from the same values.
 * @param fallback the place for facts that are not written in a file
 * @param read reads the body; the result must depend only on the value and the place
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
  let byKey = bodies.get(source.anchor);
  if (byKey === undefined) {
    byKey = new Map();
    bodies.set(source.anchor, byKey);
  }
  const { revision } = cx.recorder;
  const before = byKey.get(source.key);
  if (before !== undefined && isValid(cx.recorder, before.body)) {
    before.usedAt = revision;
    return before.body.value;
  }
  makeRoom(byKey, revision);
  const body = remembered(cx.recorder, read);
  byKey.set(source.key, { body, usedAt: revision });
  return body.value;
}

function makeRoom(byKey: Map<string, KeptBody>, revision: number): void {
  if (byKey.size >= MAX_BODIES) byKey.clear();
  if (byKey.size < FEW_BODIES) return;
  for (const [key, { usedAt }] of byKey) if (usedAt < revision) byKey.delete(key);
}

/** Returns everything that a body depends on, or `null` if none of it outlives the set itself. */
function sourceOf(cx: Evaluation, set: AttrsValue, fallback: Place) {
  const anchor = anchorOf(cx, set);
  if (anchor === null) return null;
  let key = lastingKey(fallback);
  for (const [name, { value, at, optional }] of set.entries) {
    // A set with a type represents a condition or a list of definitions.
    if (name === '_type') return null;
    key += `\0${optional ? '?' : ''}${name}@${at === null ? '' : lastingKey(placeOf(at))}=`;
    const inner = OPTIONS.has(name) ? cx.force(value) : value;
    if (inner.kind === 'bool') {
      const { origin } = inner;
      key += `${inner.value}@${origin === null ? '' : lastingKey(placeOf(origin))}`;
    } else key += identity(inner);
  }
  return { anchor, key };
}

/** Options that most generators have. */
const ANCHORS = ['files', 'script', 'prompts'] as const;

/**
 * Returns a value that comes from outside of the set. A value that is written in the set is created with it and never
 * occurs again.
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
