/**
 * Partial knowledge: unknowns, strings with holes, open sets, candidates, and failures that hide nothing else.
 */
import { describe, expect, it } from 'vitest';
import { symbol } from '../../server/src/nix/eval/construct.ts';
import { openAttrs } from '../../server/src/nix/eval/evaluator.ts';
import type { Lazy, UnknownValue, Value } from '../../server/src/nix/eval/value.ts';
import { evalText, show, shown, type Texts } from './support.ts';

const names: Readonly<Record<string, Lazy>> = {
  config: symbol('config', 'an option'),
  pkgs: symbol('pkgs', 'a package'),
  args: openAttrs('args', 'an argument'),
};

function see(text: string, texts: Texts = {}): string {
  return shown(text, texts, names);
}

function unknownOf(text: string): UnknownValue {
  const { value } = evalText(text, {}, names);
  if (value.kind !== 'unknown') throw new Error(`not an unknown: ${value.kind}`);
  return value;
}

describe('unknowns', () => {
  it('remember how they were made', () => {
    const value = unknownOf('config.services.x');
    expect(value.key).toBe('config.services.x');
    expect(value.reason).toBe('an option');
    expect(value.term).toMatchObject({ kind: 'select', of: { key: 'config.services' } });
    expect(unknownOf('pkgs.writeText "a"').term).toMatchObject({
      kind: 'apply',
      fn: { key: 'pkgs.writeText' },
    });
  });

  it('are one value where they are selected alike', () => {
    expect(unknownOf('(let c = config; in c.a).b').key).toBe(unknownOf('config.a.b').key);
    expect(see('"x-${config.a}" == "x-${config.a}"')).toBe('true');
    expect(see('"x-${config.a}" == "y-${config.a}"')).toBe('false');
    expect(see('"x-${config.a}" == "x-${config.b}"')).toContain('«');
  });

  it('are not one value where a function was called twice', () => {
    expect(see('let f = n: "v-${toString (if config.a == n then 1 else 2)}"; in f 1 == f 2')).toContain('«');
    expect(
      see('let xs = map (n: "${pkgs.f n}") [ 1 2 ]; in builtins.elemAt xs 0 == builtins.elemAt xs 1'),
    ).toContain('«');
    expect(see('"${config.a or "x"}" == "${config.a or "y"}"')).toContain('«');
  });

  it('do not spread to what does not depend on them', () => {
    expect(see('{ a = config.x; b = 1; }.b')).toBe('1');
    expect(see('false && config.x')).toBe('false');
    expect(see('config.x || true')).toBe('«an option»');
    expect(see('builtins.length [ config.a config.b ]')).toBe('2');
    expect(see('(x: 1) config.a')).toBe('1');
  });

  it('of which the names are known leave others to a `with` further out', () => {
    const types = { ...names, types: symbol('lib.types', 'a type', ['str']) };
    const seen = (text: string) => shown(text, {}, types);
    expect(seen('with { mkIf = 1; }; with types; mkIf')).toBe('1');
    expect(seen('with { mkIf = 1; }; with { a = 2; }; with types; mkIf')).toBe('1');
    const keyOf = (text: string) => evalText(text, {}, types).value;
    expect(keyOf('with { str = 1; }; with types; str')).toMatchObject({ kind: 'unknown' });
    expect(keyOf('with { mkIf = 1; }; with pkgs; with types; mkIf')).toMatchObject({ kind: 'unknown' });
    expect(keyOf('with types; other')).toMatchObject({ kind: 'unknown' });
  });

  it('are what a name in an unknown `with` is', () => {
    expect(unknownOf('with pkgs; hello').key).toBe('pkgs.hello');
    expect(see('with pkgs; map (x: x) [ 1 ]')).toBe('[ 1 ]');
    expect(see('let hello = 1; in with pkgs; hello')).toBe('1');
  });

  it('have candidates where there are some', () => {
    const candidates = (text: string) => {
      const { cx, value } = evalText(text, {}, names);
      return ((value as UnknownValue).candidates ?? []).map(candidate => show(cx, candidate));
    };
    expect(candidates('if config.x then 1 else 2')).toEqual(['1', '2']);
    expect(candidates('(if config.x then { a = 1; } else { a = 2; }).a')).toEqual(['1', '2']);
    expect(candidates('config.x or 3')).toEqual(['«an option»', '3']);
    expect(candidates('(if config.x then (n: n + 1) else (n: n)) 1')).toEqual(['2', '1']);
    expect(candidates('({ a ? 5, ... }: a) args')).toEqual(['5']);
    expect(candidates('builtins.map (n: n * 2) (if config.x then [ 1 ] else [ ])')).toEqual(['[ 2 ]', '[ ]']);
    expect(candidates('with { a = 1; }; with pkgs; a')).toEqual(['1']);
  });

  it('come from text that is not Nix', () => {
    expect(see('{ a = ; b = 2; }.b')).toBe('2');
    expect(see('{ a = 1; b = }.a')).toBe('1');
  });
});

