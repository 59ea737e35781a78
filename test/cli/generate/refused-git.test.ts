/** Git that cannot be used where there is a repository: whoever writes stops before anything runs, whoever reads says so. */
import { appendFileSync, existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fleet, type GeneratingFleet } from '../generating-fleet.ts';

const GENERATORS = `
  a = { files.s = { }; files.p.secret = false; script = "printf s > $out/s; printf p > $out/p"; };
  b = { dependencies = [ "a" ]; files.t = { }; script = "cat $in/a/s > $out/t"; };`;

const SAID =
  /The git repository of \S+ cannot be used\. Get "git status" to work here, then try again: git says: fatal: bad config line \d+ in file/;

/** All but git's own folder, where nothing may be written either. */
const filesIn = (root: string) =>
  readdirSync(root, { recursive: true })
    .filter(name => !String(name).startsWith('.git/'))
    .sort();

async function refused(): Promise<GeneratingFleet> {
  const made = await fleet({ m: GENERATORS });
  appendFileSync(join(made.root, '.git/config'), '[broken\n');
  return made;
}

describe('git that cannot read its configuration', () => {
  it.each([
    ['generate', '--yes'],
    ['generate', '--yes', '--no-commit'],
    ['generate', '--yes', '-g', 'a'],
    ['set', 'm', 'a/s'],
    ['fix', '--yes'],
    ['keygen', '--user', 'bob'],
    ['rename', 'generator', 'a', 'c'],
    ['rename', 'machine', 'm', 'n'],
  ])('stops %s %s %s before anything is written', async (...args) => {
    const made = await refused();
    const before = filesIn(made.root);
    const { code, stderr } = await made.run(args, { input: 'new' });
    expect(stderr).toMatch(SAID);
    expect(code).toBe(1);
    expect(filesIn(made.root)).toEqual(before);
    expect(existsSync(join(made.home, '.local/state/varsmith'))).toBe(false);
  });

  it.each([['verify'], ['plan'], ['list'], ['generate', '--dry-run']])(
    'is said on standard error by %s, which goes on',
    async (...args) => {
      const made = await fleet({ m: GENERATORS });
      await made.run(['generate', '--yes']);
      appendFileSync(join(made.root, '.git/config'), '[broken\n');
      const { code, stdout, stderr } = await made.run(args);
      expect(stderr).toMatch(SAID);
      expect(stderr).toContain('Whether earlier runs left something is unknown.');
      expect({ code, isSilent: stdout === '' }).toEqual({ code: 0, isSilent: false });
    },
  );

  it('is a problem for the doctor', async () => {
    const made = await refused();
    const { stdout } = await made.run(['doctor', '--json']);
    const { sections } = JSON.parse(stdout) as {
      readonly sections: readonly { readonly entries: readonly Record<string, unknown>[] }[];
    };
    const said = sections.flatMap(({ entries }) => entries).filter(({ name }) => name === 'git repository');
    expect(said).toEqual([
      expect.objectContaining({ standing: 'problem', text: expect.stringMatching(SAID) }),
    ]);
  });

  it('is why there is no revision to compare with', async () => {
    const made = await refused();
    const { code, stderr } = await made.run(['access', '--diff', 'HEAD']);
    expect(stderr).toMatch(SAID);
    expect(code).toBe(1);
  });
});

it('a repository whose HEAD is gone is none to store in unsaid', async () => {
  const made = await fleet({ m: GENERATORS });
  renameSync(join(made.root, '.git/HEAD'), join(made.root, '.git/gone'));
  const { code, stderr } = await made.run(['generate', '--yes']);
  expect(stderr).toContain('git says: fatal: not a git repository');
  expect(code).toBe(1);
  expect(existsSync(join(made.root, 'vars'))).toBe(false);
});

it('without git, nothing is stored in a repository, and in a folder without one it is', async () => {
  const made = await fleet({ m: GENERATORS });
  const PATH = join(made.home, 'bin');
  writeFileSync(join(made.home, 'x'), '');
  const { code, stderr } = await made.run(['keygen', '--user', 'bob'], { env: { PATH } });
  expect(stderr).toContain('cannot be used. Install git, then try again: git is not installed.');
  expect(code).toBe(1);
  renameSync(join(made.root, '.git'), join(made.home, 'no-git'));
  const alone = await made.run(['keygen', '--user', 'bob'], { env: { PATH } });
  expect(alone).toMatchObject({ code: 0 });
});
