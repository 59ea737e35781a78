/**
 * Reads the keys of the age backend: `secrets/age-keys/machines/<machine>/{pub,key.age}`. Reads public keys and
 * recipients only.
 * Source: clan-core d7c35d912, clan_lib/vars/secret_modules/age.
 */

import { once } from '../../std.ts';
import { textAs } from '../sops/sops-keys.ts';
import { below, foldersIn, type StoreFiles } from '../vars/files.ts';
import { sidecarRecipients } from '../vars/metadata.ts';

export interface AgeMachine {
  readonly name: string;
  readonly path: string;
  /** Returns the public key, or `null` if there is none. Reads it on the first call. */
  readonly publicKey: () => string | null;
  /** True if the machine has a private key, which is encrypted to the admins. */
  readonly hasKey: boolean;
  /** Returns the recipients of the private key, or `null` if they are not recorded. */
  readonly keyRecipients: () => readonly string[] | null;
}

export interface AgeKeys {
  readonly machines: readonly AgeMachine[];
}

/**
 * Returns the keys of all machines.
 * @param directory the clan's folder in the repository; the root is ''
 */
export function readAgeKeys(files: StoreFiles, directory = ''): AgeKeys {
  const root = below(directory, 'secrets/age-keys/machines');
  return {
    machines: foldersIn(files, root)
      .sort()
      .map(name => {
        const path = `${root}/${name}`;
        return {
          name,
          path,
          publicKey: once(() => textAs(files, `${path}/pub`, text => text.trim() || null)),
          hasKey: files.kind(`${path}/key.age`) === 'file',
          keyRecipients: once(() => textAs(files, `${path}/key.age.recipients`, sidecarRecipients)),
        };
      }),
  };
}
