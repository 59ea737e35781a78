/** Determines whether a process is still running, by its id and start time, since ids are reused. */
import { readFile, readlink } from 'node:fs/promises';
import { codeOf } from '../host-failure.ts';

/**
 * Returns whether a process is still running.
 * @param started the result of `startOf`; null to compare the id only
 */
export async function isRunning(pid: number, started: string | null): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // A process of another user counts as well.
    if (codeOf(error) === 'ESRCH') return false;
  }
  const now = await startOf(pid);
  return started === null || now === null || started === now;
}

/** Returns the boot id and the ticks since boot at which a process started, or `null` without `/proc`. */
export async function startOf(pid: number): Promise<string | null> {
  try {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The program's name may contain spaces and brackets; the start is the 20th field after it.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks === undefined ? null : `${boot}/${ticks}`;
  } catch {
    return null;
  }
}

/** Returns an id of the process namespace, which differs between containers, or '' if there is none. */
export async function processSpace(): Promise<string> {
  try {
    return (await readlink('/proc/self/ns/pid')).replace(/\D/g, '');
  } catch {
    return '';
  }
}
