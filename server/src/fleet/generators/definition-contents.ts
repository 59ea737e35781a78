/**
 * Reads the contents of an attribute in a collection of generators, independent of where the collection is assigned.
 * Many machines get the same value by different assignments; it is read once. Knows nothing of names and assignments.
 */

import { isPlain, weighed } from '../../modules/priorities.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { isClosed } from '../../nix/eval/construct.ts';
import { evaluated } from '../../nix/eval/evaluated.ts';
import { type Evaluation, readPromise, withBudget } from '../../nix/eval/evaluation.ts';
import type { Attr, AttrsValue, Lazy, Origin, Value } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { isPlaceOf, isSamePlace, placeOf } from '../../nix/places.ts';
import { isStale, newReads, partOf, type Reads, recordingReads } from '../../query/reads.ts';
import type { GeneratorBody } from '../model/generators.ts';
import { type BodySource, OPAQUE, readBody } from './generator.ts';
import { readOnce } from './interned-bodies.ts';

/** The evaluation steps allowed for reading one generator's body. */
export const BODY_STEPS = 50_000;

/** The value that contents are read from, and the reads by which they become outdated. */
export interface ContentSource {
  readonly cx: Evaluation;
  readonly source: BodySource;
  /** What was read for all but the body. */
  readonly reads: Reads | null;
  /** What is read of the body, when somebody asks for it. */
  readonly later: Reads | null;
}

/** The contents of an attribute, independent of the assignment of the set. */
export interface Content {
  readonly at: Place;
  readonly holds: 'always' | 'perhaps' | 'never';
  readonly isPartial: boolean;
  readonly body: () => GeneratorBody;
  readonly source: ContentSource;
  /** True after the value was found again. Its body is then this object's, so that it need not be interned. */
  isReused: boolean;
}

/** Contents by value, so that a value which many machines share is read once. */
const contents = new WeakMap<AttrsValue, Content>();

/**
 * Returns the contents of an attribute.
 * @param assignment the place of the assignment, used for values that are not written in a file
 */
export function contentOf(cx: Evaluation, entry: Attr, assignment: Place): Content {
  const { recorder } = cx;
  const reads = recorder.isOn ? newReads() : null;
  const value = recordingReads(recorder, reads, () => forced(cx, entry.value));
  const before = value?.kind === 'attrs' ? contents.get(value) : undefined;
  const isHere = ({ at }: Content) =>
    entry.at === null ? isSamePlace(at, assignment) : isPlaceOf(at, entry.at);
  if (before?.source.cx === cx && isHere(before) && !isChanged(before.source)) {
    before.isReused = true;
    readPromise(cx, reads);
    useSource(before.source);
    return before;
  }
  const content = recordingReads(recorder, reads, () => {
    const at = entry.at === null ? assignment : placeOf(entry.at);
    return newContent(cx, entry, at, reads);
  });
  useSource(content.source);
  // Values with conditions are read again each time.
  if (value?.kind === 'attrs' && isPlain(value)) contents.set(value, content);
  return content;
}

/** Returns whether something that contents were read from has changed since. */
export function isChanged({ cx: { recorder }, reads, later }: ContentSource): boolean {
  return isStale(recorder, reads) || isStale(recorder, later);
}

/** Records that the current answer uses contents. */
export function useSource({ cx, reads, later }: ContentSource): void {
  readPromise(cx, reads);
  readPromise(cx, later);
}

function forced(cx: Evaluation, lazy: Lazy): Value | null {
  const before = evaluated(lazy);
  if (before !== null) return before;
  const value = withBudget(cx, BODY_STEPS, () => cx.force(lazy));
  return value instanceof BudgetExceeded ? null : value;
}

function newContent(cx: Evaluation, entry: Attr, at: Place, reads: Reads | null): Content {
  const holds = applicabilityOf(cx, entry.value);
  const later = reads === null ? null : newReads();
  const content: Content = {
    at,
    holds,
    isPartial: isExtension(cx, entry),
    body: partOf(cx.recorder, later === null ? [] : [later], () => {
      const read = withBudget(cx, BODY_STEPS, () => {
        const whole = () => readBody(cx, entry.value, at);
        return content.isReused ? whole() : readOnce(cx, entry.value, at, whole);
      });
      return read instanceof BudgetExceeded ? OPAQUE : read;
    }),
    source: { cx, source: { value: entry.value, fallback: at, conditional: false }, reads, later },
    isReused: false,
  };
  return content;
}

/** Returns whether `x = mkIf … { … }` certainly applies. */
function applicabilityOf(cx: Evaluation, lazy: Lazy): 'always' | 'perhaps' | 'never' {
  const read = withBudget(cx, BODY_STEPS, () => weighed(cx, lazy));
  if (read instanceof BudgetExceeded) return 'always';
  if (read.length === 0) return 'never';
  return read.every(candidate => candidate.conditional) ? 'perhaps' : 'always';
}

/**
 * Returns whether an attribute only adds to a generator that is defined elsewhere, as `generators.x.files.y.owner = …`
 * does.
 */
function isExtension(cx: Evaluation, entry: Attr): boolean {
  const { value } = entry;
  if (value.kind !== 'thunk' && value.kind !== 'attrs') return false;
  const origin = originOfLazy(value);
  if (origin === null || isWrittenOut(origin)) return false;
  return weighed(cx, value).every(({ value: set }) => {
    if (set.kind !== 'attrs' || !isClosed(set) || isWrittenOut(set.origin)) return false;
    return !set.entries.has('script') && !set.entries.has('prompts');
  });
}

function isWrittenOut(origin: Origin | null): boolean {
  return origin !== null && /^(rec\b|\{)/.test(origin.file.text.slice(origin.start, origin.start + 4));
}

function originOfLazy(lazy: Lazy): Origin | null {
  if (lazy.kind !== 'thunk') return lazy.origin;
  return lazy.value?.origin ?? lazy.at;
}
