/**
 * Describes the sandbox of a script on Linux as arguments of bubblewrap: no network, no home, its own `/tmp`, a
 * read-only system, and one writable folder. It is created directly, or inside an outer sandbox shared by several
 * scripts. Pure; knows nothing of the script's purpose.
 */
import { sized } from './limits.ts';

/** The path of the writable folder inside the sandbox. */
export const SANDBOX_FOLDER = '/tmp/vars';

export interface Sandbox {
  /** The host's folder that the script may write to. */
  readonly scratch: string;
  /** Further files and folders to show read-only at their own paths. Missing ones are left out. */
  readonly readOnly: readonly string[];
  /** Files and folders to show read-only at other paths. */
  readonly shown: readonly { readonly from: string; readonly to: string }[];
  /** The host's folder that is shown read-only as `bin` in the writable folder. */
  readonly bin: string;
  /** The host's file that is shown as `/etc/passwd`. */
  readonly passwd: string;
  readonly guards: Guards;
  /** Size limit for `/tmp` and for `/dev/shm`. */
  readonly temporaryMiB: number;
}

/** Additional protections, as far as the system supports them. */
export interface Guards {
  /** A filter of system calls, which bubblewrap reads from descriptor 3. */
  readonly filter: Uint8Array | null;
  /** True if no user namespaces can be created inside. */
  readonly lastNamespace: boolean;
  /** Existing files in `/proc` that reveal information about the host, and are made inaccessible. */
  readonly closed: readonly string[];
  /** True if file systems in memory are limited in size. */
  readonly sizes: boolean;
  /** True if processes are counted per sandbox, so that they can be limited. */
  readonly countsProcesses: boolean;
}

export const NO_GUARDS: Guards = {
  filter: null,
  lastNamespace: false,
  closed: [],
  sizes: false,
  countsProcesses: false,
};

/** The possible values of `closed`: descriptions of the login's keys, which are readable even if there are no keys. */
export const CLOSED = ['/proc/keys', '/proc/key-users'];

/** System folders that a sandbox may have as links into `/usr`, as most systems do. */
export const MERGED = ['/bin', '/sbin', '/lib', '/lib32', '/lib64'];

/** The folders that programs of the host need; no part of a home. */
const SYSTEM = ['/usr', ...MERGED, '/nix/store'];

/** Folders with Java's settings on Fedora, Debian and Arch, without which Java does not start. */
const JAVA = [
  'java',
  'java-openjdk',
  ...Array.from({ length: 23 }, (_, i) => i + 8).flatMap(version => [
    `java-${version}-openjdk`,
    `java${version}-openjdk`,
  ]),
];

/** Entries of `/etc` that programs need to start or link to. All users may read them. */
const SETTINGS = [
  'alternatives',
  'ssl',
  'pki',
  'ca-certificates',
  'crypto-policies',
  ...JAVA,
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
];

/**
 * Returns whether a program is visible in the sandbox without being shown explicitly.
 * @param path absolute path with links resolved
 */
export function isInSandbox(path: string): boolean {
  return isIn(SYSTEM, path);
}

export function isIn(folders: readonly string[], path: string): boolean {
  return folders.some(folder => path.startsWith(`${folder}/`));
}

/** Returns the arguments of `bwrap` up to the command. */
export function sandboxArguments({ scratch, readOnly, shown, bin, passwd, ...common }: Sandbox): string[] {
  return [
    '--unshare-all',
    ...ALONE,
    ...system(new Map()),
    ...PROC,
    ...temporary(common),
    // These may be below folders that were hidden before.
    ...bound(readOnly),
    ...['--ro-bind', passwd, '/etc/passwd'],
    ...writableFolders(scratch, bin),
    ...shown.flatMap(({ from, to }) => ['--ro-bind', from, to]),
    ...['--remount-ro', '/dev', '--remount-ro', '/'],
    ...guarded(common.guards),
    ...INTO_WORK,
  ];
}

