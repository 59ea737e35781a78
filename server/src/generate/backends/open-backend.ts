/** The secret backend of a fleet: which backend it is, and what the configuration says of it. */
import type { Fleet } from '../../fleet/model/fleet.ts';
import { sweepScratch } from '../../host/files/scratch.ts';
import type { ScannedStore } from '../../store/vars/scan.ts';
import type { RunEnvironment } from '../run-environment.ts';
import { ageBackend } from './age-backend.ts';
import { adminsFrom, groupsFrom, passCommandFrom } from './configured-access.ts';
import { customStore } from './custom-backend.ts';
import { findKeys, type Keys, noKeys } from './keys.ts';
import { type OutsideStore, outsideBackend } from './outside-backend.ts';
import { passwordStore } from './password-store-backend.ts';
import type { SecretBackend } from './secret-backend.ts';
import { isKeyed, type KeyedBackend, type ServedBackend } from './served-backend.ts';
import { sopsBackend } from './sops-backend.ts';

/**
 * @param scanned a scan of the store that was made already; only for those that change nothing
 * @throws StoreFailure, HostFailure where keys that are named cannot be had
 */
export async function openSecretBackend(
  environment: RunEnvironment,
  fleet: Fleet,
  backend: ServedBackend,
  scanned: ScannedStore | null = null,
): Promise<SecretBackend> {
  // What a killed run has left in memory goes before anything else is opened.
  await sweepScratch();
  return isKeyed(backend)
    ? keyedBackend(environment, fleet, backend, await findKeys(environment, backend), scanned)
    : outsideBackend(outsideStoreOf(environment, fleet, backend));
}

/**
 * Returns a secret backend that tells whom secrets are for, and opens none; null for a store that keeps that to itself. Starts nothing.
 *
 * @param scanned a scan of the store that was made already
 */
export async function lookInto(
  environment: RunEnvironment,
  fleet: Fleet,
  backend: ServedBackend,
  scanned: ScannedStore | null,
): Promise<Pick<SecretBackend, 'drift' | 'change'> | null> {
  return isKeyed(backend) ? keyedBackend(environment, fleet, backend, await noKeys(), scanned) : null;
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

/** @throws StoreFailure `unsupported` where only Nix can tell which one it is */
export function outsideStoreOf(
  environment: RunEnvironment,
  fleet: Fleet,
  backend: Exclude<ServedBackend, KeyedBackend>,
): OutsideStore {
  if (backend === 'custom') return customStore(environment, environment.storeCommand ?? []);
  const machines = fleet.machines.map(machine => machine.name);
  return passwordStore(environment, passCommandFrom(fleet.accessSettings, machines));
}
