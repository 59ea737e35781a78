/**
 * Finds stored secrets whose actual readers differ from the intended ones, and re-encrypts them. Values do not
 * change.
 */
import { folderOf } from '../../nix/eval/paths.ts';
import { UNFINISHED_MERGE } from '../../store/json-flaw.ts';
import { howToMerge } from '../../store/merge-advice.ts';
import { varFolder } from '../../store/vars/changes.ts';
import { publicFlaw } from '../../store/vars/metadata.ts';
import { type ConsentedGains, isCertain, mustBeAgreed } from '../backends/access-change.ts';
import { accessMessage } from '../backends/access-words.ts';
import {
  type Drift,
  type MachineKey,
  placesOf,
  type SecretBackend,
  type SecretChange,
  UNUSABLE,
} from '../backends/secret-backend.ts';
import type { Generator } from '../plan/generators.ts';
import type { RunEnvironment } from '../run-environment.ts';
import type { Session } from './session.ts';

export interface GeneratorDrift {
  readonly generator: Generator;
  readonly drifts: readonly Drift[];
}

/** Returns the drifts of generators that encrypting anew corrects. Decrypts nothing. */
export function driftsOf(
  generators: Iterable<Generator>,
  secretBackend: Pick<SecretBackend, 'drift'>,
): GeneratorDrift[] {
  return [...generators].flatMap(generator => {
    const drifts = allDrifts(generator, secretBackend).filter(({ isUnusable }) => !isUnusable);
    return drifts.length === 0 ? [] : [{ generator, drifts }];
  });
}

function allDrifts(generator: Generator, secretBackend: Pick<SecretBackend, 'drift'>): Drift[] {
  return isCertain(generator) ? placesOf(generator).flatMap(place => secretBackend.drift(place) ?? []) : [];
}

/** A stored value that is broken. */
export interface UnusableFile {
  readonly generator: Generator;
  readonly file: string;
  /** What is wrong, where, and the way out. */
  readonly message: string;
}

/** Returns the stored secrets that are broken, and the public values with both sides of a merge. Decrypts nothing. */
export function unusableOf(
  generators: Iterable<Generator>,
  secretBackend: Pick<SecretBackend, 'drift' | 'paths'>,
  { files, directory }: Pick<RunEnvironment, 'files' | 'directory'>,
): UnusableFile[] {
  return [...generators].flatMap(generator => [
    ...allDrifts(generator, secretBackend)
      .filter(({ isUnusable }) => isUnusable)
      .map(({ place, reason }) => {
        const [path = `${place.key}/${place.file}`] = secretBackend.paths(place);
        return { generator, file: place.file, message: unusableText(generator, path, reason) };
      }),
    ...generator.files
      .filter(file => !file.secret)
      .flatMap(({ name }) => {
        const path = `${varFolder(directory, generator.key, name)}/value`;
        const text = files.kind(path) === 'file' ? files.text(path) : null;
        const flaw = text === null ? null : publicFlaw(text);
        if (flaw === null) return [];
        return [{ generator, file: name, message: unusableText(generator, path, UNUSABLE + flaw.reason) }];
      }),
  ]);
}

function unusableText({ key }: Generator, path: string, reason: string): string {
  const at = path.indexOf(`${key}/`);
  const folder = at < 0 ? path : path.slice(0, at + key.length);
  const way = reason.includes(UNFINISHED_MERGE)
    ? `${howToMerge(folder)} Or generate`
    : 'Restore it from git, or generate';
  return `${path} ${reason.replace(/\.$/, '')}. ${way} it again with "varsmith generate -g ${key}".`;
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
    const { name, machine, machines } = drift.generator;
    const subject = `secrets: fix ${name} for ${machine ?? machines.join(', ')}`;
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
