/**
 * Finds the paths in a text without parsing it, which suffices to find the files of a registry's pipeline before
 * evaluation.
 */
import { folderOf, joinPath } from '../../nix/eval/paths.ts';

/** A path literal, with the `.nix` file that it leads to. */
export interface Reference {
  /** The path of the file relative to the workspace root. The file may not exist. */
  readonly target: string;
  /** The offset of the literal in the text. */
  readonly offset: number;
  /** True if the path is an argument of `import`. Modules are listed without it. */
  readonly imported: boolean;
}

const IMPORT = /\bimport\s*\(?\s*(?:[\w.]+\s*\+\s*"?)?$/;

/** The lookbehind follows the slash; in front of it, it would be tried at every character. */
const PATH = /(?<![\w/.])\.{1,2}\/[\w./+-]*|\/(?<=\bself\s*\+\s*"?\/)[\w./+-]+/g;

/** The number of characters before a path in which `import` is looked for. */
const LOOK_BEHIND = 40;

/** Returns the `.nix` files that a text refers to. The answer depends on the text only, not on which files exist. */
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
 * Returns the file that a path leads to. Without the ending `.nix`, the path is taken for a folder with a
 * `default.nix`.
 */
function nixFileAt(path: string): string {
  if (path.endsWith('.nix')) return path;
  return path === '' ? 'default.nix' : `${path}/default.nix`;
}

/** Returns whether a text contains the path of a file or folder. */
export function namesPath(file: string, text: string, path: string): boolean {
  const last = path.slice(path.lastIndexOf('/') + 1);
  if (!text.includes(last)) return false;
  for (const { 0: literal } of text.matchAll(PATH)) {
    const named = joinPath(literal.startsWith('/') ? '' : folderOf(file), literal);
    if (named === path || named === `${path}/`) return true;
  }
  return false;
}
