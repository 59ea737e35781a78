/**
 * Which clan-core the flake has locked: how old it is, and whether it is a fork. Reads `flake.nix` and `flake.lock`; knows
 * nothing of services.
 */

import { flakeInputs } from '../../../flake/flake-inputs.ts';
import { CLAN_CORE_TIME } from '../../../fleet/catalogue/catalogue-services.ts';
import { lockedClanCore } from '../../../fleet/catalogue/locked-clan-core.ts';
import { isOfClanCore } from '../../../fleet/inventory/inventory.ts';
import type { Instance } from '../../../fleet/model/services.ts';
import type { CheckFiles } from '../../rule.ts';

/** When the commit of clan-core was made that the flake has locked, in seconds since 1970; null: not known. */
export function lockedTime(sources: CheckFiles): number | null {
  return lockedClanCore(sources)?.time ?? null;
}

/**
 * Returns whether the locked clan-core is certainly not newer than the one that the catalogue describes, and no other.
 */
export function isCatalogued(sources: CheckFiles): boolean {
  const time = lockedTime(sources);
  return time !== null && time <= CLAN_CORE_TIME && !isOtherClanCore(sources);
}

/**
 * Returns whether the clan-core is another one than the catalogue's, which may have what that has not: a fork, or
 * clan-core's own source, in a workspace that is clan-core.
 */
export function isOtherClanCore(sources: CheckFiles): boolean {
  const locked = lockedClanCore(sources);
  if (locked !== null) return locked.isFork;
  const isAnInput = flakeInputs(sources)?.has('clan-core') ?? true;
  return !isAnInput && sources.kind('nixosModules/clanCore') === 'directory';
}

/** Returns whether the clan-core may know more than the catalogue: it is another one, or newer. */
export function mayKnowMore(sources: CheckFiles): boolean {
  return isOtherClanCore(sources) || (lockedTime(sources) ?? 0) > CLAN_CORE_TIME;
}

/**
 * From 2025-06-30 on, an instance that names no input has a service of clan-core; before, one of its own flake
 * (f966f5b74).
 */
const OF_CLAN_CORE_SINCE = 1_751_278_426;

/** Returns whether an instance certainly has, or certainly does not have, a service of clan-core. Null: not known. */
export function hasServiceOfClanCore(sources: CheckFiles, instance: Instance): boolean | null {
  const time = instance.module.input === null ? lockedTime(sources) : null;
  return time !== null && time < OF_CLAN_CORE_SINCE ? null : isOfClanCore(instance);
}
