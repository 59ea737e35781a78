/** What runs that did not end well have left behind, and what becomes of it. */
import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contentsOf, fill } from '../../host/folders.ts';
import { write } from '../../workspace/support.ts';
import { fleet, type GeneratingFleet } from '../generating-fleet.ts';

const GENERATOR = 'g = { files.s = { }; script = "echo secret > $out/s"; };';

describe('the empty folder of a machine', () => {
  it('is that of a machine without a key, which gets one', async () => {
    const made = await fleet({ m: GENERATOR });
    mkdirSync(join(made.root, 'sops/machines/m'), { recursive: true });
    const { code, stderr } = await made.run(['generate', '--no-sandbox']);
    expect([code, stderr]).toEqual([0, expect.stringContaining('Machine m has a key now.')]);
    expect((await made.run(['verify'])).code).toBe(0);
  });

  it('is named where secrets are for the machine, and put right', async () => {
    const made = await fleet({ m: GENERATOR });
    await made.run(['generate', '--no-sandbox']);
    rmSync(join(made.root, 'sops/machines/m/key.json'));
    const { code, stdout } = await made.run(['verify']);
    expect([code, stdout]).toEqual([
      1,
      expect.stringContaining(
        'per-machine/m/g/s is for machine m, which has no key. With "varsmith fix", machine m',
      ),
    ]);
    const fixed = await made.run(['fix', '--yes']);
    expect([fixed.code, fixed.stderr]).toEqual([0, expect.anything()]);
    expect((await made.run(['verify'])).code).toBe(0);
  });
});

describe('what is stored and could not be committed', () => {
  /** A fleet with values whose commit a hook has refused. */
  async function refused() {
    const made = await fleet({ m: GENERATOR });
    await made.run(['generate', '--no-sandbox']);
    const hook = join(made.root, '.git/hooks/prepare-commit-msg');
    write(made.root, '.git/hooks/prepare-commit-msg', '#!/bin/sh\necho "no commits today" >&2\nexit 1\n');
    chmodSync(hook, 0o755);
    const run = await made.run(['generate', '-g', 'g', '--yes', '--no-sandbox']);
    return { ...made, code: run.code, stderr: run.stderr, allow: () => rmSync(hook) };
  }

  it('is committed by the next run, with its own message', async () => {
    const made = await refused();
    expect([made.code, made.stderr]).toEqual([
      1,
      expect.stringMatching(/stored, but not committed.*no commits today.*The next run commits them/s),
    ]);
    made.allow();
    const next = await made.run(['generate', '--no-sandbox']);
    expect([next.code, next.stderr]).toEqual([
      0,
      expect.stringContaining('The uncommitted files of an earlier run are now committed.'),
    ]);
    expect(made.git('status', '--porcelain')).toBe('');
    expect(made.git('log', '-1', '--format=%s')).toBe('vars: update via generator g (machine: m)\n');
    expect((await made.run(['verify'])).code).toBe(0);
    const third = await made.run(['generate', '--no-sandbox']);
    expect(third.stderr).not.toContain('committed now');
  });

  it('is named by verify, plan and doctor until then', async () => {
    const made = await refused();
    const path = 'vars/per-machine/m/g/s/secret';
    const verified = await made.run(['verify', '--json']);
    expect([verified.code, JSON.parse(verified.stdout).problems]).toEqual([
      1,
      [
        {
          kind: 'uncommitted',
          files: [path],
          message: expect.stringContaining(`${path} is stored, but not`),
        },
      ],
    ]);
    expect((await made.run(['plan'])).stdout).toContain(`${path} is stored, but not committed`);
    expect((await made.run(['doctor'])).stdout).toContain('1 file stored by an earlier run');
    // Somebody commits it by hand.
    made.allow();
    made.git('commit', '-qam', 'by hand');
    expect((await made.run(['verify'])).code).toBe(0);
    expect((await made.run(['generate', '--no-sandbox'])).stderr).not.toContain('committed now');
  });

  it('stops the next run before it begins where it still cannot be committed', async () => {
    const made = await refused();
    const { code, stderr } = await made.run(['generate', '-g', 'g', '--yes', '--no-sandbox']);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /The files stored by an earlier run are still not committed\..*no commits today/s,
      ),
    ]);
    expect((await made.run(['generate', '-g', 'g', '--yes', '--no-sandbox', '--no-commit'])).code).toBe(0);
  });

  it('is not committed where somebody has changed it since', async () => {
    const made = await refused();
    made.allow();
    write(made.root, 'vars/per-machine/m/g/s/secret', 'theirs');
    expect((await made.run(['verify', '--json'])).stdout).not.toContain('uncommitted');
    await made.run(['generate', '--no-sandbox']);
    expect(made.git('status', '--porcelain')).toBe(' M vars/per-machine/m/g/s/secret\n');
  });
});

