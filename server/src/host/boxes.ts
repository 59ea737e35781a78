/** Which box scripts run in on a system, and whether it works there. */
import { existsSync } from 'node:fs';
import { findCommand } from './commands.ts';
import { type ProcessResult, runProcess } from './process.ts';
import { CLOSED, type Guards, guarded, isInBox, NO_GUARDS } from './sandbox.ts';
import { isInMacBox } from './sandbox-mac.ts';
import { filterFor } from './seccomp.ts';

export type BoxKind = 'bwrap' | 'sandbox-exec';

export interface BoxProgram {
  readonly kind: BoxKind;
  /** Absolute path. */
  readonly path: string;
  /** What boxes of bubblewrap have here beside walls. */
  readonly guards: Guards;
}

/** True for a program that can be seen inside of the box without being shown by itself. @param path absolute, without links */
export function isSeenIn(kind: BoxKind, path: string): boolean {
  return kind === 'bwrap' ? isInBox(path) : isInMacBox(path);
}

/** By `process.platform`. */
const KINDS: ReadonlyMap<string, BoxKind> = new Map([
  ['linux', 'bwrap'],
  ['darwin', 'sandbox-exec'],
]);

const PROBES: Readonly<Record<BoxKind, (guards: Guards) => readonly string[]>> = {
  bwrap: guards => [
    ...['--unshare-all', '--uid', '1000', '--ro-bind', '/', '/', '--proc', '/proc'],
    ...guarded(guards),
    ...['--', 'true'],
  ],
  'sandbox-exec': () => ['-p', '(version 1)(allow default)', '/usr/bin/true'],
};

const ABSENT: Readonly<Record<BoxKind, string>> = {
  bwrap: 'bubblewrap (the command "bwrap") is not installed',
  'sandbox-exec': 'the command "sandbox-exec" is not there',
};

/**
 * The box of this system, tried once.
 *
 * @param folders where to look for its program
 * @returns or why there is none, in words that end a sentence
 */
export async function findBox(
  platform: string,
  folders: readonly string[],
): Promise<{ readonly box: BoxProgram } | { readonly problem: string }> {
  const kind = KINDS.get(platform);
  if (kind === undefined) return { problem: `there is none for ${platform}` };
  // Of the system's own there is only one.
  const path = await findCommand(kind, kind === 'bwrap' ? folders : ['/usr/bin']);
  if (path === null) return { problem: ABSENT[kind] };
  let said = '';
  for (const guards of kind === 'bwrap' ? choices() : [NO_GUARDS]) {
    const result = await probe(kind, path, guards);
    if (result.code === 0) return { box: { kind, path, guards } };
    said = result.stderr.toString('utf8').trim().split('\n')[0] ?? '';
  }
  return {
    problem: `${kind === 'bwrap' ? 'bubblewrap' : kind} does not work on this system (${said})`,
  };
}

/** Guards from most to none: what this system does not give is left out, and nothing else. */
function choices(): readonly Guards[] {
  const filter = filterFor(process.arch);
  const closed = CLOSED.filter(path => existsSync(path));
  return [
    { filter, lastNamespace: true, closed },
    // Bubblewrap before 0.8.
    { filter, lastNamespace: false, closed },
    { filter: null, lastNamespace: true, closed },
    { filter: null, lastNamespace: false, closed },
    NO_GUARDS,
  ];
}

function probe(kind: BoxKind, path: string, guards: Guards): Promise<ProcessResult> {
  return runProcess(path, PROBES[kind](guards), {
    env: { PATH: '/usr/bin:/bin:/run/current-system/sw/bin' },
    timeLimitMs: 10_000,
    outputLimitBytes: 2000,
    ...(guards.filter === null ? {} : { third: guards.filter }),
  });
}
