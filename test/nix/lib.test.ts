/**
 * nixpkgs `lib`: the model against its documented behaviour, and what is left of knowledge under unknowns.
 */
import { describe, expect, it } from 'vitest';
import { symbol } from '../../server/src/nix/eval/construct.ts';
import { nixpkgsLib } from '../../server/src/nix/lib/index.ts';
import { evalText, shown, toPlain } from './support.ts';
import { expressions, tableFiles } from './table.ts';

const files = tableFiles();
const names = {
  lib: nixpkgsLib(),
  config: symbol('config', 'an option'),
  pkgs: symbol('pkgs', 'a package'),
};

function plain(text: string) {
  const { cx, value } = evalText(`with lib; ${text}`, files, names);
  return toPlain(cx, value);
}

describe('lib, fully known', () => {
  const cases = expressions('lib').map(line => line.split(' => ') as [string, string]);

  it('has at least 120 cases', () => {
    expect(cases.length).toBeGreaterThanOrEqual(120);
  });

  it.each(cases)('%s', (expression, expected) => {
    expect(plain(expression)).toEqual(plain(expected));
    expect(plain(expression).complete).toBe(true);
  });
});

describe('lib, where something is not known', () => {
  const cases: readonly (readonly [string, string])[] = [
    // A condition that is an option: what it guards may be there.
    ['optionalAttrs config.x { a = 1; } // { b = 2; }', '{ a? = 1; b = 2; }'],
    ['optional config.x "a" ++ [ "b" ]', '[ «… an option» "b" ]'],
    ['optionalString config.x "a" + "b"', '"${…}b"'],
    ['filterAttrs (n: v: v == config.x) { a = 1; b = 2; }', '{ a? = 1; b? = 2; }'],
    ['mkIf config.x { a = 1; }', '{ _type = "if"; condition = «an option»; content = { a = 1; }; }'],
    // Names that are made of what is not known are patterns.
    [
      'mapAttrs\' (name: v: nameValuePair "svc-${name}" { x = 1; }) config.services',
      '{ "svc-${name}"? = { x = 1; }; «… an option» }',
    ],
    ['genAttrs config.names (n: "v-${n}")', '{ "${…}"? = "v-${n}"; «… an option» }'],
    ['listToAttrs (map (n: nameValuePair "k-${n}" 1) config.names)', '{ "k-${n}"? = 1; «… an option» }'],
    ['genAttrs ([ "a" ] ++ config.names) (n: 1)', '{ a = 1; "${…}"? = 1; «… an option» }'],
    ['listToAttrs [ { name = "x-${config.n}"; value = 1; } ]', '{ "x-${config.n}" = 1; }'],
    // Texts with holes stay texts.
    ['getExe pkgs.hello', '"${pkgs.hello}/bin/${meta.mainProgram}"'],
    ['getExe\' pkgs.coreutils "cat"', '"${pkgs.coreutils}/bin/cat"'],
    ['makeBinPath [ pkgs.a pkgs.b ]', '"${pkgs.a}/bin:${pkgs.b}/bin"'],
    ['toUpper "a-${config.x}"', '"A-${config.x}"'],
    ['hasPrefix "a-" "a-${config.x}"', 'true'],
    ['hasPrefix "b" "a-${config.x}"', 'false'],
    ['hasSuffix "b" "a-${config.x}"', '«an option»'],
    ['removePrefix "a-" "a-${config.x}"', '"${config.x}"'],
    ['concatStringsSep "," [ "a" config.x "b" ]', '"a,${…},b"'],
    ['concatMapStringsSep "," (n: "<${n}>") [ "a" config.x ]', '"<a>,<${n}>"'],
    ['replaceStrings [ "-" ] [ "_" ] "a-${config.x}-b"', '"a_${config.x}_b"'],
    // Functions that nobody modelled.
    ['lib.somethingNew 1 2', '«`lib` of nixpkgs»'],
    ['types.attrsOf types.str', '«a type of the module system»'],
    // Of two sets one is not known: the other's names remain.
    ['recursiveUpdate { a.b = 1; } config.x', '{ a = «an option»; «… an option» }'],
    ['{ a = 1; } // config.x // { b = 2; }', '{ a = «an option»; b = 2; «… an option» }'],
    ['attrByPath [ "a" ] 0 config.x', '«an option»'],
    ['unique ([ "a" "a" ] ++ config.x)', '[ "a" «… an option» «… an option» ]'],
  ];

  it.each(cases)('%s', (expression, expected) => {
    expect(shown(`with lib; ${expression}`, files, names)).toBe(expected);
  });
});
