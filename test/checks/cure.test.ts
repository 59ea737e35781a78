import { describe, expect, test } from 'vitest';
import {
  type Cure,
  cureSentence,
  messageWithCure,
  offersOf,
  type RunCure,
} from '../../server/src/checks/cure.ts';

const cure = (part: Partial<RunCure>): Cure => ({
  ...{ command: 'generate', generator: 'mail', machines: ['lea'], shared: false },
  ...part,
});

describe('the sentence that names a command', () => {
  test.each<[Partial<RunCure>, string]>([
    [{}, 'Run `varsmith generate --machine lea -g mail`.'],
    [{ machines: ['a', 'b'] }, 'Run `varsmith generate --machine a --machine b -g mail`.'],
    // Of many, a generator by its name would also run where it is complete.
    [{ machines: ['a', 'b', 'c', 'd'] }, 'Run `varsmith generate`.'],
    [{ machines: ['a', 'b', 'c', 'd'], shared: true }, 'Run `varsmith generate --machine a -g mail`.'],
    [{ generator: "it's" }, "Run `varsmith generate --machine lea -g 'it'\\''s'`."],
    [{ generator: '-r' }, "Run `varsmith generate --machine lea -g '-r'`."],
    [{ command: 'fix', generator: null, machines: [] }, 'Run `varsmith fix`.'],
    [{ command: 'fix', generator: null }, 'Run `varsmith fix --machine lea`.'],
  ])('%j', (part, sentence) => {
    expect(cureSentence(cure(part))).toBe(sentence);
  });

  test('is added where there is a cure', () => {
    expect(messageWithCure({ message: 'It is so.' })).toBe('It is so.');
    expect(messageWithCure({ message: 'It is so.', cure: cure({}) })).toBe(
      'It is so. Run `varsmith generate --machine lea -g mail`.',
    );
  });
});

test('what is shared is offered once', () => {
  expect(offersOf(cure({ machines: ['a', 'b'], shared: true }))).toEqual([
    { title: 'Generate "mail"', machines: ['a'] },
  ]);
});

test('files are added to git by their names, quoted for a shell', () => {
  const track: Cure = { command: 'track', paths: ['modules/a.nix', 'the keys/b.nix'] };
  expect(cureSentence(track)).toBe("Run `git add modules/a.nix 'the keys/b.nix'`.");
  expect(offersOf(track)).toEqual([{ title: 'Add modules/a.nix, the keys/b.nix to git', machines: [] }]);
});
