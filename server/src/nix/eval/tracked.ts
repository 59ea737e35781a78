/** Evaluated thunks that know what they were evaluated from, and are evaluated again once that has changed. */

import { isStale, type Reads, type Recorder, readAnswer } from '../../query/reads.ts';
import type { Expr } from '../syntax.ts';
import type { Lazy, Scope, Thunk, Value } from './value.ts';

/** How a thunk gets its value, and what it read for the one that it has. */
export interface Tracked {
  readonly recorder: Recorder;
  readonly reads: Reads;
  readonly expr: Expr | null;
  readonly scope: Scope | null;
  readonly compute: (() => Value) | null;
}

/** A table beside the thunks, since most have nothing in it. */
const table = new WeakMap<Thunk, Tracked>();

export function setTracked(thunk: Thunk, tracked: Tracked): void {
  table.set(thunk, tracked);
}

export function trackedOf(thunk: Thunk): Tracked {
  return table.get(thunk) as Tracked;
}

/** Returns a value if it is evaluated and valid, else null. Forces nothing. */
export function evaluated(lazy: Lazy): Value | null {
  if (lazy.kind !== 'thunk') return lazy;
  if (lazy.state === 'tracked') {
    const { recorder, reads } = trackedOf(lazy);
    if (isStale(recorder, reads)) return null;
    readAnswer(recorder, reads);
  }
  return lazy.value;
}
