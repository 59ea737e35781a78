// Did you mean: near names are offered, far ones are not.

import { describe, expect, it } from 'vitest';
import { editDistance, suggest } from '../../server/src/edits/suggest.ts';

describe('editDistance', () => {
  it.each([
    ['anthropic', 'anthropic', 0],
    ['anthropc', 'anthropic', 1],
    ['gmial', 'gmail', 1],
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
  ])('%s and %s are %i apart', (from, to, distance) => {
    expect(editDistance(from, to)).toBe(distance);
    expect(editDistance(to, from)).toBe(distance);
  });

  it('stops counting where it cannot be less', () => {
    expect(editDistance('abcdefgh', 'stuvwxyz', 2)).toBe(2);
  });
});

describe('suggest', () => {
  const keys = ['anthropic', 'openrouter', 'gmail', 'github-token', 'gh'];

  it.each([
    ['anthropc', 'anthropic'],
    ['gmial', 'gmail'],
    ['GMail', 'gmail'],
    ['github_token', 'github-token'],
  ])('%s means %s', (name, meant) => {
    expect(suggest(name, keys)).toBe(meant);
  });

  it.each(['mistral', 'x', 'g', 'token'])('%s means none of them', name => {
    expect(suggest(name, keys)).toBeNull();
  });

  it('offers the first of equally near names, and never the name itself', () => {
    expect(suggest('lex', ['lea', 'leo'])).toBe('lea');
    expect(suggest('lea', ['lea'])).toBeNull();
  });
});
