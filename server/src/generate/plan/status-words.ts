/** Describes stored values that differ from what a run would generate now. */

import type { Status } from './plan.ts';
import { listed } from './plan-words.ts';

/** Returns the inputs that have been set since, to follow "made from": `an older token/t`. */
export function olderText(older: readonly string[]): string {
  return `${older.length === 1 ? 'an ' : ''}older ${listed(older)}`;
}

/** Describes why a stored value is outdated: `made from an older token/t`; '' if it is not. */
export function outdatedText({ reason, older }: Pick<Status, 'reason' | 'older'>): string {
  switch (reason) {
    case 'outdated':
      return 'made from other inputs';
    case 'superseded':
      return `made from ${olderText(older)}`;
    case 'interrupted':
      return 'left behind by an interrupted run';
    default:
      return '';
  }
}
