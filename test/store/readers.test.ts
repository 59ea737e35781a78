import fc from 'fast-check';
import { expect, test } from 'vitest';
import { implicitByName, keysFor, machinesWith } from '../../server/src/store/sops/sops-keys.ts';
import { readContents } from '../../server/src/store/vars/read.ts';
import { AGE_FILE, sopsSecret, storeFiles } from './support.ts';

const up = '../../../../../../';

const CLAN = {
  'sops/users/ada/key.json':
    '[{ "publickey": "age1ada", "type": "age" }, { "publickey": "F00D", "type": "pgp" }]',
  'sops/machines/lea/key.json': '{ "publickey": "age1lea", "type": "age" }',
  'sops/machines/noa/key.json': '[{ "publickey": "age1noa", "type": "age" }]',
  'sops/groups/mail/machines/noa': { link: '../../../machines/noa' },
  'sops/secrets/lea-age.key/secret': sopsSecret('age1ada'),
  'sops/secrets/lea-age.key/users/ada': { link: '../../../users/ada' },
  'sops/secrets/lea-password/secret': sopsSecret('age1ada', 'age1lea'),
  'sops/secrets/lea-password/machines/lea': { link: '../../../machines/lea' },
  'sops/secrets/smtp/secret': sopsSecret('age1noa'),
  'sops/secrets/smtp/groups/mail': { link: '../../../groups/mail' },
  'vars/per-machine/lea/ssh/key/secret': sopsSecret('age1ada', 'age1lea'),
  'vars/per-machine/lea/ssh/key/users/ada': { link: `${up}sops/users/ada` },
  'vars/per-machine/lea/ssh/key/machines/lea': { link: `${up}sops/machines/lea` },
  'vars/per-machine/lea/ssh/key/machines/gone': { link: `${up}sops/machines/gone` },
  'vars/per-machine/lea/ssh/pub/value': 'ssh-ed25519 AAAA',
};

test('whom a secret is linked and encrypted to', () => {
  const store = readContents(storeFiles(CLAN));
  const [key] = store.find('ssh', 'key');
  const access = key && store.accessOf(key);
  expect(access?.recipients).toEqual(['age1ada', 'age1lea']);
  expect(access?.holders?.users.map(one => [one.name, one.target, one.dangling])).toEqual([
    ['ada', 'sops/users/ada', false],
  ]);
  expect(access?.holders?.machines.map(one => [one.name, one.dangling])).toEqual([
    ['gone', true],
    ['lea', false],
  ]);
});

test('public files have no access to tell of', () => {
  const store = readContents(storeFiles(CLAN));
  const [pub] = store.find('ssh', 'pub');
  expect(pub && store.accessOf(pub)).toBeNull();
  expect(store.find('ssh', 'nothing')).toEqual([]);
});

test('files that cannot tell links have names and nothing that dangles', () => {
  const { list, kind, text } = storeFiles(CLAN);
  const store = readContents({ list, kind, text });
  const [key] = store.find('ssh', 'key');
  expect(key && store.accessOf(key)?.holders?.machines).toEqual([
    {
      name: 'lea',
      path: 'vars/per-machine/lea/ssh/key/machines/lea',
      link: null,
      target: null,
      dangling: false,
      foreign: false,
    },
  ]);
});

test('keys of users and machines, as a list or alone', () => {
  const { sops } = readContents(storeFiles({ ...CLAN, 'sops/machines/odd/key.json': 'not json' }));
  expect(sops.users[0]?.keys()).toEqual([
    { key: 'age1ada', type: 'age' },
    { key: 'F00D', type: 'pgp' },
  ]);
  expect(sops.machines.map(one => [one.name, one.keys()?.[0]?.key ?? null])).toEqual([
    ['lea', 'age1lea'],
    ['noa', 'age1noa'],
    ['odd', null],
  ]);
});

