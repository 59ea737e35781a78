/**
 * Reads the links beside a secret: the users, machines and groups that it is shared with, and whether the links lead
 * to them.
 */
import { folderOf } from '../../nix/eval/paths.ts';
import { below, type StoreFiles } from './files.ts';

export type HolderKind = 'users' | 'machines' | 'groups';

/** An entry of a `users`, `machines` or `groups` folder. */
export interface Holder {
  readonly name: string;
  /** The path of the link itself. */
  readonly path: string;
  /** The link's text, or `null` for a copy and where links cannot be recognised. */
  readonly link: string | null;
  /** The link's target relative to the root, or `null` if it is unknown. */
  readonly target: string | null;
  /** True if the target certainly does not exist. */
  readonly dangling: boolean;
  /** True if the target is outside the repository, so that it differs or is missing for everybody else. */
  readonly foreign: boolean;
}

/** The facts about a holder that do not depend on the place of its link. */
export type HolderFacts = Pick<Holder, 'name' | 'target' | 'dangling' | 'foreign'>;

export type StoredLink = Holder & { readonly link: string };

export type Holders = Readonly<Record<HolderKind, readonly Holder[]>>;

/**
 * Returns the holders of a secret.
 * @param folder the secret's folder
 */
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

/** Returns all links in a folder and its subfolders in the order of their paths, without following them. */
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

/** The most links in a row that Linux follows. */
const MAX_HOPS = 40;

/** Resolves the links in a path. `..` after a link goes up from the link's target. */
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
      // A folder that cannot be listed may contain anything.
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
