/**
 * Links beside a secret: which users, machines and groups it is shared with, and whether the link leads to one.
 */
import { folderOf } from '../../nix/eval/paths.ts';
import { below, type StoreFiles } from './files.ts';

export type HolderKind = 'users' | 'machines' | 'groups';

/** One entry of a `users`, `machines` or `groups` folder. */
export interface Holder {
  readonly name: string;
  /** The link itself. */
  readonly path: string;
  /** As it is written; null for a copy, and where links cannot be told. */
  readonly link: string | null;
  /** What it leads to, relative to the root; null where that is not known. */
  readonly target: string | null;
  /** It certainly leads nowhere. */
  readonly dangling: boolean;
  /** It leads out of the repository, so it leads somewhere else, or nowhere, for everybody else. */
  readonly foreign: boolean;
}

/** What can be told of a holder wherever its link lies. */
export type HolderFacts = Pick<Holder, 'name' | 'target' | 'dangling' | 'foreign'>;

export type StoredLink = Holder & { readonly link: string };

export type Holders = Readonly<Record<HolderKind, readonly Holder[]>>;

/** @param folder the folder that holds the secret */
export function holdersOf(files: StoreFiles, folder: string): Holders {
  return {
    users: holdersIn(files, `${folder}/users`),
    machines: holdersIn(files, `${folder}/machines`),
    groups: holdersIn(files, `${folder}/groups`),
  };
}

/** Returns the entries of one such folder, sorted by name. */
export function holdersIn(files: StoreFiles, folder: string): readonly Holder[] {
  const listed = files.list(folder);
  if (listed === null) return [];
  const holders = new Map<string, Holder>();
  for (const { name } of listed)
    if (!name.startsWith('.'))
      holders.set(name, {
        name,
        path: `${folder}/${name}`,
        link: null,
        target: null,
        dangling: false,
        foreign: false,
      });
  for (const link of linksIn(files, folder)) holders.set(link.name, link);
  return [...holders.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Returns all links in a folder and in the folders below it, without following any; in the order of the paths. */
export function linksBelow(files: StoreFiles, folder: string): StoredLink[] {
  const stored: StoredLink[] = [];
  const open = [folder];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const links = linksIn(files, at);
    const names = new Set(links.map(link => link.name));
    stored.push(...links);
    for (const { name, kind } of files.list(at) ?? [])
      if (kind === 'directory' && !names.has(name)) open.push(`${at}/${name}`);
  }
  return stored.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function linksIn(files: StoreFiles, folder: string): StoredLink[] {
  return (files.links?.(folder) ?? []).map(({ name, target: link }) => {
    const path = `${folder}/${name}`;
    const end = follow(files, path);
    return {
      name,
      path,
      link,
      target: end.kind === 'there' ? end.path : null,
      dangling: end.kind === 'nowhere',
      foreign: end.kind === 'outside',
    };
  });
}

type End =
  | { readonly kind: 'there'; readonly path: string }
  | { readonly kind: 'nowhere' | 'outside' | 'unknown' };

/** As many links in a row as Linux follows. */
const MAX_HOPS = 40;

/** Where a path leads, link by link: `..` behind a link goes up from what the link leads to. */
function follow(files: StoreFiles, path: string): End {
  let pending = path.split('/');
  let at = '';
  let hops = 0;
  for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
    if (name === '' || name === '.') continue;
    if (name === '..') {
      if (at === '') return { kind: 'outside' };
      at = folderOf(at);
      continue;
    }
    const link = files.links?.(at)?.find(link => link.name === name);
    if (link === undefined) {
      // A folder that cannot be listed may hold anything.
      if (files.kind(at) === 'directory' && files.list(at) === null) return { kind: 'unknown' };
      at = below(at, name);
      if (files.kind(at) === null) return { kind: 'nowhere' };
    } else {
      if (link.target.startsWith('/')) return { kind: 'outside' };
      if (++hops > MAX_HOPS) return { kind: 'nowhere' };
      pending = [...link.target.split('/'), ...pending];
    }
  }
  return { kind: 'there', path: at };
}
