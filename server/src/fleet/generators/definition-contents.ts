/**
 * What an attribute of a collection says of its generator, apart from where the collection is assigned. Many machines get
 * one value, each by an assignment of its own; it is looked into once. Knows nothing of names and assignments.
 */

import { isPlain, weighed } from '../../modules/weights.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { isClosed } from '../../nix/eval/construct.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import { evaluated } from '../../nix/eval/thunks.ts';
import type { Attr, AttrsValue, Lazy, Origin, Value } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { isSamePlace, placeOf } from '../../nix/places.ts';
import type { GeneratorBody } from '../model/generators.ts';
import { type BodySource, OPAQUE, readBody } from './generator.ts';
import { readOnce } from './interned-bodies.ts';

/** Steps allowed for reading one generator's body. */
export const BODY_STEPS = 50_000;

/** What an attribute says of a generator, whoever assigns the set that it stands in. */
export interface Content {
  readonly at: Place;
  readonly holds: 'always' | 'perhaps' | 'never';
  readonly isPartial: boolean;
  readonly body: () => GeneratorBody;
  readonly source: { readonly cx: Evaluation; readonly source: BodySource };
  /** True once it has been met again: all that there is of its value is this one. */
  isMetAgain: boolean;
}

/** By value: what many machines have in common is looked into once. */
const contents = new WeakMap<AttrsValue, Content>();

/** @param assignment where the set is assigned: the place of what was written nowhere */
export function contentOf(cx: Evaluation, entry: Attr, assignment: Place): Content {
  const at = entry.at === null ? assignment : placeOf(entry.at);
  const value = forced(cx, entry.value);
  const known = value?.kind === 'attrs' ? contents.get(value) : undefined;
  if (known?.source.cx === cx && isSamePlace(known.at, at)) {
    known.isMetAgain = true;
    return known;
  }
  const content = newContent(cx, entry, at);
  // Conditions are looked at again each time.
  if (value?.kind === 'attrs' && isPlain(value)) contents.set(value, content);
  return content;
}

function forced(cx: Evaluation, lazy: Lazy): Value | null {
  const known = evaluated(lazy);
  if (known !== null) return known;
  const value = withBudget(cx, BODY_STEPS, () => cx.force(lazy));
  return value instanceof BudgetExceeded ? null : value;
}

function newContent(cx: Evaluation, entry: Attr, at: Place): Content {
  const holds = whetherItHolds(cx, entry.value);
  let body: GeneratorBody | null = null;
  const content: Content = {
    at,
    holds,
    isPartial: isExtension(cx, entry),
    body() {
      if (body === null) {
        const read = withBudget(cx, BODY_STEPS, () => {
          const whole = () => readBody(cx, entry.value, at);
          return content.isMetAgain ? whole() : readOnce(cx, entry.value, at, whole);
        });
        body = read instanceof BudgetExceeded ? OPAQUE : read;
      }
      return body;
    },
    source: { cx, source: { value: entry.value, fallback: at, conditional: false } },
    isMetAgain: false,
  };
  return content;
}

/** `x = mkIf … { … }`: is there something that certainly applies? */
function whetherItHolds(cx: Evaluation, lazy: Lazy): 'always' | 'perhaps' | 'never' {
  const read = withBudget(cx, BODY_STEPS, () => weighed(cx, lazy));
  if (read instanceof BudgetExceeded) return 'always';
  if (read.length === 0) return 'never';
  return read.every(candidate => candidate.conditional) ? 'perhaps' : 'always';
}

/** `generators.x.files.y.owner = …` adds to a generator that is defined elsewhere. */
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
  if (lazy.state === 'evaluated') return lazy.value.origin;
  return lazy.at;
}