describe('strings with holes', () => {
  it.each([
    ['"svc-${config.name}"', '"svc-${config.name}"'],
    ['"a" + config.b + "c"', '"a${config.b}c"'],
    ['let n = config.name; in "x-${n}-y"', '"x-${n}-y"'],
    ['"${"a${config.b}"}c"', '"a${config.b}c"'],
    ["''\n  a ${config.b}\n''", '"a ${config.b}\\n"'],
    ['builtins.substring 0 3 "abcd${config.b}"', '"abc"'],
    ['builtins.substring 0 9 "abcd${config.b}"', '«an option»'],
    ['baseNameOf "${config.dir}/file.txt"', '"file.txt"'],
    ['builtins.stringLength "a${config.b}"', '«an option»'],
    ['"${./a.txt}"', '"${./a.txt}"'],
    ['{ "k-${config.n}" = 1; a = 2; }', '{ a = 2; "k-${config.n}" = 1; }'],
    ['{ "k-${config.n}" = 1; }."k-${config.n}"', '1'],
    ['{ "k-${config.n}" = 1; } ? "x"', 'false'],
    ['{ "k-${config.n}" = 1; } ? "k-y"', '«which names a set has»'],
    ['{ "k-${config.n}" = 1; }."x" or 2', '2'],
    ['{ ${config.n} = 1; }', '{ "${config.n}" = 1; }'],
  ])('%s', (text, expected) => {
    expect(see(text, { 'a.txt': '' })).toBe(
      expected.replace('«which names a set has»', see('{ "k-${config.n}" = 1; } ? "k-y"')),
    );
  });
});

describe('open sets and lists', () => {
  it.each([
    ['args // { a = 1; }', '{ a = 1; «… an argument» }'],
    ['{ a = 1; } // args', '{ a = «an argument»; «… an argument» }'],
    ['(args // { a = 1; }).a', '1'],
    ['(args // { a = 1; }).b', '«an argument»'],
    ['(args // { a = 1; }) ? a', 'true'],
    ['(args // { a = 1; }) ? b', '«an argument»'],
    ['({ a, ... }: a) args', '«an argument»'],
    ['[ 1 ] ++ config.xs ++ [ 2 ]', '[ 1 «… an option» 2 ]'],
    ['builtins.head ([ 1 ] ++ config.xs)', '1'],
    ['builtins.elemAt ([ 1 ] ++ config.xs) 1', '«an option»'],
    ['builtins.length ([ 1 ] ++ config.xs)', '«an option»'],
    ['builtins.elem 1 ([ 1 ] ++ config.xs)', 'true'],
    ['builtins.elem 2 ([ 1 ] ++ config.xs)', '«an option»'],
    ['builtins.any (x: x == 1) ([ 1 ] ++ config.xs)', 'true'],
    ['map (x: x + 1) ([ 1 ] ++ config.xs)', '[ 2 «… an option» ]'],
    ['builtins.filter (x: x == config.y) [ 1 ]', '[ «… an option» ]'],
    ['builtins.concatMap (x: if x == 1 then config.ys else [ x ]) [ 1 2 ]', '[ «… an option» 2 ]'],
    ['builtins.removeAttrs { a = 1; } config.names', '{ a? = 1; }'],
    [
      'builtins.mapAttrs (n: v: v + 1) (args // { a = 1; })',
      '{ a = 2; "${…}"? = «an argument»; «… an argument» }',
    ],
    ['builtins.intersectAttrs args { a = 1; }', '{ a? = 1; }'],
    ['builtins.attrNames { a = 1; ${config.n} = 2; } == [ "a" ]', '«a value inside what is compared»'],
    ['builtins.sort builtins.lessThan [ 2 config.x ]', '«an option»'],
    ['builtins.tryEval config.x', '{ success = «an option»; value = «an option»; }'],
  ])('%s', (text, expected) => {
    expect(see(text)).toBe(expected);
  });

  it('of two lists with the same names the first wins, unless something unseen comes before', () => {
    expect(see('builtins.listToAttrs ([ { name = "a"; value = 1; } ] ++ config.xs)')).toContain('a = 1;');
    const { value } = evalText(
      'builtins.listToAttrs (config.xs ++ [ { name = "a"; value = 1; } ])',
      {},
      names,
    );
    const a = (value as Extract<Value, { kind: 'attrs' }>).entries.get('a');
    expect(a?.optional).toBe(false);
    expect(a?.value.kind).toBe('unknown');
  });
});

