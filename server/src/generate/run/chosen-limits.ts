/** How much a script may take: what somebody gives, before what the fleet says, before what is usual. */
import { DEFAULT_LIMITS, GREATEST, LIMIT_NAMES, type Limits } from '../../host/sandbox/limits.ts';

export type { Limits };

/**
 * @param ofFleet from its settings
 * @param given each as `NAME=NUMBER`
 * @returns or what is wrong, in words that follow what was given
 */
export function chosenLimits(
  ofFleet: Partial<Limits>,
  given: readonly string[],
): { readonly limits: Limits } | { readonly wrong: string; readonly wanted: string } {
  const limits: { -readonly [name in keyof Limits]: number } = { ...DEFAULT_LIMITS, ...ofFleet };
  for (const text of given) {
    const [, name, value] = /^(\w+)=(\d{1,7})$/.exec(text) ?? [];
    const known = LIMIT_NAMES.find(one => one === name);
    if (known === undefined)
      return { wrong: text, wanted: `NAME=NUMBER, with one of ${LIMIT_NAMES.join(', ')}` };
    const number = Number(value);
    if (number < 1 || number > GREATEST[known])
      return { wrong: text, wanted: `for ${known} a number from 1 to ${GREATEST[known]}` };
    limits[known] = number;
  }
  return { limits };
}
