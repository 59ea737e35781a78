/**
 * The box that a script runs in on Linux, as arguments of bubblewrap: no network, no home, its own `/tmp`, a
 * read-only system, one writable folder. Pure; knows nothing of what the script is for.
 */

/** Where the writable folder is seen inside of the box. */
export const BOX_FOLDER = '/tmp/vars';

export interface Box {
  /** The folder on the host that the script may write to. */
  readonly scratch: string;
  /** Further folders or files to show, read-only, at their own paths; those that are not there are left out. */
  readonly readOnly: readonly string[];
  /** Files and folders to show, read-only, elsewhere. */
  readonly shown: readonly { readonly from: string; readonly to: string }[];
  /** A folder on the host that is shown, read-only, in the place of the writable folder's `bin`. */
  readonly bin?: string;
  /** A file on the host that is shown as `/etc/passwd`. */
  readonly passwd: string;
}

/** What programs of the host need beside themselves; nothing of anybody's home. */
const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/nix/store'];
const SETTINGS = [
  'alternatives',
  'ssl',
  'pki',
  'ca-certificates',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
];

/** True for a program that can be seen inside of the box without being shown by itself. @param path absolute, without links */
export function isInBox(path: string): boolean {
  return isIn(SYSTEM, path);
}

export function isIn(folders: readonly string[], path: string): boolean {
  return folders.some(folder => path.startsWith(`${folder}/`));
}

/** The arguments of `bwrap` up to the command. */
export function boxArguments({ scratch, readOnly, shown, bin, passwd }: Box): string[] {
  const system = [...SYSTEM, ...SETTINGS.map(name => `/etc/${name}`)];
  const bound = (paths: readonly string[]) => paths.flatMap(path => ['--ro-bind-try', path, path]);
  return [
    '--unshare-all',
    '--die-with-parent',
    // With the script itself ends all that it has started, before anybody hears of its end.
    '--as-pid-1',
    ...['--uid', '1000', '--gid', '1000'],
    ...['--tmpfs', '/'],
    ...bound(system),
    ...['--dev', '/dev', '--proc', '/proc'],
    ...['--perms', '1777', '--tmpfs', '/tmp'],
    // They may lie below what is hidden before.
    ...bound(readOnly),
    ...['--ro-bind', passwd, '/etc/passwd'],
    ...['--bind', scratch, BOX_FOLDER],
    ...(bin === undefined ? [] : ['--ro-bind', bin, `${BOX_FOLDER}/bin`]),
    ...shown.flatMap(({ from, to }) => ['--ro-bind', from, to]),
    ...['--chdir', `${BOX_FOLDER}/work`],
    '--',
  ];
}
