/**
 * Finds stored secrets whose actual readers differ from the intended ones, and re-encrypts them. Values do not
 * change.
 */
import { folderOf } from '../../nix/eval/paths.ts';
import { type ConsentedGains, isCertain, mustBeAgreed } from '../backends/access-change.ts';
import { accessMessage } from '../backends/access-words.ts';
import {
  type Drift,
  type MachineKey,
  placesOf,
  type SecretBackend,
  type SecretChange,
} from '../backends/secret-backend.ts';
import type { Generator } from '../plan/generators.ts';
import type { Session } from './session.ts';

export interface GeneratorDrift {
  readonly generator: Generator;
  readonly drifts: readonly Drift[];
}

/** Returns the drifts of generators. Decrypts nothing. */
export function driftsOf(
  generators: Iterable<Generator>,
  secretBackend: Pick<SecretBackend, 'drift'>,
): GeneratorDrift[] {
  return [...generators].flatMap(generator => {
    if (!isCertain(generator)) return [];
    const drifts = placesOf(generator).flatMap(place => secretBackend.drift(place) ?? []);
    return drifts.length === 0 ? [] : [{ generator, drifts }];
  });
}

/**
 * Re-encrypts secrets to their intended readers, with one transaction and commit per generator. Machines
 * without a key get one.
 *
 * @param agreed the gains of access that were consented to @param onFixed called with each changed generator
 * @throws StoreFailure, HostFailure; earlier fixes remain
 */
export async function fixDrifts(
  drifts: readonly GeneratorDrift[],
  secretBackend: SecretBackend,
  session: Session,
  agreed: ConsentedGains,
  onFixed: (drift: GeneratorDrift) => void,
): Promise<void> {
  if (drifts.length === 0) return;
  const keys = await secretBackend.prepare(machinesOfSecrets(drifts.map(drift => drift.generator)));
  await storeMachineKeys(keys, secretBackend, session);
  for (const drift of drifts) {
    const changes: SecretChange[] = [];
    const access = drift.drifts.map(({ place }) => secretBackend.change(place));
    for (const change of access) mustBeAgreed(change, agreed);
    for (const { place } of drift.drifts) changes.push(...(await secretBackend.reseal(place)));
    if (changes.length === 0) continue;
    const { machine, machines } = drift.generator;
    const subject = `secrets: fix vars for ${machine ?? machines.join(', ')}`;
    await session.apply(changes, subject + accessMessage(access));
    onFixed(drift);
  }
}

/**
 * Stores keys for machines without one, with one transaction and commit per machine.
 *
 * @param keys as prepared by the secret backend
 */
export async function storeMachineKeys(
  keys: readonly MachineKey[],
  secretBackend: SecretBackend,
  session: Session,
): Promise<void> {
  for (const { machine, changes, readers } of keys) {
    // The private half is the first file written.
    const path = changes[0]?.path ?? machine;
    const place = { key: folderOf(path), file: path.slice(path.lastIndexOf('/') + 1) };
    const gained = readers.map(reader => ({ ...reader, asked: false }));
    const access = accessMessage([{ place, isNew: true, kept: [], gained, lost: [] }]);
    await session.apply(changes, `secrets: add machine ${machine}${access}`);
  }
  secretBackend.forget();
}

/** Returns the machines that need a key before these generators' secrets can be written. */
export function machinesOfSecrets(generators: Iterable<Generator>): string[] {
  const names = new Set<string>();
  for (const { files, machines } of generators)
    if (files.some(file => file.secret && file.deploy)) for (const machine of machines) names.add(machine);
  return [...names].sort();
}
