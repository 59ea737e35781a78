import { expect, test } from 'vitest';
import { matchesAny } from '../../server/src/workspace/glob.ts';

test.each([
  ['*.nix', ['a.nix', 'lib/a.nix'], ['a.nixx', 'nix']],
  ['lib/*.nix', ['lib/a.nix'], ['lib/deep/a.nix', 'a.nix']],
  ['lib/**', ['lib/a.nix', 'lib/deep/a.nix'], ['library/a.nix']],
  ['**/secret-registry.nix', ['secret-registry.nix', 'lib/secret-registry.nix'], ['my-secret-registry.nix']],
  ['old/', ['old', 'old/a.nix', 'deep/old/a.nix'], ['older/a.nix', 'folder/a.nix']],
  [
    './hosts/{lea,emily}/?.nix',
    ['hosts/lea/a.nix', 'hosts/emily/b.nix'],
    ['hosts/noa/a.nix', 'hosts/lea/ab.nix'],
  ],
  ['a+(b).nix', ['a+(b).nix'], ['aab.nix']],
])('%s', (pattern, matched, others) => {
  const matches = matchesAny([pattern]);
  expect(matched.filter(path => !matches(path))).toEqual([]);
  expect(others.filter(matches)).toEqual([]);
});

test('no pattern matches nothing', () => {
  expect(matchesAny([])('a.nix')).toBe(false);
});
