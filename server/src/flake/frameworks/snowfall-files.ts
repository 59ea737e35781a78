/** Implements `lib.snowfall.fs`: files of the flake by name, and the files of a folder. */
import { asText, stop } from '../../nix/builtins/arguments.ts';
import { fn1, type Result } from '../../nix/builtins/define.ts';
import { workspacePath } from '../../nix/builtins/files.ts';
import { attrsOf, list, path, symbol } from '../../nix/eval/construct.ts';
import { joinPath } from '../../nix/eval/paths.ts';
import type { AttrsValue, BuiltinContext, Lazy, Origin, PathValue } from '../../nix/eval/value.ts';

const isNix = (name: string) => name.endsWith('.nix');
const isDefault = (name: string) => name === 'default.nix';

/** Functions that list a folder; each has a recursive variant. */
const LISTS: readonly (readonly [name: string, takes: (file: string) => boolean])[] = [
  ['get-files', () => true],
  ['get-nix-files', isNix],
  ['get-default-nix-files', isDefault],
  ['get-non-default-nix-files', name => isNix(name) && !isDefault(name)],
];

/**
 * Returns the functions of `lib.snowfall.fs`.
 * @param src the folder of the flake
 * @param root the folder below which Snowfall searches its folders
 */
export function snowfallFiles(src: string | null, root: string): AttrsValue {
  const functions: Record<string, Lazy> = { 'get-snowfall-file': fileBelow('get-snowfall-file', root) };
  if (src !== null) functions['get-file'] = fileBelow('get-file', src);
  for (const [name, takes] of LISTS)
    for (const isDeep of [false, true]) {
      const full = isDeep ? `${name}-recursive` : name;
      functions[full] = fn1(full, (cx, folder, at) => listed(cx, folder, at, takes, isDeep));
    }
  return { ...attrsOf(functions, null), open: symbol('lib.snowfall.fs', 'a function of Snowfall') };
}

function fileBelow(name: string, folder: string): Lazy {
  return fn1(name, (cx, argument, at) => {
    const text = asText(cx, argument, at);
    if (text.kind !== 'string') return stop(text);
    const file = joinPath(folder, text.text);
    return file === null ? symbol(name, 'a file outside of the flake') : path(file, text.origin);
  });
}

function listed(
  cx: BuiltinContext,
  lazy: Lazy,
  at: Origin | null,
  takes: (file: string) => boolean,
  isDeep: boolean,
): Result {
  const top = workspacePath(cx, lazy, at);
  if (top.kind !== 'path') return stop(top);
  const pathValues: PathValue[] = [];
  const visit = (folder: string): void => {
    // A missing folder is treated as empty.
    for (const { name, kind } of cx.files.list(folder) ?? []) {
      cx.step();
      const below = joinPath(folder, name);
      if (below === null) continue;
      if (kind === 'file' && takes(name)) pathValues.push(path(below, at));
      else if (kind === 'directory' && isDeep) visit(below);
    }
  };
  visit(top.text);
  return list(pathValues, at);
}
