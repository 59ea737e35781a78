/**
 * Encrypts and decrypts age files: the only user of the library, and the `age` command for keys that the library does
 * not support. Messages of this file never contain a key or a plaintext.
 */
import { armor, Decrypter, Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { StoreFailure } from '../store-failure.ts';
import { type Identity, recipientKind } from './recipients.ts';

/** The `age` command, for SSH keys and plugins. It is passed in, since this room starts no programs. */
export interface AgeCommand {
  /**
   * Returns the plaintext, or `null` if the key does not fit.
   * @param key the text of a key file
   */
  decrypt(key: string, armored: string): Promise<Uint8Array | null>;
  /** Returns an armored age file. */
  encrypt(recipients: readonly string[], plaintext: Uint8Array): Promise<string>;
}

/** Identities in the form needed for decryption. */
export interface Keyring {
  /** The known public keys of the identities. */
  readonly recipients: readonly string[];
  /**
   * Returns the plaintext of an armored or binary age file, or `null` if no identity fits.
   * @param recipient the recipient of the file, if known, which avoids needless commands
   * @throws StoreFailure
   */
  open(file: string | Uint8Array, recipient?: string): Promise<Uint8Array | null>;
  /** Explanations for the identities that cannot be used, each with advice. */
  readonly unusable: readonly string[];
}

export interface KeyPair {
  readonly recipient: string;
  /** `AGE-SECRET-KEY-1…`. */
  readonly secret: string;
}

/** Returns a fresh X25519 key pair. */
export async function generateKeyPair(): Promise<KeyPair> {
  const secret = await generateIdentity();
  return { secret, recipient: await identityToRecipient(secret) };
}

/** Returns the public key of a native identity, or `null` if the text is not one. */
export async function recipientOf(secret: string): Promise<string | null> {
  try {
    return await identityToRecipient(secret);
  } catch {
    // The checksum is wrong. The error's message could quote the key.
    return null;
  }
}

/**
 * Returns a keyring of the identities.
 * @param command null if no `age` command is installed
 */
export async function openKeyring(
  identities: readonly Identity[],
  command: AgeCommand | null,
): Promise<Keyring> {
  const library = new Decrypter();
  const recipients: string[] = [];
  const foreign: string[] = [];
  const unusable: string[] = [];
  let natives = 0;
  for (const identity of identities) {
    switch (identity.kind) {
      case 'native': {
        const recipient = await recipientOf(identity.secret);
        if (recipient === null) {
          unusable.push(`The age identity in ${identity.source} is damaged: its checksum does not match.`);
          break;
        }
        library.addIdentity(identity.secret);
        natives++;
        recipients.push(recipient);
        break;
      }
      case 'locked':
        unusable.push(
          `${identity.source} is protected by a passphrase. Decrypt it with "age -d" and name the result in SOPS_AGE_KEY.`,
        );
        break;
      default:
        if (identity.kind === 'plugin' && identity.recipient !== null) recipients.push(identity.recipient);
        if (command !== null) foreign.push(identity.kind === 'ssh' ? identity.pem : identity.secret);
        else
          unusable.push(
            `${identity.source} holds ${identity.kind === 'ssh' ? 'an ssh key' : `a key of the plugin age-plugin-${identity.plugin}`}, which needs the "age" command. Install age.`,
          );
    }
  }

  return {
    recipients,
    unusable,
    async open(file, recipient) {
      const bytes = typeof file === 'string' ? dearmor(file) : file;
      if (natives > 0) {
        const opened = await openWith(library, bytes);
        if (opened !== null) return opened;
      }
      if (recipient !== undefined && recipientKind(recipient) === 'native') return null;
      return openForeign(foreign, armor.encode(bytes), command);
    },
  };
}

async function openForeign(
  keys: readonly string[],
  armored: string,
  command: AgeCommand | null,
): Promise<Uint8Array | null> {
  let failed: string | null = null;
  for (const key of keys) {
    try {
      const opened = await command?.decrypt(key, armored);
      if (opened) return opened;
    } catch (error) {
      // A locked key must not prevent trying the next one.
      failed = error instanceof Error ? error.message : 'The age command failed.';
    }
  }
  if (failed !== null) throw new StoreFailure('no-matching-key', failed);
  return null;
}

/**
 * Encrypts to every recipient and returns an armored age file.
 * @throws StoreFailure `recipient` if there is none, or one is supported by neither the library nor a command
 */
export async function encryptTo(
  recipients: readonly string[],
  plaintext: Uint8Array,
  command: AgeCommand | null,
): Promise<string> {
  if (recipients.length === 0) throw new StoreFailure('recipient', 'There are no recipients to encrypt to.');
  const kinds = recipients.map(recipientKind);
  const unknown = recipients[kinds.indexOf('unknown')];
  if (unknown !== undefined)
    throw new StoreFailure('recipient', `"${unknown}" is not an age recipient (age1… or ssh-…).`);
  if (kinds.every(kind => kind === 'native')) {
    const library = new Encrypter();
    for (const recipient of recipients) {
      try {
        library.addRecipient(recipient);
      } catch {
        throw new StoreFailure(
          'recipient',
          `"${recipient}" is a damaged age recipient: its checksum does not match.`,
        );
      }
    }
    return armor.encode(await library.encrypt(plaintext));
  }
  if (command === null) {
    const foreign = recipients.find((_, i) => kinds[i] !== 'native');
    throw new StoreFailure('recipient', `Encrypting to "${foreign}" needs the "age" command. Install age.`);
  }
  return command.encrypt(recipients, plaintext);
}

function dearmor(text: string): Uint8Array {
  try {
    return armor.decode(text);
  } catch {
    throw new StoreFailure(
      'malformed',
      'The age file is damaged: its armor (-----BEGIN AGE ENCRYPTED FILE-----) cannot be read.',
    );
  }
}

/** Matches the library's message for a key that does not fit; any other error means damage. */
const NO_MATCH = /no identity matched/i;

async function openWith(library: Decrypter, bytes: Uint8Array): Promise<Uint8Array | null> {
  try {
    return await library.decrypt(bytes);
  } catch (error) {
    if (error instanceof Error && NO_MATCH.test(error.message)) return null;
    throw new StoreFailure(
      'authentication-error',
      'The age file is damaged: it was changed or cut off after it was encrypted.',
    );
  }
}
