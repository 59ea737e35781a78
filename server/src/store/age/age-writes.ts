/**
 * Clan's age backend, read and written: `secrets/clan-vars/…/<file>.age`, the notes of recipients beside them, and
 * the machines' keys. Gives changes and never applies them.
 *
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

/** `clan.vars.settings.recipients`: public keys of the admins. */
export interface AdminRecipients {
  readonly hosts: Readonly<Record<string, readonly string[]>>;
  readonly default: readonly string[];
}

export interface AgeVar {
  /** `shared/<generator>` or `per-machine/<machine>/<generator>`. */
  readonly key: string;
  readonly file: string;
  readonly deploy: boolean;
  /** Those that declare it. */
  readonly machines: readonly string[];
}

/** Returns the admins of a machine: its own list, or the default where it has none. The two are never joined. */
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
 * Returns whom a file is encrypted to: the machines it is deployed to, or the admins where it is not.
 *
 * @returns sorted
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
  // The last name of a file with slashes names the file.
  return below(directory, `${AGE_FOLDER}/${key}/${file}/${file.slice(file.lastIndexOf('/') + 1)}.age`);
}

/**
 * Makes the changes that store a secret, encrypted. Its recipients are noted beside it where the configuration alone does not tell them.
 *
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

/** Recipients, sorted, one a line. */
function sidecar(recipients: readonly string[]): string {
  return `${sortedUnique(recipients).join('\n')}\n`;
}

/**
 * Returns the keys that open what is deployed to these machines: an admin opens the machine's key and with it the rest.
 *
 * @returns the admin's own identities and those of the machines that they open
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
 * Returns the public keys that belong to the private keys of machines, where they differ from those that lie beside them: somebody
 * has replaced one of the two.
 *
 * @param admin opens them; those that it does not open are left out
 * @returns by the name of the machine
 * @throws StoreFailure where a private key is damaged
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
 * Returns a secret's bytes.
 *
 * @param file armored, or binary
 *
 * @throws StoreFailure; `no-matching-key` where none of the keys fits
 */
export async function openAgeSecret(file: string | Uint8Array, keyring: Keyring): Promise<Buffer> {
  const plaintext = await keyring.open(file);
  if (plaintext === null)
    throw new StoreFailure('no-matching-key', ['None of your keys opens it.', ...keyring.unusable].join(' '));
  return Buffer.from(plaintext);
}

/**
 * Returns a key pair for a machine that has none, its private half encrypted to the machine's admins.
 *
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
