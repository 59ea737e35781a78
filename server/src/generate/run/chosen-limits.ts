/**
 * Determines the resource limits of scripts. The command line takes precedence over the fleet's settings, and
 * those over the defaults.
 */
import { DEFAULT_LIMITS, GREATEST, LIMIT_NAMES, type Limits } from '../../host/sandbox/limits.ts';

export type { Limits };

/**
 * Returns the limits, or an error to follow the given text.
 *
 * @param ofFleet from the fleet's settings @param texts each as `NAME=NUMBER`
 */
export function chosenLimits(
  ofFleet: Partial<Limits>,
  texts: readonly string[],
): { readonly limits: Limits } | { readonly wrong: string; readonly wanted: string } {
  const limits: { -readonly [name in keyof Limits]: number } = { ...DEFAULT_LIMITS, ...ofFleet };
  for (const text of texts) {
    const [, name, value] = /^(\w+)=(\d{1,7})$/.exec(text) ?? [];
    const limit = LIMIT_NAMES.find(other => other === name);
    if (limit === undefined)
      return { wrong: text, wanted: `NAME=NUMBER, with one of ${LIMIT_NAMES.join(', ')}` };
    const number = Number(value);
    if (number < 1 || number > GREATEST[limit])
      return { wrong: text, wanted: `for ${limit} a number from 1 to ${GREATEST[limit]}` };
    limits[limit] = number;
  }
  return { limits };
}
