/**
 * Recognises paths that are missing on purpose: files ignored by git exist on each machine, and submodules are
 * fetched later.
 */
import { folderOf } from '../../../nix/eval/paths.ts';
import type { CheckFiles } from '../../rule.ts';

/**
 * Returns whether the path is in a submodule. One that is not checked out is an empty folder here but not
 * elsewhere.
 */
export function isInSubmodule(sources: CheckFiles, path: string): boolean {
  if (sources.kind('.gitmodules') !== 'file') return false;
  const modules = sources.text('.gitmodules') ?? '';
  return [...modules.matchAll(/^\s*path\s*=\s*(.+?)\s*$/gm)].some(
    ([, folder]) => path === folder || path.startsWith(`${folder}/`),
  );
}

/** Returns whether a `.gitignore` in the path's folder or above excludes it. Source: gitignore(5). */
export function isIgnored(sources: CheckFiles, path: string): boolean {
  const names = path.split('/');
  for (let length = 1; length <= names.length; length++)
    if (isIgnoredItself(sources, names.slice(0, length).join('/'), length < names.length)) return true;
  return false;
}

/**
 * Returns whether the path itself is ignored. The last matching line decides; lines of deeper folders come
 * later.
 */
function isIgnoredItself(sources: CheckFiles, path: string, isFolder: boolean): boolean {
  const above = [''];
  for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) above.splice(1, 0, folder);
  let ignored = false;
  for (const folder of above) {
    const file = folder === '' ? '.gitignore' : `${folder}/.gitignore`;
    if (sources.kind(file) !== 'file') continue;
    const below = folder === '' ? path : path.slice(folder.length + 1);
    for (const line of (sources.text(file) ?? '').split(/\r?\n/)) {
      const pattern = line.replace(/(?<!\\)\s+$/, '');
      if (pattern === '' || pattern.startsWith('#')) continue;
      const negated = pattern.startsWith('!');
      if (fits(negated ? pattern.slice(1) : pattern, below, isFolder)) ignored = !negated;
    }
  }
  return ignored;
}

function fits(pattern: string, path: string, isFolder: boolean): boolean {
  if (pattern.endsWith('/') && !isFolder) return false;
  const bare = pattern.replace(/\/$/, '');
  const whole = bare.includes('/') ? bare.replace(/^\//, '') : `**/${bare}`;
  return new RegExp(`^${expressionOf(whole)}$`).test(path);
}

function expressionOf(pattern: string): string {
  return pattern.replace(
    /\*\*\/|\/\*\*$|\*+|\?|\\(.)|\[[^\]\n]+\]|[.+^$(){}|[\]\\]/g,
    (token, escaped: string | undefined) => {
      if (token === '**/') return '(?:.*/)?';
      if (token === '/**') return '/.*';
      if (token.startsWith('*')) return '[^/]*';
      if (token === '?') return '[^/]';
      if (token.length > 2 && token.startsWith('['))
        return token.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
      return `\\${escaped ?? token}`;
    },
  );
}
