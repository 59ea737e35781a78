import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createDisk } from '../../server/src/workspace/files/folder-disk.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { findingsOf, folder, smallEngine, smallWorkspace, write } from './support.ts';

const BAD = 'This is bad.';

describe('documents', () => {
  test('an open document counts instead of the file', () => {
    const workspace = smallWorkspace(folder({ 'a.nix': 'bad' }));
    expect(findingsOf(workspace)).toEqual([`a.nix: ${BAD}`]);
    workspace.open('a.nix', 'good');
    expect(findingsOf(workspace)).toEqual([]);
    workspace.close('a.nix');
    expect(findingsOf(workspace)).toEqual([`a.nix: ${BAD}`]);
  });

  test('a document that is not saved yet exists for its neighbours', () => {
    const workspace = smallWorkspace(folder({ 'a.nix': '' }));
    workspace.open('lib/new.nix', 'bad');
    expect(findingsOf(workspace)).toEqual([`lib/new.nix: ${BAD}`]);
    expect(workspace.files.kind('lib')).toBe('directory');
    expect(workspace.files.list('')).toContainEqual({ name: 'lib', kind: 'directory' });
    expect(workspace.files.list('lib')).toEqual([{ name: 'new.nix', kind: 'file' }]);
    workspace.close('lib/new.nix');
    expect(findingsOf(workspace)).toEqual([]);
    expect(workspace.files.kind('lib')).toBeNull();
  });

  test('folders are there as long as a document that is not saved lies below them', () => {
    const { files, open, close } = smallWorkspace(folder({ 'a.nix': '' }));
    open('x/y/a.nix', '');
    open('x/y/b.nix', '');
    open('x/y', '');
    close('x/y/a.nix');
    expect([files.kind('x'), files.kind('x/y'), files.list('x/y')]).toEqual([
      ...['directory', 'file'],
      [{ name: 'b.nix', kind: 'file' }],
    ]);
    close('x/y/b.nix');
    expect([files.kind('x'), files.list('x'), files.list('x/y')]).toEqual([
      ...['directory', [{ name: 'y', kind: 'file' }]],
      null,
    ]);
    close('x/y');
    expect([files.kind('x'), files.list('')]).toEqual([null, [{ name: 'a.nix', kind: 'file' }]]);
  });

  test('the order of files and folders is the same, whatever was created first and whether it is saved', () => {
    const root = folder({ 'b/b.nix': '', 'd.nix': '' });
    const workspace = smallWorkspace(root);
    workspace.snapshot();
    write(root, 'c.nix', '');
    workspace.changedOnDisk(['c.nix']);
    workspace.open('a/a.nix', '');
    const order = ['a/a.nix', 'b/b.nix', 'c.nix', 'd.nix'];
    const names = ['a', 'b', 'c.nix', 'd.nix'];
    for (const saved of [false, true]) {
      if (saved) write(root, 'a/a.nix', '');
      workspace.changedOnDisk(saved ? ['a/a.nix'] : []);
      expect([...workspace.files.nixFiles()]).toEqual(order);
      expect(workspace.files.list('')?.map(({ name }) => name)).toEqual(names);
    }
  });

  test('a file that is read through a link changes with what the link leads to', () => {
    const root = folder({ 'lib/a.nix': 'old' });
    symlinkSync('lib', join(root, 'linked'));
    const { files, changedOnDisk } = smallWorkspace(root);
    expect(files.text('linked/a.nix')).toBe('old');
    write(root, 'lib/a.nix', 'new');
    changedOnDisk(['lib/a.nix']);
    expect(files.text('linked/a.nix')).toBe('new');
  });

  test('opening a document with the text of its file changes nothing', () => {
    const engine = smallEngine();
    const root = folder({ 'a.nix': '{ }' });
    const workspace = smallWorkspace(root, engine);
    workspace.files.parse('a.nix');
    const before = workspace.snapshot();
    workspace.open('a.nix', '{ }');
    workspace.close('a.nix');
    expect(workspace.snapshot()).toBe(before);
    expect(engine.changes).toEqual([]);
  });

  test('saving an open document changes nothing', () => {
    const root = folder({ 'a.nix': 'good' });
    const workspace = smallWorkspace(root);
    workspace.open('a.nix', 'bad');
    const before = workspace.snapshot();
    write(root, 'a.nix', 'bad');
    workspace.changedOnDisk(['a.nix']);
    expect(workspace.snapshot()).toBe(before);
  });

  test('a document above 2 MB is treated as such a file is', () => {
    const workspace = smallWorkspace(folder({ 'a.nix': '' }));
    workspace.open('a.nix', `bad${' '.repeat(3 * 1024 * 1024)}`);
    expect(workspace.files.kind('a.nix')).toBe('file');
    expect(workspace.files.parse('a.nix')).toBeNull();
    expect(findingsOf(workspace)).toEqual([]);
  });

  test('any number of edits between two snapshots is one analysis', () => {
    const engine = smallEngine();
    const workspace = smallWorkspace(folder({ 'a.nix': '' }), engine);
    workspace.snapshot();
    for (let i = 0; i < 20; i++) workspace.open('a.nix', 'bad '.repeat(i));
    expect(findingsOf(workspace)).toHaveLength(19);
    expect(engine.builds()).toBe(2);
  });

  test('versions count up, and a snapshot stays while nothing changes', () => {
    const workspace = smallWorkspace(folder({ 'a.nix': '' }));
    const first = workspace.snapshot();
    expect(workspace.snapshot()).toBe(first);
    workspace.open('a.nix', 'bad');
    expect(workspace.isStale()).toBe(true);
    expect(workspace.snapshot().version).toBeGreaterThan(first.version);
  });

  test('lines of every kind of line end are where editors see them', () => {
    const workspace = smallWorkspace(folder({ 'a.nix': '\ufeff{\r\n  x = 1;\n}\n' }));
    expect(workspace.files.parse('a.nix')?.lineStarts).toEqual([0, 3, 12, 14]);
  });
});

