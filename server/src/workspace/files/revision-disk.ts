/** A revision of a repository as the folder of a workspace, made from plain data. */
import type { Revision, RevisionEntry } from '../../host/git/revision.ts';
import { folderOf } from '../../nix/eval/paths.ts';
import type { Disk, Entry, LinkEntry } from './disk.ts';
import { START_BYTES, textOf } from './file-text.ts';

/** The most links in a row that Linux follows. */
const MAX_HOPS = 40;

export function createRevisionDisk({ entries }: Revision): Disk {
  const folders = foldersIn(entries.keys());

  /** Returns the path with links resolved, or `null` if it is dangling or leaves the root. */
  function resolved(path: string): string | null {
    let pending = path.split('/');
    let at = '';
    let hops = 0;
    for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
      if (name === '' || name === '.') continue;
      if (name === '..') {
        if (at === '') return null;
        at = folderOf(at);
        continue;
      }
      const next = at === '' ? name : `${at}/${name}`;
      const target = targetOf(entries.get(next));
      if (target === null) {
        if (!entries.has(next) && !folders.has(next)) return null;
        at = next;
        continue;
      }
      if (target.startsWith('/') || ++hops > MAX_HOPS) return null;
      pending = [...target.split('/'), ...pending];
    }
    return at;
  }

  function kind(path: string): Entry['kind'] | null {
    const entry = resolved(path);
    if (entry === null) return null;
    return folders.has(entry) ? 'directory' : 'file';
  }

  function bytesOf(path: string): Buffer | null {
    const entry = resolved(path);
    return entry === null ? null : (entries.get(entry)?.bytes ?? null);
  }

  function namesIn(path: string): { readonly folder: string; readonly names: readonly string[] } | null {
    const folder = resolved(path);
    const names = folder === null ? undefined : folders.get(folder);
    return folder === null || names === undefined ? null : { folder, names: [...names] };
  }

  return {
    kind,
    list(path) {
      const names = namesIn(path);
      if (names === null) return null;
      return names.names.flatMap((name): Entry[] => {
        const what = kind(names.folder === '' ? name : `${names.folder}/${name}`);
        return what === null ? [] : [{ name, kind: what }];
      });
    },
    read(path) {
      const bytes = bytesOf(path);
      const result = bytes === null ? null : textOf(bytes);
      return result !== null && 'text' in result ? result.text : null;
    },
    start: path => bytesOf(path)?.toString('latin1', 0, START_BYTES) ?? null,
    isExecutable(path) {
      const entry = resolved(path);
      return entry === null ? null : (entries.get(entry)?.executable ?? null);
    },
    isLink: path => targetOf(entries.get(path)) !== null,
    links(path) {
      const names = namesIn(path);
      if (names === null) return null;
      return names.names.flatMap((name): LinkEntry[] => {
        const target = targetOf(entries.get(names.folder === '' ? name : `${names.folder}/${name}`));
        return target === null ? [] : [{ name, target }];
      });
    },
    skipped: () => [],
    forget() {},
    forgetAll() {},
  };
}

/** Returns the target of a link, or `null` for other entries. */
function targetOf(entry: RevisionEntry | undefined): string | null {
  return entry?.kind === 'link' ? (entry.bytes?.toString('utf8') ?? '') : null;
}

/** Returns the names in each folder. */
function foldersIn(paths: Iterable<string>): ReadonlyMap<string, ReadonlySet<string>> {
  const folders = new Map<string, Set<string>>([['', new Set()]]);
  for (const path of paths)
    for (let below = path; below !== ''; below = folderOf(below)) {
      const folder = folderOf(below);
      const names = folders.get(folder) ?? new Set();
      folders.set(folder, names.add(below.slice(folder === '' ? 0 : folder.length + 1)));
    }
  return folders;
}
