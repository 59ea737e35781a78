/** Secrets that are also encrypted to keys of pgp, kms and the like: nothing takes these away unsaid. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
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

it('a secret with keys of other kinds is replaced by nothing, until it is deleted as is advised', async () => {
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
        `${FILE} is also encrypted to keys of pgp, kms, hc_vault, tomorrow, which Varsmith`,
      ),
    ]);
    expect(readFileSync(path, 'utf8')).toBe(text);
  }
  rmSync(path);
  expect((await made.run(GENERATE)).code).toBe(0);
  expect(Object.keys(JSON.parse(readFileSync(path, 'utf8')).sops)).not.toContain('kms');
}, 300_000);