describe('changes on disk', () => {
  test('a file appears, changes and goes', () => {
    const root = folder({ 'a.nix': '' });
    const workspace = smallWorkspace(root);
    expect(findingsOf(workspace)).toEqual([]);
    write(root, 'lib/b.nix', 'bad');
    workspace.changedOnDisk(['lib/b.nix']);
    expect(findingsOf(workspace)).toEqual([`lib/b.nix: ${BAD}`]);
    write(root, 'lib/b.nix', 'bad bad');
    workspace.changedOnDisk(['lib/b.nix']);
    expect(findingsOf(workspace)).toHaveLength(2);
    rmSync(join(root, 'lib/b.nix'));
    workspace.changedOnDisk(['lib/b.nix']);
    expect(findingsOf(workspace)).toEqual([]);
  });

  test('the files of a removed folder are gone, although only the folder was named', () => {
    const root = folder({ 'lib/a.nix': 'bad', 'lib/deep/b.nix': 'bad', 'c.nix': 'bad' });
    const workspace = smallWorkspace(root);
    expect(findingsOf(workspace)).toHaveLength(3);
    rmSync(join(root, 'lib'), { recursive: true });
    workspace.changedOnDisk(['lib']);
    expect(findingsOf(workspace)).toEqual([`c.nix: ${BAD}`]);
  });

  test('a stored value is seen anew', () => {
    const root = folder({ 'vars/shared/g/f/value': 'old' });
    const workspace = smallWorkspace(root);
    expect(workspace.files.text('vars/shared/g/f/value')).toBe('old');
    write(root, 'vars/shared/g/f/value', 'new');
    workspace.changedOnDisk(['vars/shared/g/f/value']);
    expect(workspace.files.text('vars/shared/g/f/value')).toBe('new');
  });

  test('a second look finds what nobody told of', () => {
    const root = folder({ 'a.nix': '' });
    const workspace = smallWorkspace(root);
    workspace.snapshot();
    write(root, 'b.nix', 'bad');
    workspace.rescan();
    expect(findingsOf(workspace)).toEqual([`b.nix: ${BAD}`]);
  });
});

