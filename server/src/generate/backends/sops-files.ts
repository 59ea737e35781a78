/**
 * Decrypts and edits encrypted files of sops-nix with the user's keys. Maps texts to texts; reading and writing
 * files is up to the caller.
 */

import { openDocument, type SopsLeaf } from '../../store/sops/sops-document.ts';
import { addValue, newDocument, removeValues } from '../../store/sops/sops-edit.ts';
import type { SopsRule } from '../../store/sops/sops-metadata.ts';
import { openSecret, sealSecret } from '../../store/sops/sops-secret.ts';
import { namingFile, StoreFailure } from '../../store/store-failure.ts';
import type { RunEnvironment } from '../run-environment.ts';
import { type Keys, mustHaveKeys } from './keys.ts';

export interface SopsFile {
  /** Relative to the root. */
  readonly path: string;
  readonly format: 'yaml' | 'json' | 'binary';
}

/** A value with its path in a document. */
export interface NamedValue {
  readonly names: readonly string[];
  readonly value: Uint8Array;
}

/**
 * Returns the verified values of a YAML or JSON file.
 *
 * @throws StoreFailure that names the file
 */
export function valuesIn(
  { path, format }: SopsFile & { readonly format: 'yaml' | 'json' },
  text: string,
  keys: Keys,
): Promise<readonly SopsLeaf[]> {
  return opening(path, keys, async () => (await openDocument(text, format, keys.keyring)).leaves);
}

/**
 * Returns the verified value of a binary file.
 *
 * @throws StoreFailure that names the file
 */
export function valueIn({ path }: SopsFile, text: string, keys: Keys): Promise<Buffer> {
  return opening(path, keys, () => openSecret(text, keys.keyring));
}

/**
 * Returns the text of the file with an added value.
 *
 * @throws StoreFailure that names the file
 */
export function withAdded(
  { path, format }: SopsFile & { readonly format: 'yaml' | 'json' },
  text: string,
  keys: Keys,
  added: NamedValue,
  { now }: RunEnvironment,
): Promise<string> {
  return opening(path, keys, () => addValue(text, format, keys.keyring, added, now()));
}

/**
 * Returns the text of the file without some values, or null if none is left.
 *
 * @throws StoreFailure that names the file
 */
export function withRemoved(
  { path, format }: SopsFile & { readonly format: 'yaml' | 'json' },
  text: string,
  keys: Keys,
  paths: readonly (readonly string[])[],
  { now }: RunEnvironment,
): Promise<string | null> {
  return opening(path, keys, () => removeValues(text, format, keys.keyring, paths, now()));
}

export interface CreationOptions {
  readonly recipients: readonly string[];
  readonly rule: SopsRule | null;
  readonly macOnlyEncrypted: boolean;
}

/**
 * Returns the text of a new file with one value.
 *
 * @throws StoreFailure that names the file
 */
export function created(
  { path, format }: SopsFile,
  { command }: Keys,
  { recipients, rule, macOnlyEncrypted }: CreationOptions,
  added: NamedValue,
  { now }: RunEnvironment,
): Promise<string> {
  const options = { recipients, now: now(), command };
  return namingFile(path, () =>
    format === 'binary'
      ? sealSecret(added.value, options)
      : newDocument(format, added, { ...options, rule, macOnlyEncrypted }),
  );
}

/** Runs an operation that decrypts a file. If no key fits, the error says which would. */
export async function opening<T>(path: string, keys: Keys, run: () => Promise<T>): Promise<T> {
  mustHaveKeys(keys);
  try {
    return await namingFile(path, run);
  } catch (error) {
    if (!(error instanceof StoreFailure) || error.kind !== 'no-matching-key') throw error;
    throw new StoreFailure(error.kind, error.message, wayIn(path));
  }
}

/** Returns advice for a user whose keys do not decrypt a file. */
function wayIn(path: string): string {
  const anew = path.endsWith('.age') ? '"agenix --rekey"' : `"sops updatekeys ${path}"`;
  return `Name the key that does with --identity FILE, or add yours to the rule of the file and ask someone who can decrypt it to run ${anew}.`;
}
