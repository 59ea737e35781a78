// `check --fix` and `--dry-run` on the broken example fleet.

import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { write } from '../../workspace/support.ts';
import { brokenFleet, MATRIX, textOf } from '../fleets.ts';
import { varsmith } from '../support.ts';

function texts(root: string): Record<string, string> {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(name =>
    /\.[a-z]+$/.test(name),
  );
  return Object.fromEntries(names.sort().map(name => [name, textOf(root, name)]));
}

describe('--fix', () => {
  test('applies what is certain, and reports what is left', async () => {
    const root = brokenFleet();
    const { code, stdout, stderr } = await varsmith(['check', root, '--fix', '--format', 'json']);
    const { findings, summary } = JSON.parse(stdout);
    const left = new Set(findings.map(({ rule }: { rule: string }) => rule));
    expect(textOf(root, MATRIX)).not.toContain('broken: registry/duplicate-key');
    expect(left.has('registry/duplicate-key')).toBe(false);
    expect(code).toBe(1);
    expect(summary.fixed).toBeGreaterThan(0);
    expect(stderr).toMatch(/^varsmith: applied \d+ fixes in \d+ files\.\n$/);
  });

  test('leaves guesses to people: a name may have been meant to be another', async () => {
    const root = brokenFleet();
    await varsmith(['check', root, '--fix']);
    expect(textOf(root, MATRIX)).toContain('"anthropc"');
    expect(textOf(root, 'modules/hosts/lea2/default.nix')).toContain('envMatrix.lea2');
  });

  test('does nothing the second time', async () => {
    const root = brokenFleet();
    await varsmith(['check', root, '--fix']);
    const after = texts(root);
    const { stderr } = await varsmith(['check', root, '--fix']);
    expect(stderr).toBe('varsmith: applied 0 fixes in 0 files.\n');
    expect(texts(root)).toEqual(after);
  });

  test('keeps to the rules that are asked for, and to what is not in the baseline', async () => {
    const root = brokenFleet();
    await varsmith(['check', root, '--fix', '--rule', 'eval/pkgs-in-metadata']);
    expect(textOf(root, MATRIX)).toContain('broken: registry/duplicate-key');
    await varsmith(['check', root, '--write-baseline', 'base.json'], { cwd: root });
    const { stderr } = await varsmith(['check', root, '--fix', '--baseline', 'base.json'], { cwd: root });
    expect(stderr).toBe('varsmith: applied 0 fixes in 0 files.\n');
  });
});

describe('--dry-run', () => {
  test('prints the diff that --fix would be, and changes nothing', async () => {
    const root = brokenFleet();
    const before = texts(root);
    const { code, stdout, stderr } = await varsmith(
      ['check', '--fix', '--dry-run', '--rule', 'registry/duplicate-key'],
      { cwd: root },
    );
    expect(stdout).toBe(
      [
        `--- a/${MATRIX}`,
        `+++ b/${MATRIX}`,
        '@@ -36,7 +36,6 @@',
        ' ',
        '   # The token has come with sharedCore already.',
        '   tove = sharedCore ++ mesh ++ [',
        '-    "github-token" # broken: registry/duplicate-key',
        '     "cloudflare-api-token"',
        '     "cloudflare-dns-token"',
        '     "restic-password"',
        '',
      ].join('\n'),
    );
    expect(stderr).toBe('varsmith: would apply 1 fix in 1 file.\n');
    expect(texts(root)).toEqual(before);
    expect(code).toBe(0);
  });

  test('ends with the code of things as they stand', async () => {
    const root = brokenFleet();
    const args = ['check', '--fix', '--dry-run', '--rule', 'registry/duplicate-key', '--severity', 'warning'];
    expect((await varsmith(args, { cwd: root })).code).toBe(1);
  });

  test('is coloured on a terminal, where no file can write control characters', async () => {
    const root = brokenFleet();
    write(root, MATRIX, textOf(root, MATRIX).replace('# broken: registry/duplicate-key', '# \u001b[2J'));
    const { stdout } = await varsmith(['check', root, '--fix', '--dry-run'], { terminal: true });
    expect(stdout).toContain('\u001b[31m-    "github-token"');
    expect(stdout).not.toContain('\u001b[2J');
  });
});

test.each([
  [['--dry-run'], '--dry-run shows what --fix would do: add --fix.'],
  [['--fix', '--dry-run', '--format', 'json'], '--dry-run prints a diff: remove --format.'],
  [['--fix', '--dry-run', '--write-baseline', 'b'], '--dry-run writes nothing: remove --write-baseline.'],
])('%j is wrong usage', async (args, sentence) => {
  const { code, stderr } = await varsmith(['check', brokenFleet(), ...args]);
  expect({ code, stderr }).toEqual({ code: 2, stderr: `varsmith: ${sentence}\n` });
});
