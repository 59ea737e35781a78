/** The resources that a script may use, and the arguments that enforce them in Bash and bubblewrap. */

export interface Limits {
  /** Memory that a process can write to, in MiB. Reserved memory, as used by Java and Node, does not count. */
  readonly memoryMiB: number;
  /** Simultaneous processes and threads of a script. */
  readonly processes: number;
  /** Per process. */
  readonly openFiles: number;
  /** For each written file, and for each output stream. */
  readonly fileMiB: number;
  /** For `/tmp` and for `/dev/shm` in the sandbox. */
  readonly temporaryMiB: number;
}

/** More than any program needs to make keys, certificates or passwords. */
export const DEFAULT_LIMITS: Limits = {
  memoryMiB: 4096,
  processes: 2048,
  openFiles: 4096,
  fileMiB: 16,
  temporaryMiB: 1024,
};

export const LIMIT_NAMES = Object.keys(DEFAULT_LIMITS) as readonly (keyof Limits)[];

/** The largest allowed limits; the smallest is 1. Files of a script are read into memory one at a time. */
export const GREATEST: Limits = {
  memoryMiB: 1_048_576,
  processes: 1_000_000,
  openFiles: 1_000_000,
  fileMiB: 1024,
  temporaryMiB: 1_048_576,
};

/**
 * Returns the Bash commands that set the limits, to be put before a script. A lower limit of the system remains.
 * @param countsProcesses false if the system would also count the person's own processes
 */
export function ulimits(
  { memoryMiB, processes, openFiles, fileMiB }: Limits,
  countsProcesses: boolean,
): string {
  const limits = [
    `-d ${memoryMiB * 1024}`,
    `-n ${openFiles}`,
    ...(countsProcesses ? [`-u ${processes}`] : []),
  ];
  const lowered = limits.map(limit => `ulimit ${limit} 2>/dev/null || :; `);
  return `ulimit -c 0 -f ${Math.floor(fileMiB * 1024)}; ${lowered.join('')}`;
}

export function fileBytes({ fileMiB }: Limits): number {
  return Math.floor(fileMiB * 1024) * 1024;
}

/**
 * Returns the options of bubblewrap for the size of a file system in memory.
 * @param mebibytes null if it does not support sizes
 */
export function sized(mebibytes: number | null): string[] {
  return mebibytes === null ? [] : ['--size', `${mebibytes * 1024 * 1024}`];
}
