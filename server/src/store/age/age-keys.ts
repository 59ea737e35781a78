/**
 * The keys of the age backend: `secrets/age-keys/machines/<machine>/{pub,key.age}`. Reads public keys and
 * recipients only.
 *
 * Source: clan-core d7c35d912, clan_lib/vars/secret_modules/age.
 */

import { once } from '../../std.ts';
import { textAs } from '../sops/sops-keys.ts';
import { below, foldersIn, type StoreFiles } from '../vars/files.ts';
import { sidecarRecipients } from '../vars/metadata.ts';

export interface AgeMachine {
  readonly name: string;
  readonly path: string;
  /** Null where there is none. Read when first asked for. */
  readonly publicKey: () => string | null;
  /** The machine's private key is there, encrypted to the admins. */
  readonly hasKey: boolean;
  /** To whom the private key is encrypted; null where that is not noted. */
  readonly keyRecipients: () => readonly string[] | null;
}

export interface AgeKeys {
  readonly machines: readonly AgeMachine[];
}

/** @param directory the clan's folder in the repository; the root is '' */
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
