/** What names made over sets and lists look like of which nobody knows the items: as the body of the function says. */
import { describe, expect, test } from 'vitest';
import { fleetWorkspace } from './workspace.ts';

const GENERATOR = `{ files.key = { }; script = ''x > "$out/key"''; }`;

/** The names of the generators that the expression makes; `G` stands for a generator. */
function namesOf(generators: string): readonly string[] {
  const module = `{ config, lib, inputs, ... }: let x = config.services.x; in {
    clan.core.vars.generators = ${generators.replaceAll('<G>', GENERATOR)};
  }`;
  return fleetWorkspace({ 'module.nix': module })
    .fleet()
    .generators.map(({ name }) => name);
}

describe('names over what is not known', () => {
  test.each([
    ['genAttrs', 'lib.genAttrs (map (n: "svc-${n}") x.names) (n: <G>)'],
    ["genAttrs'", `lib.genAttrs' x.names (n: lib.nameValuePair "svc-\${n}" <G>)`],
    ["mapAttrs'", `lib.mapAttrs' (n: v: lib.nameValuePair "svc-\${n}" <G>) x.set`],
    [
      "mapAttrs' of what a filter leaves",
      `lib.mapAttrs' (n: v: lib.nameValuePair "svc-\${n}" <G>) (lib.filterAttrs (_: v: v.enable) x.set)`,
    ],
    ['listToAttrs', 'builtins.listToAttrs (map (n: { name = "svc-${n}"; value = <G>; }) x.names)'],
    ['concatMapAttrs', 'lib.concatMapAttrs (n: _: { "svc-${n}" = <G>; }) x.set'],
    ['mkMerge of a list', 'lib.mkMerge (map (n: { "svc-${n}" = <G>; }) x.names)'],
    ['mkMerge of a set', 'lib.mkMerge (lib.mapAttrsToList (n: _: { "svc-${n}" = <G>; }) x.set)'],
    ['mkMerge of values', 'lib.mkMerge (lib.attrValues (lib.mapAttrs (n: _: { "svc-${n}" = <G>; }) x.set))'],
    ['mkMerge with indices', 'lib.mkMerge (lib.imap0 (n: _: { "svc-${n}" = <G>; }) x.names)'],
    ['mkMerge of lists of lists', 'lib.mkMerge (lib.flatten (map (n: [ { "svc-${n}" = <G>; } ]) x.names))'],
    ['mkMerge of concatMap', 'lib.mkMerge (lib.concatMap (n: [ { "svc-${n}" = <G>; } ]) x.names)'],
    ['mkMerge of what may be', 'lib.mkMerge (map (n: lib.optionalAttrs x.on { "svc-${n}" = <G>; }) x.names)'],
    ['mkMerge of if', 'lib.mkMerge (map (n: if x.on then { "svc-${n}" = <G>; } else { }) x.names)'],
    ['mkMerge of mkIf', 'lib.mkMerge (map (n: lib.mkIf x.on { "svc-${n}" = <G>; }) x.names)'],
    ['a fold of sets', 'builtins.foldl\' (a: b: a // b) { } (map (n: { "svc-${n}" = <G>; }) x.names)'],
    ['a fold from the right', 'lib.foldr (a: b: a // b) { } (map (n: { "svc-${n}" = <G>; }) x.names)'],
    [
      'what mapAttrs adds to',
      `lib.mapAttrs (n: v: v // { share = true; }) (lib.mapAttrs' (n: v: lib.nameValuePair "svc-\${n}" <G>) x.set)`,
    ],
  ])('%s: as the body says', (_, expression) => {
    expect(namesOf(expression)).toEqual(['svc-${n}']);
  });

  test('beside those that are written', () => {
    const merged = 'lib.mkMerge ([ { mail = <G>; } ] ++ map (n: { "svc-${n}" = <G>; }) x.names)';
    expect(namesOf(merged)).toEqual(['mail', 'svc-${n}']);
    expect(namesOf('if x.on then { mail = <G>; } else { web = <G>; }')).toEqual(['mail', 'web']);
  });

  test('any name, where the function is of another flake', () => {
    expect(namesOf('inputs.other.lib.each (n: { "svc-${n}" = <G>; }) x.names')).toEqual(['${…}']);
    expect(namesOf('lib.mkMerge (map inputs.other.lib.generator x.names)')).toEqual(['${…}']);
  });
});
