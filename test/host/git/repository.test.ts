/** Commits of chosen paths, several at once: each has its own files, and whatever else is in the repository stays. */
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openRepository } from '../../../server/src/host/git/repository.ts';
import { folder } from '../../workspace/support.ts';

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
    await opened?.commit(
      Object.entries(commits).map(([message, paths]) => ({ message, paths })),
      join(root, '.git/varsmith'),
    );
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

describe('the index of a person', () => {
  const staged = (made: ReturnType<typeof repository>) => made.git('ls-files', '--stage');

  /** With a change of theirs staged. */
  function prepared() {
    const made = repository({ 'begin.txt': 'begin\n', 'other.txt': 'other\n' });
    made.write('other.txt', 'staged by them\n');
    made.git('add', 'other.txt');
    made.write('a', '1');
    made.write('b', '2');
    return made;
  }

  function hook(made: ReturnType<typeof repository>, name: string, script: string): void {
    made.write(`.git/hooks/${name}`, `#!/bin/sh\n${script}\n`);
    chmodSync(join(made.root, '.git/hooks', name), 0o755);
  }

  const REFUSALS: readonly (readonly [string, (made: ReturnType<typeof repository>) => void, string])[] = [
    [
      'a merge',
      made => made.write('.git/MERGE_HEAD', made.git('rev-parse', 'HEAD')),
      'A merge is in progress',
    ],
    ['a rebase', made => made.write('.git/rebase-merge/onto', 'x'), 'A rebase is in progress'],
    ['a hook that fails', made => hook(made, 'prepare-commit-msg', 'echo not today; exit 1'), 'not today'],
    [
      'a signature that cannot be made',
      made => {
        made.git('config', 'commit.gpgsign', 'true');
        made.git('config', 'gpg.program', 'false');
      },
      'failed to sign',
    ],
    ['a lock of another program', made => made.write('.git/index.lock', ''), 'index.lock is there'],
  ];

  it.each(REFUSALS)('is as it was, and nothing is committed, with %s', async (_, stand, said) => {
    const made = prepared();
    stand(made);
    const before = staged(made);
    await expect(made.commit({ first: ['a'], second: ['b'] })).rejects.toThrow(said);
    await expect(made.commit({ first: ['a'] })).rejects.toThrow(said);
    expect(staged(made)).toBe(before);
    expect(made.history()).toEqual([]);
    expect(readdirSync(join(made.root, '.git/varsmith')).filter(name => name.includes('index'))).toEqual([]);
  });

  it('knows of the commits that were made before one that failed', async () => {
    const made = prepared();
    hook(made, 'prepare-commit-msg', 'grep -q first "$1"');
    await expect(made.commit({ first: ['a'], second: ['b'] })).rejects.toThrow('Cannot commit');
    expect(made.history()).toEqual(['* first', 'A\ta']);
    expect(made.git('status', '--porcelain')).toBe('M  other.txt\n?? b\n');
  });

  it('cannot be committed from while we commit', async () => {
    const made = prepared();
    hook(
      made,
      'prepare-commit-msg',
      'unset GIT_INDEX_FILE; grep -q mine "$1" || exit 0; git commit -qm theirs 2> .git/said; exit 0',
    );
    await made.commit({ mine: ['a'] });
    expect(made.history()).toEqual(['* mine', 'A\ta']);
    expect(readFileSync(join(made.root, '.git/said'), 'utf8')).toContain('index.lock');
    expect(made.git('status', '--porcelain')).toBe('M  other.txt\n?? b\n');
  });

  it('takes nothing of ours along where they have begun to commit before', async () => {
    const made = prepared();
    hook(made, 'pre-commit', 'touch .git/begun; while [ ! -e .git/go ]; do sleep 0.05; done');
    const theirs = spawn('git', ['commit', '-qm', 'theirs'], { cwd: made.root, env: made.env });
    const ended = new Promise(resolve => theirs.on('exit', resolve));
    onTestFinished(() => void theirs.kill('SIGKILL'));
    await vi.waitUntil(() => existsSync(join(made.root, '.git/begun')), { timeout: 240_000 });
    await made.commit({ mine: ['a', 'b'] });
    made.write('.git/go', '');
    // The branch is not any more what they saw.
    expect(await ended).not.toBe(0);
    expect(made.history()).toEqual(['* mine', 'A\ta', 'A\tb']);
    expect(made.git('status', '--porcelain')).toBe('M  other.txt\n');
    made.git('commit', '-qm', 'again');
    expect(made.history().slice(-2)).toEqual(['* again', 'M\tother.txt']);
  });

  it('is put right after a run that was killed behind its commit', async () => {
    const made = prepared();
    const env = { ...made.env, GIT_INDEX_FILE: join(made.root, '.git/own') };
    const own = (...args: readonly string[]) => execFileSync('git', args, { cwd: made.root, env });
    for (const args of [
      ['read-tree', 'HEAD'],
      ['add', 'a'],
      ['commit', '-qm', 'mine'],
    ])
      own(...args);
    rmSync(join(made.root, '.git/own'));
    const gone = JSON.stringify({
      pid: process.pid,
      started: 'another boot/1',
      host: hostname(),
      token: 't',
    });
    made.write('.git/index.lock', gone);
    made.write('.git/index.lock.0123456789abcdef', gone);
    expect(made.git('status', '--porcelain')).toContain('D  a\n');
    await made.commit({ mine: ['a'] });
    expect(made.git('status', '--porcelain')).toBe('M  other.txt\n?? b\n');
    expect(made.history()).toEqual(['* mine', 'A\ta']);
    expect(readdirSync(join(made.root, '.git')).filter(name => name.includes('lock'))).toEqual([]);
  });

  it.each([
    ['split in two', [['update-index', '--split-index']]],
    ['of a sparse work tree', [['sparse-checkout', 'set', '--cone', '--sparse-index', 'seen']]],
  ])('may be one %s', async (_, commands) => {
    const made = repository({
      'begin.txt': 'begin\n',
      'seen/x': 'x',
      'vars/old': 'old',
      'vars/kept': 'kept',
    });
    for (const args of commands) made.git(...args);
    for (const many of [true, false]) {
      made.write('vars/old', `new ${many}`);
      made.write(`vars/new-${many}`, 'new');
      await made.commit({ first: ['vars/old', `vars/new-${many}`], ...(many && { second: ['begin.txt'] }) });
      expect(made.git('status', '--porcelain')).toBe('');
      expect(made.history().slice(-3)).toEqual(['* first', `A\tvars/new-${many}`, 'M\tvars/old']);
    }
    expect(made.git('show', 'HEAD:vars/kept')).toBe('kept');
    made.git('fsck', '--strict');
  });

  it('before the first commit keeps what is staged out of it', async () => {
    const made = prepared();
    rmSync(join(made.root, '.git'), { recursive: true });
    made.git('init', '-q');
    made.git('add', 'other.txt');
    await made.commit({ first: ['a'], second: ['b'] });
    expect(made.git('log', '--reverse', '--format=* %s', '--name-only').split('\n').filter(Boolean)).toEqual([
      '* first',
      'a',
      '* second',
      'b',
    ]);
    expect(made.git('status', '--porcelain')).toBe('A  other.txt\n?? begin.txt\n');
  });
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

it.each(['HEAD', 'config', 'index', 'info/exclude'])(
  'a pipe at .git/%s is named, not waited for',
  async name => {
    const { root, env } = repository();
    rmSync(join(root, '.git', name), { force: true });
    mkdirSync(dirname(join(root, '.git', name)), { recursive: true });
    execFileSync('mkfifo', [join(root, '.git', name)]);
    await expect(openRepository(root, env)).rejects.toThrow(
      `${join(root, '.git', name)} is not a regular file`,
    );
  },
);

it('a pipe in the folder of the repository that a linked work tree is of is named', async () => {
  const { root, env, git } = repository();
  git('worktree', 'add', '-q', 'linked');
  rmSync(join(root, '.git/config'));
  execFileSync('mkfifo', [join(root, '.git/config')]);
  await expect(openRepository(join(root, 'linked'), env)).rejects.toThrow(
    '.git/config is not a regular file',
  );
});
