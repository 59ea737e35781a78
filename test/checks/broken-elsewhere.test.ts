// While a file cannot be parsed, it may declare anything: nothing in other files is missing because of it.

import { describe, expect, it } from 'vitest';
import { check, type Texts } from './harness.ts';

const FLEET: Texts = {
  'flake.nix': `{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.web = nixpkgs.lib.nixosSystem { modules = [ ./web.nix ./key.nix ]; };
  };
}
`,
  'key.nix': `{ pkgs, ... }:
{
  services.openssh.enable = true;
  clan.core.vars.generators.wg-key = {
    files.key = { };
    files.pub.secret = false;
    runtimeInputs = [ pkgs.wireguard-tools ];
    script = ''
      wg genkey > "$out/key"
      wg pubkey < "$out/key" > "$out/pub"
    '';
  };
}
`,
  'web.nix': `{ config, ... }:
{
  networking.wireguard.interfaces.wg0.privateKeyFile = config.clan.core.vars.generators.wg-key.files.key.path;
  environment.etc.pub.text = config.clan.core.vars.generators.wg-key.files.pub.value;
}
`,
};

const REGISTRY: Texts = {
  'flake.nix': `{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.web = nixpkgs.lib.nixosSystem { modules = [ ./web.nix ]; };
  };
}
`,
  'lib/secret-registry.nix': `{ pkgs }:
{
  api = {
    generator = "api";
    envVar = "API";
    fileAttr = "key";
    files.key = { };
    script = ''
      head -c 32 /dev/urandom > "$out/key"
    '';
  };
  mail = {
    generator = "mail";
    envVar = "MAIL";
    fileAttr = "key";
    files.key = { };
    script = ''
      head -c 32 /dev/urandom > "$out/key"
    '';
  };
}
`,
  'lib/machine-env-matrix.nix': `{
  web = [ "api" "mail" ];
}
`,
  'web.nix': `{ config, lib, pkgs, ... }:
let
  registry = import ./lib/secret-registry.nix { inherit pkgs; };
  matrix = import ./lib/machine-env-matrix.nix;
in
{
  clan.core.vars.generators = lib.listToAttrs (
    map (key: lib.nameValuePair registry.\${key}.generator {
      inherit (registry.\${key}) files script;
    }) matrix.web
  );
  services.mail.passwordFile = config.clan.core.vars.generators.mail.files.key.path;
}
`,
};

/** What is found in other files than the one that is edited, beyond what was found before. */
function cascade(texts: Texts, file: string, [from, to]: readonly [string, string]): string[] {
  const before = texts[file] ?? '';
  expect(before).toContain(from);
  const inOthers = (files: Texts) =>
    check(files)
      .findings.filter(({ at, severity }) => at.file !== file && severity !== 'hint')
      .map(({ rule, at, message }) => `${rule} ${at.file} ${message}`);
  const known = new Set(inOthers(texts));
  const broken = check({ ...texts, [file]: before.replace(from, to) });
  expect(broken.findings.map(({ rule }) => rule)).toContain('host/unreadable');
  return inOthers({ ...texts, [file]: before.replace(from, to) }).filter(line => !known.has(line));
}

describe('an error in a module', () => {
  it.each([
    ['a brace too many above the generator', ['enable = true;', 'enable = true;\n}']],
    ['a quote that is never closed', ['enable = true;', 'motd = "x;']],
    ['a script that is never closed', ["script = ''", "banner = '';\n    script = ''"]],
    ['the end of a name', ['generators.wg-key = {', 'generators. = {']],
    ['a file that has lost its name', ['files.key = { };', 'files. = { };']],
    ['a generator that was cut in two', ['files.pub.secret', '};\n  files.pub.secret']],
  ] as const)('is none of other modules: %s', (_, edit) => {
    expect(cascade(FLEET, 'key.nix', edit)).toEqual([]);
  });
});

describe('an error in a registry', () => {
  it.each([
    ['a brace too many', ['  mail = {', '  };\n  mail = {']],
    ['a key without a name', ['  mail = {', '  . = {']],
    ['a quote that is never closed', ['envVar = "API"', 'envVar = "API']],
  ] as const)('is none of matrix and modules: %s', (_, edit) => {
    expect(cascade(REGISTRY, 'lib/secret-registry.nix', edit)).toEqual([]);
  });
});

it('an error in a matrix is none of modules', () => {
  expect(cascade(REGISTRY, 'lib/machine-env-matrix.nix', ['"mail" ]', '"mai'])).toEqual([]);
  expect(cascade(REGISTRY, 'lib/machine-env-matrix.nix', ['web =', 'we b ='])).toEqual([]);
});

it('an error in a file that no machine has says nothing about other files', () => {
  const missing = 'config.clan.core.vars.generators.other.files.key.path';
  const texts = {
    ...FLEET,
    'web.nix': `{ config, ... }: { x = ${missing}; }\n`,
    'unused.nix': '{ clan.core.vars.generators.other = { ; }; }\n',
  };
  const rules = check(texts).findings.map(({ rule, at }) => `${rule} ${at.file}`);
  expect(rules).toContain('use/undefined-generator web.nix');
});