test('secrets that machines get without declaring them: by a link or through a group, with their whole name', () => {
  const { sops } = readContents(storeFiles(CLAN));
  expect([...implicitByName(sops, ['noa', 'lea'])]).toEqual([
    ['lea-password', ['lea']],
    ['smtp', ['noa']],
  ]);
  const smtp = sops.secrets.find(one => one.name === 'smtp');
  expect(smtp && machinesWith(sops, smtp.holders())).toEqual(['noa']);
});

test('recipients of key groups and of PGP keys', () => {
  const secret = JSON.stringify({
    data: '',
    sops: { key_groups: [{ age: [{ recipient: 'age1a' }] }, { pgp: [{ fp: 'F00D' }], age: null }] },
  });
  const store = readContents(storeFiles({ 'vars/shared/a/b/secret': secret, 'vars/shared/a/c/secret': '{' }));
  expect(store.vars.map(one => store.accessOf(one)?.recipients)).toEqual([['age1a', 'F00D'], null]);
});

test('the age backend: sidecars, and the keys of machines', () => {
  const store = readContents(
    storeFiles({
      'secrets/clan-vars/shared/ca/key/key.age': AGE_FILE,
      'secrets/clan-vars/shared/ca/key/key.age.recipients': 'age1ada\nage1lea\n',
      'secrets/clan-vars/per-machine/lea/ssh/key/key.age': AGE_FILE,
      'secrets/age-keys/machines/lea/pub': 'age1lea\n',
      'secrets/age-keys/machines/lea/key.age': 'age',
      'secrets/age-keys/machines/lea/key.age.recipients': 'age1ada\n',
      'secrets/age-keys/machines/noa/pub': 'age1noa\n',
    }),
  );
  expect(store.vars.map(one => store.accessOf(one))).toEqual([
    { holders: null, recipients: ['age1ada', 'age1lea'], flaw: null },
    { holders: null, recipients: null, flaw: null },
  ]);
  expect(store.age.machines.map(one => [one.name, one.publicKey(), one.hasKey, one.keyRecipients()])).toEqual(
    [
      ['lea', 'age1lea', true, ['age1ada']],
      ['noa', 'age1noa', false, null],
    ],
  );
});

test('traces of several backends, and facts from the time before vars', () => {
  const store = readContents(
    storeFiles({
      'secrets/clan-vars/per-machine/lea/ssh/key/key.age': 'age',
      'vars/shared/ca/key/secret': sopsSecret('age1ada'),
      'machines/lea/facts/ssh.pub': 'ssh-ed25519 AAAA',
    }),
  );
  expect(store).toMatchObject({ backend: 'age', evidence: 'disk', traces: ['age', 'sops'] });
  expect(store.facts).toEqual([{ machine: 'lea', name: 'ssh.pub', path: 'machines/lea/facts/ssh.pub' }]);
});

test('the keys that a secret has to be encrypted to, by its links', () => {
  const { sops } = readContents(storeFiles(CLAN));
  const [, password, smtp] = sops.secrets;
  expect(password && [...(keysFor(sops, password.holders()) ?? [])]).toEqual(['age1lea']);
  expect(smtp && [...(keysFor(sops, smtp.holders()) ?? [])]).toEqual(['age1noa']);
});

test('where a link leads nowhere or a key cannot be read, the keys are not known', () => {
  const store = readContents(storeFiles(CLAN));
  const [key] = store.find('ssh', 'key');
  const holders = key && store.accessOf(key)?.holders;
  expect(holders && keysFor(store.sops, holders)).toBeNull();
  const { sops } = readContents(storeFiles({ ...CLAN, 'sops/machines/noa/key.json': '[{' }));
  const smtp = sops.secrets.find(one => one.name === 'smtp');
  expect(smtp && keysFor(sops, smtp.holders())).toBeNull();
});

test('a machine has no access through a group where its membership leads nowhere', () => {
  const { sops } = readContents(
    storeFiles({ ...CLAN, 'sops/groups/mail/machines/gone': { link: '../../../machines/gone' } }),
  );
  const smtp = sops.secrets.find(one => one.name === 'smtp');
  expect(smtp && machinesWith(sops, smtp.holders())).toEqual(['noa']);
});

