/**
 * Scripts and the way back from their characters to the Nix that they are written in.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeInScript, scriptSource } from '../../server/src/fleet/generators/script.ts';
import type { ScriptSource } from '../../server/src/fleet/model/generators.ts';
import { symbol } from '../../server/src/nix/eval/construct.ts';
import { nixpkgsLib } from '../../server/src/nix/lib/index.ts';
import { evalText, type Texts } from '../nix/support.ts';
import { runs } from '../support/runs.ts';

const names = { lib: nixpkgsLib(), config: symbol('config', 'an option'), pkgs: symbol('pkgs', 'packages') };

function source(text: string, texts: Texts = {}): ScriptSource {
  const { value } = evalText(text, texts, names);
  if (value.kind !== 'string') throw new Error(`not a string: ${value.kind}`);
  return scriptSource(value);
}

/** What is written where a stretch of the script comes from, with the file in front if it is another one. */
function written(nix: string, part: string, texts: Texts = {}): string | null {
  const script = source(nix, texts);
  const start = script.text.indexOf(part);
  expect(start, script.text).toBeGreaterThanOrEqual(0);
  const place = placeInScript(script, start, start + part.length);
  if (place === null) return null;
  if (place.file === 'test.nix') return nix.slice(place.start, place.end);
  return `${place.file}: ${texts[place.file]?.slice(place.start, place.end)}`;
}

const HOLE = '$' + '{';

describe('a stretch of a script', () => {
  it('is where it is written', () => {
    expect(written(`''\n  echo a\n  echo b > $out/x\n''`, 'echo b')).toBe('echo b');
    expect(written(`''\n    a\n      b c\n  ''`, 'a\n  b c')).toBe('a\n      b c');
    expect(written('"echo 😀 > $out/x"', '$out/x')).toBe('$out/x');
  });

  it('has its escapes', () => {
    expect(written(`''a ''${HOLE}x} b''`, `${HOLE}x}`)).toBe(`''${HOLE}x}`);
    expect(written(`''a ''${HOLE}x} b''`, '$')).toBe(`''$`);
    expect(written(`''"''${HOLE}x}"''`, '$')).toBe(`''$`);
    expect(written(`''a $$ b''`, '$$')).toBe('$$');
    expect(written(`''a ''\\t b''`, '\t')).toBe(`''\\t`);
    expect(written('"a \\"b\\" c"', '"b"')).toBe('\\"b\\"');
    expect(written(`"\\${HOLE}a} b"`, HOLE)).toBe(`\\${HOLE}`);
  });

  it('of a hole is the whole hole', () => {
    const nix = `''cat $in/${HOLE}config.a "x"}/b''`;
    const script = source(nix);
    expect(script.text).toBe(`cat $in/${HOLE}config.a "x"}/b`);
    expect(script.holes.map(({ start, end }) => script.text.slice(start, end))).toEqual([
      `${HOLE}config.a "x"}`,
    ]);
    expect(written(nix, 'config.a')).toBe(`${HOLE}config.a "x"}`);
    expect(written(nix, `$in/${HOLE}config.a "x"}/b`)).toBe(`$in/${HOLE}config.a "x"}/b`);
  });

  it('may be in the middle of a known interpolation', () => {
    const nix = `let n = "name"; in ''cat $in/${HOLE}n}/b''`;
    expect(written(nix, 'name')).toBe('name');
    expect(written(nix, '$in/name/b')).toBe(`$in/${HOLE}n}/b`);
  });

  it('is in the file it comes from', () => {
    const texts = { 'helper.nix': `name: ''\n  mkdir -p $out\n  echo > $out/${HOLE}name}\n''` };
    const nix = `import ./helper.nix "a" + ''\n  echo b\n''`;
    expect(written(nix, 'mkdir', texts)).toBe('helper.nix: mkdir');
    expect(written(nix, '$out/a', texts)).toBe(`helper.nix: $out/${HOLE}name}`);
    expect(written(nix, 'echo b', texts)).toBe('echo b');
  });

  it('is known through lib', () => {
    const nix = `lib.concatMapStringsSep "\\n" (n: "echo ${HOLE}n} > $out/x") [ "a" "b" ]`;
    expect(written(nix, 'echo b')).toBe(`echo ${HOLE}n}`);
    expect(written('lib.optionalString true "echo a"', 'echo')).toBe('echo');
    expect(written('toString 12', '12')).toBeNull();
  });
});

/** Pieces of Nix strings with what they stand for left out: any of them may stand beside any other. */
const PIECES = [
  'echo a',
  ' ',
  '\n',
  '\n    ',
  '  ',
  '😀',
  'é',
  `''${HOLE}x}`,
  `''$`,
  `'''`,
  `''\\n`,
  `''\\t`,
  '$$',
  '$out/x',
  '"',
  `${HOLE}config.x}`,
  `${HOLE}name}`,
  '# c',
  '\t',
];

describe('every character of a script', () => {
  it('comes from the character, or the escape, that stands for it', () => {
    const pieces = fc.array(fc.constantFrom(...PIECES), { maxLength: 14 });
    fc.assert(
      fc.property(pieces, list => {
        // An escape's quotes and the closing ones must not run together.
        const nix = `let name = "n😀"; in ''${list.map(one => ` ${one}`).join('')} ''`;
        const script = source(nix);
        for (let at = 0; at < script.text.length; at++) {
          if (script.holes.some(hole => hole.start <= at && at < hole.end)) continue;
          const place = placeInScript(script, at, at + 1);
          if (place === null) throw new Error(`no place for ${at}`);
          const raw = nix.slice(place.start, place.end);
          const char = script.text.charAt(at);
          const escapes: Record<string, string> = { $: `''$`, '\n': `'`, '\t': `''\\t`, "'": `'''` };
          expect([char, escapes[char]]).toContain(raw === `''` ? `'''` : raw);
        }
      }),
      { numRuns: runs(1_500) },
    );
  });
});
