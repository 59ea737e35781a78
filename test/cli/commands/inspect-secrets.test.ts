// What `inspect` says of secrets of sops-nix and agenix.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { AGENIX, SOPS } from '../../editor/secret-fleets.ts';
import { folder } from '../../workspace/support.ts';
import { varsmith } from '../support.ts';

const SCHEMA = join(__dirname, '../../../docs/schemas/inspect.schema.json');
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(SCHEMA, 'utf8')),
);

/** The summary from the sections about secrets on. */
async function summary(files: Readonly<Record<string, string>>): Promise<string> {
  const { stdout } = await varsmith(['inspect', folder(files)]);
  expect(stdout).not.toContain('ENC[');
  return stdout.slice(stdout.search(/^\d+ secrets? of/m)).split('\n\nplaces')[0] ?? '';
}

test('sops-nix: where each secret is encrypted, on which machines, where it lies, and for whom', async () => {
  expect(await summary(SOPS)).toMatchInlineSnapshot(`
    "5 secrets of sops-nix
      ada-password  secrets/users.yaml (users/ada) → /run/secrets-for-users/ada-password, on laptop and server, 1 use
      api/token     secrets/common.yaml → /run/secrets/api/token, on laptop and server, 2 uses
      git           secrets/users.yaml → ~/.config/sops-nix/secrets/git, on laptop, 0 uses
      gone          hosts/server/nothing.yaml → /run/secrets/gone, on server, 0 uses
      mistake       secrets/common.yaml, without that key → /run/secrets/mistake, on server, 0 uses

    3 files of secrets
      hosts/server/nothing.yaml  not there
      secrets/common.yaml        2 keys, for admin and server
      secrets/users.yaml         2 keys, for admin
    "
  `);
});

test('agenix: the files and those who can decrypt them', async () => {
  expect(await summary(AGENIX)).toMatchInlineSnapshot(`
    "1 secret of agenix
      db  secrets/db.age → /run/agenix/db, on web, 1 use

    2 files of secrets
      secrets/db.age    for ada and web
      secrets/mail.age  for ada
    "
  `);
});

test('a file that is not encrypted, and one that is not there, are told of', async () => {
  const plain = await summary({ ...SOPS, 'secrets/users.yaml': 'users:\n  ada: hunter2\ngit: hunter2\n' });
  expect(plain).toMatch(/secrets\/users\.yaml +NOT ENCRYPTED, 2 keys/);
  expect(plain).toMatch(/hosts\/server\/nothing\.yaml +not there/);
  expect(plain).not.toContain('hunter2');
});

test('as JSON', async () => {
  const { stdout } = await varsmith(['inspect', folder(SOPS), '--format', 'json']);
  const output = JSON.parse(stdout);
  validate(output);
  expect(validate.errors).toBeNull();
  const { secrets, encryptedFiles } = output;
  expect(secrets.find((one: { name: string }) => one.name === 'ada-password')).toMatchObject({
    keeper: 'sops',
    machines: ['laptop', 'server'],
    sources: [{ file: 'secrets/users.yaml', key: 'users/ada', keyFound: true }],
    deployedPath: '/run/secrets-for-users/ada-password',
    uses: [{ file: 'modules/secrets.nix', line: 10 }],
  });
  expect(encryptedFiles.map((one: { file: string }) => one.file)).toEqual([
    'hosts/server/nothing.yaml',
    'secrets/common.yaml',
    'secrets/users.yaml',
  ]);
  expect(encryptedFiles[1]).toMatchObject({
    exists: true,
    encrypted: true,
    keys: ['api/token', 'wg'],
    recipients: [{ name: 'admin' }, { name: 'server' }],
  });
});
