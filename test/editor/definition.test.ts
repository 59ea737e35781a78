import { expect, test } from 'vitest';
import { definition } from '../../server/src/editor/navigate/definition.ts';
import { type At, inExample, textAt } from './support.ts';

/** The texts of the targets. */
function leadsTo({ snapshot, file, offset }: At): string[] | undefined {
  return definition(snapshot, file, offset)?.targets.map(target => textAt(snapshot, target));
}
const MATRIX = 'lib/machine-env-matrix.nix';
const REGISTRY = 'lib/secret-registry.nix';
const MESH = 'modules/shared/mesh.nix';
const HOST = 'modules/hosts/tove/default.nix';

test('a key of the matrix leads to its entry', () => {
  expect(leadsTo(inExample(MATRIX, '"anthr'))).toEqual([`${REGISTRY}: anthropic`]);
});

test('a key that an accessor is given leads to its entry', () => {
  const host = `{ config, pkgs, ... }:
let
  secrets = import ../../../lib/secrets.nix { inherit pkgs; };
in
{
  programs.mail.passwordeval = secrets.mkPasswordCmd { osConfig = config; key = "gmail"; };
}
`;
  const others = { 'modules/hosts/lea/mail.nix': host };
  expect(leadsTo(inExample('modules/hosts/lea/mail.nix', '"gma', others))).toEqual([`${REGISTRY}: gmail`]);
});

test('a generator that is used leads to where its name is written', () => {
  expect(leadsTo(inExample(MESH, 'generators.wireg'))).toEqual([`${REGISTRY}: "wireguard"`]);
});

test('a file that is used leads to its declaration', () => {
  expect(leadsTo(inExample(MESH, 'wireguard.files.priv'))).toEqual([`${REGISTRY}: private`]);
});

test('the word between a generator and its file leads to the generator', () => {
  expect(leadsTo(inExample(MESH, 'generators.wireguard.fil'))).toEqual([`${REGISTRY}: "wireguard"`]);
  const text = '{ config, ... }: { x = config.clan.core.vars.generators."wireguard".files."private".path; }';
  const others = { 'modules/hosts/lea/x.nix': text };
  expect(leadsTo(inExample('modules/hosts/lea/x.nix', '.fi', others))).toEqual([`${REGISTRY}: "wireguard"`]);
  const other = { 'modules/hosts/lea/x.nix': '{ config, ... }: { x = config.files.a; }' };
  expect(leadsTo(inExample('modules/hosts/lea/x.nix', 'config.fil', other))).toBeUndefined();
});

test('a row of the matrix leads to its machine, a read of it to the row', () => {
  expect(leadsTo(inExample(MATRIX, '\n  to'))).toEqual(['flake.nix: tove']);
  expect(leadsTo(inExample(HOST, 'envMatrix.to'))).toEqual([`${MATRIX}: tove`]);
});

test('what is nowhere defined leads nowhere', () => {
  const others = { [MATRIX]: '{ tove = [ "anthropic" "nothing" ]; }' };
  expect(leadsTo(inExample(MATRIX, '"noth', others))).toBeUndefined();
  expect(leadsTo(inExample(REGISTRY, 'let'))).toBeUndefined();
});
