/** The filter of the calls that a script may make to the kernel; `scripts/lib/seccomp.mjs` says what it refuses. */
import { FILTERS } from './seccomp-data.ts';

/** @param arch a `process.arch`; @returns null where there is no filter for it */
export function filterFor(arch: string): Buffer | null {
  const known = FILTERS.get(arch);
  return known === undefined ? null : Buffer.from(known, 'base64');
}
