/**
 * Provenance: values and names know the text they were written as, through helper functions and files.
 */
import { describe, expect, it } from 'vitest';
import { createEvaluation } from '../../server/src/nix/eval/evaluator.ts';
import type { AttrsValue, Call, StringValue, TextPiece, Value } from '../../server/src/nix/eval/value.ts';
import { nixpkgsLib } from '../../server/src/nix/lib/index.ts';
import { sourceOffset } from '../../server/src/nix/syntax.ts';
import { at, evalText, memoryFiles, type Texts } from './support.ts';

const names = { lib: nixpkgsLib() };

function setOf(text: string, texts: Texts = {}) {
  const { cx, value } = evalText(text, texts, names);
  if (value.kind !== 'attrs') throw new Error(`not a set: ${value.kind}`);
  return { cx, set: value };
}

/** Where the names of a set are written. */
function places(set: AttrsValue): Record<string, string> {
  return Object.fromEntries([...set.entries].map(([name, entry]) => [name, at(entry.at)]));
}

/** The places that a value came through, innermost first. */
function calls(call: Call | null): string[] {
  return call === null ? [] : [at(call.at), ...calls(call.at.call)];
}

describe('names of attributes', () => {
  it('are where they are written', () => {
    expect(places(setOf('{ a = 1; "b c" = 2; ${"d"} = 3; e.f = 4; }').set)).toEqual({
      a: 'a',
      'b c': '"b c"',
      d: '${"d"}',
      e: 'e',
    });
    expect(places(setOf('let x = 1; in { inherit x; }').set)).toEqual({ x: 'x' });
  });

  it('given to listToAttrs are where the name is', () => {
    const text =
      'builtins.listToAttrs [ { name = "a"; value = 1; } (let n = "b"; in { name = n; value = 2; }) ]';
    expect(places(setOf(text).set)).toEqual({ a: '"a"', b: '"b"' });
  });

  it('from a list of names are the items of that list', () => {
    const make = 'builtins.listToAttrs (map (k: { name = k; value = 1; }) keys)';
    expect(places(setOf(`let keys = [ "x" "y" ]; in ${make}`).set)).toEqual({ x: '"x"', y: '"y"' });
    expect(places(setOf('lib.genAttrs [ "x" ] (n: 1)').set)).toEqual({ x: '"x"' });
  });

  it('keep their place through mapAttrs, filterAttrs and merging', () => {
    expect(places(setOf('builtins.mapAttrs (n: v: v) { aa = 1; }').set)).toEqual({ aa: 'aa' });
    expect(places(setOf('lib.filterAttrs (n: v: true) ({ aa = 1; } // { bb = 2; })').set)).toEqual({
      aa: 'aa',
      bb: 'bb',
    });
    expect(places(setOf("lib.mapAttrs' (n: v: lib.nameValuePair n v) { aa = 1; }").set)).toEqual({
      aa: 'aa',
    });
    expect(places(setOf('builtins.removeAttrs { aa = 1; } [ ]').set)).toEqual({ aa: 'aa' });
  });

  it('that are computed are where the computed name is written', () => {
    expect(places(setOf('lib.mapAttrs\' (n: v: lib.nameValuePair "p-${n}" v) { aa = 1; }').set)).toEqual({
      'p-aa': '"p-${n}"',
    });
  });
});

describe('values', () => {
  it('stay where they were written, through functions, selection and lists', () => {
    const { value } = evalText('let f = s: s.a; in builtins.head (map f [ { a = "here"; } ])');
    expect(at(value.origin)).toBe('"here"');
  });

  it('know the calls they came through, innermost first', () => {
    const { cx, value } = evalText('let g = n: { v = n + "!"; }; f = n: (g n).v; in f "a"');
    expect(at(value.origin)).toBe('n + "!"');
    expect(calls(value.origin?.call ?? null)).toEqual(['g n', 'f "a"']);
    expect(cx.running).toEqual([]);
  });

  it('know the file they are from, and the import', () => {
    const files = {
      'lib/make.nix': 'name: { inherit name; value = "made"; }',
      'default.nix': '(import ./lib/make.nix "x").value',
    };
    const cx = createEvaluation(memoryFiles(files));
    const value = cx.importFile('default.nix', null);
    expect(value.origin?.file.path).toBe('lib/make.nix');
    expect(at(value.origin)).toBe('"made"');
  });

  it('of an argument are those of the caller', () => {
    const { value } = evalText('({ a, b ? "fallback" }: b) { a = 1; }');
    expect(at(value.origin)).toBe('"fallback"');
    expect(at(evalText('({ a }: a) { a = "given"; }').value.origin)).toBe('"given"');
  });
});

/** The characters of the file that a string's characters come from, where they were written. */
function written(value: Value): string[] {
  return (value as StringValue).pieces.map(piece => {
    if ('hole' in piece) return `<${piece.source}>`;
    const { text, source } = piece as TextPiece;
    if (source === null) return `(${text})`;
    const part = { kind: 'text', value: text, map: source.map, start: 0, end: 0 } as const;
    const [from, to] = [sourceOffset(part, source.start), sourceOffset(part, source.start + text.length - 1)];
    return source.origin.file.text.slice(from, to + 1);
  });
}

describe('pieces of strings', () => {
  it('lead back to the characters in the file', () => {
    expect(written(evalText('"abc"').value)).toEqual(['abc']);
    expect(written(evalText('let n = "mid"; in "a-${n}-b"').value)).toEqual(['a-', 'mid', '-b']);
    expect(written(evalText("let n = \"x\"; in ''\n  one ${n} two\n''").value)).toEqual([
      'one ',
      'x',
      ' two\n',
    ]);
  });

  it('survive cutting and joining', () => {
    expect(written(evalText('lib.removePrefix "ab" "abcd"', {}, names).value)).toEqual(['cd']);
    expect(written(evalText('builtins.head (lib.splitString "/" "usr/bin")', {}, names).value)).toEqual([
      'usr',
    ]);
    expect(written(evalText('builtins.concatStringsSep "-" [ "a" "b" ]').value)).toEqual(['a', '-', 'b']);
    expect(written(evalText('builtins.substring 1 2 "abcd"').value)).toEqual(['bc']);
  });

  it('of attribute names lead to the name', () => {
    expect(written(evalText('builtins.head (builtins.attrNames { key = 1; })').value)).toEqual(['key']);
    expect(
      written(evalText('(builtins.mapAttrs (n: v: n) { "quoted key" = 1; })."quoted key"').value),
    ).toEqual(['quoted key']);
  });

  it('that are computed lead nowhere', () => {
    expect(written(evalText('toString 12').value)).toEqual(['(12)']);
  });
});
