/**
 * Builds the third view of the explorer: machines with their sops-nix and agenix secrets, and encrypted files with
 * their keys. Built level by level; only names and recipients are read.
 */

import type { SecretKeeper } from '../../fleet/model/secrets.ts';
import type { FleetSecret } from '../../fleet/secrets/secrets-join.ts';
import type { Place } from '../../nix/places.ts';
import { byText } from '../../std.ts';
import { secretPaths } from '../secrets/deployed.ts';
import {
  ageRulesOf,
  keyTextOf,
  machinesOfSecret,
  secretContextOf,
  secretsIn,
  secretsUsing,
  usesOf,
  valueKeys,
} from '../secrets/joined.ts';
import { keyNames, recipientsOf } from '../secrets/recipients.ts';
import type { Snapshot } from '../snapshot.ts';
import { type ExplorerFilter, matches } from './explorer-filter.ts';

export interface SecretsEntry {
  readonly machines: readonly {
    readonly name: string;
    readonly secrets: number;
    readonly at: Place | null;
  }[];
  /** The number of secrets without a known machine. */
  readonly unassigned: number;
  readonly files: readonly EncryptedFileEntry[];
}

interface EncryptedFileEntry {
  readonly path: string;
  readonly keeper: SecretKeeper;
  readonly state: 'encrypted' | 'plain' | 'missing' | 'unknown';
  /** The number of keys with values, or null if the file has no keys. */
  readonly keys: number | null;
  /** Names of the keys that can decrypt it. */
  readonly recipients: readonly string[];
  readonly at: Place | null;
}

export interface SecretEntry {
  readonly keeper: SecretKeeper;
  readonly name: string;
  /** Its path on the machine, or `null` if it is not known. */
  readonly path: string | null;
  /** False if its file, or its key in the file, certainly does not exist. */
  readonly found: boolean;
  readonly sources: readonly {
    readonly file: string;
    readonly key: string | null;
    readonly at: Place | null;
  }[];
  readonly uses: readonly Place[];
  readonly at: Place | null;
}

export interface KeyOfFile {
  readonly key: string;
  /** Names of the secrets that use it. */
  readonly secrets: readonly string[];
  readonly at: Place;
}

export function secretsEntry(snapshot: Snapshot, filter: ExplorerFilter): SecretsEntry {
  const { fleet } = snapshot;
  const secrets = secretsIn(snapshot).secrets.filter(secret => isShown(snapshot, secret, filter));
  const counts = new Map<string, number>();
  let unassigned = 0;
  for (const secret of secrets) {
    const machines = machinesOfSecret(fleet, secret);
    if (machines.length === 0) unassigned++;
    for (const machine of machines) counts.set(machine, (counts.get(machine) ?? 0) + 1);
  }
  return {
    machines: fleet.machines.flatMap(({ name, at }) => {
      const count = counts.get(name) ?? 0;
      return count === 0 ? [] : [{ name, secrets: count, at }];
    }),
    unassigned,
    files: fileEntries(snapshot).filter(
      fileEntry =>
        (!filter.lacking || fileEntry.state === 'missing' || fileEntry.state === 'plain') &&
        matches(filter, [fileEntry.path, ...fileEntry.recipients]),
    ),
  };
}

function isShown(snapshot: Snapshot, secret: FleetSecret, filter: ExplorerFilter): boolean {
  if (filter.lacking && isFound(snapshot, secret)) return false;
  return matches(filter, [secret.name, ...machinesOfSecret(snapshot.fleet, secret)]);
}

/** Returns whether the secret's file and key may exist. */
function isFound(snapshot: Snapshot, { definitions }: FleetSecret): boolean {
  const secrets = secretsIn(snapshot);
  return definitions.every(definition => {
    const key = secrets.keyOf(definition);
    if (key?.certain && key.kind !== 'found') return false;
    return secrets
      .filesOf(definition)
      .files.every(({ path, certain }) => !certain || snapshot.files.kind(path) === 'file');
  });
}

