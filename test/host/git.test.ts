/** Commits of chosen paths, several at once: each has its own files, and whatever else is in the repository stays. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRepository } from '../../server/src/host/git.ts';
import { folder } from '../workspace/support.ts';

function repository(files: Readonly<Record<string, string>> = { 'begin.txt': 'begin\n' }) {
  const root = folder({});
  const env = {
    PATH: process.env.PATH,
    HOME: root,
    GIT_CONFIG_GLOBAL: join(root, '../none'),
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.org',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.org',
  };
  const git = (...args: readonly string[]) =>
    execFileSync('git', args, { cwd: root, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  git('init', '-q', '-b', 'main');
  for (const [path, text] of Object.entries(files)) write(path, text);
  git('add', '-A');
  git('commit', '-qm', 'Begin');
  const commit = async (commits: Readonly<Record<string, readonly string[]>>, at = '.') => {
    const opened = await openRepository(join(root, at), env);
    await opened?.commit(Object.entries(commits).map(([message, paths]) => ({ message, paths })));
  };
  /** Commits since the first, the oldest first: the message, then what it changed. */
  const history = () =>
    git('log', '--reverse', '--format=%n* %s', '--name-status', '--no-renames')
      .split('\n')
      .filter(line => line !== '')
      .slice(1 + Object.keys(files).length);
  return { root, env, git, write, commit, history };
}

const MANY = ['together', 'one by one'] as const;

describe.each(MANY)('commits made %s', how => {
  /** A hook after commits is a reason to make each by itself. */
  function prepared(files?: Readonly<Record<string, string>>) {
    const made = repository(files);
    if (how === 'one by one') {
      const hook = join(made.root, '.git/hooks/post-commit');
      mkdirSync(dirname(hook), { recursive: true });
      writeFileSync(hook, '#!/bin/sh\n');
      chmodSync(hook, 0o755);
    }
    return made;
  }

  it('have their own paths, in their order', async () => {
    const { write, commit, history, git, root } = prepared({
      'begin.txt': 'begin\n',
      'gone/a': 'a',
      'gone/b': 'b',
    });
    write('vars/a/value', 'a');
    write('vars/b/secret', 'b');
    mkdirSync(join(root, 'vars/b/users'));
    symlinkSync('../../../sops', join(root, 'vars/b/users/ada'));
    rmSync(join(root, 'gone'), { recursive: true });
    await commit({ first: ['vars/a/value'], second: ['vars/b/secret', 'vars/b/users/ada', 'gone'] });
    expect(history()).toEqual([
      '* first',
      'A\tvars/a/value',
      '* second',
      'D\tgone/a',
      'D\tgone/b',
      'A\tvars/b/secret',
      'A\tvars/b/users/ada',
    ]);
    expect(git('status', '--porcelain')).toBe('');
    expect(git('log', '-1', '--format=%an <%ae> %cn %B')).toBe('Ada <ada@example.org> Ada second\n\n');
    expect(git('ls-tree', 'HEAD', 'vars/b/users/ada')).toMatch(/^120000 /);
    git('fsck', '--strict');
    expect(git('reflog', '-1', '--format=%gs').trim()).toBe(
      how === 'together' ? 'fast-import' : 'commit: second',
    );
  });

  it('leave alone what else is staged, changed or untracked', async () => {
    const { write, commit, history, git } = prepared();
    write('staged.txt', 'staged');
    git('add', 'staged.txt');
    write('begin.txt', 'changed\n');
    write('untracked.txt', 'untracked');
    write('a', '1');
    write('b', '2');
    await commit({ first: ['a'], second: ['b'] });
    expect(history()).toEqual(['* first', 'A\ta', '* second', 'A\tb']);
    expect(git('status', '--porcelain').split('\n')).toEqual([
      ' M begin.txt',
      'A  staged.txt',
      '?? untracked.txt',
      '',
    ]);
  });

  it('are not made of what is as the last commit has it, or is not there', async () => {
    const { write, commit, history } = prepared();
    write('a', '1');
    await commit({ same: ['begin.txt'], gone: ['never/there'], real: ['a'] });
    expect(history()).toEqual(['* real', 'A\ta']);
  });

  it('take more paths than a program takes as arguments', async () => {
    const { write, commit, history } = prepared();
    const many = Array.from({ length: 12_000 }, (_, index) => `${'long-'.repeat(40)}${index}`);
    write('a', '1');
    write('b', '2');
    await commit({ first: ['a', ...many], second: [...many.map(name => `${name}-too`), 'b'] });
    expect(history()).toEqual(['* first', 'A\ta', '* second', 'A\tb']);
  });

  it('take paths of any name, and what the attributes say of them', async () => {
    const { write, commit, git } = prepared({ '.gitattributes': 'text.txt text eol=crlf\n' });
    const odd = 'a "quoted" \\ name\twith\nlines/ä ö';
    write(odd, 'odd');
    write('text.txt', 'one\r\ntwo\r\n');
    await commit({ first: [odd], second: ['text.txt'] });
    expect(git('show', `HEAD:${odd}`)).toBe('odd');
    expect(git('show', 'HEAD:text.txt')).toBe('one\ntwo\n');
    expect(git('status', '--porcelain')).toBe('');
  });

  it('work in a folder of the repository', async () => {
    const { write, commit, history } = prepared();
    write('fleet/a', '1');
    write('fleet/b', '2');
    await commit({ first: ['a'], second: ['b'] }, 'fleet');
    expect(history()).toEqual(['* first', 'A\tfleet/a', '* second', 'A\tfleet/b']);
  });
});

it('without a branch, commits are made all the same', async () => {
  const { write, commit, history, git } = repository();
  git('checkout', '-q', '--detach');
  write('a', '1');
  write('b', '2');
  await commit({ first: ['a'], second: ['b'] });
  expect(history()).toEqual(['* first', 'A\ta', '* second', 'A\tb']);
});

it('in the middle of a merge, git refuses, and so do we', async () => {
  const { write, commit, history, git } = repository();
  write('.git/MERGE_HEAD', git('rev-parse', 'HEAD'));
  write('a', '1');
  write('b', '2');
  await expect(commit({ first: ['a'], second: ['b'] })).rejects.toThrow('merge');
  expect(history()).toEqual([]);
});

it('hooks that follow a commit are run', async () => {
  const { write, commit, root, git } = repository();
  const hook = join(root, '.git/hooks/post-commit');
  mkdirSync(dirname(hook), { recursive: true });
  writeFileSync(hook, '#!/bin/sh\ngit log -1 --format=%s >> .git/heard\n');
  chmodSync(hook, 0o755);
  write('a', '1');
  write('b', '2');
  await commit({ first: ['a'], second: ['b'] });
  expect(execFileSync('cat', [join(root, '.git/heard')], { encoding: 'utf8' })).toBe('first\nsecond\n');
  expect(git('status', '--porcelain')).toBe('');
});
