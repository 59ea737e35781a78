/** Which sandbox scripts run in on a system, and whether it works there. */
import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { HostFailure } from '../host-failure.ts';
import { findCommand } from '../programs/commands.ts';
import { type ProcessResult, runProcess } from '../programs/process.ts';
import { CLOSED, type Guards, guarded, isInSandbox, NO_GUARDS } from './bubblewrap.ts';
import { sized } from './limits.ts';
import { freeUser, isRoot } from './other-user.ts';
import { isInMacSandbox } from './sandbox-exec.ts';
import { filterFor } from './seccomp.ts';

export type SandboxKind = 'bwrap' | 'sandbox-exec';

export interface SandboxProgram {
  readonly kind: SandboxKind;
  /** Absolute path. */
  readonly path: string;
  /** What sandboxes of bubblewrap have here beside walls. */
  readonly guards: Guards;
  /** Number of the user whom sandboxes are made as; null: as ourselves. */
  readonly user: number | null;
}

/** Returns true for a program that can be seen inside of the sandbox without being shown by itself. @param path absolute, without links */
export function isSeenIn(kind: SandboxKind, path: string): boolean {
  return kind === 'bwrap' ? isInSandbox(path) : isInMacSandbox(path);
}

/** By `process.platform`. */
const KINDS: ReadonlyMap<string, SandboxKind> = new Map([
  ['linux', 'bwrap'],
  ['darwin', 'sandbox-exec'],
]);

const PROBES: Readonly<Record<SandboxKind, (guards: Guards) => readonly string[]>> = {
  bwrap: guards => [
    ...['--unshare-all', '--uid', '1000', '--ro-bind', '/', '/', '--proc', '/proc'],
    ...(guards.sizes ? [...sized(1), '--tmpfs', '/tmp'] : []),
    ...guarded(guards),
    ...['--', 'true'],
  ],
  'sandbox-exec': () => ['-p', '(version 1)(allow default)', '/usr/bin/true'],
};

const ABSENT: Readonly<Record<SandboxKind, string>> = {
  bwrap: 'bubblewrap (the command "bwrap") is not installed',
  'sandbox-exec': 'the command "sandbox-exec" is not there',
};

/**
 * Returns the sandbox of this system, tried once.
 *
 * @param folders where to look for its program
 * @param asRoot sandboxes are made as root, too, where we are root
 * @returns or why there is none, in words that end a sentence
 */
export async function findSandbox(
  platform: string,
  folders: readonly string[],
  asRoot = false,
): Promise<{ readonly sandbox: SandboxProgram } | { readonly problem: string }> {
  const kind = KINDS.get(platform);
  if (kind === undefined) return { problem: `there is none for ${platform}` };
  // Of the system's own there is only one.
  const path = await findCommand(kind, kind === 'bwrap' ? folders : ['/usr/bin']);
  if (path === null) return { problem: ABSENT[kind] };
  const user = kind === 'bwrap' && !asRoot && isRoot() ? freeUser() : null;
  const tried = await tryGuards({ kind, path, user });
  if ('sandbox' in tried) return tried;
  const name = kind === 'bwrap' ? 'bubblewrap' : kind;
  if (user !== null && 'sandbox' in (await tryGuards({ kind, path, user: null })))
    return {
      problem:
        `Varsmith runs as root and scripts as somebody else, for whom ${name} does not work on this system (${tried.said}). ` +
        'Run Varsmith as an ordinary user, or let scripts run as root in the sandbox with --as-root',
    };
  return { problem: `${name} does not work on this system (${tried.said})` };
}

type Unguarded = Omit<SandboxProgram, 'guards'>;

async function tryGuards(
  sandbox: Unguarded,
): Promise<{ readonly sandbox: SandboxProgram } | { readonly said: string }> {
  let reason = '';
  for (const guards of sandbox.kind === 'bwrap' ? choices(sandbox.user) : [NO_GUARDS]) {
    const result = await probe(sandbox, guards);
    if (typeof result === 'string') return { said: result };
    if (result.code === 0) return { sandbox: { ...sandbox, guards } };
    reason = result.stderr.toString('utf8').trim().split('\n')[0] ?? '';
  }
  return { said: reason };
}

/** Guards from most to none: what this system does not give is left out, and nothing else. */
function choices(user: number | null): readonly Guards[] {
  const filter = filterFor(process.arch);
  const closed = CLOSED.filter(path => existsSync(path));
  const countsProcesses = user !== null || (countsByNamespace(release()) && process.getuid?.() !== 0);
  const filters = filter === null ? [null] : [filter, null];
  const all = { closed, countsProcesses, lastNamespace: true, sizes: true };
  return [
    ...filters.flatMap(filter => [
      { ...all, filter: filter },
      // Bubblewrap before 0.8, and before it knew sizes.
      { ...all, filter: filter, lastNamespace: false },
      { ...all, filter: filter, lastNamespace: false, sizes: false },
    ]),
    NO_GUARDS,
  ];
}

/** Since 5.14 the kernel counts the processes of a user in each user namespace by itself. */
function countsByNamespace(kernel: string): boolean {
  const [, major = 0, minor = 0] = (/^(\d+)\.(\d+)/.exec(kernel) ?? []).map(Number);
  return major > 5 || (major === 5 && minor >= 14);
}

/** @returns or why it cannot be started */
async function probe({ kind, path, user }: Unguarded, guards: Guards): Promise<ProcessResult | string> {
  try {
    return await runProcess(path, PROBES[kind](guards), {
      cwd: '/',
      env: { PATH: '/usr/bin:/bin:/run/current-system/sw/bin' },
      user,
      timeLimitMs: 10_000,
      outputLimitBytes: 2000,
      ...(guards.filter === null ? {} : { third: guards.filter }),
    });
  } catch (error) {
    if (error instanceof HostFailure) return error.message.replace(/\.$/, '');
    throw error;
  }
}
