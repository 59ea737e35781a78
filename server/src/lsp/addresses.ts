/**
 * Converts URIs to absolute paths and back, both for a server with file access and for one that receives its files
 * from the client.
 */
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface Addresses {
  /** Returns the absolute path of a URI, or `null` if the URI names no file that the server can have. */
  pathOf(uri: string): string | null;
  uriOf(absolute: string): string;
}

const FILES: Addresses = {
  pathOf(uri) {
    if (!uri.startsWith('file:')) return null;
    try {
      return fileURLToPath(uri);
    } catch {
      // A file URI with a host or an encoded slash names no local file.
      return null;
    }
  },
  uriOf: absolute => pathToFileURL(absolute).href,
};

/**
 * Maps an address such as `vscode-vfs://github/owner/repository/flake.nix` to a path whose first name is its scheme
 * and authority: `/vscode-vfs:github/owner/repository/flake.nix`.
 */
export const VIRTUAL: Addresses = {
  pathOf(uri) {
    const [, scheme, authority = '', path = ''] = /^([\w.+-]+):(?:\/\/([^/?#]*))?(\/[^?#]*)$/.exec(uri) ?? [];
    if (scheme === undefined) return null;
    try {
      return `/${scheme}:${authority}${decodeURIComponent(path)}`.replace(/(?!^)\/+$/, '');
    } catch {
      // Some percent signs encode nothing.
      return null;
    }
  },
  uriOf(absolute) {
    const [, scheme = '', authority = '', path = ''] = /^\/([\w.+-]+):([^/]*)(.*)$/.exec(absolute) ?? [];
    const host = authority === '' && scheme !== 'file' ? '' : `//${authority}`;
    return `${scheme}:${host}${path === '' ? '/' : path.split('/').map(encodeURIComponent).join('/')}`;
  },
};

/** The addresses of this program, set at most once before it serves. A worker is a program of its own. */
const program = { addresses: FILES };

/** Sets the addresses for a program that receives its files. Called before it serves, if at all. */
export function addressBy(other: Addresses): void {
  program.addresses = other;
}

/** Returns whether the server has file access: paths are real, and programs can run in folders. */
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
