/** What is said of values that are stored, and not as a run would make them now. */

import type { Status } from './plan.ts';
import { listed } from './plan-words.ts';

/** Returns what something was made from that has been set since, behind "made from": `an older token/t`. */
export function olderText(older: readonly string[]): string {
  return `${older.length === 1 ? 'an ' : ''}older ${listed(older)}`;
}

/** Of what is stored, and not as a run would make it now: `made from an older token/t`; '' where nothing is to be said. */
export function outdatedText({ reason, older }: Pick<Status, 'reason' | 'older'>): string {
  switch (reason) {
    case 'outdated':
      return 'made from other inputs';
    case 'superseded':
      return `made from ${olderText(older)}`;
    case 'interrupted':
      return 'left behind by a run that was cut off';
    default:
      return '';
  }
}
