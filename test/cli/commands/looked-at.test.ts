// A repository of somebody else: nothing of it runs, and nothing in it is waited for.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLastingFleet, fleet } from '../generating-fleet.ts';

const GENERATORS = `g = {
  files.open.secret = false;
  files.hidden = { };
  script = "echo a > $out/open; echo b > $out/hidden";
};`;

const PROGRAMS = ['git', 'age', 'sh', 'bash', 'nix', 'nix-store', 'bwrap', 'pass', 'clan'];

describe('programs of the repository', () => {
  it('are not found through relative parts of PATH', async () => {
    const made = await fleet({ web: GENERATORS });
    for (const name of PROGRAMS)
      for (const folder of ['.', 'bin']) {
        mkdirSync(join(made.root, folder), { recursive: true });
        writeFileSync(join(made.root, folder, name), '#!/bin/sh\necho "$0" >> ran\n', { mode: 0o755 });
      }
    const here = process.cwd();
    process.chdir(made.root);
    try {
      // What prints the key is the person's own.
      for (const PATH of [
        `.:${process.env.PATH}`,
        `:${process.env.PATH}`,
        `bin:${process.env.PATH}`,
        '.',
        '',
      ])
        for (const command of ['plan', 'list', 'verify', 'generate'])
          await made.run([command], { env: { PATH, SOPS_AGE_KEY_CMD: 'echo' } });
    } finally {
      process.chdir(here);
    }
    expect(existsSync(join(made.root, 'ran'))).toBe(false);
  });
});

describe('pipes and devices', () => {
  it('in the place of stored files end a run with their name', async () => {
    const made = await createLastingFleet({ web: GENERATORS });
    try {
      expect((await made.run(['generate', '--no-sandbox'])).code).toBe(0);
      const path = join(made.root, 'vars/per-machine/web/g/open/value');
      execFileSync('rm', [path]);
      execFileSync('mkfifo', [path]);
      const { code, stderr } = await made.run(['generate', '--no-sandbox', '--regenerate', '--yes']);
      expect([code, stderr]).toEqual([1, expect.stringContaining('open/value is not a regular file')]);
    } finally {
      made.remove();
    }
  });

  it('in the place of key files are not waited for', async () => {
    const made = await fleet({ web: GENERATORS }, { user: null });
    const key = join(dirname(made.root), 'key');
    execFileSync('mkfifo', [key]);
    const { code } = await made.run(['generate', '--no-sandbox'], { env: { SOPS_AGE_KEY_FILE: key } });
    expect(code).toBe(1);
  });
});
