import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { applyChanges } from '../../server/src/host/files/transaction.ts';
import { generateKeyPair, openKeyring } from '../../server/src/store/age/crypt.ts';
import { parseIdentities } from '../../server/src/store/age/recipients.ts';
import { readSops } from '../../server/src/store/sops/sops-keys.ts';
import { openSecret, sealSecret } from '../../server/src/store/sops/sops-secret.ts';
import {
  machineKeyChanges,
  recipientsFor,
  secretChanges,
  userChanges,
  varAccess,
} from '../../server/src/store/sops/sops-writes.ts';
import type { Change } from '../../server/src/store/vars/changes.ts';
import { publicChanges, validationChanges } from '../../server/src/store/vars/changes.ts';
import { createDisk } from '../../server/src/workspace/files/folder-disk.ts';
import { hasAge, readSopsIndependently } from '../store/independent-reader.ts';
import { contentsOf, testFolder } from './folders.ts';

// From a key pair to a secret on the disk, with nothing in between but the parts that generation is made of.

const CANARY = 'canary-c0ffee-in-plain';

describe('a repository that is written and read again', () => {
  it('holds the secret for those it is for, and in no other form', async () => {
    const [root, state] = [testFolder(), testFolder()];
    const now = new Date('2026-02-03T04:05:06Z');
    const ada = await generateKeyPair();
    const disk = () => {
      const { kind, list, read } = createDisk(root);
      return { kind, list, text: read };
    };
    const apply = (changes: readonly Change[]) =>
      applyChanges(root, changes, { journal: join(state, 'journal') });

    await apply(userChanges('', 'ada', ada.recipient));
    const options = { actor: 'ada', defaultGroups: [], now, command: null };
    const machine = await machineKeyChanges(disk(), '', readSops(disk()), 'web', options);
    await apply(machine.changes);

    const access = varAccess(null, { actor: 'ada', machines: ['web'], deploy: true, defaultGroups: [] });
    const recipients = recipientsFor(readSops(disk()), access);
    expect(recipients).toEqual([ada.recipient, machine.recipient].sort());
    const text = await sealSecret(Buffer.from(CANARY), { recipients, now, command: null });
    const key = 'per-machine/web/tls';
    await apply([
      ...secretChanges(disk(), '', { key, file: 'key' }, text, access),
      ...publicChanges(disk(), '', key, 'crt', Buffer.from('certificate')),
      ...validationChanges(disk(), '', key, 'abc'),
    ]);

    const written = contentsOf(root);
    expect(Object.keys(written).sort()).toEqual([
      'sops/machines/web/key.json',
      'sops/secrets/web-age.key/secret',
      'sops/secrets/web-age.key/users/ada',
      'sops/users/ada/key.json',
      'vars/per-machine/web/tls/.validation-hash',
      'vars/per-machine/web/tls/crt/value',
      'vars/per-machine/web/tls/key/machines/web',
      'vars/per-machine/web/tls/key/secret',
      'vars/per-machine/web/tls/key/users/ada',
    ]);
    expect(JSON.stringify([written, contentsOf(state)])).not.toMatch(/canary|AGE-SECRET-KEY/);
    // The links lead where they should: what is behind them is the owner's key.
    expect(readFileSync(join(root, 'vars/per-machine/web/tls/key/machines/web/key.json'), 'utf8')).toContain(
      machine.recipient,
    );

    const admin = await openKeyring(parseIdentities(ada.secret, 'the test').identities, null);
    const machineKey = await openSecret(written['sops/secrets/web-age.key/secret'] as string, admin);
    const web = await openKeyring(parseIdentities(machineKey.toString(), 'the test').identities, null);
    const secret = written['vars/per-machine/web/tls/key/secret'] as string;
    expect((await openSecret(secret, web)).toString()).toBe(CANARY);
    if (hasAge) expect(readSopsIndependently(secret, machineKey.toString()).toString()).toBe(CANARY);
  });
});
