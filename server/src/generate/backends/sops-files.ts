/**
 * Encrypted files of sops-nix, opened and changed with the person's keys. Texts in, texts out: what becomes of them is
 * for the caller.
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

/** A value, and where it lies in a document: the names that lead to it. */
export interface NamedValue {
  readonly names: readonly string[];
  readonly value: Uint8Array;
}

/**
 * Returns the values of a YAML or JSON file, verified.
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

/** Returns the one value of a binary file, verified. @throws StoreFailure that names the file */
export function valueIn({ path }: SopsFile, text: string, keys: Keys): Promise<Buffer> {
  return opening(path, keys, () => openSecret(text, keys.keyring));
}

/** Returns the text of the file with a value more. @throws StoreFailure that names the file */
export function withAdded(
  { path, format }: SopsFile & { readonly format: 'yaml' | 'json' },
  text: string,
  keys: Keys,
  added: NamedValue,
  { now }: RunEnvironment,
): Promise<string> {
  return opening(path, keys, () => addValue(text, format, keys.keyring, added, now()));
}

/** Returns the text of the file without values; null where none is left. @throws StoreFailure that names the file */
export function withRemoved(
  { path, format }: SopsFile & { readonly format: 'yaml' | 'json' },
  text: string,
  keys: Keys,
  paths: readonly (readonly string[])[],
  { now }: RunEnvironment,
): Promise<string | null> {
  return opening(path, keys, () => removeValues(text, format, keys.keyring, paths, now()));
}

export interface CreationWanted {
  readonly recipients: readonly string[];
  readonly rule: SopsRule | null;
  readonly macOnlyEncrypted: boolean;
}

/** Returns the text of a new file with one value. @throws StoreFailure that names the file */
export function created(
  { path, format }: SopsFile,
  { command }: Keys,
  { recipients, rule, macOnlyEncrypted }: CreationWanted,
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

/** Says, where no key fits, what would. */
export async function opening<T>(path: string, keys: Keys, run: () => Promise<T>): Promise<T> {
  mustHaveKeys(keys);
  try {
    return await namingFile(path, run);
  } catch (error) {
    if (!(error instanceof StoreFailure) || error.kind !== 'no-matching-key') throw error;
    throw new StoreFailure(error.kind, `${error.message} ${wayIn(path)}`);
  }
}

/** Returns what a person can do whose keys do not open a file. */
function wayIn(path: string): string {
  const anew = path.endsWith('.age') ? '"agenix --rekey"' : `"sops updatekeys ${path}"`;
  return `Name the key that does with --identity FILE, or add yours to the rule of the file and have somebody who can open it run ${anew}.`;
}
