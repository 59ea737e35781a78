/** URIs as absolute paths, and back: where the server has files of its own, and where it is handed those of any address. */
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface Addresses {
  /** Null for what is no URI of a file here. */
  pathOf(uri: string): string | null;
  uriOf(absolute: string): string;
}

const FILES: Addresses = {
  pathOf(uri) {
    if (!uri.startsWith('file:')) return null;
    try {
      return fileURLToPath(uri);
    } catch {
      // A file URI with a host, or with an encoded slash: no file of ours.
      return null;
    }
  },
  uriOf: absolute => pathToFileURL(absolute).href,
};

/**
 * Any address that names a place in a tree, `vscode-vfs://github/owner/repository/flake.nix`, as a path whose first name
 * is its scheme and its authority: `/vscode-vfs:github/owner/repository/flake.nix`.
 */
export const VIRTUAL: Addresses = {
  pathOf(uri) {
    const [, scheme, authority = '', path = ''] = /^([\w.+-]+):(?:\/\/([^/?#]*))?(\/[^?#]*)$/.exec(uri) ?? [];
    if (scheme === undefined) return null;
    try {
      return `/${scheme}:${authority}${decodeURIComponent(path)}`.replace(/(?!^)\/+$/, '');
    } catch {
      // Percent signs that stand for nothing.
      return null;
    }
  },
  uriOf(absolute) {
    const [, scheme = '', authority = '', path = ''] = /^\/([\w.+-]+):([^/]*)(.*)$/.exec(absolute) ?? [];
    const host = authority === '' && scheme !== 'file' ? '' : `//${authority}`;
    return `${scheme}:${host}${path === '' ? '/' : path.split('/').map(encodeURIComponent).join('/')}`;
  },
};

let addresses = FILES;

/** For a program that is handed its files. Called before it serves, if at all. */
export function addressBy(other: Addresses): void {
  addresses = other;
}

/** The server has files of its own: paths are the machine's, and programs can be started in folders. */
export function reachesFiles(): boolean {
  return addresses === FILES;
}

/** The absolute path of a `file:` URI; null for other schemes and for what is no URI. */
export function pathOfUri(uri: string): string | null {
  return addresses.pathOf(uri);
}

export function uriOfPath(absolute: string): string {
  return addresses.uriOf(absolute);
}
