/**
 * Which files a text names by path, without parsing it: enough to find what belongs to a registry's pipeline
 * before anything is evaluated.
 */
import { folderOf, joinPath } from '../nix/paths.ts';
import type { NixFiles } from '../nix/value.ts';

/** A path literal and the `.nix` file it leads to. */
export interface Reference {
  /** Path of the file, relative to the root. */
  readonly target: string;
  /** Offset of the literal in the text. */
  readonly offset: number;
}

/** The look behind comes after the slash: before it, it would be tried at every character of the file. */
const PATH = /(?<![\w/.])\.{1,2}\/[\w./+-]*|\/(?<=\bself\s*\+\s*"?\/)[\w./+-]+/g;

/** The `.nix` files of the workspace that a text names. */
export function referencesOf(files: NixFiles, file: string, text: string): Reference[] {
  const found: Reference[] = [];
  for (const match of text.matchAll(PATH)) {
    const [literal] = match;
    const base = literal.startsWith('/') ? '' : folderOf(file);
    const path = joinPath(base, literal);
    const target = path === null ? null : nixFileAt(files, path);
    if (target !== null && target !== file) found.push({ target, offset: match.index });
  }
  return found;
}

function nixFileAt(files: NixFiles, path: string): string | null {
  if (path.endsWith('.nix')) return files.kind(path) === 'file' ? path : null;
  if (files.kind(path) !== 'directory') return null;
  const inside = path === '' ? 'default.nix' : `${path}/default.nix`;
  return files.kind(inside) === 'file' ? inside : null;
}
