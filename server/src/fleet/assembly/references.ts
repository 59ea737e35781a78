/**
 * Which files a text names by path, without parsing it: enough to find what belongs to a registry's pipeline
 * before anything is evaluated.
 */
import { folderOf, joinPath } from '../../nix/eval/paths.ts';

/** A path literal and the `.nix` file it leads to. */
export interface Reference {
  /** Path of the file, relative to the root. There may be no such file. */
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

/**
 * Returns the `.nix` files that a text names. Looks at no other file, so that the answer is valid as long as the text
 * is: what is named may be created later.
 */
export function referencesOf(file: string, text: string): Reference[] {
  const references: Reference[] = [];
  for (const match of text.matchAll(PATH)) {
    const [literal] = match;
    const base = literal.startsWith('/') ? '' : folderOf(file);
    const path = joinPath(base, literal);
    if (path === null) continue;
    const target = nixFileAt(path);
    if (target === file) continue;
    const before = text.slice(Math.max(0, match.index - LOOK_BEHIND), match.index);
    references.push({ target, offset: match.index, imported: IMPORT.test(before) });
  }
  return references;
}

/**
 * Returns the file that a path may stand for. A path without the ending may be a folder, which stands for its
 * `default.nix`.
 */
function nixFileAt(path: string): string {
  if (path.endsWith('.nix')) return path;
  return path === '' ? 'default.nix' : `${path}/default.nix`;
}

/** Returns whether a text names a path, be it a file or a folder. */
export function namesPath(file: string, text: string, path: string): boolean {
  const last = path.slice(path.lastIndexOf('/') + 1);
  if (!text.includes(last)) return false;
  for (const { 0: literal } of text.matchAll(PATH)) {
    const named = joinPath(literal.startsWith('/') ? '' : folderOf(file), literal);
    if (named === path || named === `${path}/`) return true;
  }
  return false;
}
