/**
 * The changes that storing a value makes in a repository, as plain data that can be shown, tested and applied as a
 * whole. Computes paths in the layouts, and writes nothing.
 */
import { dirname, relative } from 'node:path/posix';
import { below, type StoreFiles } from './files.ts';

/** Paths are relative to the root of the repository. */
export type Change =
  | {
      readonly kind: 'write';
      readonly path: string;
      readonly bytes: Uint8Array;
      /** Permissions; by default those of any new file. */
      readonly mode?: number;
    }
  /** A symbolic link; the target is relative to the link's folder. */
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  /** Removes a file, a link, or a folder with its content, if it exists. */
  | { readonly kind: 'remove'; readonly path: string };

export function write(path: string, content: string | Uint8Array): Change {
  return { kind: 'write', path, bytes: typeof content === 'string' ? Buffer.from(content, 'utf8') : content };
}

/**
 * Returns a change that creates a link.
 * @param to a path from the root, as is `path`
 */
export function linkTo(path: string, to: string): Extract<Change, { kind: 'link' }> {
  return { kind: 'link', path, target: relative(dirname(path), to) };
}

/** Returns the removal of an existing path, or no change, so that only real changes are listed. */
export function removeIfThere(files: StoreFiles, path: string): Change[] {
  return files.kind(path) === null ? [] : [{ kind: 'remove', path }];
}

/**
 * Returns the folder of a generator's file below `vars`.
 * @param key `shared/<generator>` or `per-machine/<machine>/<generator>`
 */
export function varFolder(directory: string, key: string, file: string): string {
  return below(directory, `vars/${key}/${file}`);
}

/**
 * Returns the changes that store a public value. A secret that was there before is removed with its links, as a file
 * is one or the other.
 */
export function publicChanges(
  files: StoreFiles,
  directory: string,
  key: string,
  file: string,
  value: Uint8Array,
): Change[] {
  const folder = varFolder(directory, key, file);
  return [
    write(`${folder}/value`, value),
    ...['secret', 'users', 'machines', 'groups'].flatMap(name => removeIfThere(files, `${folder}/${name}`)),
  ];
}

/** Returns the changes that store the hash of a generator's validation, or remove it if there is none. */
export function validationChanges(
  files: StoreFiles,
  directory: string,
  key: string,
  hash: string | null,
): Change[] {
  const path = below(directory, `vars/${key}/.validation-hash`);
  return hash === null ? removeIfThere(files, path) : [write(path, hash)];
}
