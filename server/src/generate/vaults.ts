/** The vault of a fleet: which backend it is, and what the configuration says of it. */
import type { Fleet } from '../fleet/model.ts';
import { sweepScratch } from '../host/scratch.ts';
import type { Seen } from '../store/glance.ts';
import { adminsFrom, groupsFrom, passCommandFrom } from './access.ts';
import { isKeyed, type KeyedBackend, type ServedBackend } from './backend.ts';
import type { Ground } from './ground.ts';
import { findKeys, type Keys, noKeys } from './keys.ts';
import type { Vault } from './vault.ts';
import { ageVault } from './vault-age.ts';
import { customStore } from './vault-custom.ts';
import { type OutsideStore, outsideVault } from './vault-outside.ts';
import { passwordStore } from './vault-password-store.ts';
import { sopsVault } from './vault-sops.ts';

/**
 * @param seen what was seen of the store already; only for those that change nothing
 * @throws StoreFailure, HostFailure where keys that are named cannot be had
 */
export async function openVault(
  ground: Ground,
  fleet: Fleet,
  backend: ServedBackend,
  seen: Seen | null = null,
): Promise<Vault> {
  // What a killed run has left in memory goes before anything else is opened.
  await sweepScratch();
  return isKeyed(backend)
    ? keyedVault(ground, fleet, backend, await findKeys(ground, backend), seen)
    : outsideVault(outsideStoreOf(ground, fleet, backend));
}

/**
 * A vault that tells whom secrets are for, and opens none; null for a store that keeps that to itself. Starts nothing.
 *
 * @param seen what was seen of the store already
 */
export async function lookInto(
  ground: Ground,
  fleet: Fleet,
  backend: ServedBackend,
  seen: Seen | null,
): Promise<Pick<Vault, 'drift' | 'change'> | null> {
  return isKeyed(backend) ? keyedVault(ground, fleet, backend, await noKeys(), seen) : null;
}

function keyedVault(
  ground: Ground,
  fleet: Fleet,
  backend: KeyedBackend,
  keys: Keys,
  seen: Seen | null,
): Vault {
  const settings = fleet.accessSettings();
  return backend === 'sops'
    ? sopsVault(ground, keys, groupsFrom(settings), seen)
    : ageVault(ground, keys, () => adminsFrom(settings));
}

/** @throws StoreFailure `unsupported` where only Nix can tell which one it is */
export function outsideStoreOf(
  ground: Ground,
  fleet: Fleet,
  backend: Exclude<ServedBackend, KeyedBackend>,
): OutsideStore {
  if (backend === 'custom') return customStore(ground, ground.storeCommand ?? []);
  const machines = fleet.machines.map(machine => machine.name);
  return passwordStore(ground, passCommandFrom(fleet.accessSettings(), machines));
}
