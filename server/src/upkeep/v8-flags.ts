/** Sets flags of V8 while a program runs, where they are ours to set. */
import { setFlagsFromString } from 'node:v8';
import { isMainThread } from 'node:worker_threads';

/**
 * By how much the heap of a server usually grows before V8 collects garbage, as a percentage of what is alive. Compiled code that is
 * kept fits only a start with the same.
 */
export const USUAL_GROWTH = 50;

/** Returns whether this process may set flags. Electron may have its flags frozen; in a worker they are those of the whole process. */
export function maySetFlags(): boolean {
  return process.versions.electron === undefined && isMainThread;
}

export function setFlags(flags: readonly string[]): void {
  for (const flag of flags) setFlagsFromString(flag);
}

/** Returns the flag that has V8 collect when the heap has grown by a percentage, from the next collection on. */
export function growthFlag(percent: number): string {
  return `--heap-growing-percent=${percent}`;
}
