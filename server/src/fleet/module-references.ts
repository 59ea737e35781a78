/**
 * What an unknown in `imports` refers to: a module that the flake names for itself, the files of a folder, a module
 * of another flake. Looks at how the unknown was made; evaluates nothing but arguments.
 */
import { force } from '../nix/evaluate.ts';
import type { Evaluation } from '../nix/evaluation.ts';
import { joinPath } from '../nix/paths.ts';
import type { NixFiles, UnknownValue } from '../nix/value.ts';

export type ModuleReference =
  | { readonly kind: 'named'; readonly class: string; readonly name: string }
  | { readonly kind: 'files'; readonly files: readonly string[] }
  | { readonly kind: 'foreign' };

/** Outputs that hold modules, with the class of what they hold. */
const OUTPUTS: Readonly<Record<string, string>> = {
  nixosModules: 'nixos',
  darwinModules: 'darwin',
  homeModules: 'homeManager',
  homeManagerModules: 'homeManager',
};

/** The class of the modules in an attribute of that path; null if it holds none. */
export function classOfModules(path: readonly string[]): string | null {
  const last = path.at(-1) ?? '';
  const output = Object.hasOwn(OUTPUTS, last) ? (OUTPUTS[last] ?? null) : null;
  if (output !== null) return output;
  const holder = path.at(-2);
  return holder === 'modules' && CLASSES.has(last) ? last : null;
}

const CLASSES = new Set(['nixos', 'darwin', 'homeManager', 'generic']);

/** The names by which an unknown was selected, its root first; null if it was not made by selection alone. */
export function selectionPath(value: UnknownValue): string[] | null {
  const names: string[] = [];
  let at = value;
  for (; at.term?.kind === 'select'; at = at.term.of) names.unshift(at.term.name.text ?? '');
  if (at.term?.kind !== 'root') return null;
  return [at.term.name, ...names];
}

/** @returns null where nothing can be said */
export function referenceOf(cx: Evaluation, value: UnknownValue): ModuleReference | null {
  const { term } = value;
  if (term?.kind === 'apply') {
    const tree = isImportTree(term.fn) ? force(cx, term.arg) : null;
    if (tree?.kind === 'path' && !tree.text.startsWith('/'))
      return { kind: 'files', files: filesBelow(cx.files, tree.text) };
    return rootOf(term.fn) === 'inputs' ? { kind: 'foreign' } : null;
  }
  const path = selectionPath(value);
  if (path === null) return null;
  const [root = '', ...names] = path;
  const name = names.at(-1) ?? '';
  const holder = classOfModules(names.slice(0, -1));
  const isOwn = /^(self|config|flake|outputs)$/.test(root) || (root === 'inputs' && names[0] === 'self');
  if (isOwn) return holder === null || name === '' ? null : { kind: 'named', class: holder, name };
  // `disko.nixosModules.disko`, with the input as an argument of its own.
  if (root === 'inputs' || root === 'modulesPath' || names.some(one => /Modules$|^modules$/.test(one)))
    return { kind: 'foreign' };
  return null;
}

/** `import-tree`, as the input or as an argument of that name. */
function isImportTree({ term }: UnknownValue): boolean {
  if (term?.kind === 'select') return term.name.text === 'import-tree';
  return term?.kind === 'root' && term.name === 'import-tree';
}

function rootOf(value: UnknownValue): string | null {
  let at = value;
  while (at.term !== null && at.term.kind !== 'root')
    at = at.term.kind === 'select' ? at.term.of : at.term.fn;
  return at.term?.name ?? null;
}

/** All `.nix` files of a folder but those below a name that begins with `_`, as import-tree takes them. */
function filesBelow(files: NixFiles, folder: string): string[] {
  const found: string[] = [];
  const visit = (directory: string): void => {
    for (const { name, kind } of files.list(directory) ?? []) {
      const path = joinPath(directory, name);
      if (path === null || name.startsWith('_')) continue;
      if (kind === 'directory') visit(path);
      else if (kind === 'file' && name.endsWith('.nix')) found.push(path);
    }
  };
  visit(folder);
  return found.sort();
}
