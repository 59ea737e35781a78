import { describe, expect, it } from 'vitest';
import { firstRevision, nextRevision } from '../../server/src/nix/edit-log.ts';
import type { SourceFile } from '../../server/src/nix/source.ts';
import { unchangedItems } from '../../server/src/nix/unchanged-items.ts';
import { memoryFiles } from './support.ts';

const parse = (text: string) => memoryFiles({ 'x.nix': text }).parse('x.nix') as SourceFile;

/** The unchanged attributes after edits that lead from one text to the next. */
function unchanged(...texts: readonly string[]): readonly string[] | null {
  let revision = firstRevision('x.nix');
  const files = texts.map((text, at) => {
    if (at > 0) revision = nextRevision(revision, texts[at - 1] as string, text);
    return { ...parse(text), revision };
  });
  const items = unchangedItems(files[0] as SourceFile, files.at(-1) as SourceFile);
  return items === null ? null : [...items.names];
}

describe('unchanged attributes of a set', () => {
  it.each<[string, string[] | null, ...string[]]>([
    [
      'all but the one that was edited',
      ['a', 'c'],
      '{ a = 1; b = "x"; c = 3; }',
      '{ a = 1; b = "xy"; c = 3; }',
    ],
    [
      'all, after a comment',
      ['a', 'b'],
      '{ a = 1; b = 2; }',
      '# Why\n{ a = 1; b = 2; }',
      '# Why\n{ a = 1; /* or */ b = 2; }',
    ],
    ['those before and behind a new one', ['a', 'b'], '{ a = 1; b = 2; }', '{ a = 1; x = 0; b = 2; }'],
    ['those that are left', ['b'], '{ a = 1; b = 2; }', '{ b = 2; }'],
    ['none of an edit that was undone', ['a'], '{ a = 1; b = 2; }', '{ a = 1; b = 3; }', '{ a = 1; b = 2; }'],
    ['not one that was cut and put back', ['a'], '{ a = 1; b = 2; }', '{ a = 1; }', '{ a = 1; b = 2; }'],
    ['not those that were swapped', [], '{ a = 1; b = 2; }', '{ b = 2; a = 1; }'],
    ['in the body of a function', ['a'], '{ lib }: { a = 1; b = 2; }', '{ lib }: { a = 1; b = 22; }'],
    [
      'behind a `let`',
      ['a'],
      'let f = x: x; in { a = f 1; b = 2; }',
      'let f = x: x; in { a = f 1; b = 22; }',
    ],
    ['behind a `with`', ['a'], 'with x; { a = y; b = 2; }', 'with x; { a = y; b = 22; }'],
    ['behind an `assert`', ['a'], 'assert true; { a = 1; b = 2; }', 'assert true; { a = 1; b = 22; }'],
    ['not if a function before it has changed', [], 'let f = 1; in { a = f; }', 'let f = 2; in { a = f; }'],
    [
      'without those that refer to a binding that has changed, also by way of others',
      ['b', 'd'],
      'let f = 1; g = [ f ]; h = 1; in { a = g; b = h; c.x = f; d = x: f: f; e = { inherit f; }; }',
      'let f = 2; g = [ f ]; h = 1; in { a = g; b = h; c.x = f; d = x: f: f; e = { inherit f; }; }',
    ],
    [
      'without those that refer to an inherited binding of something else',
      ['b'],
      'let s = { }; in let inherit (s) f; h = 1; in { a = f; b = h; }',
      'let s = { f = 1; }; in let inherit (s) f; h = 1; in { a = f; b = h; }',
    ],
    [
      'without those that refer to a binding that is new or gone',
      ['c'],
      'let f = 1; in { a = f; b = g; c = 3; }',
      'let g = 1; in { a = f; b = g; c = 3; }',
    ],
    ['not if a binding has two parts', null, 'let f.x = 1; in { a = 1; }', 'let f.x = 2; in { a = 1; }'],
    [
      'not if a default refers to a binding that has changed',
      null,
      'let f = 1; in { x ? f }: { a = 1; }',
      'let f = 2; in { x ? f }: { a = 1; }',
    ],
    [
      'not if a `with` opens a set that has changed',
      null,
      'let f = { }; in with f; { a = y; }',
      'let f = { y = 1; }; in with f; { a = y; }',
    ],
    [
      'not if an `assert` tests a binding that has changed',
      null,
      'let f = true; in assert f; { a = 1; }',
      'let f = false; in assert f; { a = 1; }',
    ],
    ['not if another parameter is there', null, '{ lib }: { a = 1; }', '{ lib, x }: { a = 1; }'],
    ['not if a default has changed', null, '{ x ? 1 }: { a = x; }', '{ x ? 2 }: { a = x; }'],
    ['not if a parameter has another name', null, 'x: { a = x; }', 'y: { a = x; }'],
    ['not if any argument is accepted now', null, '{ x }: { a = x; }', '{ x, ... }: { a = x; }'],
    ['not if a `with` opens another set', null, 'with x; { a = y; }', 'with z; { a = y; }'],
    ['not if an `assert` tests something else', null, 'assert a; { a = 1; }', 'assert b; { a = 1; }'],
    ['not of a recursive set', null, 'rec { a = 1; b = a; }', 'rec { a = 2; b = a; }'],
    ['not of what is no set', null, '[ 1 2 ]', '[ 1 3 ]'],
    ['not of a set that is a list now', null, '{ a = 1; }', '[ { a = 1; } ]'],
    ['not one that two bindings make', ['b'], '{ a.x = 1; a.y = 2; b = 1; }', '{ a.x = 1; a.y = 3; b = 1; }'],
    ['not one that is inherited', ['a'], '{ a = 1; inherit b; c = 1; }', '{ a = 1; inherit b; c = 2; }'],
    ['not one with a computed name', ['a'], '{ a = 1; ${b} = 2; c = 1; }', '{ a = 1; ${b} = 2; c = 2; }'],
    ['not an edited one that becomes the name of another', ['c'], '{ a = 1; c = 1; }', '{ b = 1; c = 1; }'],
  ])('are %s', (_, names, ...texts) => {
    expect(unchanged(...(texts as string[]))).toEqual(names);
  });

  it('are those that a broken text still has, read as the same', () => {
    const whole = '{ a = f "x\\ny"; b = 2; }';
    expect(unchanged(whole, '{ a = f "x\\ny"; b = }')).toEqual(['a']);
    expect(unchanged(whole, '{ x = ; a = f "x\\ny"; b = 2; }')).toContain('b');
    // The text of `b` is there, but belongs to a string that is not closed.
    expect(unchanged(whole, '{ a = "; b = 2; }') ?? []).not.toContain('b');
  });

  it('are unknown between texts of which the edits are unknown', () => {
    const [left, right] = [parse('{ a = 1; }'), parse('{ a = 1; b = 1; }')];
    expect(unchangedItems(left, right)).toBeNull();
    const revision = firstRevision('x.nix');
    expect(unchangedItems({ ...left, revision }, right)).toBeNull();
    expect(unchangedItems({ ...left, revision }, { ...right, revision: firstRevision('x.nix') })).toBeNull();
  });
});