test('every link, and where it leads: through other links, nowhere, round in a cycle, out of the repository', () => {
  const store = readContents(
    storeFiles({
      'sops/machines/lea/key.json': '[]',
      'sops/machines/alias': { link: 'lea' },
      'state/vars/shared/ca/key/secret': sopsSecret(),
      'state/vars/shared/ca/key/machines/lea': { link: '../../../../../../sops/machines/lea' },
      vars: { link: 'state/vars' },
      'sops/groups/a/machines/alias': { link: '../../../machines/alias' },
      'sops/groups/a/machines/gone': { link: '../../../machines/gone' },
      'sops/groups/a/machines/round': { link: 'round' },
      'sops/groups/a/users/etc': { link: '/etc/passwd' },
      'sops/groups/a/users/up': { link: '../../../../../elsewhere' },
    }),
  );
  expect(
    store
      .links()
      .map(({ path, target, dangling, foreign }) => [
        path,
        dangling ? 'nowhere' : foreign ? 'outside' : target,
      ]),
  ).toEqual([
    ['sops/groups/a/machines/alias', 'sops/machines/lea'],
    ['sops/groups/a/machines/gone', 'nowhere'],
    ['sops/groups/a/machines/round', 'nowhere'],
    ['sops/groups/a/users/etc', 'outside'],
    ['sops/groups/a/users/up', 'outside'],
    ['sops/machines/alias', 'sops/machines/lea'],
    ['vars/shared/ca/key/machines/lea', 'sops/machines/lea'],
  ]);
});

test.each<[string, string, string, string]>([
  ['vars/shared/a/b/secret', '{ "data": "ENC[x]", "sops": ', 'its JSON ends too early', ''],
  ['vars/shared/a/b/secret', '{ "data": "ENC[x', 'its JSON ends too early', ''],
  ['vars/shared/a/b/secret', '{ "data": "ENC[x]",, }', 'it is not JSON', ','],
  ['vars/shared/a/b/secret', 'hunter2', 'it is not JSON', 'h'],
  ['vars/shared/a/b/secret', '\n', 'it is empty', ''],
  ['vars/shared/a/b/secret', '{\n<<<<<<< HEAD\n', 'a merge in it is not finished', '<<<<<<< HEAD'],
  ['vars/shared/a/b/secret', '{\n"data": "x" }', 'it has no metadata of sops', '{'],
  ['vars/shared/a/b/secret', '{ "sops": {} }', 'it has no `data`', '{ "sops": {} }'],
  [
    'vars/shared/a/b/secret',
    '{"data":"x","sops":{}}',
    'its `data` is not encrypted',
    '{"data":"x","sops":{}}',
  ],
  ['sops/secrets/a/secret', '[', 'its JSON ends too early', ''],
  ['sops/machines/lea/key.json', '[{}]', 'a key in it has no `publickey`', '[{}]'],
  ['sops/users/ada/key.json', 'tru', 'it is not JSON', 't'],
  ['secrets/clan-vars/shared/a/b/b.age', 'hunter2', 'it is not encrypted by age', 'hunter2'],
])('%s with %j cannot be used: %s', (path, text, reason, marked) => {
  const [malformed, ...more] = readContents(storeFiles({ [path]: text })).malformed();
  expect(more).toEqual([]);
  expect(malformed).toMatchObject({ path, flaw: { reason } });
  expect(malformed && text.slice(malformed.flaw.start, malformed.flaw.end)).toBe(marked);
});

test('what is in order is not malformed, and where the JSON goes wrong is found wherever it is', () => {
  expect(readContents(storeFiles(CLAN)).malformed()).toEqual([]);
  const whole = sopsSecret('age1ada');
  fc.assert(
    fc.property(fc.nat(whole.length - 1), at => {
      const text = `${whole.slice(0, at)}\x01${whole.slice(at)}`;
      const [malformed] = readContents(storeFiles({ 'vars/shared/a/b/secret': text })).malformed();
      expect(malformed?.flaw.start).toBeLessThanOrEqual(at);
      expect(malformed?.flaw.end).toBeGreaterThan(0);
    }),
  );
});
