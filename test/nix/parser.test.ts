import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { createParser } from '../../server/src/nix/parse/parse.ts';
import { defaultWasm } from '../../server/src/nix/parse/wasm.ts';
import type { Range, SyntaxTree } from '../../server/src/nix/syntax.ts';
import { runs } from '../support/runs.ts';
import { printExpr } from './support-print.ts';

const parser = await createParser();

/** The source text of the node at a path such as `body.left`. */
function textAt(source: string, path: string): string {
  let node: unknown = parser.parse(source).root;
  for (const key of path.split('.')) node = (node as Record<string, unknown>)[key];
  const { start, end } = node as Range;
  return source.slice(start, end);
}

describe('loading', () => {
  it('happens once a process', async () => {
    expect(await createParser()).toBe(await createParser());
  });

  it('takes the wasm as bytes or as paths', async () => {
    const { runtime, grammar } = defaultWasm(join(import.meta.dirname, '../../server/src/nix/parse'));
    const custom = await createParser({ runtime: readFileSync(runtime), grammar });
    expect(printExpr(custom.parse('a: b').root)).toBe('(fn a b)');
  });

  it('finds the runtime that the package ships', () => {
    const { runtime } = defaultWasm(join(import.meta.dirname, '../../server/src/nix/parse'));
    expect(runtime).toBe(createRequire(import.meta.url).resolve('web-tree-sitter/web-tree-sitter.wasm'));
  });

  it('says which file is missing', async () => {
    await expect(createParser({ runtime: 'nowhere.wasm' })).rejects.toThrow('nowhere.wasm');
  });
});

describe('ranges', () => {
  it.each([
    ['f (a b) c', 'fn', 'f (a b)'],
    ['f (a b) c', 'fn.arg', 'a b'],
    ['( x )', 'kind.length', ''],
    ['{ a.b = 1; }', 'bindings.0', 'a.b = 1;'],
    ['{ a."b" = 1; }', 'bindings.0.path.1', '"b"'],
    ['{ inherit (x) a; }', 'bindings.0', 'inherit (x) a;'],
    ['{ inherit (x) a; }', 'bindings.0.from', 'x'],
    ['"a${b}c"', 'parts.1', '${b}'],
    ['"a${b}c"', 'parts.2', 'c'],
    ['{ a ? 1 }: a', 'formals.0', 'a ? 1'],
    ['x@{ a }: a', 'name', 'x'],
    ['/* ü \u{1F511} */ a.b or c', 'fallback', 'c'],
  ])('%s at %s', (source, path, expected) => {
    if (path !== 'kind.length') expect(textAt(source, path)).toBe(expected);
    else expect(parser.parse(source).root).toMatchObject({ kind: 'variable', start: 2, end: 3 });
  });
});

test('comments are kept in order, wherever they stand', () => {
  const source = '# a\r\n{ b /* c */ = [ 1 # d\n ]; /** e\n */ inherit /* f */ g; } # h';
  expect(parser.parse(source).comments.map(comment => comment.text)).toEqual([
    '# a',
    '/* c */',
    '# d',
    '/** e\n */',
    '/* f */',
    '# h',
  ]);
});

test('comments of a broken file are those of the text as it is', () => {
  const source = '{ a = ; # one\n b = [ 1; # two\n}';
  const { comments } = parser.parse(source);
  expect(comments.map(comment => source.slice(comment.start, comment.end))).toEqual(['# one', '# two']);
});

describe('input that is hardly Nix', () => {
  const inputs: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['white space', ' \n\t'],
    ['NUL bytes', '\0\0{ a = 1; }\0'],
    ['a byte order mark', '\uFEFF{ a = 1; }'],
    ['unpaired surrogates', '\ud800"\udc00${\ud800'],
    ['all bytes', Array.from({ length: 4096 }, (_, i) => String.fromCharCode((i * 167) % 256)).join('')],
    ['one long name', 'a'.repeat(100_000)],
    ['a long select', `a${'.a'.repeat(3000)}`],
    ['a long path', './a'.repeat(3000)],
    ['prose', 'It was a dark and stormy night; the rain fell in torrents. '.repeat(50)],
    ['a shell script', '#!/bin/sh\nset -eu\nfor i in 1 2; do echo "$i" > \'x\'; done\n'],
  ];
  it.each(inputs)('%s', (_, text) => expectSound(text, parser.parse(text)));

  it.each([
    ['[', ''],
    ['[', ']'],
    ['(', ')'],
    ['{ a = ', '; }'],
    ['let a = ', ''],
    ['"${', '}"'],
    ["''${", "}''"],
    ['a: ', '1'],
    ['f (', ')'],
    ['-', '1'],
    ['if ', ' then 1 else 2'],
    ['a ++ ', 'a'],
    ['{ a ? ', ' }: 1'],
  ])('10,000 times %s…%s', (open, close) => {
    const text =
      open.repeat(10_000) + (close.length > 1 || ')]'.includes(close) ? close.repeat(10_000) : close);
    expectSound(text, parser.parse(text));
  });

  it('says once that nesting is too deep, and keeps the rest', () => {
    const { root, errors } = parser.parse(`{ a = ${'['.repeat(2000)}${']'.repeat(2000)}; b = 1; }`);
    expect(errors.map(error => error.message)).toEqual(['This is nested too deeply to analyse.']);
    expect(printExpr(root)).toMatch(/<error>\]+; b=1;\}$/);
  });

  it('keeps 50 errors at most', () => {
    expect(parser.parse(`{ ${'a = ; '.repeat(100)} }`).errors).toHaveLength(50);
  });
});

