/** Describes the sandbox of scripts on this machine; docs/sandbox.md explains why. */
import type { SandboxProgram } from '../host/sandbox/find-sandbox.ts';
import { filterFor } from '../host/sandbox/seccomp.ts';

/**
 * Returns sentences about the protections of the sandbox.
 * @param arch a `process.arch`
 */
export function sandboxWords({ guards, user }: SandboxProgram, arch: string): readonly string[] {
  const { lastNamespace, sizes, countsProcesses } = guards;
  const isFiltered = guards.filter !== null;
  return [
    isFiltered ? 'System calls are filtered.' : `System calls are not filtered: ${unfiltered(arch)}.`,
    lastNamespace
      ? 'User namespaces cannot be created inside.'
      : `Bubblewrap cannot forbid user namespaces inside (0.8 and later can): ${isFiltered ? 'the filter does' : 'nothing does'}.`,
    countsProcesses
      ? 'Memory, processes and files are limited.'
      : 'Memory and files are limited, processes are not: this kernel does not count them per sandbox.',
    ...(sizes
      ? []
      : ['/tmp has no limit of its own: this bubblewrap cannot limit its size (0.6 and later can).']),
    ...(user === null ? [] : ['Scripts run as a separate user, because Varsmith runs as root.']),
  ];
}

function unfiltered(arch: string): string {
  return filterFor(arch) === null
    ? `there is no filter for ${arch} (there is for x64 and arm64)`
    : 'bubblewrap or the kernel does not take the filter';
}
