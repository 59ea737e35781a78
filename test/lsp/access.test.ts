// Who can read what, over the protocol, on the real analysis.
import { expect, test } from 'vitest';
import type { AccessRoot } from '../../client/src/protocol/secrets.ts';
import { accessOf } from '../../server/src/lsp/handlers/access-data.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { folder, write } from '../workspace/support.ts';
import { startSession } from './support.ts';

const engine = await loadEngine();

const key = (name: string) => JSON.stringify([{ publickey: `age1${name}`, type: 'age' }]);
const secret = (...names: readonly string[]) =>
  JSON.stringify({
    data: 'ENC[AES256_GCM,data:x,iv:x,tag:x,type:str]',
    sops: { age: names.map(name => ({ recipient: `age1${name}`, enc: 'x' })) },
  });

const FILES = {
  'flake.nix': `{
    outputs = { self, clan-core, ... }:
      let clan = clan-core.lib.clan { inherit self; meta.name = "test"; }; in
      { inherit (clan.config) nixosConfigurations clanInternals; };
  }`,
  'machines/web/configuration.nix': `{ clan.core.vars.generators.ca = {
    share = true;
    files.key.neededFor = "activation";
    files.cert.secret = false;
  }; }`,
  'sops/users/ada/key.json': key('ada'),
  'sops/users/mallory/key.json': key('mallory'),
  'sops/machines/web/key.json': key('web'),
  'vars/shared/ca/key/secret': secret('ada', 'web', 'gone'),
  'vars/shared/ca/key/users/ada/key.json': key('ada'),
  'vars/shared/ca/key/users/mallory/key.json': key('mallory'),
  'vars/shared/ca/key/machines/web/key.json': key('web'),
  'sops/secrets/web-age.key/secret': secret('ada'),
  'sops/secrets/web-age.key/users/ada/key.json': key('ada'),
};

test('secrets come with everybody who can read them, and by which link', async () => {
  const session = await startSession({ root: folder(FILES), engine });
  const [root]: AccessRoot[] = await session.connection.sendRequest('varsmith/access', {});
  expect(root).toMatchObject({ uri: session.uri('').replace(/\/$/, ''), notes: [] });
  expect(root?.secrets).toMatchObject([
    { secret: 'shared/ca/key', kind: 'var', machines: ['web'], neededFor: 'activation', stored: true },
    { secret: 'sops/secrets/web-age.key/secret', kind: 'machine-key', machines: ['web'] },
  ]);
  expect(root?.secrets[0]?.readers).toEqual([
    { kind: 'user', name: 'ada', key: 'age1ada', via: [{ kind: 'user', name: 'ada' }], state: 'now' },
    { kind: 'machine', name: 'web', key: 'age1web', via: [{ kind: 'machine', name: 'web' }], state: 'now' },
    {
      ...{ kind: 'user', name: 'mallory', key: 'age1mallory', state: 'pending' },
      via: [{ kind: 'user', name: 'mallory' }],
    },
    { kind: 'unknown', name: null, key: 'age1gone', via: [], state: 'leaving' },
  ]);
});

test('the answer is kept while nothing changes, and is that of a fresh look after each change', () => {
  const root = folder(FILES);
  const workspace = createWorkspace({ root, engine });
  const fresh = () => accessOf(createWorkspace({ root, engine }));
  const first = accessOf(workspace);
  expect(accessOf(workspace)).toBe(first);
  const edits: readonly (readonly [string, string])[] = [
    ['sops/users/mallory/key.json', key('other')],
    ['vars/shared/ca/key/secret', secret('ada')],
    ['sops/machines/db/key.json', key('db')],
    ['machines/db/configuration.nix', FILES['machines/web/configuration.nix']],
    ['machines/web/configuration.nix', '{ }'],
    ['clan.nix', '{ vars.settings.secretStore = "password-store"; }'],
  ];
  let before = first;
  for (const [path, text] of edits) {
    write(root, path, text);
    workspace.changedOnDisk([path]);
    const now = accessOf(workspace);
    expect(now).toEqual(fresh());
    expect(now).not.toBe(before);
    expect(accessOf(workspace)).toBe(now);
    before = now;
  }
});

test('of a store outside of the repository it is said that it knows by itself', async () => {
  const files = { ...FILES, 'clan.nix': '{ vars.settings.secretStore = "password-store"; }' };
  const session = await startSession({ root: folder(files), engine });
  const [root]: AccessRoot[] = await session.connection.sendRequest('varsmith/access', {});
  expect(root).toMatchObject({ secrets: [], notes: [expect.stringContaining('outside of the repository')] });
});
