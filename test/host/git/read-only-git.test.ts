/** Git asked by somebody who only looks: what is committed, and that no program runs that the repository's settings name. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { openRepository, type Repository } from '../../../server/src/host/git/repository.ts';
import { readRevision } from '../../../server/src/host/git/revision.ts';
import { folder } from '../../workspace/support.ts';

function repository(...init: readonly string[]) {
  const base = folder({});
  const root = join(base, 'fleet');
  mkdirSync(root);
  const env = {
    PATH: process.env.PATH,
    HOME: base,
    GIT_CONFIG_GLOBAL: join(base, 'none'),
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.org',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.org',
  };
  const git = (...args: readonly string[]) => {
    execFileSync('git', args, { cwd: root, env, stdio: 'ignore' });
  };
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  git('init', '-q', '-b', 'main', ...init);
  return { base, root, env, git, write };
}

async function opened({ root, env }: ReturnType<typeof repository>, at = '.'): Promise<Repository> {
  const found = await openRepository(join(root, at), env);
  if (found === null) throw new Error('no repository');
  return found;
}

test.each(['sha1', 'sha256'])('what is not as the last commit has it, with objects of %s', async format => {
  const made = repository(`--object-format=${format}`);
  for (const name of ['same', 'changed', 'gone', 'staged', 'sub/same', 'sub/changed'])
    made.write(name, 'x\n');
  symlinkSync('same', join(made.root, 'link'));
  symlinkSync('same', join(made.root, 'other-link'));
  made.git('add', '-A');
  made.git('commit', '-qm', 'Begin');
  for (const name of ['changed', 'staged', 'sub/changed', 'new', 'intended', 'sp ä\nce'])
    made.write(name, 'y\n');
  rmSync(join(made.root, 'gone'));
  rmSync(join(made.root, 'other-link'));
  symlinkSync('changed', join(made.root, 'other-link'));
  made.git('add', 'staged');
  made.git('add', '--intent-to-add', 'intended');
  // Read again, by time: its bytes are the same.
  utimesSync(join(made.root, 'same'), 1, 1);
  const asked = [
    'same',
    'changed',
    'gone',
    'staged',
    'new',
    'intended',
    'link',
    'other-link',
    'never',
    'sp ä\nce',
  ];
  expect(await (await opened(made)).uncommitted(asked)).toEqual(
    ['changed', 'gone', 'staged', 'new', 'intended', 'other-link', 'sp ä\nce'].sort(),
  );
  expect(await (await opened(made, 'sub')).uncommitted(['same', 'changed'])).toEqual(['changed']);
});

test('before the first commit, all that is there', async () => {
  const made = repository();
  made.write('a', 'x\n');
  expect(await (await opened(made)).uncommitted(['a', 'b'])).toEqual(['a']);
});

test('what git stores with other bytes is committed while its file is as it was', async () => {
  const made = repository();
  made.write('.gitattributes', '*.txt filter=x\n');
  made.git('config', 'filter.x.clean', 'tr a-z A-Z');
  for (const name of ['a.txt', 'b.txt', 'c.txt']) made.write(name, 'word\n');
  made.git('add', '-A');
  made.git('commit', '-qm', 'Begin');
  made.write('b.txt', 'longer\n');
  rmSync(join(made.root, 'c.txt'));
  expect(await (await opened(made)).uncommitted(['a.txt', 'b.txt', 'c.txt'])).toEqual(['b.txt', 'c.txt']);
});

/** Everything that settings of a repository can name to be started by who asks git something. */
function hostile() {
  const made = repository();
  made.write('a', 'x\n');
  made.git('add', '-A');
  made.git('commit', '-qm', 'Begin');
  const [evil, ran] = [join(made.root, 'evil.sh'), join(made.base, 'ran')];
  writeFileSync(evil, `#!/bin/sh\necho "$0 $*" >> ${ran}\n`);
  chmodSync(evil, 0o755);
  for (const key of ['core.fsmonitor', 'core.sshCommand', 'diff.external', 'core.pager', 'gpg.program'])
    made.git('config', key, evil);
  for (const key of ['filter.x.clean', 'filter.x.smudge', 'filter.x.process', 'diff.x.textconv'])
    made.git('config', key, evil);
  made.git('config', 'core.hooksPath', join(made.root, 'hooks'));
  for (const hook of ['post-index-change', 'reference-transaction', 'query-watchman'])
    made.write(`hooks/${hook}`, readFileSync(evil, 'utf8'));
  for (const hook of ['post-index-change', 'reference-transaction', 'query-watchman'])
    chmodSync(join(made.root, 'hooks', hook), 0o755);
  writeFileSync(join(made.root, '.gitattributes'), '* filter=x diff=x\n');
  // All of it has to be looked at again.
  utimesSync(join(made.root, 'a'), 1, 1);
  rmSync(ran, { force: true });
  return { ...made, evil, ran: () => (existsSync(ran) ? readFileSync(ran, 'utf8') : null) };
}

test('nothing runs where git is asked for attributes, files and what is committed', async () => {
  const made = hostile();
  const repository = await opened(made);
  expect(await repository.attribute('filter', ['a'])).toEqual(new Map([['a', 'x']]));
  made.write('b', 'y\n');
  expect(await repository.uncommitted(['a', 'b'])).toEqual(['b']);
  await repository.beginRename(['a'], path => path);
  expect(await readRevision(made.root, 'HEAD', made.env, 1 << 20)).toHaveProperty('commit');
  expect(made.ran()).toBeNull();
});

test.each(['ssh://x@example.org/x', 'ext::EVIL'])(
  'nothing is fetched from %s where objects are missing',
  async url => {
    const made = hostile();
    for (const [key, value] of [
      ['core.repositoryformatversion', '1'],
      ['extensions.partialClone', 'origin'],
      ['remote.origin.promisor', 'true'],
      ['remote.origin.url', url.replace('EVIL', made.evil)],
      ['protocol.allow', 'always'],
      ['protocol.ext.allow', 'always'],
      ['protocol.ssh.allow', 'always'],
    ] as const)
      made.git('config', key, value);
    rmSync(join(made.root, '.git/objects'), { recursive: true });
    mkdirSync(join(made.root, '.git/objects'));
    const repository = await opened(made);
    await repository.attribute('text', ['a']);
    await expect(readRevision(made.root, 'HEAD', made.env, 1 << 20)).rejects.toThrow(
      /knows no commit "HEAD"/,
    );
    await expect(repository.uncommitted(['a'])).rejects.toThrow(/Cannot ask git/);
    expect(made.ran()).toBeNull();
  },
);
