/**
 * The box that a script runs in on macOS, as a profile of `sandbox-exec`: no network, no home, a read-only system, one
 * writable folder. Pure text; knows nothing of what the script is for.
 */
import { isIn } from './sandbox.ts';

/** Where programs are, and what they need beside themselves; nothing of anybody's home. */
const MAC_PROGRAMS = ['/nix/store', '/usr', '/bin', '/sbin', '/opt/homebrew', '/opt/local'];
const MAC_SYSTEM = ['/System', '/Library/Apple', '/private/etc/ssl', '/private/var/db/timezone'];
const MAC_FILES = [
  '/private/etc/hosts',
  '/private/etc/localtime',
  '/private/etc/passwd',
  '/private/etc/protocols',
];
/** Of the device folder, what scripts read and write to. */
const MAC_DEVICES = [
  '/dev/null',
  '/dev/zero',
  '/dev/random',
  '/dev/urandom',
  '/dev/stdin',
  '/dev/stdout',
  '/dev/stderr',
];

export interface MacBox {
  /** The folder that the script may write to, behind all links: absolute. */
  readonly scratch: string;
  /** Further folders and files that it may read and run, behind all links. */
  readonly readOnly: readonly string[];
}

/** The profile, in the language of `sandbox-exec -p`. Paths count as they are behind all links. */
export function macProfile({ scratch, readOnly }: MacBox): string {
  const programs = [...MAC_PROGRAMS, ...readOnly].map(subpath);
  return `${[
    '(version 1)',
    '(deny default)',
    // What the system's own loader and libraries cannot do without.
    '(import "system.sb")',
    '(deny network*)',
    '(allow process-fork)',
    '(allow signal (target same-sandbox))',
    '(allow sysctl-read)',
    '(allow file-read-metadata)',
    rule('allow process-exec file-map-executable', [...programs, subpath(scratch)]),
    rule('allow file-read*', [
      '(literal "/")',
      ...programs,
      ...MAC_SYSTEM.map(subpath),
      ...MAC_FILES.map(literal),
    ]),
    rule('allow file-read* file-write-data file-ioctl', [...MAC_DEVICES.map(literal), subpath('/dev/fd')]),
    rule('allow file-read* file-write*', [subpath(scratch)]),
  ].join('\n')}\n`;
}

/** True for a program that can be run inside of the box. @param path absolute, without links */
export function isInMacBox(path: string): boolean {
  return isIn(MAC_PROGRAMS, path);
}

function rule(head: string, filters: readonly string[]): string {
  return `(${head}\n${filters.map(filter => `  ${filter}`).join('\n')})`;
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
