// What is seen of a store at a glance is what is found of it one by one.
import { expect, test } from 'vitest';
import { scanAccess, scannedStore, scanStore } from '../../../server/src/store/vars/scan.ts';
import { type Content, sopsSecret, storeFiles } from '../support.ts';

const up = '../../../../../../';
const MANY = ['lea', 'noa', 'tove'];

const secretOf = (machine: string) => ({
  [`sops/machines/${machine}/key.json`]: `{ "publickey": "age1${machine}", "type": "age" }`,
  [`vars/per-machine/${machine}/ssh/key/secret`]: sopsSecret('age1ada'),
  [`vars/per-machine/${machine}/ssh/key/users/ada`]: { link: `${up}sops/users/ada` },
  [`vars/per-machine/${machine}/ssh/pub/value`]: 'x',
});

const STORE = {
  'sops/users/ada/key.json': '{ "publickey": "age1ada", "type": "age" }',
  ...Object.assign({}, ...MANY.map(secretOf)),
  'vars/per-machine/lea/ssh/.validation-hash': 'abc',
  'vars/per-machine/lea/ssh/key/machines/gone': { link: `${up}sops/machines/gone` },
  'vars/per-machine/noa/ssh/key/secret': 'not a secret',
  'vars/per-machine/lea/files/deep/in/folders/value': 'x',
  // In a circle, and to a value of somebody else.
  'vars/shared/circle': { link: '..' },
  'vars/shared/token/same': { link: '../../per-machine/lea/ssh/pub' },
};

const files = storeFiles(STORE);
const seen = scannedStore(structuredClone(scanStore(files, { directory: '', access: true })), files, '');

test('files and notes of validations', () => {
  const asked = [
    ...Object.keys(STORE),
    'vars/shared/token/same/value',
    'vars/shared/circle/per-machine/lea/ssh/pub/value',
    'vars/shared/circle/per-machine/lea/ssh/.validation-hash',
    'vars/per-machine/noa/ssh/.validation-hash',
    'vars/per-machine/lea/ssh/none/value',
    'vars/per-machine/lea/ssh',
    'vars',
  ];
  for (const path of asked) {
    expect([path, seen.files.isFile(path)]).toEqual([path, files.kind(path) === 'file']);
    expect([path, seen.files.text(path)]).toEqual([path, files.text(path)]);
  }
});

test('whom secrets are for', () => {
  const folders = MANY.map(machine => `vars/per-machine/${machine}/ssh/key`);
  const [lea, noa, tove] = folders.map(folder => seen.access(folder));
  expect([lea, noa, tove]).toEqual(folders.map(folder => scanAccess(files, folder)));
  expect(lea?.holders.machines).toEqual([{ name: 'gone', target: null, dangling: true, foreign: false }]);
  expect(noa?.recipients.value).toBeNull();
  expect(seen.access('vars/per-machine/lea/ssh/pub')).toBeUndefined();
});

test('whether they are there alone', () => {
  const { seen: accesses, ...others } = scanStore(files, { directory: '', access: false });
  expect(accesses).toEqual([]);
  expect(others.files).toBe(scanStore(files, { directory: '', access: true }).files);
});

test('what many secrets have in common is there once', () => {
  const alike = storeFiles(Object.assign({ 'sops/users/ada/key.json': '[]' }, ...MANY.map(secretOf)));
  expect(scanStore(alike, { directory: '', access: true }).seen).toHaveLength(1);
});

test('below the folder of a clan', () => {
  const inClan = storeFiles(
    Object.fromEntries(Object.entries<Content>(STORE).map(([path, one]) => [`clan/${path}`, one])),
  );
  const found = scannedStore(scanStore(inClan, { directory: 'clan', access: true }), inClan, 'clan');
  expect(found.access('clan/vars/per-machine/tove/ssh/key')?.recipients.value).toEqual(['age1ada']);
});
