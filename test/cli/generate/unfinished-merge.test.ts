/** Two branches that generated the same vars: it is said that a merge is not finished, and the ways out that are named work. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fleet, type GeneratingFleet } from '../generating-fleet.ts';

const PAIR = 'pair = { share = true; files.key = { }; files.pub = { secret = false; }; };';

const SECRET = 'vars/shared/pair/key/secret';

async function set(made: GeneratingFleet, value: string): Promise<void> {
  for (const file of ['key', 'pub'])
    expect((await made.run(['set', 'a', `pair/${file}`], { input: `${value} ${file}\n` })).code).toBe(0);
}

/** A fleet in which the merge of a branch stops at both files of a generator. */
async function merging(): Promise<GeneratingFleet> {
  const made = await fleet({ a: PAIR });
  await set(made, 'base');
  made.git('checkout', '-qb', 'other');
  await set(made, 'theirs');
  made.git('checkout', '-q', 'main');
  await set(made, 'ours');
  expect(() => made.git('merge', '-q', 'other')).toThrow();
  expect(readFileSync(join(made.root, SECRET), 'utf8')).toContain('<<<<<<<');
  return made;
}

const values = async (made: GeneratingFleet) => [
  (await made.run(['get', 'a', 'pair/key'])).stdout.trim(),
  (await made.run(['get', 'a', 'pair/pub'])).stdout.trim(),
];

describe('an unfinished merge of stored vars', { timeout: 120_000 }, () => {
  it('is named by verify, plan and fix, which offer access to nobody', async () => {
    const made = await merging();
    for (const command of [['verify'], ['fix'], ['fix', '--yes']]) {
      const { code, stdout, stderr } = await made.run(command);
      const said = stdout + stderr;
      expect([command, code]).toEqual([command, 1]);
      expect(said).toContain(`${SECRET} cannot be used: a merge in it is not finished.`);
      expect(said).toContain('git restore --source=HEAD --staged --worktree -- vars/shared/pair`');
      expect(said).not.toMatch(/gains access|cut off|present and valid|Nothing to fix/);
    }
    expect((await made.run(['verify'])).stdout).toContain(
      'vars/shared/pair/pub/value cannot be used: a merge',
    );
    expect((await made.run(['plan'])).stdout).not.toContain('gains access');
  });

  it.each([
    ['HEAD', 'ours'],
    ['MERGE_HEAD', 'theirs'],
  ])('ends with one side of all files, taken from %s', async (source, side) => {
    const made = await merging();
    const { stdout } = await made.run(['verify']);
    const command = /`(git restore [^`]+)`/.exec(stdout)?.[1] ?? '';
    const args = command.replace('HEAD', source).split(' ').slice(1);
    execFileSync('git', args, { cwd: made.root });
    expect(await values(made)).toEqual([`${side} key`, `${side} pub`]);
    expect((await made.run(['verify'])).stdout).toBe('All vars are present and valid.\n');
  });

  it('in a public value alone is a problem too, and a line of equals signs is none', async () => {
    const made = await fleet({ a: PAIR });
    await set(made, 'base');
    const path = join(made.root, 'vars/shared/pair/pub/value');
    writeFileSync(path, 'Title\n=======\n');
    expect((await made.run(['verify'])).stdout).not.toContain('merge');
    writeFileSync(path, '<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n');
    const { code, stdout } = await made.run(['verify', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).problems).toMatchObject([
      { kind: 'unusable', key: 'shared/pair', files: ['pub'] },
    ]);
  });
});
