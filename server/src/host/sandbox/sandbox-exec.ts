/**
 * Describes the sandbox of a script on macOS as a profile of `sandbox-exec`: no network, no home, a read-only system,
 * and one writable folder. Pure text; knows nothing of the script's purpose.
 */
import { dirname } from 'node:path';
import { isIn } from './bubblewrap.ts';

/** Folders of programs and what they need; no part of a home. */
const MAC_PROGRAMS = ['/nix/store', '/usr', '/bin', '/sbin', '/opt/homebrew', '/opt/local'];
const MAC_SYSTEM = ['/System', '/Library/Apple', '/private/etc/ssl', '/private/var/db/timezone'];
const MAC_FILES = [
  '/private/etc/hosts',
  '/private/etc/localtime',
  '/private/etc/passwd',
  '/private/etc/protocols',
];
/** The devices that scripts use. */
const MAC_DEVICES = [
  '/dev/null',
  '/dev/zero',
  '/dev/random',
  '/dev/urandom',
  '/dev/stdin',
  '/dev/stdout',
  '/dev/stderr',
];

const MAC_DENIED = [
  'system-socket',
  'mach-lookup',
  'mach-register',
  'process-info*',
  'sysctl-write',
  'iokit-open',
  'user-preference-read',
  'user-preference-write',
];
/** Services that the system's libraries use for users, time zones, temporary folders and logging. */
const MAC_SERVICES = [
  'com.apple.bsd.dirhelper',
  'com.apple.logd',
  'com.apple.system.DirectoryService.libinfo_v1',
  'com.apple.system.logger',
  'com.apple.system.notification_center',
  'com.apple.system.opendirectoryd.libinfo',
];
/** Folders of people's files. */
const MAC_HOMES = ['/Users', '/Volumes', '/private/var/root'];

export interface MacSandbox {
  /** The folder that the script may write to, absolute with links resolved. */
  readonly scratch: string;
  /** Further files and folders that it may read and execute, with links resolved. */
  readonly readOnly: readonly string[];
}

/** Returns the profile in the language of `sandbox-exec -p`. Paths apply with links resolved. */
export function macProfile({ scratch, readOnly }: MacSandbox): string {
  const programs = [...MAC_PROGRAMS, ...readOnly].map(subpath);
  return `${[
    '(version 1)',
    '(deny default)',
    // The requirements of the system's own loader and libraries.
    '(import "system.sb")',
    '(deny network*)',
    // The profile above allows more, including access to keychains, the clipboard, other processes, preferences and
    // devices.
    ...MAC_DENIED.map(operation => `(deny ${operation})`),
    rule('allow mach-lookup', MAC_SERVICES.map(globalName)),
    '(allow process-fork)',
    '(allow signal (target same-sandbox))',
    '(allow process-info* (target same-sandbox))',
    '(allow sysctl-read)',
    '(allow file-read-metadata)',
    // Hides even the existence of files, except for the path to the shown ones.
    rule('deny file-read-metadata', MAC_HOMES.map(subpath)),
    rule('allow file-read-metadata', [...foldersAbove([...readOnly, scratch])].map(literal)),
    rule('allow process-exec file-map-executable', [...programs, subpath(scratch)]),
    rule('allow file-read*', [
      '(literal "/")',
      ...programs,
      ...MAC_SYSTEM.map(subpath),
      ...MAC_FILES.map(literal),
    ]),
    rule('allow file-read* file-write-data file-ioctl', [...MAC_DEVICES.map(literal), subpath('/dev/fd')]),
    rule('allow file-read* file-write*', [subpath(scratch)]),
    '(deny file-write-setugid)',
  ].join('\n')}\n`;
}

/**
 * Returns whether a program can be executed inside the sandbox.
 * @param path absolute path with links resolved
 */
export function isInMacSandbox(path: string): boolean {
  return isIn(MAC_PROGRAMS, path);
}

function rule(head: string, filters: readonly string[]): string {
  return `(${head}\n${filters.map(filter => `  ${filter}`).join('\n')})`;
}

/**
 * Returns all parent folders of the paths.
 * @param paths absolute paths
 */
function foldersAbove(paths: readonly string[]): Set<string> {
  const above = new Set<string>();
  for (const path of paths)
    for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) above.add(folder);
  return above;
}

function globalName(name: string): string {
  return `(global-name ${quoted(name)})`;
}

function subpath(path: string): string {
  return `(subpath ${quoted(path)})`;
}

function literal(path: string): string {
  return `(literal ${quoted(path)})`;
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
