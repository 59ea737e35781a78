/** Secrets that are also encrypted to keys of pgp, kms and the like: nothing takes these away unsaid. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fleet } from '../generating-fleet.ts';

const FILE = 'vars/per-machine/m/a/s/secret';
const GENERATE = ['generate', '--yes', '--no-sandbox'];

const KEYS = {
  pgp: { enc: 'x', fp: 'AAAABBBBCCCCDDDDEEEEFFFF0000111122223333' },
  kms: { enc: 'A', arn: 'arn:aws:kms:eu-west-1:1:key/x' },
  hc_vault: { enc: 'v', vault_address: 'http://x', engine_path: 't', key_name: 'k' },
  tomorrow: { enc: 't', name: 'of a later sops' },
};

it('a secret with keys of other kinds is replaced by nothing, until fix takes it from them as is said', async () => {
  const made = await fleet({ m: 'a = { files.s = { }; script = "printf s > $out/s"; };' });
  expect((await made.run(GENERATE)).code).toBe(0);
  const path = join(made.root, FILE);
  const secret = JSON.parse(readFileSync(path, 'utf8'));
  for (const [kind, key] of Object.entries(KEYS)) secret.sops[kind] = [key];
  const text = `${JSON.stringify(secret, null, '\t')}\n`;
  writeFileSync(path, text);
  made.git('commit', '-qam', 'keys');
  for (const args of [
    ['set', 'm', 'a/s', '--yes'],
    [...GENERATE, '--regenerate'],
  ]) {
    const { code, stderr } = await made.run(args, { input: 'new' });
    expect([args[0], code, stderr]).toEqual([
      args[0],
      1,
      expect.stringContaining(
        `${FILE}: The file is also encrypted to keys of pgp, kms, hc_vault, tomorrow, which Varsmith`,
      ),
    ]);
    expect(readFileSync(path, 'utf8')).toBe(text);
  }
  const verified = await made.run(['verify']);
  expect([verified.code, verified.stdout + verified.stderr]).toEqual([
    1,
    expect.stringContaining('is encrypted to 4 more keys than its links name'),
  ]);
  const lost = 'key kms arn:aws:…:key/x, which belongs to no one here, loses access';
  expect(verified.stdout).toContain(lost);
  expect((await made.run(['access'])).stdout).toContain('kms arn:aws:…:key/x');
  expect((await made.run(['check'])).stdout).toContain('can still be decrypted by');
  // As is advised: then the secret is as its links say, and can be replaced.
  const fixed = await made.run(['fix', '--yes']);
  expect([fixed.code, fixed.stdout + fixed.stderr]).toEqual([0, expect.stringContaining(lost)]);
  expect(Object.keys(JSON.parse(readFileSync(path, 'utf8')).sops).filter(kind => kind in KEYS)).toEqual([]);
  expect((await made.run(['get', 'm', 'a/s'])).stdout).toBe('s');
  expect((await made.run(['verify'])).code).toBe(0);
  expect((await made.run(['set', 'm', 'a/s', '--yes'], { input: 'new' })).code).toBe(0);
}, 300_000);
