// Every layout that clan has or had, line by line, each read twice: from memory, and from a real folder with real
// symbolic links. Both have to say the same.
import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { implicitByName } from '../../../server/src/store/sops/sops-keys.ts';
import type { StoreFiles } from '../../../server/src/store/vars/files.ts';
import { readContents, readStore } from '../../../server/src/store/vars/read.ts';
import { createFiles } from '../../../server/src/workspace/files/files.ts';
import { folder } from '../../workspace/support.ts';
import { AGE_FILE, type Content, sopsSecret, storeFiles } from '../support.ts';

type Contents = Readonly<Record<string, Content>>;

/** The same files and links in a folder that is removed after the test. */
function onDisk(contents: Contents): StoreFiles {
  const texts = Object.entries(contents).flatMap(([path, content]) =>
    typeof content === 'string' ? [[path, content] as const] : [],
  );
  const root = folder(Object.fromEntries(texts));
  for (const [path, content] of Object.entries(contents)) {
    if (typeof content === 'string') continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(content.link, join(root, path));
  }
  return createFiles({
    root,
    parse: () => {
      throw new Error('the store parses nothing');
    },
    excluded: () => false,
    search: false,
  });
}

/** All that the store tells, as plain data. */
function told(files: StoreFiles) {
  const store = readContents(files);
  const { sops, age } = store;
  return {
    backend: store.backend,
    traces: store.traces,
    entries: readStore(files).entries,
    vars: store.vars.map(one => {
      const access = store.accessOf(one);
      return {
        path: one.path,
        is: `${one.placement} ${one.owner ?? '-'} ${one.generator}/${one.file} ${one.kind} ${one.current ? 'now' : 'once'}`,
        recipients: access?.recipients ?? null,
        flaw: access?.flaw?.reason ?? null,
      };
    }),
    validations: store.validations.map(one => [one.path, one.generator, one.current, store.hashOf(one)]),
    links: store
      .links()
      .map(one => [one.path, one.dangling ? 'nowhere' : one.foreign ? 'outside' : one.target]),
    users: sops.users.map(one => [one.name, one.keys()]),
    machines: sops.machines.map(one => [one.name, one.keys()]),
    groups: sops.groups.map(one => [
      one.name,
      one.users.map(user => user.name),
      one.machines.map(m => m.name),
    ]),
    secrets: sops.secrets.map(one => [one.name, one.recipients(), one.holders().machines.map(m => m.name)]),
    implicit: [...implicitByName(sops, ['lea', 'noa'])],
    age: age.machines.map(one => [one.name, one.publicKey(), one.hasKey, one.keyRecipients()]),
    facts: store.facts,
    malformed: store.malformed(),
  };
}

const KEY = '[{ "publickey": "age1lea", "type": "age" }]';

