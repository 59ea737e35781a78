/**
 * Selects the user for scripts if Varsmith itself runs as root: one without privileges. The kernel often checks the
 * user outside of a sandbox, so scripts of root could read files of the system that only root may read, and would
 * have no process limit.
 */
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lchownSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** Returns whether we are root of the machine, or of a container without users of its own. */
export function isRoot(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    // The mapping of root in this namespace to the user outside.
    const [, inside, outside] = /^\s*(\d+)\s+(\d+)/.exec(readFileSync('/proc/self/uid_map', 'utf8')) ?? [];
    return inside !== '0' || outside === '0';
  } catch {
    // It cannot be determined without /proc.
    return true;
  }
}

/** The range that systemd uses for temporary users, below 65536 as in most containers. */
const FIRST = 61_184;
const COUNT = 4_336;

/** Returns a user and group id that belongs to no account. */
export function freeUser(): number {
  const users = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8') : '';
  const isTaken = (id: number) =>
    users.includes(`:${id}:`) || existsSync(`/run/systemd/dynamic-uid/direct:${id}`);
  const start = Math.floor(Math.random() * COUNT);
  const free = Array.from({ length: COUNT }, (_, i) => FIRST + ((start + i) % COUNT)).find(
    id => !isTaken(id),
  );
  return free ?? FIRST + start;
}

/**
 * Lets a user enter a folder that remains ours.
 * @param path absolute path
 */
export function letIn(path: string, user: number): void {
  chownSync(path, -1, user);
  chmodSync(path, 0o710);
}

/**
 * Changes the owner of a file, or of a folder with its content. Follows no links.
 * @param path absolute path
 */
export function changeOwner(path: string, user: number): void {
  if (lstatSync(path).isDirectory())
    for (const name of readdirSync(path)) changeOwner(join(path, name), user);
  lchownSync(path, user, user);
}

/** Copies files for a user, since the originals may only be accessible to root. */
export function copyFor(user: number, from: string, to: string): void {
  const isCopied = (path: string) => {
    const stats = lstatSync(path);
    return stats.isFile() || stats.isDirectory() || stats.isSymbolicLink();
  };
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, filter: isCopied });
  changeOwner(to, user);
}

/**
 * Returns the outermost folder of a path that others cannot enter, or `null` if there is none.
 * @param path absolute path
 */
export function closedFolder(path: string): string | null {
  const parent = dirname(path);
  if (parent === path) return null;
  const outer = closedFolder(parent);
  if (outer !== null) return outer;
  return (statSync(parent).mode & 0o001) === 0 ? parent : null;
}
