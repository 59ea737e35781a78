/** The vault of a fleet: which backend it is, and what the configuration says of it. */
import type { Fleet } from '../../fleet/model.ts';
import { sweepScratch } from '../../host/files/scratch.ts';
import type { Seen } from '../../store/vars/scan.ts';
import type { Ground } from '../run-environment.ts';
import { ageVault } from './age-backend.ts';
import { adminsFrom, groupsFrom, passCommandFrom } from './configured-access.ts';
import { customStore } from './custom-backend.ts';
import { findKeys, type Keys, noKeys } from './keys.ts';
import { type OutsideStore, outsideVault } from './outside-backend.ts';
import { passwordStore } from './password-store-backend.ts';
import type { Vault } from './secret-backend.ts';
import { isKeyed, type KeyedBackend, type ServedBackend } from './served-backend.ts';
import { sopsVault } from './sops-backend.ts';

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
