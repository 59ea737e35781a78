/**
 * Reads and writes clan's age backend: `secrets/clan-vars/…/<file>.age`, the recipient lists beside them, and the
 * machines' keys. Returns changes without applying them.
 * Source: clan-core d7c35d912, clan_lib/vars/secret_modules/age.
 */

import { sortedUnique } from '../../std.ts';
import { StoreFailure } from '../store-failure.ts';
import { type Change, removeIfThere, varFolder, write } from '../vars/changes.ts';
import { below, type StoreFiles } from '../vars/files.ts';
import { AGE_FOLDER } from '../vars/vars.ts';
import type { AgeKeys } from './age-keys.ts';
import { type AgeCommand, encryptTo, generateKeyPair, type Keyring, openKeyring } from './crypt.ts';
import { parseIdentities } from './recipients.ts';

/** `clan.vars.settings.recipients`: the public keys of the admins. */
export interface AdminRecipients {
  readonly hosts: Readonly<Record<string, readonly string[]>>;
  readonly default: readonly string[];
}

export interface AgeVar {
  /** `shared/<generator>` or `per-machine/<machine>/<generator>`. */
  readonly key: string;
  readonly file: string;
  readonly deploy: boolean;
  /** The machines that declare the file. */
  readonly machines: readonly string[];
}

/** Returns the admins of a machine: its own list, or the default list. The two are never merged. */
export function adminsOf(
  admins: AdminRecipients,
  machine: string,
): { readonly list: readonly string[]; readonly setting: string } {
  const hostKeys = admins.hosts[machine] ?? [];
  const list = hostKeys.length > 0 ? hostKeys : admins.default;
  if (list.length === 0)
    throw new StoreFailure(
      'recipient',
      `No age recipients are configured for machine ${machine}. Set clan.vars.settings.recipients.hosts.${machine} or recipients.default.`,
    );
  return { list, setting: hostKeys.length > 0 ? `recipients.hosts.${machine}` : 'recipients.default' };
}

/**
 * Returns the sorted recipients of a file: the machines that it is deployed to, or the admins if it is not deployed.
 * @throws StoreFailure `recipient`
 */
export function ageRecipients(target: AgeVar, keys: AgeKeys, admins: AdminRecipients): readonly string[] {
  const recipients = target.machines.flatMap(machine => {
    if (!target.deploy) return adminsOf(admins, machine).list;
    const key = keys.machines.find(other => other.name === machine)?.publicKey() ?? null;
    if (key === null)
      throw new StoreFailure(
        'recipient',
        `Machine ${machine} has no age key yet (secrets/age-keys/machines/${machine}/pub).`,
      );
    return [key];
  });
  return sortedUnique(recipients);
}

export function ageSecretPath(directory: string, { key, file }: Pick<AgeVar, 'key' | 'file'>): string {
  // A file whose name has slashes is named by the last part.
  return below(directory, `${AGE_FOLDER}/${key}/${file}/${file.slice(file.lastIndexOf('/') + 1)}.age`);
}

/**
 * Returns the changes that store an encrypted secret. Its recipients are recorded beside it if the configuration
 * alone does not determine them.
 * @throws StoreFailure `recipient`
 */
export async function ageSecretChanges(
  files: StoreFiles,
  directory: string,
  target: AgeVar,
  plaintext: Uint8Array,
  { recipients, command }: { readonly recipients: readonly string[]; readonly command: AgeCommand | null },
): Promise<Change[]> {
  const path = ageSecretPath(directory, target);
  const noted = target.key.startsWith('shared/') || !target.deploy;
  return [
    write(path, await encryptTo(recipients, plaintext, command)),
    ...(noted
      ? [write(`${path}.recipients`, sidecar(recipients))]
      : removeIfThere(files, `${path}.recipients`)),
    ...removeIfThere(files, `${varFolder(directory, target.key, target.file)}/value`),
  ];
}

/** Returns the sorted recipients, one per line. */
function sidecar(recipients: readonly string[]): string {
  return `${sortedUnique(recipients).join('\n')}\n`;
}

/**
 * Returns the keys for secrets that are deployed to these machines: the admin's own identities, and the machine keys
 * that they decrypt.
 * @throws StoreFailure
 */
export async function machineKeyring(
  files: StoreFiles,
  keys: AgeKeys,
  machines: readonly string[],
  admin: Keyring,
): Promise<Keyring> {
  const opened = [];
  for (const { name, path, hasKey } of keys.machines) {
    if (!machines.includes(name) || !hasKey) continue;
    const text = files.text(`${path}/key.age`);
    const plaintext = text === null ? null : await admin.open(text);
    if (plaintext === null) continue;
    opened.push(...parseIdentities(Buffer.from(plaintext).toString('utf8'), `${path}/key.age`).identities);
  }
  const keyring = await openKeyring(opened, null);
  return {
    recipients: [...admin.recipients, ...keyring.recipients],
    unusable: admin.unusable,
    open: async file => (await keyring.open(file)) ?? (await admin.open(file)),
  };
}

/**
 * Returns the public keys that match the private keys of machines but differ from the stored public keys, because one
 * of the two was replaced; by machine.
 * @param admin the keyring for the private keys; those that it cannot decrypt are left out
 * @throws StoreFailure if a private key is damaged
 */
export async function replacedPublicKeys(
  files: StoreFiles,
  keys: AgeKeys,
  machines: readonly string[],
  admin: Keyring,
): Promise<ReadonlyMap<string, string>> {
  const replaced = new Map<string, string>();
  for (const machine of keys.machines) {
    const beside = machine.publicKey();
    if (beside === null || !machine.hasKey || !machines.includes(machine.name)) continue;
    const nobody = { recipients: [], unusable: [], open: async () => null };
    const { recipients } = await machineKeyring(files, { machines: [machine] }, [machine.name], {
      ...nobody,
      open: admin.open,
    });
    if (recipients[0] !== undefined && !recipients.includes(beside))
      replaced.set(machine.name, recipients[0]);
  }
  return replaced;
}

/**
 * Decrypts a secret.
 * @param file armored or binary
 * @throws StoreFailure; `no-matching-key` if none of the keys fits
 */
export async function openAgeSecret(file: string | Uint8Array, keyring: Keyring): Promise<Buffer> {
  const plaintext = await keyring.open(file);
  if (plaintext === null)
    throw new StoreFailure(
      'no-matching-key',
      ['None of your keys can decrypt it.', ...keyring.unusable].join(' '),
    );
  return Buffer.from(plaintext);
}

/**
 * Returns the changes that store a key pair for a machine without one, with the private key encrypted to the
 * machine's admins.
 * @throws StoreFailure `recipient`
 */
export async function ageMachineKeyChanges(
  directory: string,
  machine: string,
  admins: AdminRecipients,
  options: { readonly now: Date; readonly command: AgeCommand | null },
): Promise<{ readonly recipient: string; readonly changes: readonly Change[] }> {
  const recipients = adminsOf(admins, machine).list;
  const { recipient, secret } = await generateKeyPair();
  const file = `# created: ${options.now.toISOString().slice(0, 19)}Z\n# public key: ${recipient}\n${secret}\n`;
  const folder = below(directory, `secrets/age-keys/machines/${machine}`);
  return {
    recipient,
    changes: [
      write(`${folder}/key.age`, await encryptTo(recipients, Buffer.from(file, 'latin1'), options.command)),
      write(`${folder}/key.age.recipients`, sidecar(recipients)),
      write(`${folder}/pub`, recipient),
    ],
  };
}
