/** Finds the sandbox for scripts on this system, and tests whether it works. */
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
  /** The additional protections that sandboxes have on this system. */
  readonly guards: Guards;
  /** The id of the user who creates sandboxes, or `null` for the current user. */
  readonly user: number | null;
}

/**
 * Returns whether a program is visible in the sandbox without being shown explicitly.
 * @param path absolute path with links resolved
 */
export function isSeenIn(kind: SandboxKind, path: string): boolean {
  return kind === 'bwrap' ? isInSandbox(path) : isInMacSandbox(path);
}

/** The kind of sandbox by `process.platform`. */
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
  'sandbox-exec': 'the command "sandbox-exec" is not installed',
};

/**
 * Returns the sandbox of this system, which is tested once.
 * @param folders where to look for its program
 * @param asRoot true if root creates sandboxes as itself
 * @returns the sandbox, or the reason why there is none as the end of a sentence
 */
export async function findSandbox(
  platform: string,
  folders: readonly string[],
  asRoot = false,
): Promise<{ readonly sandbox: SandboxProgram } | { readonly problem: string }> {
  const kind = KINDS.get(platform);
  if (kind === undefined) return { problem: `there is none for ${platform}` };
  // The system's own program has a fixed place.
  const path = await findCommand(kind, kind === 'bwrap' ? folders : ['/usr/bin']);
  if (path === null) return { problem: ABSENT[kind] };
  const user = kind === 'bwrap' && !asRoot && isRoot() ? freeUser() : null;
  const tried = await tryGuards({ kind, path, user });
  if ('sandbox' in tried) return tried;
  const name = kind === 'bwrap' ? 'bubblewrap' : kind;
  if (user !== null && 'sandbox' in (await tryGuards({ kind, path, user: null })))
    return {
      problem:
        `Varsmith runs as root and scripts as another user, for whom ${name} does not work on this system (${tried.reason}). ` +
        'Run Varsmith as an ordinary user, or let scripts run as root in the sandbox with --as-root',
    };
  return { problem: `${name} does not work on this system (${tried.reason})` };
}

type Unguarded = Omit<SandboxProgram, 'guards'>;

async function tryGuards(
  sandbox: Unguarded,
): Promise<{ readonly sandbox: SandboxProgram } | { readonly reason: string }> {
  let reason = '';
  for (const guards of sandbox.kind === 'bwrap' ? choices(sandbox.user) : [NO_GUARDS]) {
    const result = await probe(sandbox, guards);
    if (typeof result === 'string') return { reason: result };
    if (result.code === 0) return { sandbox: { ...sandbox, guards } };
    reason = result.stderr.toString('utf8').trim().split('\n')[0] ?? '';
  }
  return { reason };
}

/** Returns the possible protections, from most to none, so that only the unsupported ones are left out. */
function choices(user: number | null): readonly Guards[] {
  const filter = filterFor(process.arch);
  const closed = CLOSED.filter(path => existsSync(path));
  const countsProcesses = user !== null || (countsByNamespace(release()) && process.getuid?.() !== 0);
  const filters = filter === null ? [null] : [filter, null];
  const all = { closed, countsProcesses, lastNamespace: true, sizes: true };
  return [
    ...filters.flatMap(filter => [
      { ...all, filter: filter },
      // For bubblewrap before 0.8, and for versions before it supported sizes.
      { ...all, filter: filter, lastNamespace: false },
      { ...all, filter: filter, lastNamespace: false, sizes: false },
    ]),
    NO_GUARDS,
  ];
}

/** Returns whether the kernel counts a user's processes per user namespace, as it does since 5.14. */
function countsByNamespace(kernel: string): boolean {
  const [, major = 0, minor = 0] = (/^(\d+)\.(\d+)/.exec(kernel) ?? []).map(Number);
  return major > 5 || (major === 5 && minor >= 14);
}

/** Returns the result of a test, or the reason why it could not be started. */
async function probe({ kind, path, user }: Unguarded, guards: Guards): Promise<ProcessResult | string> {
  try {
    return await runProcess(path, PROBES[kind](guards), {
      cwd: '/',
      env: { PATH: '/usr/bin:/bin:/run/current-system/sw/bin' },
      user,
      timeLimitMs: 10_000,
      outputLimitBytes: 2000,
      ...(guards.filter === null ? {} : { descriptor3: guards.filter }),
    });
  } catch (error) {
    if (error instanceof HostFailure) return error.message.replace(/\.$/, '');
    throw error;
  }
}
