/** Turns existing values into vars, encrypted for their machines before anything is written. */
import type { Fleet } from '../../fleet/model/fleet.ts';
import { openSecretBackend } from '../backends/open-backend.ts';
import type { SecretChange } from '../backends/secret-backend.ts';
import type { Generator } from '../plan/generators.ts';
import type { RunEnvironment } from '../run-environment.ts';
import { machinesOfSecrets } from './drift.ts';
import type { KeptPlace } from './kept-values.ts';
import { overlayOn } from './overlay.ts';
import { situationOf } from './situation.ts';
import { hashChanges, outputChanges } from './store-step.ts';

/** A value for a secret var without a value. */
export interface NewValue {
  readonly generator: Generator;
  readonly value: Buffer;
  /** The place where it was kept before. */
  readonly from: KeptPlace;
}

export interface SealedValues {
  readonly changes: readonly SecretChange[];
  /** Machines that get a key because they have none. */
  readonly newKeys: readonly string[];
}

/** Returns the changes that store the values, including keys for machines without one. */
export async function sealedAnew(
  environment: RunEnvironment,
  fleet: Fleet,
  values: readonly NewValue[],
): Promise<SealedValues> {
  if (values.length === 0) return { changes: [], newKeys: [] };
  const overlay = overlayOn(environment.files);
  const above = { ...environment, files: overlay.files };
  const { backend } = await situationOf(fleet, environment);
  const secretBackend = await openSecretBackend(above, fleet, backend);
  const made = await secretBackend.prepare(machinesOfSecrets(values.map(value => value.generator)));
  const changes: SecretChange[] = made.flatMap(key => key.changes);
  overlay.put(made.flatMap(key => key.changes));
  secretBackend.forget();
  for (const { generator, value } of values) {
    const outputs = new Map([[generator.files[0]?.name ?? generator.name, value]]);
    changes.push(
      ...(await outputChanges(above, secretBackend, generator, outputs)),
      ...hashChanges(above, generator),
    );
  }
  return { changes, newKeys: made.map(key => key.machine) };
}
