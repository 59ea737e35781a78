/**
 * The sandbox that a script runs in on Linux, as arguments of bubblewrap: no network, no home, its own `/tmp`, a
 * read-only system, one writable folder. Made from nothing, or in an outer sandbox that many have in common. Pure; knows nothing
 * of what the script is for.
 */
import { sized } from './limits.ts';

/** Where the writable folder is seen inside of the sandbox. */
export const SANDBOX_FOLDER = '/tmp/vars';

export interface Sandbox {
  /** The folder on the host that the script may write to. */
  readonly scratch: string;
  /** Further folders or files to show, read-only, at their own paths; those that are not there are left out. */
  readonly readOnly: readonly string[];
  /** Files and folders to show, read-only, elsewhere. */
  readonly shown: readonly { readonly from: string; readonly to: string }[];
  /** A folder on the host that is shown, read-only, in the place of the writable folder's `bin`. */
  readonly bin: string;
  /** A file on the host that is shown as `/etc/passwd`. */
  readonly passwd: string;
  readonly guards: Guards;
  /** Of `/tmp` and `/dev/shm` each. */
  readonly temporaryMiB: number;
}

/** What a sandbox has where the system gives it. */
export interface Guards {
  /** A filter of calls to the kernel, which bubblewrap reads from its descriptor 3. */
  readonly filter: Uint8Array | null;
  /** No user namespace can be made in it. */
  readonly lastNamespace: boolean;
  /** Files of `/proc` that tell of what is outside and that the kernel has here; they cannot be opened. */
  readonly closed: readonly string[];
  /** File systems in memory have a size. */
  readonly sizes: boolean;
  /** Processes are counted sandbox by sandbox, so that they can be limited. */
  readonly countsProcesses: boolean;
}

export const NO_GUARDS: Guards = {
  filter: null,
  lastNamespace: false,
  closed: [],
  sizes: false,
  countsProcesses: false,
};

/** What `closed` may hold: the descriptions of the login's keys are to be read even where no key is. */
export const CLOSED = ['/proc/keys', '/proc/key-users'];

/** Folders of the system that a sandbox can have as links into `/usr`, as most systems have them themselves. */
export const MERGED = ['/bin', '/sbin', '/lib', '/lib32', '/lib64'];

/** What programs of the host need beside themselves; nothing of a home. */
const SYSTEM = ['/usr', ...MERGED, '/nix/store'];

/** Where systems keep the settings of Java, without which it does not start: Fedora, Debian, Arch. */
const JAVA = [
  'java',
  'java-openjdk',
  ...Array.from({ length: 23 }, (_, i) => i + 8).flatMap(version => [
    `java-${version}-openjdk`,
    `java${version}-openjdk`,
  ]),
];

/** Below `/etc`: what programs are started through, or link to; all of it may be read by all users. */
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

/** Returns true for a program that can be seen inside of the sandbox without being shown by itself. @param path absolute, without links */
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
    // They may lie below what is hidden before.
    ...bound(readOnly),
    ...['--ro-bind', passwd, '/etc/passwd'],
    ...own(scratch, bin),
    ...shown.flatMap(({ from, to }) => ['--ro-bind', from, to]),
    ...['--remount-ro', '/dev', '--remount-ro', '/'],
    ...guarded(common.guards),
    ...INTO_WORK,
  ];
}

/** Where an outer sandbox shows what sandboxes in it are made of; hidden in the sandboxes themselves. */
export const OUTER_FOLDER = '/tmp/room';

/**
 * Returns the arguments of `bwrap` up to the command, for an outer sandbox in which sandboxes are made one after the other: it has all that
 * they have in common, which takes half of the time that making one takes. Only for what makes the sandboxes: it can write
 * to the folder that is shown.
 *
 * @param root the folder on the host that is shown as `OUTER_FOLDER`
 * @param links what those of `MERGED` lead to that are links into `/usr`: what is no mount is none in each sandbox either
 */
export function outerArguments(root: string, passwd: string, links: ReadonlyMap<string, string>): string[] {
  return [
    ...['--unshare-user-try', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    '--die-with-parent',
    ...system(links),
    // Without one that hides nothing, no other can be made in it.
    ...['--bind', '/proc', '/proc'],
    ...['--perms', '1777', '--tmpfs', '/tmp'],
    ...['--ro-bind', passwd, '/etc/passwd'],
    ...['--bind', root, OUTER_FOLDER],
    '--',
  ];
}

/** What is not the same for all sandboxes of an outer sandbox. */
export type NestedSandbox = Pick<Sandbox, 'scratch' | 'bin' | 'guards' | 'temporaryMiB'>;

/** Returns the same sandbox as that of `sandboxArguments`, made in an outer sandbox. @param sandbox with paths as the outer sandbox shows them */
export function nestedArguments({ scratch, bin, ...common }: NestedSandbox): string[] {
  return [
    ...['--unshare-user', '--unshare-pid', '--unshare-ipc'],
    ...ALONE,
    ...['--ro-bind', '/', '/'],
    ...['--dev-bind', '/dev', '/dev', '--remount-ro', '/dev'],
    ...PROC,
    ...temporary(common),
    ...own(scratch, bin),
    ...guarded(common.guards),
    ...INTO_WORK,
  ];
}

const ALONE = [
  '--die-with-parent',
  // With the script itself ends all that it has started, before its end is told.
  '--as-pid-1',
  ...['--uid', '1000', '--gid', '1000'],
];

/**
 * Read-only: where root makes the sandbox, the kernel judges a write below `/proc/sys` by the user outside, and whoever sets
 * `core_pattern` there has a program run on the host.
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
    // Needs a namespace that is sure to be made, not only tried.
    ...(lastNamespace ? ['--unshare-user', '--disable-userns'] : []),
    ...(filter === null ? [] : ['--seccomp', '3']),
  ];
}

function bound(paths: readonly string[]): string[] {
  return paths.flatMap(path => ['--ro-bind-try', path, path]);
}

function own(scratch: string, bin: string): string[] {
  return ['--bind', scratch, SANDBOX_FOLDER, '--ro-bind', bin, `${SANDBOX_FOLDER}/bin`];
}
