/**
 * Determines the locked version of clan-core: its age, and whether it is a fork. Reads `flake.nix` and
 * `flake.lock`; knows nothing of services.
 */

import { flakeInputs } from '../../../flake/flake-inputs.ts';
import { CLAN_CORE_TIME } from '../../../fleet/catalogue/catalogue-services.ts';
import { lockedClanCore } from '../../../fleet/catalogue/locked-clan-core.ts';
import { isOfClanCore } from '../../../fleet/inventory/inventory.ts';
import type { Instance } from '../../../fleet/model/services.ts';
import type { CheckFiles } from '../../rule.ts';

/** Returns the commit time of the locked clan-core, in seconds since 1970, or null if it is not known. */
export function lockedTime(sources: CheckFiles): number | null {
  return lockedClanCore(sources)?.time ?? null;
}

/**
 * Returns the time up to which the locked clan-core certainly has all changes of the main branch, in seconds
 * since 1970, or null if that is not known. A release has the changes from before it was branched off.
 */
export function lockedFrom(sources: CheckFiles): number | null {
  return lockedClanCore(sources)?.from ?? null;
}

/**
 * Returns whether the locked clan-core is certainly the original, and not newer than the one that the catalogue
 * describes.
 */
export function isCatalogued(sources: CheckFiles): boolean {
  const time = lockedTime(sources);
  return time !== null && time <= CLAN_CORE_TIME && !isOtherClanCore(sources);
}

/**
 * Returns whether clan-core is not the catalogue's and may have other contents: a fork, or its own source in a
 * workspace that is clan-core.
 */
export function isOtherClanCore(sources: CheckFiles): boolean {
  const locked = lockedClanCore(sources);
  if (locked !== null) return locked.isFork;
  const isAnInput = flakeInputs(sources)?.has('clan-core') ?? true;
  return !isAnInput && sources.kind('nixosModules/clanCore') === 'directory';
}

/** Returns whether clan-core may have more than the catalogue: it is a fork, or newer. */
export function mayKnowMore(sources: CheckFiles): boolean {
  return isOtherClanCore(sources) || (lockedTime(sources) ?? 0) > CLAN_CORE_TIME;
}

/**
 * Since 2025-06-30, an instance that names no input uses a clan-core service; before, one of its own flake
 * (f966f5b74).
 */
const OF_CLAN_CORE_SINCE = 1_751_278_426;

/** Returns whether an instance uses a clan-core service, or null if that is not certain. */
export function hasServiceOfClanCore(sources: CheckFiles, instance: Instance): boolean | null {
  const time = instance.module.input === null ? lockedTime(sources) : null;
  return time !== null && time < OF_CLAN_CORE_SINCE ? null : isOfClanCore(instance);
}
