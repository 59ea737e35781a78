/** Reads the options for running scripts and storing their results. */

import { chosenLimits, type Limits } from '../generate/run/chosen-limits.ts';
import { PACKAGE_SOURCES, type PackageSource } from '../generate/run/packages.ts';
import { TIME_LIMIT_MS } from '../generate/run/script-environment.ts';
import type { Parsed } from './arguments.ts';
import { type Io, UsageError } from './io.ts';
import type { OpenFleet } from './open-fleet.ts';

/** Returns whether changes are committed, by `--no-commit` or clan's variable. */
export function commits(parsed: { flag(name: string): boolean }, io: Io): boolean {
  return !parsed.flag('no-commit') && !io.env.CLAN_NO_COMMIT;
}

/**
 * Returns `--timeout` in milliseconds.
 * @throws UsageError
 */
export function timeLimitFrom(parsed: Parsed): number {
  return 1000 * positiveNumber('--timeout', parsed.option('timeout'), TIME_LIMIT_MS / 1000);
}

/**
 * Returns the limits in the fleet's settings, overridden by `--limit NAME=N`.
 * @throws UsageError
 */
export function limitsFrom(parsed: Parsed, { workspace }: OpenFleet): Limits {
  const chosen = chosenLimits(workspace.settings.limits, parsed.options('limit'));
  if ('limits' in chosen) return chosen.limits;
  throw new UsageError(`"${chosen.wrong}" is not a value of --limit: it takes ${chosen.wanted}.`);
}

/**
 * Returns the source of packages that `--packages` names.
 * @throws UsageError
 */
export function packageSourceFrom(parsed: Parsed): PackageSource {
  const name = parsed.option('packages') ?? 'auto';
  const source = PACKAGE_SOURCES.find(candidate => candidate === name);
  if (source !== undefined) return source;
  throw new UsageError(`"${name}" is not a value of --packages: it takes ${PACKAGE_SOURCES.join(', ')}.`);
}

/**
 * Returns the number in an option, or `fallback` if it is absent.
 * @throws UsageError
 */
export function positiveNumber(option: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new UsageError(`"${text}" is not a value of ${option}: it takes a number from 1.`);
}
