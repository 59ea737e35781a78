/** Converts URIs to absolute paths and back, for a server with files of its own and for one that is handed its files. */
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface Addresses {
  /** Returns `null` for a URI that is not one of a file here. */
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
      // Percent signs that encode nothing.
      return null;
    }
  },
  uriOf(absolute) {
    const [, scheme = '', authority = '', path = ''] = /^\/([\w.+-]+):([^/]*)(.*)$/.exec(absolute) ?? [];
    const host = authority === '' && scheme !== 'file' ? '' : `//${authority}`;
    return `${scheme}:${host}${path === '' ? '/' : path.split('/').map(encodeURIComponent).join('/')}`;
  },
};

/** The addresses of this program: set once, before it serves. A worker is a program of its own. */
const program = { addresses: FILES };

/** Makes this a program that is handed its files. Called before it serves, if at all. */
export function addressBy(other: Addresses): void {
  program.addresses = other;
}

/** Returns whether the server has files of its own: paths are those of the computer, and programs can run in folders. */
export function reachesFiles(): boolean {
  return program.addresses === FILES;
}

/** Returns the absolute path of a `file:` URI, or `null` for other schemes and for text that is not a URI. */
export function pathOfUri(uri: string): string | null {
  return program.addresses.pathOf(uri);
}

export function uriOfPath(absolute: string): string {
  return program.addresses.uriOf(absolute);
}
