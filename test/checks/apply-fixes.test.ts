// Many fixes at once: which go together, and the text after them.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  applyEdits,
  chooseFixes,
  editsByFile,
  isPreferred,
  isSafe,
} from '../../server/src/checks/engine/apply-fixes.ts';
import type { Finding, Fix } from '../../server/src/checks/rule.ts';
import type { TextEdit } from '../../server/src/edits/text-edit.ts';

const edit = (start: number, end: number, text: string, file = 'a.nix'): TextEdit => ({
  file,
  start,
  end,
  text,
});
const fix = (edits: readonly TextEdit[], more: Partial<Fix> = {}): Fix => ({
  title: 'Fix',
  edits,
  preferred: true,
  ...more,
});

function finding(...fixes: readonly Fix[]): Finding {
  const at = { file: 'a.nix', start: 0, end: 1 };
  return { rule: 'test/rule', severity: 'error', message: '', at, machines: [], related: [], fixes };
}

/** The text after the safe fixes, each a finding's. */
function fixed(text: string, ...fixes: readonly Fix[]): string {
  const chosen = chooseFixes(
    fixes.map(each => finding(each)),
    isSafe,
  );
  return applyEdits(text, editsByFile(chosen.map(each => each.fix)).get('a.nix') ?? []);
}

test('fixes apart from each other are applied together, in any order', () => {
  expect(fixed('abc', fix([edit(2, 3, 'Z')]), fix([edit(0, 1, 'X')]))).toBe('XbZ');
});

describe('fixes that do not go together: the first wins, as a whole', () => {
  test.each([
    ['they share characters', edit(0, 2, 'X'), edit(1, 3, 'Y'), 'Xc'],
    ['one is inside the other', edit(0, 3, 'X'), edit(1, 2, 'Y'), 'X'],
    ['both insert at one place', edit(1, 1, 'X'), edit(1, 1, 'Y'), 'aXbc'],
    ['one inserts at the edge of the other', edit(0, 1, 'X'), edit(1, 1, 'Y'), 'Xbc'],
  ])('%s', (_, first, second, after) => {
    expect(fixed('abc', fix([first]), fix([second]))).toBe(after);
  });
  test('not even its other edits are made', () => {
    expect(fixed('abc', fix([edit(0, 1, 'X')]), fix([edit(0, 1, 'Y'), edit(2, 3, 'Z')]))).toBe('Xbc');
  });
  test('a neighbour is no conflict', () => {
    expect(fixed('abc', fix([edit(0, 1, 'X')]), fix([edit(1, 2, 'Y')]))).toBe('XYc');
  });
});

test('two findings with one cure get it once', () => {
  const chosen = chooseFixes([finding(fix([edit(1, 1, 'X')])), finding(fix([edit(1, 1, 'X')]))], isSafe);
  expect(chosen).toHaveLength(2);
  expect(editsByFile(chosen.map(each => each.fix)).get('a.nix')).toEqual([edit(1, 1, 'X')]);
});

test('a fix whose own edits overlap is never applied', () => {
  expect(fixed('abc', fix([edit(0, 2, 'X'), edit(1, 3, 'Y')]))).toBe('abc');
});

test('safe is preferred and no guess; the first that is acceptable is taken', () => {
  const guess = fix([edit(0, 1, 'guess')], { guess: true });
  const other = fix([edit(0, 1, 'other')], { preferred: false });
  expect([guess, other, fix([])].map(isSafe)).toEqual([false, false, true]);
  expect([guess, other, fix([])].map(isPreferred)).toEqual([true, false, true]);
  expect(chooseFixes([finding(other, guess)], isSafe)).toEqual([]);
  expect(chooseFixes([finding(other, guess)], isPreferred)[0]?.fix).toBe(guess);
});

test('chosen edits never overlap, whatever is offered', () => {
  const edits = fc
    .tuple(fc.nat(20), fc.nat(5), fc.string({ maxLength: 3 }))
    .map(([start, length, text]) => edit(start, start + length, text));
  fc.assert(
    fc.property(fc.array(fc.array(edits, { minLength: 1, maxLength: 3 }), { maxLength: 8 }), all => {
      const chosen = chooseFixes(
        all.map(each => finding(fix(each))),
        isSafe,
      );
      const made = editsByFile(chosen.map(each => each.fix)).get('a.nix') ?? [];
      for (const [index, { start }] of made.entries()) {
        if (index > 0) expect(start).toBeGreaterThanOrEqual(made[index - 1]?.end ?? 0);
      }
    }),
  );
});
