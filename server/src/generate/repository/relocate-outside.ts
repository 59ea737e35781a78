/**
 * Renames secrets in a store outside of the repository: stores them under the new name before removing the old
 * one.
 */
import type { Fleet } from '../../fleet/model/fleet.ts';
import { areSecretsOutside } from '../../store/backend-setting.ts';
import { openSecretBackend } from '../backends/open-backend.ts';
import { placesOf, type SecretChange, type SecretPlace } from '../backends/secret-backend.ts';
import { isKeyed } from '../backends/served-backend.ts';
import type { PlanRequest } from '../plan/plan.ts';
import type { RunEnvironment } from '../run-environment.ts';
import { situationOf } from './situation.ts';

/** The name to change, of the kind that the store uses. */
export type StoredName =
  | { readonly kind: 'generator' | 'machine'; readonly old: string; readonly to: string }
  | { readonly kind: 'file'; readonly generator: string; readonly old: string; readonly to: string };

const EVERYTHING: PlanRequest = { machines: [], generators: [], regenerate: false };

/**
 * Returns the changes that a new name requires in such a store; none for stores in the repository.
 *
 * @throws StoreFailure, HostFailure if the store cannot be listed or does not return a value
 */
export async function outsideMoves(
  fleet: Fleet,
  environment: RunEnvironment,
  name: StoredName,
): Promise<SecretChange[]> {
  if (environment.storeCommand === null && environment.storeBackend === null && !areSecretsOutside(fleet))
    return [];
  const { backend, plan } = await situationOf(fleet, environment, { asksStore: false });
  if (isKeyed(backend)) return [];
  const secretBackend = await openSecretBackend(environment, fleet, backend);
  const changes: SecretChange[] = [];
  for (const generator of plan(EVERYTHING).generators.all.values())
    for (const place of placesOf(generator)) {
      const renamed = renamedPlace(place, name);
      const value = renamed === null ? null : await secretBackend.open(place);
      if (renamed !== null && value !== null)
        changes.push(...(await secretBackend.seal(renamed, value)), ...secretBackend.removal([place]));
    }
  return changes;
}

/** Returns the place under the new name, or null if it does not change. */
function renamedPlace(place: SecretPlace, name: StoredName): SecretPlace | null {
  const parts = place.key.split('/');
  const generator = parts.at(-1);
  if (name.kind === 'file')
    return generator === name.generator && place.file === name.old ? { ...place, file: name.to } : null;
  if (name.kind === 'generator')
    return generator === name.old ? { ...place, key: [...parts.slice(0, -1), name.to].join('/') } : null;
  if (!place.machines.includes(name.old)) return null;
  const machines = place.machines.map(machine => (machine === name.old ? name.to : machine));
  const isOwn = parts.length === 3 && parts[1] === name.old;
  return isOwn ? { ...place, machines, key: `${parts[0]}/${name.to}/${generator}` } : null;
}
