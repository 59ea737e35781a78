import { describe, expect, it } from 'vitest';
import { failureOf } from '../../server/src/witness/nix-error.ts';

const SOURCE = '/nix/store/7bygarpy18xjdfnrs1cny4sn48j7xz6s-source';
const NIXPKGS = '/nix/store/w9gkgzgdz9c4310z65grk37hvpv0vlk8-source';
const own = (path: string) => (path.startsWith(`${SOURCE}/`) ? path.slice(SOURCE.length + 1) : null);
const failure = (stderr: string) => failureOf('error', stderr, own);

describe('the place of an error', () => {
  it('is the innermost one of the fleet, not the last frame in nixpkgs', () => {
    const { message, at, frames } = failure(`error:
       … while evaluating the attribute 'config'
         at ${NIXPKGS}/lib/modules.nix:361:9:
          360|         options = checked options;
          361|         config = checked config;

       … while evaluating the option \`clan.core.vars.generators':

       … while evaluating the attribute 'script'
         at ${SOURCE}/hosts/lea.nix:4:3:
            4|   script = cfg.missing;

       error: attribute 'missing' missing
       at ${NIXPKGS}/lib/attrsets.nix:12:7:
           12|       x
`);
    expect(message).toBe("attribute 'missing' missing");
    expect(at).toEqual({ file: 'hosts/lea.nix', line: 4, column: 3 });
    expect(frames).toEqual([
      { file: 'hosts/lea.nix', line: 4, column: 3, message: "while evaluating the attribute 'script'" },
    ]);
  });

  it('is what the message itself names, before any frame', () => {
    const { message, at } = failure(`error:
       … while calling 'outputs'
         at ${SOURCE}/flake.nix:3:5:

       error: The option \`services.ngnix' does not exist. Definition values:
       - In \`${SOURCE}/hosts/lea.nix': true
`);
    expect(at).toEqual({ file: 'hosts/lea.nix', line: 1, column: 1 });
    expect(message).toBe(
      "The option `services.ngnix' does not exist. Definition values: - In `hosts/lea.nix': true",
    );
  });

  it('is not known where no file of the fleet has to do with it', () => {
    const { message, at } = failure(
      `error: cannot look up '<nixpkgs>' in pure evaluation mode\n       at ${NIXPKGS}/default.nix:1:2:`,
    );
    expect(message).toBe("cannot look up '<nixpkgs>' in pure evaluation mode");
    expect(at).toBeNull();
  });
});

it('names paths of the store without their hashes', () => {
  expect(failure(`error: path '${NIXPKGS}/nixos/x.nix' does not exist`).message).toBe(
    "path '<source>/nixos/x.nix' does not exist",
  );
});

it('reads what is coloured, and what is no message at all', () => {
  expect(failure('\u001b[31;1merror:\u001b[0m infinite recursion encountered').message).toBe(
    'infinite recursion encountered',
  );
  expect(failure('').message).toBe('Nix did not say why.');
  expect(failure('bash: nix: killed').message).toBe('bash: nix: killed');
});

it('knows the names that Nix suggests', () => {
  const missing = (last: string) => `error: attribute 'pasword' missing
       at ${SOURCE}/flake.nix:1:51:
            1| let s = { password = 1; }; in s.pasword
             |                               ^
            2|
${last}`;
  expect(failure(missing('       Did you mean one of password, passwd or pasword2?')).suggestions).toEqual([
    'password',
    'passwd',
    'pasword2',
  ]);
  expect(failure(missing('       Did you mean password?')).suggestions).toEqual(['password']);
  expect(failure(missing('')).suggestions).toBeUndefined();
  // As nixpkgs' lib/modules.nix words it.
  const option = failure(`error: The option \`services.ngnix' does not exist. Definition values:
       - In \`${SOURCE}/hosts/lea.nix': true

       Did you mean \`services.nginx' or \`services.ngircd'?`);
  expect(option.suggestions).toEqual(['services.nginx', 'services.ngircd']);
});