describe('one mistake does not hide the others', () => {
  const registry = 'let registry = { a = { generator = "gen-a"; }; b = { generator = "gen-b"; }; }; ';
  const select = 'select = map (key: registry.${key} or (throw "Unknown key: ${key}")); ';

  it.each([
    [
      'a key that throws',
      `${registry}${select}in builtins.listToAttrs (map (e: { name = e.generator; value = e; }) (select [ "a" "nope" "b" ]))`,
      '{ gen-a = { generator = "gen-a"; }; gen-b = { generator = "gen-b"; }; «… Unknown key: nope» }',
    ],
    [
      'a missing attribute in a function over names',
      `${registry}in builtins.listToAttrs (map (n: { name = registry.\${n}.generator; value = 1; }) [ "a" "nope" ])`,
      `{ gen-a = 1; «… attribute 'nope' is missing» }`,
    ],
    [
      'a value that fails stays beside the others',
      `${registry}in builtins.mapAttrs (n: v: if n == "a" then throw "no" else v.generator) registry`,
      '{ a = «failure throw: no»; b = "gen-b"; }',
    ],
    [
      'an element of concatMap',
      'builtins.concatMap (n: if n == 2 then throw "two" else [ n ]) [ 1 2 3 ]',
      '[ 1 «… two» 3 ]',
    ],
    ['a predicate', 'builtins.filter (n: if n == 2 then throw "two" else true) [ 1 2 3 ]', '[ 1 «… two» 3 ]'],
    [
      'a set made of what failed, merged',
      'builtins.listToAttrs [ { name = throw "x"; value = 1; } { name = "a"; value = 1; } ] // { b = 2; }',
      '{ a = 1; b = 2; «… x» }',
    ],
    [
      'an element without a value',
      'builtins.listToAttrs [ { name = "a"; } { name = "b"; value = 2; } ]',
      "{ b = 2; «… attribute 'value' is missing» }",
    ],
  ])('%s', (_, text, expected) => {
    expect(see(text)).toBe(expected);
  });

  it('is noted in the evaluation', () => {
    const { cx } = evalText('builtins.listToAttrs [ (throw "no") ]', {}, names);
    expect([...cx.tolerated].map(failed => failed.message)).toEqual(['no']);
  });

  it('is not taken for success', () => {
    expect(see('(builtins.tryEval (builtins.listToAttrs [ (throw "no") ])).success')).toBe('«no»');
    expect(see('(builtins.tryEval (throw "no")).success')).toBe('false');
  });

  it('an attribute that is bound twice leaves the rest', () => {
    const { cx, value } = evalText('{ a = 1; b = 2; a = 3; }', {}, names);
    expect(show(cx, value)).toBe('{ a = 1; b = 2; }');
    expect([...cx.tolerated].map(failed => failed.message)).toEqual(["attribute 'a' already defined"]);
  });
});
