/**
 * Which files of generators are there, asked one by one: the look-ups that a plan makes. Goes by names alone and
 * never opens a secret. Secrets of a password store lie outside of the repository; that question is handed in.
 */
import { ageSecretPath } from '../age/age-writes.ts';
import { varFolder } from './changes.ts';
import { below, type StoreFiles } from './files.ts';

/** Keys are `shared/<generator>` or `per-machine/<machine>/<generator>`. */
export interface StoredLookups {
  has(key: string, file: string, secret: boolean): boolean;
  /** The hash of the validation that the files were made with; null where none is noted. */
  validation(key: string): string | null;
}

/** What look-ups ask of a repository. */
export interface StoredFiles {
  isFile(path: string): boolean;
  /** Null where there is no such file, or it is no text. */
  text(path: string): string | null;
}

/** Asked one by one, as they come. */
export function storedFilesIn({ kind, text }: StoreFiles): StoredFiles {
  return { isFile: path => kind(path) === 'file', text };
}

/** @param backend where secrets are; a function for those that are elsewhere */
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
