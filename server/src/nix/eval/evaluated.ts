/** Reads values that are evaluated already. */

import { isStale, readAnswer } from '../../query/reads.ts';
import type { Lazy, Value } from './value.ts';

/** Returns a value if it is evaluated and valid, else null. Forces nothing. */
export function evaluated(lazy: Lazy): Value | null {
  if (lazy.kind !== 'thunk') return lazy;
  if (lazy.state === 'tracked') {
    const { recorder, reads } = lazy.from;
    if (isStale(recorder, reads)) return null;
    readAnswer(recorder, reads);
  }
  return lazy.value;
}
