// Unified diffs: as git writes them, and applicable by it.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unifiedDiff } from '../../../server/src/cli/output/unified-diff.ts';
import { runs } from '../../support/runs.ts';
import { folder, write } from '../../workspace/support.ts';

const hasGit = spawnSync('git', ['--version']).status === 0;

function numbered(count: number): string {
  return Array.from({ length: count }, (_, i) => `line ${i + 1}\n`).join('');
}

test('one changed line with three around it', () => {
  expect(unifiedDiff('lib/a.nix', numbered(9), numbered(9).replace('line 5', 'other'))).toBe(
    [
      '--- a/lib/a.nix',
      '+++ b/lib/a.nix',
      '@@ -2,7 +2,7 @@',
      ' line 2',
      ' line 3',
      ' line 4',
      '-line 5',
      '+other',
      ' line 6',
      ' line 7',
      ' line 8',
      '',
    ].join('\n'),
  );
});

test('changes far apart are hunks of their own', () => {
  const after = numbered(30).replace('line 2\n', '').replace('line 29', 'other');
  expect(unifiedDiff('a', numbered(30), after).match(/^@@ .*$/gm)).toEqual([
    '@@ -1,5 +1,4 @@',
    '@@ -26,5 +25,5 @@',
  ]);
});

test('a file that is new, one without a last line end, and one that has not changed', () => {
  expect(unifiedDiff('a', null, 'x\n')).toBe('--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+x\n');
  expect(unifiedDiff('a', 'x', 'x\n')).toBe(
    '--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+x\n',
  );
  expect(unifiedDiff('a', 'x\n', 'x\n')).toBe('');
});

test('names that would break a line or a word are quoted', () => {
  expect(unifiedDiff('a\n"b', '', 'x\n').split('\n')[1]).toBe('+++ "b/a\\012\\"b"');
  expect(unifiedDiff('a b', '', 'x\n').split('\n')[1]).toBe('+++ b/a b\t');
});

test('a text that has nothing left of the other is still a diff', () => {
  const before = numbered(2500);
  const after = before.replaceAll('line', 'zeile');
  expect(unifiedDiff('a', before, after).split('\n')).toHaveLength(2 + 1 + 5000 + 1);
});

test.skipIf(!hasGit)('git applies any of them', () => {
  const line = fc.constantFrom('a\n', 'b\n', 'c\n', '\n', 'é🔑\r\n', '-- x\n');
  const text = fc
    .tuple(fc.array(line, { maxLength: 20 }), fc.constantFrom('', 'end'))
    .map(([lines, end]) => lines.join('') + end);
  fc.assert(
    fc.property(text, text, (before, after) => {
      fc.pre(before !== after && before !== '' && after !== '');
      const root = folder({ 'a b.nix': before });
      write(root, 'fix.patch', unifiedDiff('a b.nix', before, after));
      const { status, stderr } = spawnSync('git', ['apply', '--whitespace=nowarn', 'fix.patch'], {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, GIT_CEILING_DIRECTORIES: join(root, '..') },
      });
      expect(stderr).toBe('');
      expect(status).toBe(0);
      expect(readFileSync(join(root, 'a b.nix'), 'utf8')).toBe(after);
    }),
    { numRuns: runs(60) },
  );
});
