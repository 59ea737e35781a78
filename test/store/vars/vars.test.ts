import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Backend, readContents, readStore } from '../../../server/src/store/vars/read.ts';
import { readVars, type StoredVar } from '../../../server/src/store/vars/vars.ts';
import { runs } from '../../support/runs.ts';
import { type Content, sopsSecret, storeFiles } from '../support.ts';

/** `placement/owner/generator/file kind`, as one reads it. */
function brief({ placement, owner, generator, file, kind, current }: StoredVar): string {
  const where = owner === null ? placement : `${placement} ${owner}`;
  return `${where}: ${generator}/${file} ${kind}${current ? '' : ' (old)'}`;
}

function varsOf(contents: Readonly<Record<string, Content>>): string[] {
  return readVars(storeFiles(contents)).vars.map(brief);
}

test('every placement, public and secret', () => {
  expect(
    varsOf({
      'vars/per-machine/lea/wireguard/private/secret': sopsSecret(),
      'vars/per-machine/lea/wireguard/public/value': 'abc',
      'vars/shared/ca/cert/value': 'pem',
      'vars/per-export/mail/dkim/record/value': 'v=DKIM1',
    }),
  ).toEqual([
    'shared: ca/cert public',
    'per-machine lea: wireguard/private secret',
    'per-machine lea: wireguard/public public',
    'per-export mail: dkim/record public',
  ]);
});

test('file names with slashes, and the links beside a secret, which are no files', () => {
  expect(
    varsOf({
      'sops/machines/lea/key.json': '[]',
      'vars/per-machine/lea/secureboot/keys/db/db.key/secret': sopsSecret(),
      'vars/per-machine/lea/secureboot/keys/db/db.key/machines/lea': {
        link: '../../../../../../../../sops/machines/lea',
      },
      'vars/per-machine/lea/secureboot/keys/db/db.pem/value': 'pem',
    }),
  ).toEqual([
    'per-machine lea: secureboot/keys/db/db.key secret',
    'per-machine lea: secureboot/keys/db/db.pem public',
  ]);
});

test('secrets of the age backend lie elsewhere than public values', () => {
  expect(
    varsOf({
      'secrets/clan-vars/per-machine/lea/wireguard/private/private.age': 'age',
      'secrets/clan-vars/shared/boot/keys/db/db.age': 'age',
      'vars/per-machine/lea/wireguard/public/value': 'abc',
    }),
  ).toEqual([
    'shared: boot/keys/db secret',
    'per-machine lea: wireguard/private secret',
    'per-machine lea: wireguard/public public',
  ]);
});

test('layouts that clan has left behind', () => {
  expect(
    varsOf({
      'vars/per-machine/lea/wireguard/public': 'abc',
      'sops/vars/per-machine/lea/wireguard/private/secret': sopsSecret(),
      'sops/vars/shared/ca/key/secret': sopsSecret(),
      'machines/noa/vars/ssh/id.pub': 'ssh-ed25519 AAAA',
    }),
  ).toEqual([
    'shared: ca/key secret (old)',
    'per-machine lea: wireguard/private secret (old)',
    'per-machine lea: wireguard/public public (old)',
    'per-machine noa: ssh/id.pub public (old)',
  ]);
});

test('validation hashes, where clan keeps them and where it did', () => {
  const { validations, vars } = readVars(
    storeFiles({
      'vars/shared/ca/.validation-hash': '0',
      'vars/per-machine/lea/ssh/invalidation_hash': '1',
      'vars/per-machine/lea/ssh/id.pub/value': 'x',
    }),
  );
  expect(validations).toEqual([
    {
      placement: 'shared',
      owner: null,
      generator: 'ca',
      current: true,
      path: 'vars/shared/ca/.validation-hash',
    },
    {
      placement: 'per-machine',
      owner: 'lea',
      generator: 'ssh',
      current: false,
      path: 'vars/per-machine/lea/ssh/invalidation_hash',
    },
  ]);
  expect(vars).toHaveLength(1);
});

test('a circle of links ends', () => {
  const files = storeFiles({
    'vars/shared/ca/cert/value': 'x',
    'vars/shared/ca/cert/again': { link: '../../ca' },
  });
  expect(readVars(files).vars.map(one => one.file)).toContain('cert');
});

test('a clan in a folder of the repository', () => {
  const files = storeFiles({ 'infra/vars/shared/ca/cert/value': 'x', 'infra/sops/users/ada/key.json': '[]' });
  expect(readStore(files)).toEqual({ backend: null, entries: [] });
  expect(readStore(files, { directory: 'infra' })).toEqual({
    backend: 'sops',
    entries: [{ placement: 'shared', machine: null, generator: 'ca', file: 'cert', kind: 'public' }],
  });
});

test.each<[string, Readonly<Record<string, Content>>, Backend | null, Backend | null]>([
  ['nothing to tell by', { 'vars/shared/a/b/value': 'x' }, null, null],
  ['a secret among the vars', { 'vars/shared/a/b/secret': sopsSecret() }, null, 'sops'],
  ['keys of machines', { 'sops/machines/lea/key.json': '[]' }, null, 'sops'],
  ['keys of the age backend', { 'secrets/age-keys/machines/lea/pub': 'age1' }, null, 'age'],
  ['a setting', { 'secrets/age-keys/machines/lea/pub': 'age1' }, 'password-store', 'password-store'],
])('the backend by %s', (_what, contents, setting, backend) => {
  const options = { backend: setting };
  expect(readContents(storeFiles(contents), options).backend).toBe(backend);
  expect(readStore(storeFiles(contents), options).backend).toBe(backend);
});

test('what was written in a layout is read back', () => {
  const name = fc
    .stringMatching(/^[a-z][a-z0-9_-]{0,8}$/)
    .filter(one => !/^(users|machines|groups|secret|value)$/.test(one));
  const stored = fc.record({
    placement: fc.constantFrom('shared' as const, 'per-machine' as const, 'per-export' as const),
    owner: name,
    generator: name,
    file: fc.array(name, { minLength: 1, maxLength: 3 }).map(names => names.join('/')),
    kind: fc.constantFrom('public' as const, 'secret' as const),
    age: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(stored, { maxLength: 12 }), all => {
      const contents: Record<string, string> = {};
      const written = new Set<string>();
      for (const { placement, owner, generator, file, kind, age } of all) {
        const slot = `${placement === 'shared' ? 'shared' : `${placement}/${owner}`}/${generator}/${file}`;
        const inAge = kind === 'secret' && age;
        const path = inAge
          ? `secrets/clan-vars/${slot}/${file.split('/').at(-1)}.age`
          : `vars/${slot}/${kind === 'secret' ? 'secret' : 'value'}`;
        contents[path] = '';
        written.add(path);
      }
      expect(new Set(readVars(storeFiles(contents)).vars.map(one => one.path))).toEqual(written);
    }),
    { numRuns: runs(200) },
  );
});