/** Returns the files that secrets are certainly taken from, and those of agenix rules, sorted. */
function fileEntries(snapshot: Snapshot): EncryptedFileEntry[] {
  const secrets = secretsIn(snapshot);
  const keepers = new Map<string, SecretKeeper>();
  for (const { keeper, definitions } of secrets.secrets)
    for (const definition of definitions)
      for (const { path, certain } of secrets.filesOf(definition).files)
        if (certain) keepers.set(path, keeper);
  for (const { path } of secrets.ageRules.flatMap(({ rules }) => rules)) keepers.set(path, 'age');
  const nameOf = keyNames(secretContextOf(snapshot));
  return [...keepers].sort(byText(([name]) => name)).map(([path, keeper]) => {
    const isThere = snapshot.files.kind(path) === 'file';
    const content = keeper === 'sops' ? secrets.encrypted(path) : null;
    return {
      path,
      keeper,
      state: stateOf(isThere, keeper, content),
      keys: content === null ? null : valueKeys(content).length,
      recipients: [...new Set((recipientsOf(secrets, path)?.keys ?? []).map(nameOf))],
      at: isThere ? { file: path, start: 0, end: 0 } : (ageRulesOf(secrets, path)[0]?.at ?? null),
    };
  });
}

function stateOf(
  isThere: boolean,
  keeper: SecretKeeper,
  content: { readonly encrypted: boolean; readonly complete: boolean } | null,
): EncryptedFileEntry['state'] {
  if (!isThere) return 'missing';
  if (keeper === 'age') return 'encrypted';
  if (content === null || (!content.encrypted && !content.complete)) return 'unknown';
  return content.encrypted ? 'encrypted' : 'plain';
}

/**
 * Returns the secrets of a machine.
 *
 * @param machine null for those without a known machine
 */
export function secretEntries(
  snapshot: Snapshot,
  machine: string | null,
  filter: ExplorerFilter,
): readonly SecretEntry[] {
  const ground = secretContextOf(snapshot);
  return ground.secrets.secrets
    .filter(secret => isShown(snapshot, secret, filter))
    .filter(secret => {
      const machines = machinesOfSecret(snapshot.fleet, secret);
      return machine === null ? machines.length === 0 : machines.includes(machine);
    })
    .map(secret => ({
      keeper: secret.keeper,
      name: secret.name,
      path: onePath(secretPaths(ground, secret.keeper, secret.name, secret.definitions)),
      found: isFound(snapshot, secret),
      sources: sourcesOf(snapshot, secret),
      uses: usesOf(snapshot, { keeper: secret.keeper, of: 'secret', name: secret.name }).map(({ at }) => at),
      at: secret.definitions[0]?.at ?? null,
    }));
}

function onePath([only, another]: readonly string[]): string | null {
  return another === undefined ? (only ?? null) : null;
}

function sourcesOf(snapshot: Snapshot, { definitions }: FleetSecret): SecretEntry['sources'] {
  const secrets = secretsIn(snapshot);
  const sources = definitions.flatMap(definition => {
    const locatedKey = secrets.keyOf(definition);
    const key = keyTextOf(secrets, definition);
    return secrets.filesOf(definition).files.flatMap(({ path, certain }) => {
      if (!certain && locatedKey?.file !== path) return [];
      const isThere = snapshot.files.kind(path) === 'file';
      const at =
        locatedKey?.file === path && locatedKey.kind === 'found' ? (locatedKey.key?.at ?? null) : null;
      return [{ file: path, key, at: at ?? (isThere ? { file: path, start: 0, end: 0 } : null) }];
    });
  });
  return [...new Map(sources.map(source => [`${source.file}\0${source.key}`, source])).values()];
}

/** Returns the keys of a file that hold values, in file order. */
export function keysOfFile(snapshot: Snapshot, path: string): readonly KeyOfFile[] {
  const secrets = secretsIn(snapshot);
  const content = secrets.encrypted(path);
  return (content === null ? [] : valueKeys(content)).map(key => ({
    key: key.path,
    secrets: [...new Set(secretsUsing(secrets, path, key.path).map(({ name }) => name))],
    at: key.key.at,
  }));
}
