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
  /** Is it given to `import`? A module is named without. */
  readonly imported: boolean;
}

const IMPORT = /\bimport\s*\(?\s*(?:[\w.]+\s*\+\s*"?)?$/;

/** The look behind comes after the slash: before it, it would be tried at every character of the file. */
const PATH = /(?<![\w/.])\.{1,2}\/[\w./+-]*|\/(?<=\bself\s*\+\s*"?\/)[\w./+-]+/g;

/** Characters before a path in which `import` is looked for. */
const LOOK_BEHIND = 40;

/** The `.nix` files of the workspace that a text names. */
export function referencesOf(files: NixFiles, file: string, text: string): Reference[] {
  const found: Reference[] = [];
  for (const match of text.matchAll(PATH)) {
    const [literal] = match;
    const base = literal.startsWith('/') ? '' : folderOf(file);
    const path = joinPath(base, literal);
    const target = path === null ? null : nixFileAt(files, path);
    if (target === null || target === file) continue;
    const before = text.slice(Math.max(0, match.index - LOOK_BEHIND), match.index);
    found.push({ target, offset: match.index, imported: IMPORT.test(before) });
  }
  return found;
}

function nixFileAt(files: NixFiles, path: string): string | null {
  if (path.endsWith('.nix')) return files.kind(path) === 'file' ? path : null;
  if (files.kind(path) !== 'directory') return null;
  const inside = path === '' ? 'default.nix' : `${path}/default.nix`;
  return files.kind(inside) === 'file' ? inside : null;
}
