/**
 * Sizes the space that V8 makes new objects in. V8 begins with 1 MiB and lets it grow to 16, three times over: too slowly for
 * a command that ends soon, and too far for a server, which keeps it in memory.
 */
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/**
 * Keeps the space at the size that it has. V8 reads this whenever it considers growing the space, so that the flag can
 * change while a program runs; the flags that state a size are read only at its start.
 */
const FIXED = '--semi-space-growth-factor=1';
const GROWING = '--semi-space-growth-factor=4';

/** Small enough to be made in the space for new objects. */
const SURVIVOR_SLOTS = 8192;
const SURVIVOR_BYTES = SURVIVOR_SLOTS * 8;

export function fixNewSpace(): void {
  setFlagsFromString(FIXED);
}

/**
 * Lets the space grow to a size in MiB, at once, and keeps it there. It grows by objects that survive a collection, so some
 * are made for that, in 2 to 4 ms. Returns without effect if the space is as large already, or the person who started the
 * program allows no such size.
 */
export function widenNewSpace(mebibytes: number): void {
  const wanted = mebibytes * 2 ** 20;
  if (isAlmost(wanted)) return;
  setFlagsFromString(GROWING);
  const survivors: unknown[] = [];
  while (!isAlmost(wanted) && survivors.length * SURVIVOR_BYTES < 2 * wanted)
    survivors.push(new Array(SURVIVOR_SLOTS).fill(0));
  setFlagsFromString(FIXED);
}

/** Pages have headers, which are not counted as capacity. */
function isAlmost(bytes: number): boolean {
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  return space === undefined || space.space_used_size + space.space_available_size > 0.9 * bytes;
}
