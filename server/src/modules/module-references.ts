/**
 * Determines what an unknown value in `imports` refers to: an output of the workspace's flake, the files of a folder,
 * or a module of another flake. Inspects how the unknown was made and evaluates only arguments.
 */

import type { Evaluation } from '../nix/eval/evaluation.ts';
import { joinPath } from '../nix/eval/paths.ts';
import type { NixFiles, PathValue, StringValue, UnknownValue } from '../nix/eval/value.ts';

export type ModuleReference =
  /** `self.nixosModules.web`, as the path below the flake's outputs. */
  | { readonly kind: 'output'; readonly path: readonly string[] }
  | { readonly kind: 'files'; readonly files: readonly string[] }
  | {
      readonly kind: 'foreign';
      /** True for modules that are known to declare no generators. */
      readonly harmless: boolean;
      /** The name of the flake input that the module belongs to, or `null` if it is unknown. */
      readonly input: string | null;
    };

/** Returns the names by which an unknown was selected, root first, or `null` if it was not made by selections only. */
export function selectionPath(value: UnknownValue): string[] | null {
  const names: string[] = [];
  let at = value;
  for (; at.term?.kind === 'select'; at = at.term.of) names.unshift(at.term.name.text ?? '');
  if (at.term?.kind !== 'root') return null;
  return [at.term.name, ...names];
}

/** Returns what an unknown refers to, or `null` if that cannot be determined. */
export function referenceOf(cx: Evaluation, value: UnknownValue): ModuleReference | null {
  const { term } = value;
  if (term?.kind === 'apply') {
    const tree = isImportTree(term.fn) ? cx.force(term.arg) : null;
    if (tree?.kind === 'path' && !tree.text.startsWith('/'))
      return { kind: 'files', files: filesBelow(cx.files, tree.text) };
    if (isOptionModule(value)) return { kind: 'files', files: [] };
    const from = importedFrom(value);
    if (from !== null && isElsewhere(from)) return { kind: 'foreign', harmless: false, input: null };
    return rootOf(term.fn) === 'inputs' ? { kind: 'foreign', harmless: false, input: null } : null;
  }
  const path = selectionPath(value);
  // `(modulesPath + "/…")` is no selection, but its key records what it was made of.
  if (path === null) return ofAnotherFlake(value);
  const output = outputPath(path);
  if (output !== null) return { kind: 'output', path: output };
  const [root, ...names] = path;
  const harmless = root === 'modulesPath' || HARMLESS.test(path[path.indexOf('inputs') + 1] ?? '');
  if (root === 'modulesPath') return { kind: 'foreign', harmless, input: 'nixpkgs' };
  if (path.includes('inputs'))
    return { kind: 'foreign', harmless, input: path[path.indexOf('inputs') + 1] ?? null };
  // `disko.nixosModules.disko`, where the input is an argument of the module.
  return names.some(name => FOREIGN.test(name)) ? { kind: 'foreign', harmless, input: root ?? null } : null;
}

/** Returns whether a module is made by `lib.mkRenamedOptionModule` or a sibling of it, which only affect options. */
export function isOptionModule({ term }: UnknownValue): boolean {
  const fn = term?.kind === 'apply' ? selectionPath(appliedFirst(term.fn)) : null;
  return fn !== null && OPTION_MODULE.test(fn.at(-1) ?? '');
}

/** Returns the function `f` of `f a b`. */
function appliedFirst(fn: UnknownValue): UnknownValue {
  let at = fn;
  while (at.term?.kind === 'apply') at = at.term.fn;
  return at;
}

/** Returns the argument of `import` in `import x` or `import x args`, or `null` for anything else. */
function importedFrom(value: UnknownValue): UnknownValue | null {
  for (let at = value; at.term?.kind === 'apply'; at = at.term.fn) {
    const { fn, arg } = at.term;
    if (fn.term?.kind === 'root' && fn.term.name === 'import') return arg.kind === 'unknown' ? arg : null;
  }
  return null;
}

/** Returns whether a file is in the store or in another flake instead of the workspace. */
function isElsewhere(value: UnknownValue): boolean {
  return (
    /^(toFile|fetch\w+)\(/.test(value.key) ||
    ofAnotherFlake(value) !== null ||
    (rootOf(value) === 'inputs' && outputPath(selectionPath(value) ?? []) === null)
  );
}

/** Returns the reference of a string or path built from a path of another flake, or `null` for others. */
function ofAnotherFlake({ key }: UnknownValue): ModuleReference | null {
  if (key.includes('modulesPath@')) return { kind: 'foreign', harmless: true, input: 'nixpkgs' };
  const input = /^\+\((?:self\.)?inputs\.(?!self\b)([\w-]*)/.exec(key);
  return input === null ? null : { kind: 'foreign', harmless: false, input: input[1] ?? null };
}

const OPTION_MODULE = /^mk(Removed|Renamed|Changed|Merged|Alias)OptionModule(With|MD)?$/;
/** Inputs whose modules do not use vars, by their usual names. */
const HARMLESS =
  /^(nixpkgs|hjem|nixos-hardware|nixos-facter-modules|home-manager|disko|srvos|sops-nix|agenix|nix-index-database|lanzaboote|stylix|catppuccin|impermanence|preservation|microvm|nixos-wsl|nix-homebrew|nixvim|niri|niri-flake)$/;
const FOREIGN = /^((nixos|darwin|home(Manager)?)Modules?|modules)$/;

/** Returns the path below the workspace's own outputs, or `null` for a path that does not lead there. */
export function outputPath([root = '', ...names]: readonly string[]): readonly string[] | null {
  if (root === 'inputs') return names[0] === 'self' ? outputPath(names) : null;
  if (names.length === 0) return null;
  if (root === 'self' || root === 'outputs' || root === 'flake') return names[0] === 'inputs' ? null : names;
  if (root === 'config') return names[0] === 'flake' && names.length > 1 ? names.slice(1) : null;
  // Dendritic flakes pass `modules` to their machines: `with modules.nixos; [ base web ]`.
  return root === 'modules' ? [root, ...names] : null;
}

/** Matches `import-tree`, as an input or as an argument of that name. */
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

/** Returns all `.nix` files below a folder, without paths that have a name beginning with `_`, as import-tree does. */
function filesBelow(files: NixFiles, folder: string): string[] {
  const names: string[] = [];
  const visit = (directory: string): void => {
    for (const { name, kind } of files.list(directory) ?? []) {
      const path = joinPath(directory, name);
      if (path === null || name.startsWith('_')) continue;
      if (kind === 'directory') visit(path);
      else if (kind === 'file' && name.endsWith('.nix')) names.push(path);
    }
  };
  visit(folder);
  return names.sort();
}

/**
 * Returns the owner of the file that a string or path names. `workspace` means a file of the workspace that cannot be
 * determined; `nobody` means a plain text.
 */
export function ownerOf(value: PathValue | StringValue): 'workspace' | 'nixpkgs' | 'other' | 'nobody' {
  const [first] = value.kind === 'string' ? value.pieces : [];
  if (value.kind === 'string' && (first === undefined || !('hole' in first)))
    return value.text === null || value.text.startsWith('/') ? 'other' : 'nobody';
  if (first === undefined || !('hole' in first)) return 'other';
  const { key, candidates } = first.hole;
  if (key.startsWith('modulesPath@')) return 'nixpkgs';
  const [base] = candidates ?? [];
  return base?.kind === 'path' && !base.text.startsWith('/') ? 'workspace' : 'other';
}
