/**
 * The look-ups that a plan makes: whether the files of generators exist. Uses names only and decrypts nothing. For
 * secrets in a password store, which are outside the repository, a function is passed in.
 */
import { ageSecretPath } from '../age/age-writes.ts';
import { varFolder } from './changes.ts';
import { below, type StoreFiles } from './files.ts';

/** Keys are `shared/<generator>` or `per-machine/<machine>/<generator>`. */
export interface StoredLookups {
  has(key: string, file: string, secret: boolean): boolean;
  /** Returns the hash of the validation that the files were made with, or `null` if none is recorded. */
  validation(key: string): string | null;
}

/** The access to a repository that look-ups need. */
export interface StoredFiles {
  isFile(path: string): boolean;
  /** Returns the text of a file, or `null` if it does not exist or is not text. */
  text(path: string): string | null;
}

/** Returns access that reads each file when it is asked for. */
export function storedFilesIn({ kind, text }: StoreFiles): StoredFiles {
  return { isFile: path => kind(path) === 'file', text };
}

/**
 * Returns the look-ups of a repository.
 * @param backend the backend of secrets, or a function for secrets outside the repository
 */
export function storedLookups(
  { isFile, text: textOf }: StoredFiles,
  directory: string,
  backend: 'sops' | 'age' | ((key: string, file: string) => boolean),
): StoredLookups {
  return {
    has(key, file, secret) {
      const folder = varFolder(directory, key, file);
      if (!secret) return isFile(`${folder}/value`);
      if (typeof backend === 'function') return backend(key, file);
      return isFile(backend === 'sops' ? `${folder}/secret` : ageSecretPath(directory, { key, file }));
    },
    validation(key) {
      const text = textOf(below(directory, `vars/${key}/.validation-hash`));
      return text === null ? null : text.trim();
    },
  };
}
