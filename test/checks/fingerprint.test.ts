// Fingerprints: the same for a finding that has only moved, another for one that is another.

import { expect, test } from 'vitest';
import { fingerprintsOf, lineTextIn } from '../../server/src/checks/engine/fingerprint.ts';
import type { Finding } from '../../server/src/checks/rule.ts';
import { memoryFiles } from '../nix/support.ts';

/** The fingerprints of findings on each `bad` of a text. */
function prints(text: string, more: Partial<Finding> = {}, file = 'a.nix'): string[] {
  const findings = [...text.matchAll(/bad/g)].map(
    (match): Finding => ({
      rule: 'test/rule',
      severity: 'error',
      message: 'It is bad.',
      at: { file, start: match.index, end: match.index + 3 },
      machines: [],
      related: [],
      fixes: [],
      ...more,
    }),
  );
  return [...fingerprintsOf(findings, lineTextIn(memoryFiles({ [file]: text }))).values()];
}

test('lines above, and indentation, change nothing', () => {
  expect(prints('# new\n\n  x  =  bad;\n')).toEqual(prints('x = bad;\n'));
});

test('the line itself, the rule, the message and the file do', () => {
  const all = [
    prints('x = bad;'),
    prints('y = bad;'),
    prints('x = bad;', { rule: 'test/other' }),
    prints('x = bad;', { message: 'It is worse.' }),
    prints('x = bad;', {}, 'b.nix'),
  ].flat();
  expect(new Set(all).size).toBe(5);
});

test('the severity does not: settings may change', () => {
  expect(prints('x = bad;', { severity: 'hint' })).toEqual(prints('x = bad;'));
});

test('findings that are alike are counted; one less leaves the others what they were', () => {
  const two = prints('bad\nbad\n');
  expect(new Set(two).size).toBe(2);
  expect(prints('bad\n')).toEqual(two.slice(0, 1));
});

test('nothing of the line can be read in it', () => {
  expect(prints('password = "bad";')[0]).toMatch(/^[0-9a-f]{32}$/);
});
