/**
 * Reads the contents of an attribute in a collection of generators, independent of where the collection is assigned.
 * Many machines get the same value by different assignments; it is read once. Knows nothing of names and assignments.
 */

import { isPlain, weighed } from '../../modules/priorities.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { isClosed } from '../../nix/eval/construct.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import { evaluated } from '../../nix/eval/tracked.ts';
import type { Attr, AttrsValue, Lazy, Origin, Value } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { isPlaceOf, isSamePlace, placeOf } from '../../nix/places.ts';
import { isStale, laterPart, newReads, type Reads, readAnswer, recordingReads } from '../../query/reads.ts';
import type { GeneratorBody } from '../model/generators.ts';
import { type BodySource, OPAQUE, readBody } from './generator.ts';
import { readOnce } from './interned-bodies.ts';

/** The evaluation steps allowed for reading one generator's body. */
export const BODY_STEPS = 50_000;

/** The contents of an attribute, independent of the assignment of the set. */
export interface Content {
  readonly at: Place;
  readonly holds: 'always' | 'perhaps' | 'never';
  readonly isPartial: boolean;
  readonly body: () => GeneratorBody;
  readonly source: {
    readonly cx: Evaluation;
    readonly source: BodySource;
    /** What the contents were read from, and everything that is read of them later. */
    readonly reads: Reads | null;
  };
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
  const reads = recorder.isOn ? { ...newReads(), grows: true } : null;
  const value = recordingReads(recorder, reads, () => forced(cx, entry.value));
  const before = value?.kind === 'attrs' ? contents.get(value) : undefined;
  const isHere = ({ at }: Content) =>
    entry.at === null ? isSamePlace(at, assignment) : isPlaceOf(at, entry.at);
  if (before?.source.cx === cx && isHere(before) && !isStale(recorder, before.source.reads)) {
    before.isReused = true;
    readAnswer(recorder, before.source.reads);
    readAnswer(recorder, reads);
    return before;
  }
  readAnswer(recorder, reads);
  return recordingReads(recorder, reads, () => {
    const at = entry.at === null ? assignment : placeOf(entry.at);
    const content = newContent(cx, entry, at, reads);
    // Values with conditions are read again each time.
    if (value?.kind === 'attrs' && isPlain(value)) contents.set(value, content);
    return content;
  });
}

function forced(cx: Evaluation, lazy: Lazy): Value | null {
  const before = evaluated(lazy);
  if (before !== null) return before;
  const value = withBudget(cx, BODY_STEPS, () => cx.force(lazy));
  return value instanceof BudgetExceeded ? null : value;
}

function newContent(cx: Evaluation, entry: Attr, at: Place, reads: Reads | null): Content {
  const holds = applicabilityOf(cx, entry.value);
  const content: Content = {
    at,
    holds,
    isPartial: isExtension(cx, entry),
    body: laterPart(cx.recorder, () => {
      const read = withBudget(cx, BODY_STEPS, () => {
        const whole = () => readBody(cx, entry.value, at);
        return content.isReused ? whole() : readOnce(cx, entry.value, at, whole);
      });
      return read instanceof BudgetExceeded ? OPAQUE : read;
    }),
    source: { cx, source: { value: entry.value, fallback: at, conditional: false }, reads },
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
