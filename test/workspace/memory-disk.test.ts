// A folder in memory: names, contents as far as they have come, and what is wanted.
import { describe, expect, it } from 'vitest';
import { createMemoryDisk, type MemoryEntry } from '../../server/src/workspace/files/memory-disk.ts';

const file = (path: string, text?: string): MemoryEntry => ({
  path,
  kind: 'file',
  ...(text === undefined ? {} : { bytes: new TextEncoder().encode(text) }),
});

function diskOf(...entries: MemoryEntry[]) {
  const disk = createMemoryDisk();
  disk.put(entries);
  return disk;
}

describe('a folder in memory', () => {
  it('has the folders that its files lie in', () => {
    const disk = diskOf(file('machines/emily/default.nix', '{ }'));
    expect(disk.kind('')).toBe('directory');
    expect(disk.kind('machines/emily')).toBe('directory');
    expect(disk.kind('machines/adam')).toBeNull();
    expect(disk.list('machines')).toEqual([{ name: 'emily', kind: 'directory' }]);
    expect(disk.list('machines/emily/default.nix')).toBeNull();
    expect(disk.read('machines/emily/default.nix')).toBe('{ }');
  });

  it('wants each file once that is read before it has come', () => {
    const disk = diskOf(file('a.json'), file('b.nix', '1'));
    expect([disk.read('a.json'), disk.start('a.json'), disk.read('none')]).toEqual([null, null, null]);
    expect(disk.skipped()).toEqual([]);
    expect(disk.takeWanted()).toEqual(['a.json']);
    expect([disk.read('a.json'), disk.takeWanted()]).toEqual([null, []]);
    disk.put([file('a.json', '{}')]);
    expect([disk.read('a.json'), disk.takeWanted()]).toEqual(['{}', []]);
    // It has changed, and who saw that did not bring it.
    disk.put([file('a.json')]);
    expect([disk.read('a.json'), disk.takeWanted()]).toEqual([null, ['a.json']]);
  });

  it('says why a file cannot be read', () => {
    const disk = diskOf(
      { path: 'large', kind: 'file', tooLarge: true },
      { path: 'locked', kind: 'file', bytes: null },
      file('binary', 'a\0b'),
    );
    expect(['large', 'locked', 'binary'].map(path => disk.read(path))).toEqual([null, null, null]);
    expect(disk.start('binary')).toBe('a\0b');
    expect(disk.takeWanted()).toEqual([]);
    expect(disk.skipped()).toEqual([
      { path: 'binary', reason: 'it is not text' },
      { path: 'large', reason: 'it is larger than 2 MB' },
      { path: 'locked', reason: 'it cannot be read' },
    ]);
  });

  it('forgets what is removed, with all below', () => {
    const disk = diskOf(file('vars/shared/a/value', '1'), file('flake.nix', '2'));
    disk.remove('vars');
    expect(disk.kind('vars/shared/a/value')).toBeNull();
    expect(disk.list('')).toEqual([{ name: 'flake.nix', kind: 'file' }]);
    disk.put([file('vars', 'a file now')]);
    expect(disk.read('vars')).toBe('a file now');
    disk.put([file('vars/again', '1')]);
    expect([disk.kind('vars'), disk.read('vars/again')]).toEqual(['directory', '1']);
  });

  it('takes the byte order mark off, and shows links as what they lead to', () => {
    const disk = diskOf(file('a.nix', '\ufeff1'), { path: 'b.nix', kind: 'file', link: true });
    expect(disk.read('a.nix')).toBe('1');
    expect([disk.kind('b.nix'), disk.isLink('b.nix'), disk.isLink('a.nix')]).toEqual(['file', true, false]);
    expect(disk.links).toBeUndefined();
    expect(disk.isExecutable('a.nix')).toBeNull();
  });
});
