// What is kept of the stores between changes, and what is read again.

import { expect, test } from 'vitest';
import type { StoreFiles } from '../../server/src/store/vars/files.ts';
import { createStoredReader } from '../../server/src/workspace/stored.ts';
import { sopsSecret, storeFiles } from '../store/support.ts';

const ONE = 'vars/shared/mail/password/secret';
const OTHER = 'vars/per-machine/lea/vpn/key/secret';

/** A store of which secrets are counted as they are read. */
function store(contents: Record<string, string>) {
  const read: string[] = [];
  const files: StoreFiles = {
    kind: path => storeFiles(contents).kind(path),
    list: path => storeFiles(contents).list(path),
    text(path) {
      read.push(path);
      return storeFiles(contents).text(path);
    },
  };
  const reader = createStoredReader(files);
  const flaws = () =>
    reader
      .read(null, '', null)
      .malformed()
      .map(({ path }) => path);
  return { reader, contents, flaws, read };
}

const both = () => store({ [ONE]: sopsSecret('age1a'), [OTHER]: sopsSecret('age1a') });

test('an edit of Nix reads nothing again', () => {
  const { reader, flaws, read } = both();
  flaws();
  const before = reader.read(null, '', null);
  reader.changed(['machines/lea/configuration.nix']);
  expect(reader.read(null, '', null)).toBe(before);
  expect(read).toHaveLength(2);
});

test('of many secrets, those are read again that have changed', () => {
  const { reader, contents, flaws, read } = both();
  expect(flaws()).toEqual([]);
  contents[ONE] = 'broken';
  reader.changed([ONE]);
  expect(flaws()).toEqual([ONE]);
  expect(read.filter(path => path === ONE)).toHaveLength(2);
  expect(read.filter(path => path === OTHER)).toHaveLength(1);
});

test('a folder that has changed may have other secrets', () => {
  const { reader, contents, flaws } = both();
  expect(flaws()).toEqual([]);
  contents[OTHER] = '';
  reader.changed(['vars/per-machine']);
  expect(flaws()).toEqual([OTHER]);
});

test('a second look reads everything', () => {
  const { reader, contents, flaws } = both();
  expect(flaws()).toEqual([]);
  contents[ONE] = 'broken';
  reader.rescanned();
  expect(flaws()).toEqual([ONE]);
});
