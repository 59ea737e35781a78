// Where a cursor stands, told from the text in front of it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cursorIn } from '../../server/src/editor/names/cursor.ts';
import { runs } from '../support/runs.ts';

/** `|` is the cursor. */
function at(marked: string) {
  const offset = marked.indexOf('|');
  const { path, side, before, frames, siblings } = cursorIn(marked.replace('|', ''), offset);
  return { path: path.join('.'), side, before: before.join('.'), in: frames.at(-1)?.kind ?? null, siblings };
}

describe('a cursor', () => {
  test.each([
    ['{ a.b = { c = { | }; }; }', 'a.b.c', 'name', '', 'set'],
    ['{ config, ... }:\n{ a = { x = 1; f| }; }', 'a', 'name', '', 'set'],
    ['{ a = { files.| }; }', 'a', 'name', 'files', 'set'],
    ['{ a = { files."k.x".mo| }; }', 'a', 'name', 'files.k.x', 'set'],
    ['{ a.dependencies = [ "x" "|" ]; }', 'a.dependencies.', 'value', '', 'string'],
    ['{ a = { type = "hid| ', 'a.type', 'value', 'type', 'string'],
    ["{ a.script = ''\n  cat $in/|\n'';", 'a.script', 'value', 'a.script', 'string'],
    [
      "{ a.script = ''\n  ${pkgs.x}/bin/y ''$ ''\\n ''${z} '''q $o|",
      'a.script',
      'value',
      'a.script',
      'string',
    ],
    ['{ a.script = "\\"x\\${y} ${z { b = 1; }} |', 'a.script', 'value', 'a.script', 'string'],
    ['{ a = "${ { b = | } }"; }', 'a.', 'value', 'b', 'set'],
    ['let x = { y = 1; }; in { a = | }', '', 'value', 'a', 'set'],
    ['{ a = let b = { c = 1; }; in { | }; }', 'a', 'name', '', 'set'],
    ['{ a = lib.mkIf x { b = lib.mkMerge [ { | } ]; }; }', 'a.b.', 'name', '', 'set'],
    ['{ a = f ({ x, y ? { }, ... }: { | }); }', 'a..', 'name', '', 'set'],
    ['{ # a = {\n /* b = { */ | }', '', 'name', '', 'set'],
    ['{ inherit (x) a b|; }', '', 'value', '', 'set'],
    ['{ a = with x; assert y; [ | ]; }', 'a', 'value', 'a', 'list'],
    ['{ a = x.y.|', '', 'value', 'a', 'set'],
    ['{ constructor = { a = toString | }; }', 'constructor', 'value', 'a', 'set'],
  ])('%s', (text, path, side, before, kind) => {
    expect(at(text)).toMatchObject({
      path: path.replace(/\.+$/, ''),
      side,
      ...(kind === 'string' || text.includes('inherit') ? {} : { before }),
      in: kind,
    });
  });

  test('knows what has been said beside it', () => {
    expect(at('{ a = { share = true; files.k = { }; "x y" = 2; s| }; }').siblings).toEqual([
      'share',
      'files.k',
      'x y',
    ]);
  });

  test('is found in any text, quickly and without a crash', () => {
    const parts = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        '(',
        ')',
        '"',
        "''",
        '${',
        'a',
        '.',
        '=',
        ';',
        'let',
        'in',
        '\\',
        '$',
        '#',
        '/*',
        '\n',
        ' ',
        '😀',
        'inherit',
        ',',
        '?',
        ':',
        '...',
      ],
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 60 }), fc.nat(120), (words, offset) => {
        const text = words.join('');
        const cursor = cursorIn(text, Math.min(offset, text.length));
        for (const frame of cursor.frames) expect(frame.start).toBeLessThanOrEqual(offset);
      }),
      { numRuns: runs(2000) },
    );
  });
});
