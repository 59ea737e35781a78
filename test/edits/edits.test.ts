// Edits keep the formatting of what is around them.

import { describe, expect, it } from 'vitest';
import {
  appendListItem,
  attributeText,
  removeListItem,
  replaceName,
  stringText,
} from '../../server/src/edits/edits.ts';
import { lastLiteralList } from '../../server/src/edits/locate.ts';
import type { TextEdit } from '../../server/src/edits/text-edit.ts';
import type { ListExpr } from '../../server/src/nix/syntax.ts';
import { memoryFiles, sourceFile } from '../nix/support.ts';

/** The text with an edit applied; null for no edit. */
function edited(text: string, edit: TextEdit | null): string | null {
  return edit && text.slice(0, edit.start) + edit.text + text.slice(edit.end);
}

/** Removes the text between `‹` and `›` from the list it is in. */
function removed(marked: string): string | null {
  const start = marked.indexOf('‹');
  const text = marked.replace(/[‹›]/g, '');
  return edited(text, removeListItem(sourceFile('a.nix', text), { start, end: marked.indexOf('›') - 1 }));
}

function appended(text: string, item: string): string | null {
  const file = sourceFile('a.nix', text);
  return edited(text, appendListItem(file, lastLiteralList(file.root) as ListExpr, item));
}

describe('removeListItem', () => {
  it.each([
    ['the only item', '[ ‹"a"› ]', '[ ]'],
    ['the first of a line', '[ ‹"a"› "b" ]', '[ "b" ]'],
    ['the last of a line', '[ "a" ‹"b"› ]', '[ "a" ]'],
    ['one with a line to itself', '[\n  "a"\n  ‹"b"›\n  "c"\n]', '[\n  "a"\n  "c"\n]'],
    ['one with a remark beside it', '[\n  "a"\n  ‹"b"› # the second\n]', '[\n  "a"\n]'],
    ['the last one of a line of several', '[\n  "a" ‹"b"›\n  "c"\n]', '[\n  "a"\n  "c"\n]'],
    ['the first one of a line of several', '[\n  ‹"a"› "b"\n]', '[\n  "b"\n]'],
    ['the only one of a list of lines', '[\n  ‹"a"› # alone\n]', '[ ]'],
    ['the only one above a remark', '[\n  ‹"a"›\n  # "b"\n]', '[\n  # "b"\n]'],
    ['with line ends of Windows', '[\r\n  "a"\r\n  ‹"b"›\r\n]', '[\r\n  "a"\r\n]'],
  ])('%s', (_, before, after) => {
    expect(removed(before)).toBe(after);
  });

  it('gives up outside a list', () => {
    const file = sourceFile('a.nix', '{ a = "b"; }');
    expect(removeListItem(file, { start: 6, end: 9 })).toBeNull();
  });
});

describe('appendListItem', () => {
  it.each([
    ['an empty list', '[ ]', '[ "x" ]'],
    ['an empty list without a space', '[]', '[ "x" ]'],
    ['a list in one line', '[ "a" ]', '[ "a" "x" ]'],
    ['a list of lines', '[\n  "a"\n  "b"\n]', '[\n  "a"\n  "b"\n  "x"\n]'],
    ['below a remark', '[\n  "a" # one\n]', '[\n  "a" # one\n  "x"\n]'],
    ['the last list of a sum', 'core ++ [\n    "a"\n  ]', 'core ++ [\n    "a"\n    "x"\n  ]'],
    ['the only list of a sum', '[ "a" ] ++ core', '[ "a" "x" ] ++ core'],
    ['with line ends of Windows', '[\r\n  "a"\r\n]', '[\r\n  "a"\r\n  "x"\r\n]'],
    ['an empty list with a remark', '[\n  # none\n]', '[\n  # none\n"x" ]'],
  ])('%s', (_, before, after) => {
    expect(appended(before, '"x"')).toBe(after);
  });
});

describe('replaceName', () => {
  const replaced = (marked: string, name: string, replacement: string): string | null => {
    const text = marked.replace(/[‹›]/g, '');
    const at = { file: 'a.nix', start: marked.indexOf('‹'), end: marked.indexOf('›') - 1 };
    return edited(text, replaceName(memoryFiles({ 'a.nix': text }), at, name, replacement));
  };

  it.each([
    ['a string', '[ ‹"a"› ]', '[ "x" ]'],
    ['the inside of a string', '[ "‹a›" ]', '[ "x" ]'],
    ['an indented string', "[ ‹''a''› ]", '[ "x" ]'],
    ['an attribute', 'm.‹a›', 'm.x'],
    ['a quoted attribute', 'm.‹"a"›', 'm."x"'],
  ])('%s', (_, before, after) => {
    expect(replaced(before, 'a', 'x')).toBe(after);
  });

  it('quotes what is no bare name', () => {
    expect(replaced('m.‹a›', 'a', '1st')).toBe('m."1st"');
    expect(replaced('m.‹a›', 'a', 'in')).toBe('m."in"');
  });

  it('leaves alone what is not the name itself', () => {
    expect(replaced('[ ‹(f 1)› ]', 'a', 'x')).toBeNull();
    expect(replaceName(memoryFiles({}), { file: 'a.nix', start: 0, end: 1 }, 'a', 'x')).toBeNull();
  });
});

describe('names as text', () => {
  it('escapes what a string would read otherwise', () => {
    expect(stringText('a"b\\c${d}$e')).toBe('"a\\"b\\\\c\\${d}$e"');
  });

  it('quotes attributes where it must', () => {
    expect(['a-b', "a'", '_x', 'a.b', 'rec', ''].map(attributeText)).toEqual([
      'a-b',
      "a'",
      '_x',
      '"a.b"',
      '"rec"',
      '""',
    ]);
  });
});
