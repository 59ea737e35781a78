/** A text is read from the reading of the one before it as it is read by itself, whatever was edited. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createParser, type Reading } from '../../server/src/nix/parse/parse.ts';
import type { AttrSetExpr, Expr } from '../../server/src/nix/syntax.ts';
import { runs } from '../support/runs.ts';

const ROOT = join(import.meta.dirname, '../..');
const parser = await createParser();

const FILES = readdirSync(join(ROOT, 'examples/fleet'), { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile() && entry.name.endsWith('.nix'))
  .map(entry => readFileSync(join(entry.parentPath, entry.name), 'utf8'));

const SMALL = [
  '{ a = 1; b.c = { d = 2; e = "f"; }; inherit (x) y z; }',
  'let a = { b = 1; }; c = a; # of a\nin { inherit a; d = [ a.b c ]; }',
  "{ lib, ... }: { a = ''\n  one ${lib.b}\n''; /* two */ c = { d = { e = lib.f; }; }; }",
];

/** Fragments that break texts, mend them, or nest what follows. */
const FRAGMENTS = [
  'x',
  ' ',
  ';',
  '=',
  '{',
  '}',
  '"',
  "''",
  '$',
  '.',
  '#',
  '\n',
  '/*',
  '*/',
  'in ',
  'let ',
  '];',
];
const FULL = ['n = 1; ', '# said\n', '{ m = 2; }', 'o = { p = 3; q = "r"; };\n', 'inherit s; '];

const step = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(30)),
  inserted: fc.constantFrom('', ...FRAGMENTS, ...FULL),
  isUndone: fc.boolean(),
});

function edited(
  text: string,
  { at, removed, inserted }: { at: number; removed: number; inserted: string },
): string {
  const start = Math.floor(at * text.length);
  return text.slice(0, start) + inserted + text.slice(start + removed);
}

/** Returns the tree as it is read from the text before; it has to be the one of the text by itself. */
function readAgain(text: string, reading: Reading | null): Reading | null {
  const { reading: next = null, ...tree } = parser.parse(text, reading);
  expect(tree, text).toEqual(parser.parse(text));
  return next;
}

describe('a text read from the one before', () => {
  it.each([
    ['small texts', SMALL, 400],
    ['whole files', FILES, 60],
  ])('has the tree of the text, after any edits of %s', (_, texts, numRuns) => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.array(step, { maxLength: 12 }), (first, steps) => {
        let text = first;
        let reading = readAgain(text, null);
        for (const change of steps) {
          const before = text;
          text = edited(text, change);
          reading = readAgain(text, reading) ?? reading;
          if (!change.isUndone) continue;
          text = before;
          reading = readAgain(text, reading) ?? reading;
        }
      }),
      { numRuns: runs(numRuns) },
    );
  });

  const TEXT = '{ a = { b = 1; }; c = { d = 2; e = 3; /* of f */ f = { g = 4; }; }; h = 5; }';
  const readTwice = (text: string) => {
    const before = parser.parse(TEXT, null);
    const after = parser.parse(text, before.reading);
    expect({ root: after.root, comments: after.comments }).toEqual({
      root: parser.parse(text).root,
      comments: parser.parse(text).comments,
    });
    return [before.root, after.root] as const;
  };
  const bound = (root: Expr, ...names: string[]): Expr =>
    names.reduce((set, name) => {
      const found = (set as AttrSetExpr).bindings.flatMap(binding => {
        if (binding.kind !== 'bind') return [];
        const [first] = binding.path;
        return first?.kind === 'name' && first.name === name ? [binding.value] : [];
      });
      return found[0] as Expr;
    }, root);

  it('has the nodes in front of an edit, also beside it', () => {
    const [before, after] = readTwice(TEXT.replace('3', '33'));
    for (const path of [['a'], ['c', 'd']]) expect(bound(after, ...path)).toBe(bound(before, ...path));
    expect(bound(after, 'c')).not.toBe(bound(before, 'c'));
  });

  it('has all nodes that keep their offsets', () => {
    const [before, after] = readTwice(TEXT.replace('3', '4'));
    for (const path of [['a'], ['c', 'd'], ['c', 'f'], ['h']])
      expect(bound(after, ...path)).toBe(bound(before, ...path));
  });

  it('reads no more than the bindings around the edit', () => {
    const long = `{ ${Array.from({ length: 500 }, (_, index) => `key${index} = { a = old; };`).join(' ')} }`;
    const { reading } = parser.parse(long, null);
    // Of the text before, nothing but its bindings counts, each of which has another value here.
    const altered = JSON.parse(JSON.stringify(reading).replaceAll('"name":"old"', '"name":"kept"'));
    const { root } = parser.parse(long.replace('key250 = { a = old', 'key250 = { a = new'), altered);
    const values = (root as AttrSetExpr).bindings.map((_, index) => bound(root, `key${index}`, 'a'));
    expect(
      values.flatMap(value => (value.kind === 'variable' && value.name !== 'kept' ? [value.name] : [])),
    ).toEqual(['new']);
  });

  it('means a placeholder where one was, and a name where it is written', () => {
    const broken = '{ a = { b = ; }; c = 1; }';
    const { reading } = parser.parse(broken, null);
    const placeholder = reading?.placeholder ?? '';
    expect(reading?.text).toContain(placeholder);
    const whole = reading?.text.replace('1', '2') ?? '';
    const { reading: _, ...tree } = parser.parse(whole, reading);
    expect(tree).toEqual(parser.parse(whole));
    expect(tree.errors).toEqual([]);
  });
});
