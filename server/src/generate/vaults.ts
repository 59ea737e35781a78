/** The vault of a fleet: which backend it is, and what the configuration says of it. */
import type { Fleet } from '../fleet/model.ts';
import { adminsFrom, groupsFrom } from './access.ts';
import type { ServedBackend } from './backend.ts';
import type { Ground } from './ground.ts';
import { findKeys } from './keys.ts';
import type { Vault } from './vault.ts';
import { ageVault } from './vault-age.ts';
import { sopsVault } from './vault-sops.ts';

/** @throws StoreFailure, HostFailure where keys that are named cannot be had */
export async function openVault(ground: Ground, fleet: Fleet, backend: ServedBackend): Promise<Vault> {
  const keys = await findKeys(ground, backend);
  const settings = fleet.accessSettings();
  return backend === 'sops'
    ? sopsVault(ground, keys, groupsFrom(settings))
    : ageVault(ground, keys, () => adminsFrom(settings));
}
