/** The filter of the calls that a script may make to the kernel; `scripts/lib/seccomp.mjs` says what it refuses. */
import data from './data/seccomp.json' with { type: 'json' };

const FILTERS: ReadonlyMap<string, string> = new Map([
  ['x64', data.x64],
  ['arm64', data.arm64],
]);

/** @param arch a `process.arch`; @returns null where there is no filter for it */
export function filterFor(arch: string): Buffer | null {
  const cached = FILTERS.get(arch);
  return cached === undefined ? null : Buffer.from(cached, 'base64');
}
