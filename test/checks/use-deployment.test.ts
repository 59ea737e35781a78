// Whether a secret is where it is looked for, and in time.

import { describe, expect, it } from 'vitest';
import { applyFix, findingsOf, fixOf, judging, onlyFinding, type Texts } from './harness.ts';

const { check } = judging(
  'use/disk-needs-partitioning',
  'use/not-deployed',
  'use/not-generated',
  'use/password-needs-users',
);

const W = 'config.clan.core.vars.generators.ada.files';

/** A module with a generator `ada` that has this for its files, and with further lines. */
const module = (files: string, body: string): Texts => ({
  'modules/ada.nix': `\
{ config, lib, pkgs, ... }:
{
  clan.core.vars.generators.ada = {
    prompts.password.type = "hidden";
${files}
    script = ''
      cat "$prompts/password" > "$out/key"
    '';
  };
${body}
}
`,
});

const isFound = (texts: Texts, rule: string): boolean => findingsOf(rule, texts).length > 0;

describe('use/password-needs-users', () => {
  const rule = 'use/password-needs-users';
  const PLAIN = '    files.key = { };';
  const PASSWORD = `  users.users.ada.hashedPasswordFile = ${W}.key.path;`;

  it.each([
    ['is empty', '    files.key = { };', '    files.key = { neededFor = "users"; };'],
    [
      'has an option',
      '    files.key = { mode = "0400"; };',
      '    files.key = { neededFor = "users"; mode = "0400"; };',
    ],
    [
      'has names in front',
      '    files.key.deploy = true;',
      '    files.key.neededFor = "users";\n    files.key.deploy = true;',
    ],
    [
      'has lines',
      '    files.key = {\n      deploy = true;\n    };',
      '    files.key = {\n      neededFor = "users";\n      deploy = true;\n    };',
    ],
    ['says something else', '    files.key.neededFor = "services";', '    files.key.neededFor = "users";'],
  ])('is mended where the set %s', (_, before, after) => {
    const texts = module(before, PASSWORD);
    const finding = onlyFinding(check(texts), rule);
    expect(applyFix(texts, fixOf(finding, 'Declare the file'))).toEqual(module(after, PASSWORD));
  });

  it('is not mended by itself where the file is somebody else’s', () => {
    expect(onlyFinding(check(module('    files.key.owner = "ada";', PASSWORD)), rule).fixes).toEqual([]);
  });

  it.each([
    ['through a name', `  users.users.ada = let p = ${W}.key.path; in { hashedPasswordFile = p; };`],
    [
      'for several users',
      `  users.users = lib.genAttrs [ "ada" "bob" ] (_: { hashedPasswordFile = ${W}.key.path; });`,
    ],
    [
      'in quotes, under a condition',
      `  users.users.ada = lib.mkIf config.a { hashedPasswordFile = "\${${W}.key.path}"; };`,
    ],
  ])('is found %s', (_, body) => {
    expect(isFound(module(PLAIN, body), rule)).toBe(true);
  });

  it.each([
    ['another thing that has users', PLAIN, `  services.samba.users.ada.hashedPasswordFile = ${W}.key.path;`],
    ['a public file', '    files.key.secret = false;', PASSWORD],
    ['a file of which the time is not known', '    files.key.neededFor = config.a;', PASSWORD],
    ['a file for activation', '    files.key.neededFor = "activation";', PASSWORD],
    ['a file beside it', PLAIN, `  users.users.ada.hashedPasswordFile = "\${${W}.key.path}.hash";`],
  ])('is silent for %s', (_, files, body) => {
    expect(isFound(module(files, body), rule)).toBe(false);
  });
});

