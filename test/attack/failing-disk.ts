/** A disk that fails: a library in front of Node (`faults.c`) lets the n-th operation below a folder fail. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';

/** Why there can be none here, or null. */
export const noFaults: string | null =
  process.platform !== 'linux' ? 'only Linux loads it' : !hasCompiler() ? 'there is no gcc' : null;

function hasCompiler(): boolean {
  try {
    execFileSync('gcc', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** By error: what a message that names it says. */
const ERRORS = {
  EIO: /the disk reports a failure/,
  ENOSPC: /the disk is full/,
  EROFS: /the file system is read-only/,
  EACCES: /you are not allowed to/,
} as const;

export interface Fault {
  readonly error: keyof typeof ERRORS;
  /** Whether operations that change something fail, or those that read. */
  readonly kind: 'write' | 'read';
  /** Which operation fails, from 1. */
  readonly at: number;
  /** Whether all that come later fail too. */
  readonly isLasting: boolean;
}

export const ALL_ERRORS = Object.keys(ERRORS) as readonly Fault['error'][];

/** @returns the absolute path of the library */
export function buildFaults(folder: string): string {
  const library = join(folder, 'faults.so');
  const source = join(import.meta.dirname, 'faults.c');
  execFileSync('gcc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'], { stdio: 'pipe' });
  return library;
}

export function failing(library: string, root: string, { error, kind, at, isLasting }: Fault) {
  return {
    LD_PRELOAD: library,
    FAULT_DIR: root,
    FAULT_KIND: kind,
    FAULT_AT: String(at),
    FAULT_ERRNO: String(constants.errno[error]),
    FAULT_STICKY: isLasting ? '1' : '0',
  };
}

/** Counts the operations of a program that is run with what this returns. */
export function counting(library: string, root: string, counted: string) {
  writeFileSync(counted, '');
  const none = failing(library, root, { error: 'EIO', kind: 'write', at: 0, isLasting: false });
  return {
    env: { ...none, FAULT_COUNT: counted },
    count(kind: Fault['kind']): number {
      return readFileSync(counted, 'utf8')
        .split('\n')
        .filter(line => line === kind).length;
    },
  };
}

/** Returns what is wrong with what a program said of a fault, or null: it names the cause, in words. */
export function wrongWords({ error, kind }: Fault, said: string): string | null {
  if (/unexpected|TypeError|^ {2,}at |\b(EIO|ENOSPC|EROFS|EACCES): /m.test(said)) return 'raw';
  // What cannot be read is told by what it means, such as a fleet that is not there.
  return kind === 'read' || ERRORS[error].test(said) ? null : 'does not name the cause';
}
