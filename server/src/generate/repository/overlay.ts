/**
 * Presents a repository as it will be after changes are applied, for computations that precede them. Contains
 * files, but no links.
 */
import type { Change } from '../../store/vars/changes.ts';
import type { StoreFiles } from '../../store/vars/files.ts';

export interface Overlay {
  readonly files: StoreFiles;
  put(changes: readonly Change[]): void;
}

export function overlayOn(base: StoreFiles): Overlay {
  const written = new Map<string, Uint8Array>();
  const isFolder = (path: string) => [...written.keys()].some(key => key.startsWith(`${path}/`));
  const kind: StoreFiles['kind'] = path =>
    written.has(path) ? 'file' : isFolder(path) ? 'directory' : base.kind(path);
  return {
    put(changes) {
      for (const change of changes) if (change.kind === 'write') written.set(change.path, change.bytes);
    },
    files: {
      kind,
      text(path) {
        const bytes = written.get(path);
        return bytes === undefined ? base.text(path) : Buffer.from(bytes).toString('utf8');
      },
      list(folder) {
        const names = new Map((base.list(folder) ?? []).map(entry => [entry.name, entry.kind]));
        const prefix = folder === '' ? '' : `${folder}/`;
        for (const path of written.keys()) {
          if (!path.startsWith(prefix)) continue;
          const [name = '', ...below] = path.slice(prefix.length).split('/');
          names.set(name, below.length === 0 ? 'file' : 'directory');
        }
        if (names.size === 0 && base.list(folder) === null) return null;
        return [...names].map(([name, what]) => ({ name, kind: what }));
      },
      ...(base.links === undefined ? {} : { links: folder => base.links?.(folder) ?? null }),
    },
  };
}
