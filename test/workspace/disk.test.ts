import { chmodSync, mkdirSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findNixFiles, findRoot } from '../../server/src/workspace/discovery.ts';
import { createDisk } from '../../server/src/workspace/files/folder-disk.ts';
import { folder, write } from './support.ts';

const everything = () => false;

test('a walk finds the Nix files of a folder and of all folders in it', () => {
  const root = folder({ 'flake.nix': '', 'lib/a.nix': '', 'lib/deep/b.nix': '', 'README.md': '' });
  expect(findNixFiles(createDisk(root), everything)).toEqual(['flake.nix', 'lib/a.nix', 'lib/deep/b.nix']);
});

test('a walk leaves out what tools made and where values are stored', () => {
  const root = folder({
    'a.nix': '',
    '.git/b.nix': '',
    'node_modules/c/c.nix': '',
    '.direnv/d.nix': '',
    'result/e.nix': '',
    'result-man/e.nix': '',
    'dist/f.nix': '',
    'vars/shared/g/g.nix': '',
    'modules/vars/h.nix': '',
  });
  expect(findNixFiles(createDisk(root), everything)).toEqual(['a.nix', 'modules/vars/h.nix']);
});

test('nothing is below a folder that is not there, until it has been made', () => {
  const root = folder({ 'varsity/a.txt': 'beside' });
  const disk = createDisk(root);
  expect(disk.kind('vars/shared/g/key/value')).toBeNull();
  expect(disk.kind('vars/shared/g/other/value')).toBeNull();
  expect(disk.kind('varsity/a.txt')).toBe('file');
  expect(disk.list('vars/shared')).toBeNull();
  mkdirSync(join(root, 'vars/shared/g'), { recursive: true });
  disk.forget('vars/shared/g');
  expect(disk.kind('vars/shared/g')).toBe('directory');
  expect(disk.kind('vars/shared/g/key')).toBeNull();
});

test('a circle of symbolic links is walked once', () => {
  const root = folder({ 'modules/a.nix': '' });
  symlinkSync('..', join(root, 'modules/up'));
  symlinkSync('loop', join(root, 'loop'));
  const disk = createDisk(root);
  expect(findNixFiles(disk, everything)).toEqual(['modules/a.nix']);
  expect(disk.kind('loop')).toBeNull();
});

test('a link inside the root leads to its target, a link out of it leads nowhere', () => {
  const outside = folder({ 'secret.nix': 'outside' });
  const root = folder({ 'real/a.nix': 'inside' });
  symlinkSync('real', join(root, 'alias'));
  symlinkSync(outside, join(root, 'exit'));
  const disk = createDisk(root);
  expect(disk.read('alias/a.nix')).toBe('inside');
  expect(disk.kind('exit')).toBeNull();
  expect(disk.read('exit/secret.nix')).toBeNull();
});

