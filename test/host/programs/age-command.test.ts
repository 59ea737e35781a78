import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findAge } from '../../../server/src/host/programs/age-command.ts';
import { encryptTo, openKeyring } from '../../../server/src/store/age/crypt.ts';
import { parseIdentities } from '../../../server/src/store/age/recipients.ts';
import { openSecret, sealSecret } from '../../../server/src/store/sops/sops-secret.ts';
import { testFolder } from '../folders.ts';

const PATH = process.env.PATH ?? '';
const age = await findAge({ PATH, HOME: '/' }, () => {});
const hasKeygen = spawnSync('ssh-keygen', ['-?']).error === undefined;

describe('the age command', () => {
  it('is absent where it is not found', async () => {
    expect(await findAge({ PATH: testFolder() }, () => {})).toBeNull();
  });

  it.skipIf(age === null || !hasKeygen)('serves ssh keys', async () => {
    const folder = testFolder();
    for (const name of ['mine', 'other'])
      spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', join(folder, name)]);
    const recipient = readFileSync(join(folder, 'mine.pub'), 'utf8').trim();
    const ring = (name: string) =>
      openKeyring(parseIdentities(readFileSync(join(folder, name), 'utf8'), name).identities, age);
    const now = new Date('2026-02-03T04:05:06Z');
    const text = await sealSecret(Buffer.from('for ssh'), { recipients: [recipient], now, command: age });
    expect((await openSecret(text, await ring('mine'))).toString()).toBe('for ssh');
    await expect(openSecret(text, await ring('other'))).rejects.toThrow('None of your keys can decrypt it.');
  });

  it.skipIf(age === null || !hasKeygen)('is not troubled by a key that a passphrase locks', async () => {
    const folder = testFolder();
    for (const [name, passphrase] of [
      ['locked', 'secret'],
      ['mine', ''],
    ] as const)
      spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', join(folder, name)]);
    const text = (name: string) => readFileSync(join(folder, name), 'utf8');
    const recipient = (name: string) => text(`${name}.pub`).trim();
    const both = ['locked', 'mine'].flatMap(name => parseIdentities(text(name), name).identities);
    const now = new Date('2026-02-03T04:05:06Z');
    const seal = (name: string) =>
      sealSecret(Buffer.from('x'), { recipients: [recipient(name)], now, command: age });
    expect((await openSecret(await seal('mine'), await openKeyring(both, age))).toString()).toBe('x');
    await expect(openSecret(await seal('locked'), await openKeyring(both, age))).rejects.toThrow(
      'The age command failed',
    );
  });

  it.skipIf(age === null)('says what is wrong without the plaintext', async () => {
    const plugin = 'age1nosuchplugin1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq';
    const failure = await encryptTo([plugin], Buffer.from('canary-5521'), age).catch(
      (error: Error) => error.message,
    );
    expect(failure).toContain('The age command failed');
    expect(failure).not.toContain('canary-5521');
  });
});
