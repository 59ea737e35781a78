/**
 * How far what is known of clan-core's options holds for the clan-core of a fleet. Knows nothing of single options.
 */

import { suggest } from '../../../edits/suggest.ts';
import { CLAN_CORE_TIME } from '../../../fleet/catalogue/catalogue-services.ts';
import { namesToWrite } from '../../../modules/options/below.ts';
import type { History } from '../../../modules/options/described.ts';
import { choicesFor } from '../../../modules/options/judged.ts';
import type { OptionMistake } from '../../../modules/options/option.ts';
import type { CheckFiles, Severity } from '../../rule.ts';
import { isOtherClanCore, lockedFrom, lockedTime } from './clan-core-version.ts';

/**
 * `same`: what is known holds for the locked version too; `unknown`: no version is locked; `other`: a fork, or a
 * version that is newer than what is known, or older.
 */
export type Standing = 'same' | 'unknown' | 'other';

export function standingOf(sources: CheckFiles, { since }: History): Standing {
  if (isOtherClanCore(sources)) return 'other';
  const time = lockedTime(sources);
  const from = lockedFrom(sources);
  if (time === null || from === null) return 'unknown';
  return since <= from && time <= CLAN_CORE_TIME ? 'same' : 'other';
}

/**
 * How severe a mistake is that goes by what is known of clan-core; null where some version may see none in it. With
 * another version only a slip of a name that there is counts.
 */
export function severityOf(
  { former, changed }: History,
  standing: Standing,
  mistake: OptionMistake,
  path: readonly string[],
): Severity | null {
  const others = mistake.kind === 'unknown' ? former : changed;
  if (others.some(other => isWithin(path, other.split('.')))) return null;
  if (standing === 'same') return 'error';
  if (standing === 'unknown') return 'warning';
  return meantBy(mistake) === null ? null : 'warning';
}

/** Returns whether a path leads to an option, or further. `*` in the option's stands for any name. */
function isWithin(path: readonly string[], option: readonly string[]): boolean {
  return option.length <= path.length && option.every((name, i) => name === '*' || name === path[i]);
}

/** Returns the name, or the value, that was probably meant. */
export function meantBy(mistake: OptionMistake): string | null {
  if (mistake.kind === 'unknown') return suggest(mistake.path.at(-1) ?? '', namesToWrite(mistake.siblings));
  const { scalar } = mistake.value;
  return typeof scalar === 'string' ? suggest(scalar, choicesFor(mistake)) : null;
}