const kindOf = (value: object): string => ('kind' in value ? String(value.kind) : 'range');

/** Every range inside the text and inside its parent's, siblings of a list in order. */
function expectSound(text: string, tree: SyntaxTree): void {
  const problems: string[] = [];
  const visit = (value: unknown, outer: Range): void => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const item of value) visit(item, outer);
      return;
    }
    let inner = outer;
    if ('start' in value && 'end' in value) {
      inner = value as Range;
      const { start, end } = inner;
      const inside = Number.isInteger(start) && outer.start <= start && start <= end && end <= outer.end;
      if (!inside)
        problems.push(
          `${kindOf(value)} ${start}-${end} in ${outer.start}-${outer.end} of ${JSON.stringify(text)}`,
        );
    }
    for (const child of Object.values(value)) visit(child, inner);
  };
  const whole = { start: 0, end: text.length };
  visit(tree.root, whole);
  visit(tree.comments, whole);
  visit(tree.errors, whole);
  for (const error of tree.errors) {
    if (error.start === error.end && text.length > 0)
      problems.push(`empty error at ${error.start} of ${JSON.stringify(text)}`);
  }
  expect(problems).toEqual([]);
}

const MODULE = `{ lib, pkgs, config ? { }, ... }@args:
let
  inherit (lib) mkIf types; # names
  user = "a\${toString 1}b";
in
rec {
  clan.core.vars.generators."key-\${user}" = {
    share = true;
    files.secret = { secret = true; mode = "0400"; };
    prompts = { input.type = "hidden"; };
    runtimeInputs = [ pkgs.openssl (f: f + 1) ];
    script = ''
      openssl rand -hex 32 > "$out"/secret
        cat \${config.x.y or ./a/\${user}.txt} ''\${z} '''q'''
    '';
  };
  x = if a ? b.c && !d then assert e; -1 else with f; g // h ++ [ 1.5 <nixpkgs> https://a.b/c ];
}
`;

const fragment = fc.constantFrom(
  ...[
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    ';',
    '=',
    ':',
    ',',
    '.',
    '@',
    '?',
    '"',
    "''",
    '${',
    '$',
    '\\',
    '#',
    '/*',
    '*/',
  ],
  ...[
    'in',
    'let',
    'if',
    'then',
    'else',
    'inherit',
    'rec',
    'with',
    'or',
    '|>',
    '...',
    'x',
    '\n',
    '\0',
    '\ud83d',
    '1.',
  ],
);
const edit = fc.record({
  at: fc.integer({ min: 0, max: MODULE.length }),
  removed: fc.integer({ min: 0, max: 12 }),
  added: fc.array(fragment, { maxLength: 3 }).map(parts => parts.join('')),
});

test('a mutated module never throws and all its ranges are sound', () => {
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), edits => {
      let text = MODULE;
      for (const { at, removed, added } of edits) text = text.slice(0, at) + added + text.slice(at + removed);
      expectSound(text, parser.parse(text));
    }),
    { numRuns: runs(1500) },
  );
});

test('a random pile of tokens never throws and all its ranges are sound', () => {
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 40 }), parts => {
      const text = parts.join(' ');
      expectSound(text, parser.parse(text));
    }),
    { numRuns: runs(1500) },
  );
});

test('a module that is cut off anywhere keeps the bindings before the cut', () => {
  const bindings = ['a = 1;', 'b.c = "x";', 'd = [ 1 ];', 'e = { f = 2; };'];
  const prefix = `{\n  ${bindings.join('\n  ')}\n  `;
  const last = 'last = f { x = "y${z}"; } (w: [ w.v ]) // { inherit (q) r; };';
  for (let cut = 0; cut <= last.length; cut++) {
    const printed = printExpr(parser.parse(prefix + last.slice(0, cut)).root);
    expect(printed).toMatch(/^\{a=1; b\.c="x"; d=\[1\]; e=\{f=2;\};/);
  }
});