test('links are listed as they are written, wherever they lead, until the folder changes', () => {
  const root = folder({ 'links/a.txt': '', 'real/a.nix': '' });
  symlinkSync('../real', join(root, 'links/in'));
  symlinkSync('../gone', join(root, 'links/nowhere'));
  symlinkSync('/nonexistent', join(root, 'links/out'));
  const disk = createDisk(root);
  const links = () => [...(disk.links('links') ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
  expect(links()).toEqual([
    { name: 'in', target: '../real' },
    { name: 'nowhere', target: '../gone' },
    { name: 'out', target: '/nonexistent' },
  ]);
  expect(
    disk
      .list('links')
      ?.map(entry => entry.name)
      .sort(),
  ).toEqual(['a.txt', 'in']);
  expect(disk.links('real')).toEqual([]);
  expect(disk.links('gone')).toBeNull();
  unlinkSync(join(root, 'links/out'));
  disk.forget('links/out');
  expect(links().map(link => link.name)).toEqual(['in', 'nowhere']);
});

test('no path leaves the root', () => {
  const parent = folder({ 'secret.nix': 'outside', 'root/a.nix': '' });
  const disk = createDisk(join(parent, 'root'));
  for (const path of ['../secret.nix', 'a/../../secret.nix', '..', '/secret.nix', './../secret.nix']) {
    expect(disk.read(path), path).toBeNull();
  }
});

test('an unreadable folder is noted, and its neighbours are found', () => {
  const root = folder({ 'open/a.nix': '', 'shut/b.nix': '' });
  chmodSync(root, 0o755);
  chmodSync(join(root, 'shut'), 0);
  onTestFinished(() => chmodSync(join(root, 'shut'), 0o700));
  withoutPower(() => {
    const disk = createDisk(root);
    expect(findNixFiles(disk, everything)).toEqual(['open/a.nix']);
    expect(disk.skipped()).toEqual([{ path: 'shut', reason: 'no permission to read it' }]);
  });
});

/** Runs something as somebody to whom permissions apply: they do not apply to the superuser. */
function withoutPower(run: () => void): void {
  const isPowerful = process.geteuid?.() === 0;
  const nobody = 65_534;
  if (isPowerful) process.seteuid?.(nobody);
  try {
    run();
  } finally {
    if (isPowerful) process.seteuid?.(0);
  }
}

test('a file above 2 MB exists, but is not read', () => {
  const root = folder({ 'huge.nix': ' '.repeat(5 * 1024 * 1024) });
  const disk = createDisk(root);
  expect(disk.kind('huge.nix')).toBe('file');
  expect(disk.read('huge.nix')).toBeNull();
  expect(disk.skipped()).toEqual([{ path: 'huge.nix', reason: 'it is larger than 2 MB' }]);
});

test('binary data named .nix exists, but is not text', () => {
  const root = folder({ 'binary.nix': Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1]) });
  const disk = createDisk(root);
  expect(disk.read('binary.nix')).toBeNull();
  expect(disk.skipped()).toEqual([{ path: 'binary.nix', reason: 'it is not text' }]);
});

test('a byte order mark is no part of the text', () => {
  const root = folder({ 'mark.nix': '\ufeff{ }' });
  expect(createDisk(root).read('mark.nix')).toBe('{ }');
});

test('what a link shows follows what it leads to', () => {
  const root = folder({ 'lib/a.nix': 'old' });
  symlinkSync('lib', join(root, 'linked'));
  symlinkSync('lib/b.nix', join(root, 'b.nix'));
  const disk = createDisk(root);
  expect(disk.list('linked')).toEqual([{ name: 'a.nix', kind: 'file' }]);
  expect(disk.kind('b.nix')).toBeNull();
  write(root, 'lib/b.nix', 'new');
  disk.forget('lib/b.nix');
  expect(disk.list('linked')).toHaveLength(2);
  expect(disk.kind('b.nix')).toBe('file');
  unlinkSync(join(root, 'lib/b.nix'));
  disk.forget('lib/b.nix');
  expect(disk.list('linked')).toHaveLength(1);
  expect(disk.kind('b.nix')).toBeNull();
});

test('a link to a folder that contains it is there, and is not listed', () => {
  const root = folder({ 'a/a.nix': '', 'b/b.nix': '' });
  symlinkSync('..', join(root, 'a/up'));
  symlinkSync('../b', join(root, 'a/b'));
  symlinkSync('../a', join(root, 'b/a'));
  const disk = createDisk(root);
  const names = (path: string) => disk.list(path)?.map(({ name }) => name);
  expect(names('a')).toEqual(['a.nix', 'b']);
  expect(names('a/b')).toEqual(['b.nix']);
  expect(disk.kind('a/up/b/b.nix')).toBe('file');
});

test('the root is the nearest folder upward with a marker', () => {
  const root = folder({ 'flake.nix': '', 'hosts/lea/default.nix': '', 'clans/a/.clan-flake': '' });
  mkdirSync(join(root, 'clans/a/lib'));
  expect(findRoot(join(root, 'hosts/lea'))).toBe(root);
  expect(findRoot(join(root, 'clans/a/lib'))).toBe(join(root, 'clans/a'));
});
