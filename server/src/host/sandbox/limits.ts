/** How much a script may take of the machine, and the words by which Bash and bubblewrap are told so. */

export interface Limits {
  /** Memory that one process can write to, in MiB. What is only set aside, as Java and Node do, does not count. */
  readonly memoryMiB: number;
  /** Processes and threads of a script at a time. */
  readonly processes: number;
  /** Of one process at a time. */
  readonly openFiles: number;
  /** Of each file that is written, and of what is said on each output. */
  readonly fileMiB: number;
  /** Of `/tmp` and `/dev/shm` each, in the sandbox. */
  readonly temporaryMiB: number;
}

/** More than anything takes that makes keys, certificates or passwords. */
export const DEFAULT_LIMITS: Limits = {
  memoryMiB: 4096,
  processes: 2048,
  openFiles: 4096,
  fileMiB: 16,
  temporaryMiB: 1024,
};

export const LIMIT_NAMES = Object.keys(DEFAULT_LIMITS) as readonly (keyof Limits)[];

/** What can be given for a limit: from 1. What a script writes is read into memory, a file at a time. */
export const GREATEST: Limits = {
  memoryMiB: 1_048_576,
  processes: 1_000_000,
  openFiles: 1_000_000,
  fileMiB: 1024,
  temporaryMiB: 1_048_576,
};

/**
 * Words for Bash, before a script. A limit of the system that is lower stays as it is.
 *
 * @param countsProcesses false where the system would count those of the person as well
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

/** Options of bubblewrap before a file system in memory. @param mebibytes null where it knows no sizes */
export function sized(mebibytes: number | null): string[] {
  return mebibytes === null ? [] : ['--size', `${mebibytes * 1024 * 1024}`];
}
