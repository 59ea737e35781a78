import { expect, test } from 'vitest';
import { sandboxWords } from '../../server/src/doctor/sandbox-text.ts';
import { NO_GUARDS } from '../../server/src/host/sandbox/bubblewrap.ts';

const ALL = {
  filter: Buffer.alloc(8),
  lastNamespace: true,
  closed: [],
  sizes: true,
  countsProcesses: true,
};
const sandbox = { kind: 'bwrap', path: '/usr/bin/bwrap', user: null } as const;

test('what the sandbox has is told', () => {
  expect(sandboxWords({ ...sandbox, guards: ALL }, 'x64')).toEqual([
    'System calls are filtered.',
    'User namespaces cannot be created inside.',
    'Memory, processes and files are limited.',
  ]);
  expect(sandboxWords({ ...sandbox, guards: ALL, user: 61_500 }, 'x64').at(-1)).toBe(
    'Scripts run as a separate user, because Varsmith runs as root.',
  );
});

test('what it lacks is told, and why', () => {
  expect(sandboxWords({ ...sandbox, guards: NO_GUARDS }, 'riscv64')).toEqual([
    'System calls are not filtered: there is no filter for riscv64 (there is for x64 and arm64).',
    'Bubblewrap cannot forbid user namespaces inside (0.8 and later can): nothing does.',
    'Memory and files are limited, processes are not: this kernel does not count them per sandbox.',
    '/tmp has no limit of its own: this bubblewrap cannot limit its size (0.6 and later can).',
  ]);
  const [filter, namespaces] = sandboxWords({ ...sandbox, guards: { ...ALL, filter: null } }, 'arm64');
  expect([filter, namespaces]).toEqual([
    'System calls are not filtered: bubblewrap or the kernel does not take the filter.',
    'User namespaces cannot be created inside.',
  ]);
  expect(sandboxWords({ ...sandbox, guards: { ...ALL, lastNamespace: false } }, 'x64')[1]).toBe(
    'Bubblewrap cannot forbid user namespaces inside (0.8 and later can): the filter does.',
  );
});
