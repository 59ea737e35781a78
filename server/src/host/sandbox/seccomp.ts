/** The filter of system calls for scripts; `scripts/lib/seccomp.mjs` lists what it rejects. */
import data from './data/seccomp.json' with { type: 'json' };

const FILTERS: ReadonlyMap<string, string> = new Map([
  ['x64', data.x64],
  ['arm64', data.arm64],
]);

/**
 * Returns the filter, or `null` if there is none for the architecture.
 * @param arch a `process.arch`
 */
export function filterFor(arch: string): Buffer | null {
  const cached = FILTERS.get(arch);
  return cached === undefined ? null : Buffer.from(cached, 'base64');
}