test.each<[string, Contents, Partial<ReturnType<typeof told>>]>([
  [
    'vars/per-machine and vars/shared',
    { 'vars/per-machine/lea/ssh/id.pub/value': 'x', 'vars/shared/ca/key/secret': sopsSecret('age1ada') },
    {
      backend: 'sops',
      entries: [
        { placement: 'shared', machine: null, generator: 'ca', file: 'key', kind: 'secret' },
        { placement: 'per-machine', machine: 'lea', generator: 'ssh', file: 'id.pub', kind: 'public' },
      ],
    },
  ],
  [
    'vars/per-export, which is a placement of its own and no machine',
    { 'vars/per-export/mail/dkim/record/value': 'x', 'vars/per-export/mail/dkim/.validation-hash': 'ab\n' },
    {
      entries: [],
      vars: [
        {
          path: 'vars/per-export/mail/dkim/record/value',
          is: 'per-export mail dkim/record public now',
          recipients: null,
          flaw: null,
        },
      ],
      validations: [['vars/per-export/mail/dkim/.validation-hash', 'dkim', true, 'ab']],
    },
  ],
  [
    '.validation-hash, and its three older names and places',
    {
      'vars/shared/ca/.validation-hash': 'c0ffee',
      'vars/per-machine/lea/ssh/validation': 'beef',
      'vars/old/validation': '2',
      'vars/older/invalidation_hash': '1',
    },
    {
      vars: [],
      validations: [
        ['vars/shared/ca/.validation-hash', 'ca', true, 'c0ffee'],
        ['vars/per-machine/lea/ssh/validation', 'ssh', false, 'beef'],
        ['vars/old/validation', 'old', false, '2'],
        ['vars/older/invalidation_hash', 'older', false, '1'],
      ],
    },
  ],
  [
    'sops/{users,machines,groups,secrets}, and what machines get from it without declaring it',
    {
      'sops/users/ada/key.json': '{ "publickey": "F00D", "type": "pgp" }',
      'sops/machines/lea/key.json': KEY,
      'sops/groups/admins/users/ada': { link: '../../../users/ada' },
      'sops/groups/admins/machines/lea': { link: '../../../machines/lea' },
      'sops/secrets/smtp/secret': sopsSecret('age1lea'),
      'sops/secrets/smtp/groups/admins': { link: '../../../groups/admins' },
      'sops/secrets/token/secret': sopsSecret('age1lea'),
      'sops/secrets/token/machines/lea': { link: '../../../machines/lea' },
      'sops/secrets/half/machines/lea': { link: '../../../machines/lea' },
    },
    {
      backend: 'sops',
      users: [['ada', [{ key: 'F00D', type: 'pgp' }]]],
      machines: [['lea', [{ key: 'age1lea', type: 'age' }]]],
      groups: [['admins', ['ada'], ['lea']]],
      secrets: [
        ['smtp', ['age1lea'], []],
        ['token', ['age1lea'], ['lea']],
      ],
      implicit: [
        ['smtp', ['lea']],
        ['token', ['lea']],
      ],
      malformed: [],
    },
  ],
  [
    'secrets/clan-vars with sidecars, and keys of machines',
    {
      'secrets/clan-vars/shared/ca/key/key.age': AGE_FILE,
      'secrets/clan-vars/shared/ca/key/key.age.recipients': 'age1ada\nage1lea\n',
      'secrets/clan-vars/per-machine/lea/ssh/key/key.age': AGE_FILE,
      'secrets/age-keys/machines/lea/pub': 'age1lea\n',
      'secrets/age-keys/machines/lea/key.age': AGE_FILE,
      'secrets/age-keys/machines/lea/key.age.recipients': 'age1ada\n',
      'vars/per-machine/lea/ssh/pub/value': 'x',
    },
    {
      backend: 'age',
      traces: ['age'],
      vars: [
        {
          path: 'secrets/clan-vars/shared/ca/key/key.age',
          is: 'shared - ca/key secret now',
          recipients: ['age1ada', 'age1lea'],
          flaw: null,
        },
        {
          path: 'secrets/clan-vars/per-machine/lea/ssh/key/key.age',
          is: 'per-machine lea ssh/key secret now',
          recipients: null,
          flaw: null,
        },
        {
          path: 'vars/per-machine/lea/ssh/pub/value',
          is: 'per-machine lea ssh/pub public now',
          recipients: null,
          flaw: null,
        },
      ],
      age: [['lea', 'age1lea', true, ['age1ada']]],
    },
  ],
  [
    'a value left beside the secret, in the same folder and beside the age backend',
    {
      'vars/shared/ca/key/value': 'oh no',
      'vars/shared/ca/key/secret': sopsSecret('age1ada'),
      'vars/shared/db/key/value': 'oh no',
      'secrets/clan-vars/shared/db/key/key.age': AGE_FILE,
    },
    {
      entries: [
        { placement: 'shared', machine: null, generator: 'ca', file: 'key', kind: 'public' },
        { placement: 'shared', machine: null, generator: 'ca', file: 'key', kind: 'secret' },
        { placement: 'shared', machine: null, generator: 'db', file: 'key', kind: 'public' },
        { placement: 'shared', machine: null, generator: 'db', file: 'key', kind: 'secret' },
      ],
    },
  ],
  [
    'links of a secret that lead nowhere, and out of the repository',
    {
      'sops/machines/lea/key.json': KEY,
      'vars/shared/ca/key/secret': sopsSecret('age1lea'),
      'vars/shared/ca/key/machines/lea': { link: '../../../../../sops/machines/lea' },
      'vars/shared/ca/key/machines/gone': { link: '../../../../../sops/machines/gone' },
      'vars/shared/ca/key/users/far': { link: '../../../../../../elsewhere/users/far' },
      'vars/shared/ca/key/users/abs': { link: '/nonexistent/users/abs' },
    },
    {
      links: [
        ['vars/shared/ca/key/machines/gone', 'nowhere'],
        ['vars/shared/ca/key/machines/lea', 'sops/machines/lea'],
        ['vars/shared/ca/key/users/abs', 'outside'],
        ['vars/shared/ca/key/users/far', 'outside'],
      ],
    },
  ],
  [
    'layouts that clan has left behind',
    {
      'vars/per-machine/lea/ssh/id.pub': 'x',
      'sops/vars/shared/ca/key/secret': sopsSecret('age1ada'),
      'machines/noa/vars/ssh/id.pub': 'x',
      'machines/lea/facts/zerotier-ip': 'x',
    },
    {
      entries: [],
      vars: [
        {
          path: 'sops/vars/shared/ca/key/secret',
          is: 'shared - ca/key secret once',
          recipients: ['age1ada'],
          flaw: null,
        },
        {
          path: 'vars/per-machine/lea/ssh/id.pub',
          is: 'per-machine lea ssh/id.pub public once',
          recipients: null,
          flaw: null,
        },
        {
          path: 'machines/noa/vars/ssh/id.pub',
          is: 'per-machine noa ssh/id.pub public once',
          recipients: null,
          flaw: null,
        },
      ],
      facts: [{ machine: 'lea', name: 'zerotier-ip', path: 'machines/lea/facts/zerotier-ip' }],
    },
  ],
])('%s', (_what, contents, expected) => {
  const inMemory = told(storeFiles(contents));
  expect(inMemory).toMatchObject(expected);
  expect(told(onDisk(contents))).toEqual(inMemory);
});