describe('use/disk-needs-partitioning', () => {
  const rule = 'use/disk-needs-partitioning';
  const PLAIN = '    files.key = { };';

  it.each([
    ['a key of a pool', `  disko.devices.zpool.a.options.keylocation = "file://\${${W}.key.path}";`],
    ['a key among several', `  disko.devices.disk.a.content.additionalKeyFiles = [ ${W}.key.path ];`],
    [
      'a disk that is described elsewhere',
      `  my.disks.a = { type = "luks"; settings = { keyFile = ${W}.key.path; }; };`,
    ],
  ])('is found for %s', (_, body) => {
    expect(isFound(module(PLAIN, body), rule)).toBe(true);
  });

  it('is a guess where the machine needs the file later, too', () => {
    const key = `${W}.key.path`;
    const texts = module(PLAIN, `  disko.devices.a.passwordFile = ${key};\n  services.a.keyFile = ${key};`);
    expect(fixOf(onlyFinding(check(texts), rule), 'Declare the file').guess).toBe(true);
  });

  it.each([
    ['a service', `  services.restic.backups.a.passwordFile = ${W}.key.path;`],
    ['another option of disks', `  disko.devices.disk.a.preCreateHook = "cat \${${W}.key.path}";`],
  ])('is silent for %s', (_, body) => {
    expect(isFound(module(PLAIN, body), rule)).toBe(false);
  });
});

describe('use/not-deployed', () => {
  const rule = 'use/not-deployed';
  const KEPT = '    files.key.deploy = false;';

  it.each([
    ['in a text', `  environment.etc.a.text = "key=\${${W}.key.path}";`],
    ['in a list', `  services.a.credentials = [ "key:\${${W}.key.path}" ];`],
  ])('is found %s', (_, body) => {
    expect(isFound(module(KEPT, body), rule)).toBe(true);
  });

  it('is found in a script with a name of its own', () => {
    const body = `  environment.systemPackages =
    let run = pkgs.writeShellApplication { name = "run"; text = "cat \${${W}.key.path}"; };
    in [ run ];`;
    expect(isFound(module(KEPT, body), rule)).toBe(true);
  });

  it('is found in the module of a role that is called default', () => {
    const role = `{
  clan.modules.ada.roles.default.perInstance = { ... }: {
    nixosModule = { config, ... }: {
      clan.core.vars.generators.ada = { files.key.deploy = false; script = "echo > $out/key"; };
      services.a.keyFile = ${W}.key.path;
    };
  };
}
`;
    expect(isFound({ 'ada.nix': role }, rule)).toBe(true);
  });

  it('is found for what is needed early where the backend leaves out what is not deployed', () => {
    const texts = (store: string): Texts => ({
      'flake.nix': `{
  outputs = { self, clan-core, ... }: {
    clan = clan-core.lib.clan { inherit self; inventory.machines.lea = { }; vars.settings.secretStore = "${store}"; };
  };
}
`,
      'machines/lea/configuration.nix': '{ imports = [ ../../modules/ada.nix ]; }\n',
      ...module(
        '    files.key = { deploy = false; neededFor = "activation"; };',
        `  services.a.keyFile = ${W}.key.path;`,
      ),
    });
    expect(isFound(texts('age'), rule)).toBe(true);
    expect(isFound(texts('sops'), rule)).toBe(false);
  });

  it('is found under the condition of the generator itself', () => {
    const body = `  config = lib.mkIf config.a {
    clan.core.vars.generators.b = { files.key.deploy = false; script = "echo > $out/key"; };
    services.b.keyFile = config.clan.core.vars.generators.b.files.key.path;
  };`;
    expect(isFound({ 'modules/b.nix': `{ config, lib, ... }:\n{\n${body}\n}\n` }, rule)).toBe(true);
  });

  it.each([
    [
      'a file that some machine gets',
      '    files.key.deploy = config.a;',
      `  services.a.keyFile = ${W}.key.path;`,
    ],
    ['a condition', KEPT, `  services.a = lib.mkIf config.a { keyFile = ${W}.key.path; };`],
    ['another generator', KEPT, `  clan.core.vars.generators.b.script = "cp \${${W}.key.path} $out/b";`],
    [
      'a function that nobody is known to call',
      KEPT,
      `  lib.keyOf = name: let key = n: ${W}.key.path; in key name;`,
    ],
    [
      'what an option says of itself',
      KEPT,
      `  options.a.keyFile = lib.mkOption { default = ${W}.key.path; };`,
    ],
    ['what admins run', KEPT, `  system.build.backup = pkgs.writeShellScript "b" "cat \${${W}.key.path}";`],
    [
      'a file that is uploaded to install the machine',
      '    files.key = { deploy = false; neededFor = "partitioning"; };',
      `  services.a.keyFile = ${W}.key.path;`,
    ],
    ['another attribute', KEPT, `  a.b = ${W}.key.owner;`],
  ])('is silent for %s', (_, files, body) => {
    expect(isFound(module(files, body), rule)).toBe(false);
  });
});

