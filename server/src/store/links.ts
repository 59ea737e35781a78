/**
 * Links beside a secret: which users, machines and groups it is shared with, and whether the link leads to one.
 */
import { joinPath } from '../nix/paths.ts';
import type { StoreFiles } from './files.ts';

export type HolderKind = 'users' | 'machines' | 'groups';

/** One entry of a `users`, `machines` or `groups` folder. */
export interface Holder {
  readonly name: string;
  /** The link itself. */
  readonly path: string;
  /** What it leads to, relative to the root; null for a copy, for a link out of the repository, or where links cannot be told. */
  readonly target: string | null;
  /** It certainly leads nowhere. */
  readonly dangling: boolean;
}

export type Holders = Readonly<Record<HolderKind, readonly Holder[]>>;

/** @param folder the folder that holds the secret */
export function holdersOf(files: StoreFiles, folder: string): Holders {
  return {
    users: holdersIn(files, `${folder}/users`),
    machines: holdersIn(files, `${folder}/machines`),
    groups: holdersIn(files, `${folder}/groups`),
  };
}

/** The entries of one such folder, sorted by name. */
export function holdersIn(files: StoreFiles, folder: string): readonly Holder[] {
  const listed = files.list(folder);
  if (listed === null) return [];
  const found = new Map<string, Holder>();
  for (const { name } of listed)
    if (!name.startsWith('.'))
      found.set(name, { name, path: `${folder}/${name}`, target: null, dangling: false });
  for (const { name, target } of files.links?.(folder) ?? []) {
    const resolved = target.startsWith('/') ? null : joinPath(folder, target);
    const dangling = resolved !== null && files.kind(resolved) === null;
    found.set(name, { name, path: `${folder}/${name}`, target: resolved, dangling });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
