/** Opens the secret backend of a fleet, as selected and configured there. */
import type { Fleet } from '../../fleet/model/fleet.ts';
import { sweepScratch } from '../../host/files/scratch.ts';
import type { StoreFailure } from '../../store/store-failure.ts';
import type { ScannedStore } from '../../store/vars/scan.ts';
import type { RunEnvironment } from '../run-environment.ts';
import { ageBackend } from './age-backend.ts';
import { adminsFrom, groupsFrom, passCommandFrom } from './configured-access.ts';
import { customStore } from './custom-backend.ts';
import { findKeys, type Keys, keysAtHand, noKeys } from './keys.ts';
import { type OutsideStore, outsideBackend } from './outside-backend.ts';
import { passwordStore } from './password-store-backend.ts';
import type { SecretBackend, StoredPlace } from './secret-backend.ts';
import { isKeyed, type KeyedBackend, type ServedBackend } from './served-backend.ts';
import { sopsBackend } from './sops-backend.ts';

/**
 * Opens the secret backend of a fleet.
 *
 * @param scanned an existing scan of the store, for callers that change nothing @throws StoreFailure,
 * HostFailure if named keys are not available
 */
export async function openSecretBackend(
  environment: RunEnvironment,
  fleet: Fleet,
  backend: ServedBackend,
  scanned: ScannedStore | null = null,
): Promise<SecretBackend> {
  // Removes what a killed run left in memory before anything else is decrypted.
  await sweepScratch();
  return isKeyed(backend)
    ? keyedBackend(environment, fleet, backend, await findKeys(environment, backend), scanned)
    : outsideBackend(outsideStoreOf(environment, fleet, backend));
}

/**
 * Returns a secret backend that knows readers but decrypts nothing, or null for a store that does not tell.
 * Starts no programs.
 *
 * @param scanned an existing scan of the store
 */
export async function lookInto(
  environment: RunEnvironment,
  fleet: Fleet,
  backend: ServedBackend,
  scanned: ScannedStore | null,
): Promise<Pick<SecretBackend, 'drift' | 'change'> | null> {
  return isKeyed(backend) ? keyedBackend(environment, fleet, backend, await noKeys(), scanned) : null;
}

/**
 * Returns why the person cannot decrypt one of the places, by the keys that are at hand without starting a program; null if
 * they may be able to.
 */
export async function refusalAtHand(
  environment: RunEnvironment,
  fleet: Fleet,
  backend: ServedBackend,
  places: readonly StoredPlace[],
): Promise<StoreFailure | null> {
  if (backend !== 'sops' || places.length === 0) return null;
  const keys = await keysAtHand(environment);
  if (keys === null) return null;
  const secretBackend = keyedBackend(environment, fleet, backend, keys, null);
  for (const place of places) {
    const refusal = secretBackend.refusal?.(place) ?? null;
    if (refusal !== null) return refusal;
  }
  return null;
}

function keyedBackend(
  environment: RunEnvironment,
  fleet: Fleet,
  backend: KeyedBackend,
  keys: Keys,
  scanned: ScannedStore | null,
): SecretBackend {
  const settings = fleet.accessSettings;
  return backend === 'sops'
    ? sopsBackend(environment, keys, groupsFrom(settings), scanned)
    : ageBackend(environment, keys, () => adminsFrom(settings));
}

/**
 * Returns the store of a backend outside of the repository.
 *
 * @throws StoreFailure `unsupported` if only Nix can determine it
 */
export function outsideStoreOf(
  environment: RunEnvironment,
  fleet: Fleet,
  backend: Exclude<ServedBackend, KeyedBackend>,
): OutsideStore {
  if (backend === 'custom') return customStore(environment, environment.storeCommand ?? []);
  const machines = fleet.machines.map(machine => machine.name);
  return passwordStore(environment, passCommandFrom(fleet.accessSettings, machines));
}