describe('settings', () => {
  test('come from the file at the root, and the editor has the last word', () => {
    const settings = JSON.stringify({ rules: { 'test/bad': 'off', 'test/needs': 'off' } });
    const root = folder({ 'a.nix': 'bad needs-x', 'varsmith.json': settings });
    const workspace = smallWorkspace(root);
    expect(findingsOf(workspace)).toEqual([]);
    workspace.configure({ rules: { 'test/needs': 'hint' } });
    expect(findingsOf(workspace)).toEqual(['a.nix: Nobody gives "x".']);
  });

  test('the file is read again when it changes', () => {
    const root = folder({ 'a.nix': 'bad' });
    const workspace = smallWorkspace(root);
    expect(findingsOf(workspace)).toHaveLength(1);
    write(root, 'varsmith.json', '{ "exclude": ["a.nix"] }');
    workspace.changedOnDisk(['varsmith.json']);
    expect(findingsOf(workspace)).toEqual([]);
  });

  test('excluded files are not searched, but can still be read', () => {
    const root = folder({ 'a.nix': 'bad', 'old/b.nix': 'bad' });
    const workspace = smallWorkspace(root, smallEngine(), { configuration: { exclude: ['old/'] } });
    expect(findingsOf(workspace)).toEqual([`a.nix: ${BAD}`]);
    expect(workspace.files.text('old/b.nix')).toBe('bad');
  });

  test('off: nothing is analysed, open documents neither', () => {
    const workspace = smallWorkspace(folder({ 'a.nix': 'bad' }), smallEngine(), {
      configuration: { enable: false },
    });
    workspace.open('b.nix', 'bad');
    expect(findingsOf(workspace)).toEqual([]);
    workspace.configure({ enable: true });
    expect(findingsOf(workspace)).toEqual([`a.nix: ${BAD}`, `b.nix: ${BAD}`]);
  });

  test('what cannot be used is named and costs nothing else', () => {
    const workspace = smallWorkspace(
      folder({ 'a.nix': 'bad', 'varsmith.json': '{ "rules": ' }),
      smallEngine(),
      {
        configuration: { rules: { 'test/bad': 'loud' }, exclude: 'old', registryFiles: ['lib/*.nix'] },
      },
    );
    expect(workspace.problems.map(({ message }) => message)).toEqual([
      'varsmith.json is not JSON: it ends too early.',
      'Settings: "exclude" must be a list of path patterns.',
      'Settings: "test/bad" must be off, error, warning, info or hint.',
    ]);
    expect(workspace.settings.registryFiles).toEqual(['lib/*.nix']);
    expect(findingsOf(workspace)).toEqual([
      `a.nix: ${BAD}`,
      'varsmith.json: varsmith.json is not JSON: it ends too early.',
    ]);
  });

  test('while the file is not JSON, as halfway through an edit, what it said before holds', () => {
    const workspace = smallWorkspace(folder({ 'a.nix': 'bad', 'varsmith.json': '{ "exclude": ["a.nix"] }' }));
    expect(findingsOf(workspace)).toEqual([]);
    workspace.open('varsmith.json', '{ "exclude": ["a.nix"], }');
    expect(findingsOf(workspace)).toEqual([
      'varsmith.json: varsmith.json is not JSON: a name in double quotes is missing.',
    ]);
    workspace.open('varsmith.json', '{ }');
    expect(findingsOf(workspace)).toEqual([`a.nix: ${BAD}`]);
  });

  test('a problem of the file comes and goes with it', () => {
    const root = folder({ 'varsmith.json': '{ "rules": { "test/bda": "off" } }' });
    const workspace = smallWorkspace(root);
    expect(findingsOf(workspace)).toEqual([
      'varsmith.json: There is no rule "test/bda". Did you mean "test/bad"? `varsmith rules` lists them.',
    ]);
    write(root, 'varsmith.json', '{ "rules": { "test/bad": "off" } }');
    workspace.changedOnDisk(['varsmith.json']);
    expect(findingsOf(workspace)).toEqual([]);
  });

  test('a rule can be kept out of some files', () => {
    const rules = { 'test/*': { exclude: ['old/'] }, 'test/bad': { exclude: ['b.nix'] } };
    const texts = { 'a.nix': 'bad', 'b.nix': 'bad needs-x', 'old/c.nix': 'bad needs-x' };
    const workspace = smallWorkspace(folder({ ...texts, 'varsmith.json': JSON.stringify({ rules }) }));
    expect(findingsOf(workspace)).toEqual([`a.nix: ${BAD}`, 'b.nix: Nobody gives "x".']);
  });
});

test("folders of another workspace are not this one's", () => {
  const root = folder({ 'a.nix': 'bad', 'inner/b.nix': 'bad' });
  const workspace = smallWorkspace(root, smallEngine(), { foreign: ['inner'] });
  expect(findingsOf(workspace)).toEqual([`a.nix: ${BAD}`]);
});

test('a file that is not text is left out until it is opened as one', () => {
  const workspace = smallWorkspace(folder({ 'a.nix': '\0' }));
  const leftOut = () => {
    workspace.snapshot();
    workspace.files.text('a.nix');
    return workspace.files.skipped();
  };
  expect(leftOut()).toEqual([{ path: 'a.nix', reason: 'it is not text' }]);
  workspace.open('a.nix', 'good');
  expect(leftOut()).toEqual([]);
  workspace.close('a.nix');
  expect(leftOut()).toEqual([{ path: 'a.nix', reason: 'it is not text' }]);
});

test('many changes at once are followed by reading everything again, not one by one', () => {
  const root = folder({ 'a.nix': '', 'b.nix': 'bad' });
  const disk = createDisk(root);
  let forgotten = 0;
  const counting = {
    ...disk,
    forget(path: string) {
      forgotten++;
      disk.forget(path);
    },
  };
  const workspace = createWorkspace({ root, engine: smallEngine(), disk: counting });
  workspace.open('b.nix', 'good');
  expect(findingsOf(workspace)).toEqual([]);
  write(root, 'a.nix', 'bad');
  write(root, 'new/c.nix', 'bad');
  const others = Array.from({ length: 50_000 }, (_, i) => `pkgs/p${i}/default.nix`);
  workspace.changedOnDisk([...others, 'a.nix', 'new/c.nix']);
  expect(findingsOf(workspace)).toEqual([`a.nix: ${BAD}`, `new/c.nix: ${BAD}`]);
  expect(forgotten).toBe(0);
});