describe('use/not-generated', () => {
  const rule = 'use/not-generated';
  const STORED = { 'vars/per-machine/bob/other/file/value': 'x' };
  const flake = `{
  outputs = { self, clan-core, ... }:
    let clan = clan-core.lib.clan { inherit self; inventory.machines = { ada = { }; bob = { }; }; };
    in { inherit (clan.config) nixosConfigurations; };
}
`;
  const clan = (body: string, more: Texts = {}, share = false): Texts => ({
    'flake.nix': flake,
    'machines/ada/configuration.nix': '{ imports = [ ../../generator.nix ../../use.nix ]; }\n',
    'machines/bob/configuration.nix': '{ imports = [ ../../generator.nix ]; }\n',
    'generator.nix': `{
  clan.core.vars.generators.id = {
    files.id.secret = false;
    share = ${share};
    script = "echo > $out/id";
  };
}
`,
    'use.nix': `{ config, lib, ... }:\nlet\n  id = config.clan.core.vars.generators.id.files.id;\nin\n{\n${body}\n}\n`,
    ...more,
  });
  const found = (texts: Texts) =>
    check(texts).findings.flatMap(one => (one.rule === rule ? [`${one.severity} ${one.machines}`] : []));
  const READ = '  a.b = id.value;';

  it('is about the machines that have the module, and less for those that have nothing yet', () => {
    expect(found(clan(READ, STORED))).toEqual(['info ada']);
    expect(found(clan(READ, { 'vars/per-machine/ada/other/file/value': 'x' }))).toEqual(['warning ada']);
  });

  it('is found where what is there is of another placement', () => {
    expect(found(clan(READ, { 'vars/per-machine/bob/id/id/value': 'x' }))).toEqual(['info ada']);
    expect(found(clan(READ, { 'vars/per-machine/ada/id/id/value': 'x' }, true))).toEqual(['warning ada']);
  });

  it.each([
    ['it is there', clan(READ, { 'vars/per-machine/ada/id/id/value': 'x' })],
    ['it is shared, and there', clan(READ, { 'vars/shared/id/id/value': 'x' }, true)],
    ['there is something to fall back on', clan('  a.b = (builtins.tryEval id.value).value;')],
    ['it is asked for before', clan('  a.b = if id.exists then id.value else "";')],
    [
      'its value is given',
      clan(`${READ}\n  clan.core.vars.generators.id.files.id.value = lib.mkDefault "x";`),
    ],
    [
      'another generator reads it',
      clan('  clan.core.vars.generators.b.script = "echo ${id.value} > $out/b";'),
    ],
    ['no machine is known to read the module', clan('', { 'other.nix': clan(READ)['use.nix'] as string })],
    ['its path is read', clan('  a.b = id.path;')],
  ])('is silent where %s', (_, texts) => {
    expect(found({ ...STORED, ...texts })).toEqual([]);
  });

  it('is silent where nothing has been generated at all', () => {
    expect(found(clan(READ))).toEqual([]);
  });
});
