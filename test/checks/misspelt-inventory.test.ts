// While a name of the inventory is misspelt, or a folder has another name, nothing is said to be left over because of it.

import { describe, expect, it } from 'vitest';
import { EXAMPLE_SECRET, EXAMPLE_USER, linksOf } from '../../server/src/checks/examples/store-examples.ts';
import { judging, type Texts } from './harness.ts';

const { check } = judging(
  'inventory/machine-folder',
  'inventory/unknown-machine',
  'inventory/unknown-option',
  'inventory/unknown-role',
  'inventory/unknown-service',
  'inventory/unknown-tag',
  'host/missing-file',
  'option/undeclared',
  'store/orphan-file',
  'store/orphan-generator',
  'store/orphan-machine',
);

const INVENTORY = `\
{
  modules.backup = {
    roles.client.perInstance =
      { instanceName, ... }:
      {
        nixosModule.clan.core.vars.generators = {
          "backup-\${instanceName}" = { files.key = { }; script = "date > $out/key"; };
          mail = { files.login = { }; script = "date > $out/login"; };
        };
      };
  };
  inventory.machines = {
    emily.tags = [ "server" ];
    lea.tags = [ "server" ];
    nora = { };
  };
  inventory.instances = {
    home = {
      module.name = "backup";
      module.input = "self";
      roles.client.machines.emily = { };
      roles.client.tags.server = { };
    };
    base = {
      module.name = "importer";
      module.input = "clan-core";
      roles.default.tags.server = { };
      roles.default.extraModules = [ ./modules/wiki.nix ];
    };
  };
}
`;

const FILES: Texts = {
  'flake.nix': `\
{
  inputs.clan-core.url = "github:clan-lol/clan-core";
  outputs =
    { self, clan-core, ... }:
    let
      clan = clan-core.lib.clan {
        inherit self;
        imports = [ ./clan.nix ];
      };
    in
    {
      inherit (clan.config) nixosConfigurations;
    };
}
`,
  'modules/wiki.nix': `\
{ lib, ... }:
{
  options.wiki.enable = lib.mkEnableOption "wiki";
  config.clan.core.vars.generators.wiki = { files.token = { }; script = "date > $out/token"; };
}
`,
  'machines/emily/configuration.nix': '{ wiki.enable = true; }\n',
  'machines/lea/configuration.nix': '{ imports = [ ./mail.nix ]; wiki.enable = true; }\n',
  'machines/lea/mail.nix':
    '{ clan.core.vars.generators.post = { files.key = { }; script = "date > $out/key"; }; }\n',
  'machines/nora/configuration.nix': '{ imports = [ ../lea/mail.nix ]; }\n',
};

const STORED = [
  'emily/backup-home/key',
  'lea/backup-home/key',
  'emily/mail/login',
  'lea/mail/login',
  'emily/wiki/token',
  'lea/wiki/token',
  'lea/post/key',
  'nora/post/key',
].map(path => `vars/per-machine/${path}`);

function rulesIn(change: (text: string) => string, files: Texts = FILES): readonly string[] {
  const texts = {
    ...files,
    'clan.nix': change(INVENTORY),
    'sops/users/ada/key.json': EXAMPLE_USER,
    ...Object.fromEntries(STORED.map(folder => [`${folder}/secret`, EXAMPLE_SECRET])),
  };
  const { findings } = check(texts, { links: Object.assign({}, ...STORED.map(folder => linksOf(folder))) });
  return findings.map(({ rule }) => rule);
}

/** Puts other words in the place of some, which have to be there. */
const replacing = (from: string, to: string) => (text: string) => {
  expect(text).toContain(from);
  return text.replace(from, to);
};

/** The folder of a machine by another name. */
function renamed(from: string, to: string): Texts {
  const paths = Object.entries(FILES).map(([path, text]) => [
    path.replace(`machines/${from}/`, `machines/${to}/`),
    text,
  ]);
  return Object.fromEntries(paths);
}

describe('nothing is left over', () => {
  it('of a fleet as it should be', () => {
    expect(rulesIn(text => text)).toEqual([]);
  });

  it.each([
    ['a machine of a role', 'machines.emily = ', 'machines.emly = ', 'inventory/unknown-machine'],
    ['a tag of a role', 'roles.client.tags.server', 'roles.client.tags.sever', 'inventory/unknown-tag'],
    ['a role', 'roles.client.tags', 'roles.clint.tags', 'inventory/unknown-role'],
    ['an option of a role', 'client.tags.server', 'client.tag.server', 'inventory/unknown-option'],
    ['modules of a role', 'default.extraModules', 'default.extraModule', 'inventory/unknown-option'],
    ['members of modules', 'default.tags.server', 'default.tag.server', 'inventory/unknown-option'],
    ['the roles', 'roles.client.tags', 'role.client.tags', 'inventory/unknown-option'],
    ['a service', 'module.name = "backup"', 'module.name = "bakup"', 'inventory/unknown-service'],
    ['the input of a service', 'module.input = "self"', 'module.input = "slef"', 'inventory/unknown-service'],
    [
      'the input of modules',
      'module.input = "clan-core"',
      'module.input = "clan-cor"',
      'inventory/unknown-service',
    ],
    ['a module', 'module.input = "self"', 'modul.input = "self"', 'inventory/unknown-option'],
  ])('by a slip in %s', (_, from, to, rule) => {
    expect(rulesIn(replacing(from, to))).toEqual([rule]);
  });

  it('by a folder of another name', () => {
    const rules = rulesIn(text => text, renamed('lea', 'laa'));
    expect(rules).toContain('inventory/machine-folder');
    expect(rules.filter(rule => rule.startsWith('store/'))).toEqual([]);
  });

  it('by an import that is not there', () => {
    const text = FILES['machines/lea/configuration.nix']?.replace('./mail.nix', './mial.nix') ?? '';
    expect(rulesIn(inventory => inventory, { ...FILES, 'machines/lea/configuration.nix': text })).toEqual([
      'host/missing-file',
    ]);
  });
});

describe('a machine that is known by its folder alone', () => {
  it('has perhaps another name now', () => {
    const text = INVENTORY.replace('    nora = { };\n', '');
    const files = { ...renamed('nora', 'norra'), 'clan.nix': text };
    const { findings } = check(
      {
        ...files,
        'sops/users/ada/key.json': EXAMPLE_USER,
        'vars/per-machine/nora/post/key/secret': EXAMPLE_SECRET,
      },
      { links: linksOf('vars/per-machine/nora/post/key') },
    );
    const leftovers = findings.filter(({ rule }) => rule.startsWith('store/'));
    expect(leftovers.map(({ message }) => message)).toEqual([
      'There is no machine "nora" in this fleet. Nothing is stored for the machine "norra". If it is "nora" under a new name, `varsmith rename machine nora norra` moves what is stored.',
    ]);
  });
});