const THREE = `
  a = { files.s = { }; script = "printf a > $out/s"; };
  b = { dependencies = [ "a" ]; files.s = { }; script = "cat $in/a/s > $out/s"; };
  c = { files.p.secret = false; script = "printf c > $out/p"; };`;

/** What keeps Git from committing, and how that ends. */
const REFUSALS: Readonly<Record<string, (made: GeneratingFleet) => () => void>> = {
  hook({ root }) {
    const hook = join(root, '.git/hooks/prepare-commit-msg');
    write(root, '.git/hooks/prepare-commit-msg', '#!/bin/sh\necho "no commits today" >&2\nexit 1\n');
    chmodSync(hook, 0o755);
    return () => rmSync(hook);
  },
  'signature without a key'({ git }) {
    git('config', 'commit.gpgsign', 'true');
    git('config', 'gpg.program', '/bin/false');
    return () => git('config', 'commit.gpgsign', 'false');
  },
  'lock of the index'({ root }) {
    write(root, '.git/index.lock', '');
    return () => rmSync(join(root, '.git/index.lock'));
  },
};

it.each(Object.entries(REFUSALS))(
  'a first commit that fails ends no run: %s',
  async (_, refuse) => {
    const made = await fleet({ m: THREE });
    const end = refuse(made);
    const before = made.git('rev-parse', 'HEAD');
    const run = await made.run(['generate', '--no-sandbox', '--jobs', '1', '--json']);
    expect([run.code, run.stderr.match(/The files are stored/g)]).toEqual([1, ['The files are stored']]);
    expect(run.stderr).toMatch(/not all of them are committed\. .*The next run commits them\./s);
    expect(JSON.parse(run.stdout).results.map((one: { outcome: string }) => one.outcome)).toEqual([
      'stored',
      'stored',
      'stored',
    ]);
    expect((await made.run(['get', 'm', 'b/s'])).stdout).toBe('a');
    expect(made.git('rev-parse', 'HEAD')).toBe(before);
    end();
    const next = await made.run(['generate', '--no-sandbox']);
    expect([next.code, next.stdout, next.stderr]).toEqual([
      0,
      'Nothing to generate.\n',
      expect.stringContaining('The uncommitted files of an earlier run are now committed.'),
    ]);
    expect(made.git('status', '--porcelain')).toBe('');
    expect(made.git('log', '--reverse', '--format=%s', `${before.trim()}..`).trim().split('\n')).toEqual([
      'secrets: add machine m',
      ...['a', 'c', 'b'].map(name => expect.stringContaining(`generator ${name} `)),
    ]);
    expect((await made.run(['verify'])).code).toBe(0);
  },
  60_000,
);

it('during a merge everything is stored, nothing staged, and the first run after it commits', async () => {
  const made = await fleet({ m: GENERATOR }, { more: { 'mine.txt': 'base' } });
  made.git('checkout', '-qb', 'theirs');
  write(made.root, 'mine.txt', 'theirs');
  made.git('commit', '-qam', 'theirs');
  made.git('checkout', '-q', 'main');
  write(made.root, 'mine.txt', 'ours');
  made.git('commit', '-qam', 'ours');
  expect(() => made.git('merge', 'theirs')).toThrow();
  const index = made.git('ls-files', '--stage');
  for (const args of [['generate'], ['generate', '-g', 'g', '--yes']]) {
    const { code, stderr } = await made.run([...args, '--no-sandbox']);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining('A merge is in progress, so nothing was committed.'),
    ]);
  }
  expect(made.git('ls-files', '--stage')).toBe(index);
  expect((await made.run(['verify'])).stdout).toContain('stored, but not committed');
  write(made.root, 'mine.txt', 'both');
  made.git('commit', '-qam', 'merged');
  expect(made.git('show', '--name-only', '--format=', 'HEAD')).not.toContain('vars');
  expect((await made.run(['generate', '--no-sandbox'])).code).toBe(0);
  expect(made.git('status', '--porcelain')).toBe('');
  expect(made.git('log', '--format=%s')).toMatch(
    /^(vars: update via generator g .*\n)+secrets: add machine m\nmerged\n/,
  );
  expect((await made.run(['verify'])).code).toBe(0);
});

it('what a run that was killed left half written beside the notes is swept', async () => {
  const made = await fleet({ m: GENERATOR });
  await made.run(['generate', '--no-sandbox']);
  const [state = ''] = readdirSync(join(made.root, '.git/varsmith'));
  const gone = JSON.stringify({ pid: process.pid, started: 'another boot/1', host: hostname(), token: 't' });
  const left = {
    'journal.123.new': '{',
    'owed.123.new': '',
    'stale.7.new': 'x',
    'lock.0123456789abcdef': gone,
  };
  fill(join(made.root, '.git/varsmith', state), left);
  expect((await made.run(['generate', '--no-sandbox'])).code).toBe(0);
  expect(contentsOf(join(made.root, '.git/varsmith'))).toEqual({});
});
