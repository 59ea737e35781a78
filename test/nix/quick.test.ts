/**
 * The quick reader gives the very tree that the grammar gives, or nothing. What it takes is never text that the grammar
 * finds a mistake in.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { bystanders } from '../../bench/fleet/bystanders.mjs';
import { estate } from '../../bench/fleet/estate.mjs';
import { createParser } from '../../server/src/nix/parse/parse.ts';
import { readQuickly } from '../../server/src/nix/parse/quick.ts';
import { runs } from '../support/runs.ts';

const ROOT = join(import.meta.dirname, '../..');
const parser = await createParser();

function nixFilesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.nix'))
    .map(entry => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

function sourcesOf(corpus: string): string[] {
  return readFileSync(join(ROOT, 'test/nix/corpus', corpus), 'utf8')
    .split(/^=== /m)
    .slice(1)
    .map(part => part.slice(part.indexOf('\n') + 1).split('\n---\n')[0] ?? '');
}

const valid = sourcesOf('valid.txt');
const files = [...nixFilesBelow('examples'), ...estate(2).files.values(), ...bystanders(440).values()];

/** True if the quick reader took the text. Then it has to agree with the grammar, and where it finds the text broken, too. */
function agrees(text: string): boolean {
  const quick = readQuickly(text);
  if (quick === 'unsure') return false;
  const byGrammar = parser.parseByGrammar(text);
  if (quick === 'broken') expect(byGrammar.errors, text).not.toEqual([]);
  else expect(quick).toEqual(byGrammar);
  return quick !== 'broken';
}

test('whole files are read, every one, and as the grammar reads them', () => {
  expect(files.filter(text => !agrees(text))).toEqual([]);
});

test('most constructs of the language are read, and as the grammar reads them', () => {
  const taken = valid.filter(agrees);
  expect(taken.length).toBeGreaterThan(valid.length / 2);
});

describe('what readers of Nix disagree about is left to the grammar', () => {
  it.each([
    ['an empty file', ''],
    ['a path behind an update', '{ }//b'],
    ['a path that begins with a sign', 'a -b/c'],
    ['an address', 'https://example.org/a'],
    ['a function or an address', 'x:x'],
    ['`or` as a name', 'a: or'],
    ['`or` as an attribute', 'types.or'],
    ['pipes', 'a |> b'],
    ['an old `let`', 'let { body = 1; }'],
    ['a home path', '~/a'],
    ['a slash at the end of a path', './a/'],
    ['a number with a name behind it', '1a'],
    ['an integer that is too large', '9223372036854775808'],
    ['white space that only some know', 'a\fb'],
    ['a NUL byte', '"\0"'],
    ['deep nesting', `${'['.repeat(400)}${']'.repeat(400)}`],
    ['endless nesting', '['.repeat(100_000)],
    ['a long chain', `a${' + a'.repeat(400)}`],
  ])('%s', (_, text) => expect(readQuickly(text)).toBe('unsure'));
});

describe('broken text is left to the grammar', () => {
  it.each(sourcesOf('broken.txt').map(text => [text]))('%j', text => {
    expect(readQuickly(text)).toBeTypeOf('string');
  });
});

/** What a slip of the finger puts in, and what only a malicious one does. */
const SPLINTERS =
  `{ } [ ] ( ) ; = '' " \${ @ ... ? or // ++ . , : rec let in with inherit if then else assert -> - + ! ==
 < > <= || && * / a/b ./c /d a.b 1 1.5 0. .5 1e3 x:x {}: #c /*c*/ ' \\ $ $$ ''$ ''\\n ''' <a> ~/x |> _ a' .. \t é 🔑`
    .split(/ |\n/)
    .concat(' ', '\n', '\r\n');

/** Texts of which pieces are cut and replaced by splinters. */
function splintered(texts: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.constantFrom(...texts),
      fc.array(
        fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(3), fc.constantFrom(...SPLINTERS)),
        {
          maxLength: 3,
        },
      ),
    )
    .map(([start, edits]) =>
      edits.reduce((before, [where, cut, splinter]) => {
        const at = Math.floor(where * before.length);
        return before.slice(0, at) + splinter + before.slice(at + cut);
      }, start),
    );
}

const short = [...valid, ...files.filter(file => file.length < 1200)];

test('texts with splinters in them are read as the grammar reads them, if at all', () => {
  const text = splintered(short);
  const pieces = fc
    .array(fc.constantFrom(...SPLINTERS, 'a', 'f ', 'x.y'), { maxLength: 8 })
    .map(parts => parts.join(' '));
  fc.assert(
    fc.property(fc.oneof(text, pieces), source => {
      agrees(source);
    }),
    { numRuns: runs(1500) },
  );
});

test('what is broken has the tree that the grammar makes of it by itself, repaired or not', () => {
  const texts = [...short, ...sourcesOf('broken.txt'), ...files.filter(file => file.length < 12_000)];
  fc.assert(
    fc.property(splintered(texts), text => {
      expect(parser.parse(text)).toEqual(parser.parseByGrammar(text));
    }),
    { numRuns: runs(400) },
  );
});
