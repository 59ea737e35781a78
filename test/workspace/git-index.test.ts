// What git knows, read from its index and compared with what git itself says.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createGitIndex } from '../../server/src/workspace/git-index.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { folder, write } from './support.ts';

const hasGit = spawnSync('git', ['--version']).status === 0;

function git(root: string, ...args: readonly string[]): string {
  return execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

const FILES = {
  'flake.nix': '{ }\n',
  'vars/shared/a/b/value': '1',
  'vars/shared/a/b-longer-name/value': '2',
  'vars/shared/ä/value': '3',
  'x/1234567': '',
  'x/12345678': '',
};

describe.skipIf(!hasGit)('the index of git', () => {
  it.each([2, 3, 4])('of version %i lists what git lists', version => {
    const root = folder({ ...FILES, 'left/out': '' });
    git(root, 'init', '-q');
    git(root, 'update-index', '--index-version', String(version));
    git(root, 'add', ...Object.keys(FILES));
    write(root, 'meant', '');
    git(root, 'add', '--intent-to-add', 'meant');
    const tracked = createGitIndex(root).tracked();
    const asked = [
      ...Object.keys(FILES),
      'meant',
      'vars',
      'vars/shared/a',
      'left/out',
      'left',
      'va',
      'x/123456',
    ];
    expect(asked.filter(path => tracked?.has(path))).toEqual([
      ...Object.keys(FILES),
      'meant',
      'vars',
      'vars/shared/a',
    ]);
  });

  it('is read again when it has changed', () => {
    const root = folder(FILES);
    git(root, 'init', '-q');
    const index = createGitIndex(root);
    expect(index.tracked()).toBeNull();
    git(root, 'add', 'flake.nix');
    expect(index.tracked()?.has('flake.nix')).toBe(true);
    expect(index.tracked()?.has('x/1234567')).toBe(false);
    git(root, 'add', '.');
    expect(index.tracked()?.has('x/1234567')).toBe(true);
    expect(index.tracked()).toBe(index.tracked());
  });

  it('belongs to a workspace inside the repository too', () => {
    const root = folder({ 'fleet/vars/a': '', 'other/b': '' });
    git(root, 'init', '-q');
    git(root, 'add', '.');
    const tracked = createGitIndex(join(root, 'fleet')).tracked();
    expect(tracked?.has('vars/a')).toBe(true);
    expect(tracked?.has('b')).toBe(false);
  });

  it('is found from a linked working tree', () => {
    const root = folder({ 'main/a': '' });
    const main = join(root, 'main');
    git(main, 'init', '-q');
    git(main, 'add', '.');
    git(main, 'commit', '-qm', 'a');
    git(main, 'worktree', 'add', '-q', '../linked');
    expect(createGitIndex(join(root, 'linked')).tracked()?.has('a')).toBe(true);
  });

  it('of SHA-256 objects is read too', () => {
    const root = folder(FILES);
    git(root, 'init', '-q', '--object-format=sha256');
    git(root, 'add', '.');
    expect(createGitIndex(root).tracked()?.has('x/12345678')).toBe(true);
  });

  it('is not known where it is split, broken, or kept by jj', () => {
    const split = folder(FILES);
    git(split, 'init', '-q');
    git(split, 'add', '.');
    git(split, 'update-index', '--split-index');
    expect(createGitIndex(split).tracked()).toBeNull();
    const broken = folder({ ...FILES, '.git/index': 'DIRC\0\0\0\u0002\0\0\0\u0009' });
    expect(createGitIndex(broken).tracked()).toBeNull();
    const jj = folder(FILES);
    git(jj, 'init', '-q');
    git(jj, 'add', '.');
    mkdirSync(join(jj, '.jj'));
    expect(createGitIndex(jj).tracked()).toBeNull();
  });
});

describe.skipIf(process.platform !== 'linux')('a repository that was made to be waited for', () => {
  const nothing = (root: string) => expect(createGitIndex(root).tracked()).toBeNull();

  it('a FIFO in the place of the folder, its index or its settings', () => {
    for (const place of ['.git', '.git/index', '.git/config', '.git/commondir']) {
      const root = folder(place === '.git' ? {} : { '.git/HEAD': 'ref: refs/heads/main' });
      if (place !== '.git/index' && place !== '.git') write(root, '.git/index', 'DIRC');
      execFileSync('mkfifo', [join(root, place)]);
      nothing(root);
    }
  });

  it('a device behind a link', () => {
    for (const place of ['.git', '.git/index', '.git/config']) {
      const root = folder(place === '.git' ? {} : { '.git/HEAD': 'ref: refs/heads/main' });
      if (place === '.git/config') write(root, '.git/index', 'DIRC');
      symlinkSync('/dev/zero', join(root, place));
      nothing(root);
    }
  });
});

it.skipIf(!hasGit)('a file that git is told of is no finding any more', async () => {
  const root = folder({
    'flake.nix':
      '{ outputs = { nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; }; }; }',
    'a.nix': '{ imports = [ ./b.nix ]; }\n',
    'b.nix': '{ }\n',
  });
  git(root, 'init', '-q');
  git(root, 'add', 'flake.nix', 'a.nix');
  const workspace = createWorkspace({ root, engine: await loadEngine() });
  const rules = () => [...workspace.snapshot().findings.values()].flat().map(({ rule }) => rule);
  expect(rules()).toEqual(['host/untracked']);
  git(root, 'add', '--intent-to-add', 'b.nix');
  workspace.changedOnDisk(['.git/index']);
  expect(rules()).toEqual([]);
});
