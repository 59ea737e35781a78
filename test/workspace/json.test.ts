// JSON with places: the values of JSON.parse, each where it stands, and errors where they begin.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memberAt, plainOf, readJson } from '../../server/src/workspace/settings/json.ts';
import { runs } from '../support/runs.ts';

function rootOf(text: string) {
  const found = readJson(text);
  if ('error' in found) throw new Error(found.error.reason);
  return found.root;
}

test('reads what JSON.parse reads, however it is laid out', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2, '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(plainOf(rootOf(text))).toEqual(JSON.parse(text));
    }),
  );
});

test('rejects what JSON.parse rejects, and nothing else', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"a"',
    '1',
    '-',
    'true',
    'null',
    ' ',
    '\n',
    '"',
    '\\u12',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), parts => {
      const text = parts.join('');
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      expect('root' in readJson(text)).toBe(valid);
    }),
    { numRuns: runs(1000) },
  );
});

test('a member is found with the places of its name and its value', () => {
  const text = '{ "rules": { "a/🔑": "off", "a/b": 1 } }';
  const member = memberAt(rootOf(text), ['rules', 'a/b']);
  expect(text.slice(member?.key.start, member?.key.end)).toBe('"a/b"');
  expect(text.slice(member?.value.start, member?.value.end)).toBe('1');
  expect(memberAt(rootOf(text), ['rules', 'a/c'])).toBeNull();
  expect(memberAt(rootOf(text), ['rules', 'a/b', 'deeper'])).toBeNull();
});

test('the last of two members of one name counts', () => {
  expect(memberAt(rootOf('{ "a": 1, "a": 2 }'), ['a'])?.value).toMatchObject({ value: 2 });
});

test('__proto__ is a name like any other', () => {
  const value = plainOf(rootOf('{ "__proto__": { "polluted": true } }')) as object;
  expect(Object.keys(value)).toEqual(['__proto__']);
  expect('polluted' in value).toBe(false);
});

describe('errors', () => {
  test.each([
    ['{ "a": 1, }', 10, 'a name in double quotes is missing'],
    ['{ "a" 1 }', 6, '":" is missing'],
    ['{ "a": 1 "b": 2 }', 9, '"," or "}" is missing'],
    ['[1 2]', 3, '"," or "]" is missing'],
    ['{ "a": }', 7, 'a value is missing'],
    ['{ "a": ', 7, 'it ends too early'],
    ['{ "a": "x\n" }', 7, 'a string does not end on its line, or has an escape that JSON does not know'],
    ['{ } { }', 4, 'something follows the end of the value'],
    ['[1, // two\n2]', 4, 'a value is missing'],
  ])('%j is wrong at %i', (text, start, reason) => {
    expect(readJson(text)).toMatchObject({ error: { start, reason } });
  });

  test('a character of two UTF-16 units is wrong as a whole', () => {
    expect(readJson('{ 😀: 1 }')).toMatchObject({ error: { start: 2, end: 4 } });
    expect(readJson('[1] 😀')).toMatchObject({ error: { start: 4, end: 6 } });
  });

  test('nesting has an end', () => {
    expect(readJson('['.repeat(5000))).toMatchObject({ error: { reason: 'it is nested too deeply' } });
  });
});
