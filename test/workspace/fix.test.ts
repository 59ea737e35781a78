// Fixing a whole workspace in memory.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Finding, Fix } from '../../server/src/checks/rule.ts';
import type { Engine } from '../../server/src/workspace/engine.ts';
import { fixAll } from '../../server/src/workspace/fix.ts';
import { folder, smallEngine, smallWorkspace } from './support.ts';

const all = (findings: readonly Finding[]) => findings;

/** An analysis that offers a fix for each of these words. */
function engineOf(words: Readonly<Record<string, string>>, more: Partial<Fix> = {}): Engine {
  return {
    ...smallEngine(),
    *check(_, sources) {
      yield;
      const text = sources.parse('a.nix')?.text ?? '';
      return Object.entries(words).flatMap(([word, replacement]) =>
        [...text.matchAll(new RegExp(`\\b${word}\\b`, 'g'))].map((match): Finding => {
          const at = { file: 'a.nix', start: match.index, end: match.index + word.length };
          const fix = { title: '', edits: [{ ...at, text: replacement }], preferred: true, ...more };
          return {
            rule: 'test/bad',
            severity: 'error',
            message: '',
            at,
            machines: [],
            related: [],
            fixes: [fix],
          };
        }),
      );
    },
  };
}

test('all files are fixed in memory, and none on disk', () => {
  const root = folder({ 'a.nix': 'bad', 'b.nix': '[ bad bad ]', 'c.nix': 'good' });
  const workspace = smallWorkspace(root);
  expect(fixAll(workspace, all)).toEqual({
    changes: [
      { path: 'a.nix', before: 'bad', after: 'good' },
      { path: 'b.nix', before: '[ bad bad ]', after: '[ good good ]' },
    ],
    applied: 3,
    settled: true,
    broken: [],
  });
  expect(workspace.snapshot().findings.size).toBe(0);
  expect(readFileSync(join(root, 'a.nix'), 'utf8')).toBe('bad');
});

test('what is not wanted is left alone', () => {
  const workspace = smallWorkspace(folder({ 'a.nix': 'bad', 'b.nix': 'needs-x' }));
  const { changes } = fixAll(workspace, findings => findings.filter(({ rule }) => rule === 'test/needs'));
  expect(changes.map(({ path }) => path)).toEqual(['b.nix']);
});

test('a fix may make way for another', () => {
  const workspace = smallWorkspace(folder({ 'a.nix': 'one' }), engineOf({ one: 'two', two: 'three' }));
  expect(fixAll(workspace, all)).toMatchObject({ changes: [{ after: 'three' }], applied: 2, settled: true });
});

test('fixes that go in a cycle come to an end, and are told', () => {
  const workspace = smallWorkspace(folder({ 'a.nix': 'one' }), engineOf({ one: 'two', two: 'one' }));
  expect(fixAll(workspace, all)).toMatchObject({ settled: false });
});

test('fixes that go on for ever come to an end, and are told', () => {
  const workspace = smallWorkspace(folder({ 'a.nix': 'one' }), engineOf({ one: 'x one' }));
  expect(fixAll(workspace, all)).toMatchObject({ applied: 10, settled: false });
});

test('a guess is not applied', () => {
  const workspace = smallWorkspace(folder({ 'a.nix': 'one' }), engineOf({ one: 'two' }, { guess: true }));
  expect(fixAll(workspace, all)).toEqual({ changes: [], applied: 0, settled: true, broken: [] });
});

test('a fix that leaves what cannot be read is named', () => {
  const workspace = smallWorkspace(folder({ 'a.nix': 'one' }), engineOf({ one: '{ (' }));
  expect(fixAll(workspace, all).broken).toEqual(['a.nix']);
});
