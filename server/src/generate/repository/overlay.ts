/**
 * Presents a repository as it will be after files and links to folders are written, for computations that precede that.
 */
import { folderOf } from '../../nix/eval/paths.ts';
import type { Change } from '../../store/vars/changes.ts';
import type { Link, StoreFiles } from '../../store/vars/files.ts';

export interface Overlay {
  readonly files: StoreFiles;
  put(changes: readonly Change[]): void;
}

export function overlayOn(base: StoreFiles): Overlay {
  const written = new Map<string, Uint8Array>();
  /** Targets by path. */
  const linked = new Map<string, string>();
  const paths = () => [...written.keys(), ...linked.keys()];
  const isFolder = (path: string) => linked.has(path) || paths().some(key => key.startsWith(`${path}/`));
  const kind: StoreFiles['kind'] = path =>
    written.has(path) ? 'file' : isFolder(path) ? 'directory' : base.kind(path);
  const linksIn = (folder: string): readonly Link[] =>
    [...linked].flatMap(([path, target]) =>
      folderOf(path) === folder ? [{ name: path.slice(folder.length + 1), target }] : [],
    );
  return {
    put(changes) {
      for (const change of changes)
        if (change.kind === 'write') written.set(change.path, change.bytes);
        else if (change.kind === 'link') linked.set(change.path, change.target);
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
        for (const path of paths()) {
          if (!path.startsWith(prefix)) continue;
          const [name = '', ...below] = path.slice(prefix.length).split('/');
          names.set(name, below.length === 0 && !linked.has(path) ? 'file' : 'directory');
        }
        if (names.size === 0 && base.list(folder) === null) return null;
        return [...names].map(([name, what]) => ({ name, kind: what }));
      },
      ...(base.links === undefined
        ? {}
        : {
            links(folder) {
              const more = linksIn(folder);
              const before = base.links?.(folder) ?? null;
              if (more.length === 0) return before;
              return [
                ...(before ?? []).filter(({ name }) => more.every(link => link.name !== name)),
                ...more,
              ];
            },
          }),
    },
  };
}
