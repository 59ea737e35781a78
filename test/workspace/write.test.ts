// Writing: whole, in place, with the file's mode, never outside the root, never over somebody else's change.

import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeChanges } from '../../server/src/workspace/write.ts';
import { folder, write } from './support.ts';

const read = (root: string, path: string) => readFileSync(join(root, path), 'utf8');
const change = (path: string, before: string | null, after: string) => ({ path, before, after });

test('texts are replaced, and nothing is left beside them', () => {
  const root = folder({ 'a.nix': 'old', 'lib/b.nix': 'old' });
  writeChanges(root, [
    change('a.nix', 'old', 'new'),
    change('lib/b.nix', 'old', 'new'),
    change('c.nix', null, 'new'),
  ]);
  expect(['a.nix', 'lib/b.nix', 'c.nix'].map(path => read(root, path))).toEqual(['new', 'new', 'new']);
  expect(readdirSync(root, { recursive: true }).sort()).toEqual(['a.nix', 'c.nix', 'lib', 'lib/b.nix']);
});

test('the mode stays', () => {
  const root = folder({ 'a.nix': 'old' });
  chmodSync(join(root, 'a.nix'), 0o750);
  writeChanges(root, [change('a.nix', 'old', 'new')]);
  expect(statSync(join(root, 'a.nix')).mode & 0o7777).toBe(0o750);
});

test('a byte order mark stays', () => {
  const root = folder({ 'a.nix': '\ufeffold' });
  writeChanges(root, [change('a.nix', 'old', 'new')]);
  expect(read(root, 'a.nix')).toBe('\ufeffnew');
});

describe('nothing at all is written', () => {
  /** Fails with the sentence, and leaves `ok.nix`, which comes first, as it was. */
  function refuses(root: string, broken: ReturnType<typeof change>, sentence: string) {
    write(root, 'ok.nix', 'old');
    const names = readdirSync(root).sort();
    expect(() => writeChanges(root, [change('ok.nix', 'old', 'new'), broken])).toThrow(sentence);
    expect(read(root, 'ok.nix')).toBe('old');
    expect(readdirSync(root).sort()).toEqual(names);
  }

  test('when a file has changed meanwhile', () => {
    const root = folder({ 'a.nix': 'somebody else' });
    refuses(
      root,
      change('a.nix', 'old', 'new'),
      'a.nix has changed since it was read. Run the command again. Nothing was written.',
    );
    expect(read(root, 'a.nix')).toBe('somebody else');
  });
  test('when a file is gone, or has come', () => {
    refuses(folder({}), change('a.nix', 'old', 'new'), 'a.nix has changed since it was read.');
    refuses(folder({ 'a.nix': '' }), change('a.nix', null, 'new'), 'a.nix has changed since it was read.');
  });
  test('when a file is not UTF-8, which writing would mend into something else', () => {
    const root = folder({ 'a.nix': Buffer.from([0x6f, 0xff]) });
    refuses(root, change('a.nix', 'o\ufffd', 'new'), 'a.nix is not UTF-8');
  });
  test('when the path leads out of the root', () => {
    const root = join(folder({ 'inner/b.nix': '' }), 'inner');
    refuses(root, change('../a.nix', null, 'new'), '../a.nix leads out of');
    expect(existsSync(join(root, '../a.nix'))).toBe(false);
  });
  test('when the folder is not there', () => {
    refuses(folder({}), change('lib/a.nix', null, 'new'), 'The folder of lib/a.nix is not there.');
  });
});

describe('symbolic links', () => {
  test('inside the root: the file behind is written, the link stays', () => {
    const root = folder({ 'real/a.nix': 'old' });
    symlinkSync('real/a.nix', join(root, 'a.nix'));
    writeChanges(root, [change('a.nix', 'old', 'new')]);
    expect(read(root, 'real/a.nix')).toBe('new');
    expect(lstatSync(join(root, 'a.nix')).isSymbolicLink()).toBe(true);
  });
  test('out of the root: refused, for files and for folders', () => {
    const outside = folder({ 'a.nix': 'old' });
    const root = folder({});
    symlinkSync(join(outside, 'a.nix'), join(root, 'a.nix'));
    symlinkSync(outside, join(root, 'lib'));
    for (const path of ['a.nix', 'lib/a.nix'])
      expect(() => writeChanges(root, [change(path, 'old', 'new')])).toThrow(`${path} leads out of ${root}`);
    expect(() => writeChanges(root, [change('lib/new.nix', null, 'new')])).toThrow('leads out of');
    expect(readdirSync(outside)).toEqual(['a.nix']);
    expect(read(outside, 'a.nix')).toBe('old');
  });
  test('the root itself may be one', () => {
    const real = folder({ 'a.nix': 'old' });
    const root = join(folder({}), 'link');
    symlinkSync(real, root);
    writeChanges(root, [change('a.nix', 'old', 'new')]);
    expect(read(real, 'a.nix')).toBe('new');
  });
});

test('a folder in the place of the file is an error in words', () => {
  const root = folder({});
  mkdirSync(join(root, 'a.nix'));
  expect(() => writeChanges(root, [change('a.nix', 'old', 'new')])).toThrow('Nothing was written.');
});
