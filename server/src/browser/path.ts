/** `node:path` as far as the analysis uses it, for a browser: names with `/` between, everything below one root. */

export const sep = '/';

export function isAbsolute(path: string): boolean {
  return path.startsWith('/');
}

/** Without `.`, `..` and doubled slashes; a slash at the end stays. */
export function normalize(path: string): string {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    if (name !== '..') names.push(name);
    else if (names.length > 0 && names.at(-1) !== '..') names.pop();
    else if (!isAbsolute(path)) names.push('..');
  }
  const end = path.endsWith('/') && names.length > 0 ? '/' : '';
  const joined = (isAbsolute(path) ? '/' : '') + names.join('/') + end;
  return joined === '' ? (path.endsWith('/') && path !== '' ? './' : '.') : joined;
}

export function join(...paths: string[]): string {
  return normalize(paths.filter(path => path !== '').join('/'));
}

/** There is no working directory: what is not absolute lies below the root. */
export function resolve(...paths: string[]): string {
  const from = paths.findLastIndex(isAbsolute);
  const path = normalize(['', ...paths.slice(Math.max(from, 0))].join('/'));
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

export function relative(from: string, to: string): string {
  const [start, end] = [names(resolve(from)), names(resolve(to))];
  let same = 0;
  while (same < start.length && start[same] === end[same]) same++;
  return [...start.slice(same).map(() => '..'), ...end.slice(same)].join('/');
}

export function dirname(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  const slash = trimmed.lastIndexOf('/');
  if (slash > 0) return trimmed.slice(0, slash).replace(/\/+$/, '') || '/';
  return isAbsolute(path) ? '/' : '.';
}

export function basename(path: string, ending = ''): string {
  const trimmed = path.replace(/\/+$/, '');
  const name = trimmed.slice(trimmed.lastIndexOf('/') + 1);
  return name !== ending && name.endsWith(ending) ? name.slice(0, name.length - ending.length) : name;
}

function names(path: string): string[] {
  return path.split('/').filter(name => name !== '');
}
