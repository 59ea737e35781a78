import { expect, it } from 'vitest';
import { slipOf } from '../../server/src/checks/facts/eval/nix-slips.ts';
import { placeIn } from '../../server/src/nix/positions.ts';
import { check } from './small-workspace.ts';

/** @param text `»` is where Nix says the error is */
function slip(text: string, message: string, suggestions: readonly string[] = []) {
  const offset = text.indexOf('»');
  const source = text.replace('»', '');
  const lines = source.slice(0, Math.max(0, offset)).split('\n');
  const { files } = check({ 'flake.nix': '{ }', 'a.nix': source }, { rules: [] });
  const position = { file: 'a.nix', line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
  const at = placeIn(position, path => files.text(path));
  const found = at && slipOf({ message, suggestions }, at, files);
  return (
    found && {
      name: source.slice(found.at.start, found.at.end),
      results: found.fixes.map(({ edits: [edit] }) =>
        edit === undefined ? '' : source.slice(0, edit.start) + edit.text + source.slice(edit.end),
      ),
      preferred: found.fixes.map(({ preferred }) => preferred),
    }
  );
}

it('finds an attribute that is missing, and offers what Nix suggests', () => {
  expect(slip('{ a = »s.pasword; }', "attribute 'pasword' missing", ['password', 'pasword2'])).toEqual({
    name: 'pasword',
    results: ['{ a = s.password; }', '{ a = s.pasword2; }'],
    preferred: [false, false],
  });
});

it.each([
  ['in a set of sets', '{ services.ngnix.enable = true; }', '{ services.nginx.enable = true; }'],
  [
    'behind arguments and `config`',
    '{ lib, ... }: { config.services = { ngnix = { }; }; }',
    '{ lib, ... }: { config.services = { nginx = { }; }; }',
  ],
  [
    'under a condition',
    '{ lib, ... }: { config = lib.mkIf true { services."ngnix".enable = true; }; }',
    '{ lib, ... }: { config = lib.mkIf true { services."nginx".enable = true; }; }',
  ],
])('finds an option that does not exist %s', (_, text, result) => {
  const message = "The option `services.ngnix' does not exist. Definition values: - In `a.nix': true";
  expect(slip(`»${text}`, message, ['services.nginx'])?.results).toEqual([result]);
});

it('finds an argument that a function does not take', () => {
  const message = "function 'anonymous lambda' called with unexpected argument 'fo'";
  expect(slip('{ d = »({ foo }: foo) { foo = 1; fo = 2; }; }', message, ['foo'])).toMatchObject({
    name: 'fo',
    results: ['{ d = ({ foo }: foo) { foo = 1; foo = 2; }; }'],
  });
});

it('offers for a variable what is in scope', () => {
  expect(
    slip('{ config, pkgs, ... }: let users = 1; in { a = »pkg.jq; }', "undefined variable 'pkg'"),
  ).toEqual({
    name: 'pkg',
    results: ['{ config, pkgs, ... }: let users = 1; in { a = pkgs.jq; }'],
    preferred: [true],
  });
});

it('offers nothing where there is no such name', () => {
  expect(slip('{ a = »s.password; }', "attribute 'other' missing", ['x'])).toBeNull();
  expect(slip('»{ a = 1; }', "The option `services.ngnix' does not exist.", ['services.nginx'])).toBeNull();
  expect(slip('{ a = »builtins.throw "x"; }', 'x')).toBeNull();
  expect(slip('{ a = »s.pasword; }', "attribute 'pasword' missing")?.results).toEqual([]);
});