/** The path in an outer sandbox at which it shows the parts of its inner sandboxes; hidden in those themselves. */
export const OUTER_FOLDER = '/tmp/room';

/**
 * Returns the arguments of `bwrap` up to the command for an outer sandbox. Inner sandboxes are created in it one
 * after the other and share what it contains, which halves the time to create one. Only the program that creates the
 * sandboxes may run in it, as it can write to the shown folder.
 * @param root the host's folder that is shown as `OUTER_FOLDER`
 * @param links targets of those `MERGED` folders that are links into `/usr`, which saves a mount in each inner
 * sandbox
 */
export function outerArguments(root: string, passwd: string, links: ReadonlyMap<string, string>): string[] {
  return [
    ...['--unshare-user-try', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    '--die-with-parent',
    ...system(links),
    // The kernel requires an unmasked `/proc` to create another sandbox inside.
    ...['--bind', '/proc', '/proc'],
    ...['--perms', '1777', '--tmpfs', '/tmp'],
    ...['--ro-bind', passwd, '/etc/passwd'],
    ...['--bind', root, OUTER_FOLDER],
    '--',
  ];
}

/** The parts that differ between the sandboxes in an outer sandbox. */
export type NestedSandbox = Pick<Sandbox, 'scratch' | 'bin' | 'guards' | 'temporaryMiB'>;

/**
 * Returns the arguments for the same sandbox inside an outer sandbox.
 * @param sandbox with paths as seen in the outer sandbox
 */
export function nestedArguments({ scratch, bin, ...common }: NestedSandbox): string[] {
  return [
    ...['--unshare-user', '--unshare-pid', '--unshare-ipc'],
    ...ALONE,
    ...['--ro-bind', '/', '/'],
    ...['--dev-bind', '/dev', '/dev', '--remount-ro', '/dev'],
    ...PROC,
    ...temporary(common),
    ...writableFolders(scratch, bin),
    ...guarded(common.guards),
    ...INTO_WORK,
  ];
}

const ALONE = [
  '--die-with-parent',
  // When the script ends, so does everything that it has started, before its end is reported.
  '--as-pid-1',
  ...['--uid', '1000', '--gid', '1000'],
];

/**
 * Read-only, since for a sandbox created by root the kernel checks writes below `/proc/sys` against the outside user,
 * and setting `core_pattern` there would run a program on the host.
 */
const PROC = ['--proc', '/proc', '--remount-ro', '/proc'];
const INTO_WORK = ['--chdir', `${SANDBOX_FOLDER}/work`, '--'];

function system(links: ReadonlyMap<string, string>): string[] {
  const folders = SYSTEM.filter(folder => !links.has(folder));
  return [
    ...['--tmpfs', '/'],
    ...bound([...folders, ...SETTINGS.map(name => `/etc/${name}`)]),
    ...[...links].flatMap(([folder, target]) => ['--symlink', target, folder]),
    ...['--dev', '/dev'],
  ];
}

function temporary({ guards, temporaryMiB }: Pick<Sandbox, 'guards' | 'temporaryMiB'>): string[] {
  const size = sized(guards.sizes ? temporaryMiB : null);
  return ['/tmp', '/dev/shm'].flatMap(path => ['--perms', '1777', ...size, '--tmpfs', path]);
}

export function guarded({ filter, lastNamespace, closed }: Guards): string[] {
  return [
    ...closed.flatMap(path => ['--ro-bind', '/dev/null', path]),
    // This needs a namespace that is required and not only attempted.
    ...(lastNamespace ? ['--unshare-user', '--disable-userns'] : []),
    ...(filter === null ? [] : ['--seccomp', '3']),
  ];
}

function bound(paths: readonly string[]): string[] {
  return paths.flatMap(path => ['--ro-bind-try', path, path]);
}

function writableFolders(scratch: string, bin: string): string[] {
  return ['--bind', scratch, SANDBOX_FOLDER, '--ro-bind', bin, `${SANDBOX_FOLDER}/bin`];
}
