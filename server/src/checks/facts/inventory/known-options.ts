/**
 * Decides how far the known options of clan-core apply to the clan-core version of a fleet. Knows nothing of
 * single options.
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
 * `same`: the known options apply to the locked version; `unknown`: no version is locked; `other`: a fork, or a
 * version that is newer or older than the known one.
 */
export type VersionMatch = 'same' | 'unknown' | 'other';

export function versionMatchOf(sources: CheckFiles, { since }: History): VersionMatch {
  if (isOtherClanCore(sources)) return 'other';
  const time = lockedTime(sources);
  const from = lockedFrom(sources);
  if (time === null || from === null) return 'unknown';
  return since <= from && time <= CLAN_CORE_TIME ? 'same' : 'other';
}

/**
 * Returns the severity of a mistake judged by the known options of clan-core, or null if some version may
 * accept it. With another version, only a misspelling of an existing name counts.
 */
export function severityOf(
  { former, changed }: History,
  standing: VersionMatch,
  mistake: OptionMistake,
  path: readonly string[],
): Severity | null {
  const others = mistake.kind === 'unknown' ? former : changed;
  if (others.some(other => isWithin(path, other.split('.')))) return null;
  if (standing === 'same') return 'error';
  if (standing === 'unknown') return 'warning';
  return likelyName(mistake) === null ? null : 'warning';
}

/** Returns whether a path leads to an option or below it. `*` in the option's path matches any name. */
function isWithin(path: readonly string[], option: readonly string[]): boolean {
  return option.length <= path.length && option.every((name, i) => name === '*' || name === path[i]);
}

/** Returns the name or value that was probably meant. */
export function likelyName(mistake: OptionMistake): string | null {
  if (mistake.kind === 'unknown') return suggest(mistake.path.at(-1) ?? '', namesToWrite(mistake.siblings));
  const { scalar } = mistake.value;
  return typeof scalar === 'string' ? suggest(scalar, choicesFor(mistake)) : null;
}
