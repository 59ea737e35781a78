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
    isFiltered
      ? 'Calls to the kernel are filtered.'
      : `Calls to the kernel are not filtered: ${unfiltered(arch)}.`,
    lastNamespace
      ? 'No user namespaces can be made inside.'
      : `Bubblewrap cannot forbid user namespaces inside (0.8 and later can): ${isFiltered ? 'the filter does' : 'nothing does'}.`,
    countsProcesses
      ? 'Memory, processes and files are limited.'
      : 'Memory and files are limited, processes are not: the kernel does not count them sandbox by sandbox here.',
    ...(sizes ? [] : ['/tmp has no limit of its own: bubblewrap knows no sizes (0.6 and later do).']),
    ...(user === null ? [] : ['Scripts run as a user of their own, since Varsmith is root.']),
  ];
}

function unfiltered(arch: string): string {
  return filterFor(arch) === null
    ? `there is no filter for ${arch} (there is for x64 and arm64)`
    : 'bubblewrap or the kernel does not take the filter';
}
