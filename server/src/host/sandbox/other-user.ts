/**
 * Whom scripts run as where Varsmith itself runs as root: a user without rights of its own. The kernel judges much by the user
 * outside of a sandbox: root's scripts could read what only root may read of the system's folders, and are held by no
 * limit of processes.
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

/** Returns true where we are root of the machine, or of a container that has no users of its own. */
export function isRoot(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    // Who is root in here, and who that is outside.
    const [, inside, outside] = /^\s*(\d+)\s+(\d+)/.exec(readFileSync('/proc/self/uid_map', 'utf8')) ?? [];
    return inside !== '0' || outside === '0';
  } catch {
    // Without /proc there is nothing to tell it by.
    return true;
  }
}

/** Where systemd takes users from that exist for a while only; they lie below 65536, as those of most containers do. */
const FIRST = 61_184;
const COUNT = 4_336;

/** Returns the number of a user, and of a group, that belong to no account. */
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

/** Lets a user enter a folder of ours that stays ours. @param path absolute */
export function letIn(path: string, user: number): void {
  chownSync(path, -1, user);
  chmodSync(path, 0o710);
}

/** Makes a file, or a folder with all that is in it, a user's own. Follows no link. @param path absolute */
export function handOver(path: string, user: number): void {
  if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) handOver(join(path, name), user);
  lchownSync(path, user, user);
}

/** A copy that is a user's own: what it is copied from may lie where only root may look. */
export function copyFor(user: number, from: string, to: string): void {
  const isCopied = (path: string) => {
    const stats = lstatSync(path);
    return stats.isFile() || stats.isDirectory() || stats.isSymbolicLink();
  };
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, filter: isCopied });
  handOver(to, user);
}

/** Returns the outermost folder on the way to a path that others may not enter; null where there is none. @param path absolute */
export function closedFolder(path: string): string | null {
  const parent = dirname(path);
  if (parent === path) return null;
  const outer = closedFolder(parent);
  if (outer !== null) return outer;
  return (statSync(parent).mode & 0o001) === 0 ? parent : null;
}
