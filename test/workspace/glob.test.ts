import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesAny } from '../../server/src/workspace/settings/glob.ts';

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

test('matches what a regular expression of the same meaning matches', () => {
  const part = fc.constantFrom(
    'a',
    'b',
    '/',
    '*',
    '**',
    '**/',
    '?',
    '{a,b}',
    '{a*,/b}',
    '{',
    '}',
    ',',
    '.',
    '😀',
  );
  const pattern = fc.array(part, { maxLength: 8 }).map(parts => parts.join(''));
  const path = fc.array(fc.constantFrom('a', 'b', '/', '.', '{', '}', ',', '😀'), { maxLength: 8 });
  fc.assert(
    fc.property(pattern, path, (text, characters) => {
      const subject = characters.join('');
      expect(matchesAny([text])(subject)).toBe(expressionOf(text).test(subject));
    }),
  );
});

test('a pattern of many stars takes no longer than its length allows', () => {
  const pattern = `**/${'*a'.repeat(30)}b`;
  expect(matchesAny([pattern])(`${'a'.repeat(200)}.nix`)).toBe(false);
  expect(matchesAny([pattern])(`${'a'.repeat(200)}b`)).toBe(true);
  expect(matchesAny([`${'{'.repeat(100_000)}}`])('x')).toBe(false);
});

/** The meaning of a pattern, as an expression that may take for ever. */
function expressionOf(pattern: string): RegExp {
  const bare = pattern.replace(/\/$/, '');
  const whole = bare.includes('/') ? bare.replace(/^\.?\//, '') : `**/${bare}`;
  let depth = 0;
  let source = '';
  for (let i = 0; i < whole.length; i++) {
    const char = whole[i] as string;
    if (whole.startsWith('**/', i)) {
      source += '(?:.*/)?';
      i += 2;
    } else if (whole.startsWith('**', i)) {
      source += '.*';
      i += 1;
    } else if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '{' && whole.includes('}', i)) {
      source += '(?:';
      depth++;
    } else if (char === '}' && depth > 0) {
      source += ')';
      depth--;
    } else if (char === ',' && depth > 0) source += '|';
    else source += char.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  }
  return new RegExp(`^${source}${')'.repeat(depth)}(?:/.*)?$`, 'u');
}

test('no pattern matches nothing', () => {
  expect(matchesAny([])('a.nix')).toBe(false);
});
