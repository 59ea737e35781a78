/** A change of everything that a generator may change at once. */
import type { FileChange } from '../../../server/src/host/files/transaction.ts';

const bytes = (text: string) => Buffer.from(text.repeat(1000));

export const before: Readonly<Record<string, string>> = {
  'vars/shared/key/private/secret': bytes('old private\n').toString(),
  'vars/shared/key/public/value': bytes('old public\n').toString(),
  'vars/shared/key/.validation-hash': 'old',
  'vars/shared/key/was-secret/secret': 'ENC',
  'vars/shared/key/was-secret/users/ada': 'x',
  'vars/other/value': 'untouched',
};

export const changes: readonly FileChange[] = [
  { kind: 'write', path: 'vars/shared/key/private/secret', bytes: bytes('new private\n') },
  { kind: 'link', path: 'vars/shared/key/private/users/ada', target: '../../../../../sops/users/ada' },
  { kind: 'write', path: 'vars/shared/key/public/value', bytes: bytes('new public\n') },
  { kind: 'write', path: 'vars/shared/key/.validation-hash', bytes: Buffer.from('new') },
  { kind: 'write', path: 'vars/shared/key/was-secret/value', bytes: Buffer.from('plain') },
  { kind: 'remove', path: 'vars/shared/key/was-secret/secret' },
  { kind: 'remove', path: 'vars/shared/key/was-secret/users' },
];

export const after: Readonly<Record<string, string>> = {
  'vars/shared/key/private/secret': bytes('new private\n').toString(),
  'vars/shared/key/private/users/ada': '-> ../../../../../sops/users/ada',
  'vars/shared/key/public/value': bytes('new public\n').toString(),
  'vars/shared/key/.validation-hash': 'new',
  'vars/shared/key/was-secret/value': 'plain',
  'vars/other/value': 'untouched',
};
