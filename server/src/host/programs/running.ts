/**
 * Whether a process is still there that once was: by its id together with the moment it started, since ids are used
 * again.
 */
import { readFile, readlink } from 'node:fs/promises';
import { codeOf } from '../host-failure.ts';

/** @param started as `startOf` gave it; null: the id alone has to do */
export async function isRunning(pid: number, started: string | null): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Another user's process is one, too.
    if (codeOf(error) === 'ESRCH') return false;
  }
  const now = await startOf(pid);
  return started === null || now === null || started === now;
}

/** Boot and ticks since boot at which a process started; null where there is no `/proc`. */
export async function startOf(pid: number): Promise<string | null> {
  try {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name of the program may hold spaces and brackets; the 20th field after it is the start.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks === undefined ? null : `${boot}/${ticks}`;
  } catch {
    return null;
  }
}

/** Returns what tells a container's process ids from those of others; empty where there is no such thing. */
export async function processSpace(): Promise<string> {
  try {
    return (await readlink('/proc/self/ns/pid')).replace(/\D/g, '');
  } catch {
    return '';
  }
}
