// The rules about the inventory, where it is less plain than in their examples.

import { describe, expect, it } from 'vitest';
import { FLAKE, LOCK } from '../../server/src/checks/examples/inventory-examples.ts';
import { applyFix, findingsOf, fixOf, judging, onlyFinding, type Texts } from './harness.ts';

const { check, expectMarked, expectSilent } = judging(
  'inventory/removed-option',
  'inventory/settings-not-data',
  'inventory/unknown-machine',
  'inventory/unknown-tag',
);

/** A clan of two machines with this in its inventory. */
const clan = (inventory: string, more: Texts = {}): Texts => ({
  'flake.nix': FLAKE,
  'clan.nix': `\
{ lib, inputs, ... }:
{
  inventory = {
    machines.emily.tags = [ "server" ];
    machines.lea = { };
${inventory}  };
}
`,
  ...more,
});

describe('inventory/unknown-machine', () => {
  const misspelled = '    instances.sshd.roles.server.machines.laa = { };\n';

  it('replaces the name alone', () => {
    const texts = clan(misspelled);
    const finding = onlyFinding(check(texts), 'inventory/unknown-machine');
    expect(finding.message).toBe(
      'There is no machine "laa", so this entry of the role "server" of "sshd" does nothing. Did you mean "lea"?',
    );
    const after = applyFix(texts, fixOf(finding, 'Replace with "lea"'));
    expect(after['clan.nix']).toContain('roles.server.machines.lea = { };');
    expectSilent(after);
  });

  it('turns `machines.all` into `tags.all`', () => {
    const texts = clan('    instances.sshd.roles.server.machines.all = { };\n');
    const fix = fixOf(onlyFinding(check(texts), 'inventory/unknown-machine'), 'Make it the tag "all"');
    expect(applyFix(texts, fix)['clan.nix']).toContain('roles.server.tags.all = { };');
  });

  it('is found in the list of a tag', () => {
    expectMarked(
      clan(`\
    tags.desk = [ "lea" "emyli" ];
    #                   ^^^^^^^ inventory/unknown-machine: this entry of the tag "desk" does nothing. Did you mean "emily"?
`),
    );
  });

  it('is reported once for a list that two roles share', () => {
    const { findings } = check(
      clan(`\
    instances.sshd.roles = let all = { emily = { }; nora = { }; }; in {
      server.machines = all;
      client.machines = all;
    };
`),
    );
    expect(findings.map(finding => finding.message)).toEqual([
      'There is no machine "nora", so this entry of the role "server" of "sshd" does nothing. Remove it, or declare the machine.',
    ]);
  });

  it.each<readonly [string, Texts]>([
    ['while machines may be hidden', clan(misspelled, { 'more.nix': '{ x, ... }: { clan.machines = x; }' })],
    [
      'in the inventory of a test',
      clan('', {
        'tests/net/flake-module.nix':
          '{ clan.inventory.instances.net = { module.name = "wireguard"; roles.peer.machines.laa = { }; }; }',
      }),
    ],
    [
      'for a folder below the folder of the clan',
      {
        'flake.nix': FLAKE,
        'clan.nix': '{ directory = ./fleet; inventory.instances.sshd.roles.server.machines.nora = { }; }',
        'fleet/machines/nora/configuration.nix': '{ }',
      },
    ],
    [
      'for a machine of `inventory.json`',
      clan('    instances.sshd.roles.server.machines.nora = { };\n', {
        'inventory.json': '{ "machines": { "nora": { } } }',
      }),
    ],
    [
      'for a configuration beside the clan',
      clan('    instances.sshd.roles.server.machines.nora = { };\n', {
        'nora.nix': '{ flake.nixosConfigurations.nora = f { }; }',
      }),
    ],
  ])('is silent %s', (_, texts) => {
    expect(findingsOf('inventory/unknown-machine', texts)).toEqual([]);
  });
});

describe('inventory/unknown-tag', () => {
  const named = '    instances.sshd.roles.server.tags.srever = { };\n';

  it('replaces the name alone', () => {
    const texts = clan(named);
    const finding = onlyFinding(check(texts), 'inventory/unknown-tag');
    const after = applyFix(texts, fixOf(finding, 'Replace with "server"'));
    expect(after['clan.nix']).toContain('roles.server.tags.server = { };');
    expectSilent(after);
  });

  it('says which tags there are', () => {
    expect(
      onlyFinding(
        check(clan('    instances.sshd.roles.server.tags = [ "attic" ];\n')),
        'inventory/unknown-tag',
      ).message,
    ).toBe(
      'No machine has the tag "attic", so it brings nobody into the role "server" of "sshd". There are "server".',
    );
  });

  it.each<readonly [string, Texts]>([
    ['while machines may be hidden', clan(named, { 'more.nix': '{ x, ... }: { clan.machines = x; }' })],
    ['while a machine may have further tags', clan(`${named}    machines.nora.tags = inputs.tags;\n`)],
    ['while further tags may be given', clan(`${named}    tags = inputs.tags;\n`)],
    ['for a tag that lists nobody', clan(`${named}    tags.srever = [ ];\n`)],
    [
      'for a tag that a condition gives',
      clan(`${named}    tags = lib.mkIf inputs.x { srever = [ "lea" ]; };\n`),
    ],
  ])('is silent %s', (_, texts) => {
    expect(findingsOf('inventory/unknown-tag', texts)).toEqual([]);
  });
});

describe('inventory/settings-not-data', () => {
  const role = (body: string) => clan(`    instances.packages.roles.default = {\n${body}\n    };\n`);
  const found = (body: string) => findingsOf('inventory/settings-not-data', role(body));

  it.each([
    ['a module instead of settings', 'settings = { lib, ... }: { a = 1; };', 'is a function'],
    ['a function deep inside', 'settings.a.b = [ { c = x: x; } ];', '`a.b.*.c` is a function'],
    ['a function of nixpkgs', 'settings.pick = lib.head;', '`pick` is a function'],
    ['a list', 'tags.all.settings = [ 1 ];', 'tag "all" in the role "default" of "packages" is no set'],
    ['a function under a priority', 'settings = lib.mkForce { a = x: x; };', '`a` is a function'],
  ])('finds %s', (_, body, message) => {
    expect(found(body).map(one => one.message)).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    ['what is not known', 'settings = inputs.x.settings;'],
    ['a set in which more may be', 'settings = inputs.x.settings // { a = 1; };'],
    ['a path', 'settings.file = ./key;'],
    ['a package', 'settings.package = { outPath = "/nix/store/x"; override = x: x; };'],
    ['`imports` further down', 'settings.nested.imports = [ "a" ];'],
    ['a function that is applied', 'settings.a = (x: x) 1;'],
    ['a condition', 'settings = lib.mkIf inputs.x { a = 1; };'],
  ])('is silent for %s', (_, body) => {
    expect(found(body)).toEqual([]);
  });
});

describe('inventory/removed-option', () => {
  const module = (body: string, more: Texts = {}) =>
    clan('', {
      'modules/base.nix': `{ config, inputs, clan-core, ... }:\n{\n${body}\n}\n`,
      ...more,
    });
  const found = (texts: Texts) =>
    findingsOf('inventory/removed-option', texts).map(({ severity, at, message }) => [
      severity,
      (texts[at.file] ?? '').slice(at.start, at.end),
      message.replace(/^`([^`]*)`.*$/s, '$1'),
    ]);

  it.each([
    ['set', '  clan.core.clanName = "x";', ['warning', 'clanName', 'clan.core.clanName']],
    ['set in a set', '  clan.core = { facts.services.x = { }; };', ['warning', 'facts', 'clan.core.facts']],
    [
      'set below `config`',
      '  config.clan.core.secretStore = "sops";',
      ['warning', 'secretStore', 'clan.core.secretStore'],
    ],
    ['read', '  x = config.clan.core.clanDir + "/x";', ['info', 'clanDir', 'clan.core.clanDir']],
    ['by an old name', '  clanCore.vars.generators.x.files.y = { };', ['info', 'clanCore', 'clanCore']],
    [
      'of a service',
      '  clan.core.networking.zerotier.controller.enable = true;',
      ['warning', 'enable', 'clan.core.networking.zerotier.controller.enable'],
    ],
    [
      'as an argument',
      '  imports = [ clan-core.clanModules.sshd ];',
      ['warning', 'clanModules', 'clan-core.clanModules'],
    ],
  ])('is found %s', (_, body, expected) => {
    expect(found(module(body))).toEqual([expected]);
  });

  it('is found in an inventory of its own file', () => {
    expect(
      found(clan('', { 'inventory.nix': '{ clan.inventory = { machines = { }; services.x.y = { }; }; }' })),
    ).toEqual([['warning', 'services', 'inventory.services']]);
  });

  it.each([
    ['today', '  clan.core.settings.machine.name = "x"; clan.core.networking.targetHost = "x";'],
    ['of something else', '  services.inventory.services.web = { }; services.clanName = "x";'],
    ['that are provided for', '  x = config.clan.core.clanName or "x";'],
    ['that are declared', '  options.clan.core.clanName = 1;'],
    ['of an argument', '  clanCore = inputs.clan-core.nixosModules.clanCore;'],
    ['of this flake', '  imports = [ inputs.self.clanModules.x ];'],
  ])('is silent for names %s', (_, body) => {
    expect(found(module(body))).toEqual([]);
  });

  it.each([
    ['github', '"owner": "clan-lol"', '"owner": "somebody"'],
    [
      'a tarball',
      '"owner": "clan-lol"',
      '"url": "https://git.clan.lol/api/v1/repos/somebody/clan-core/archive/1.tar.gz"',
    ],
  ])('is silent of a fork from %s, which may have the option', (_, from, to) => {
    const locked = (lock: string) => found(module('  clan.core.clanName = "x";', { 'flake.lock': lock }));
    expect(locked(LOCK)).toHaveLength(1);
    expect(locked(LOCK.replace(from, to))).toEqual([]);
  });

  it("is silent in clan-core's own source, which has the options that it declares", () => {
    const flake = '{ outputs = { self, nixpkgs, ... }: { clan = { machines = { }; }; }; }\n';
    const texts = {
      'flake.nix': flake,
      'modules/a.nix': '{ config, ... }: { x = config.clan.core.facts.services; }\n',
    };
    expect(found(texts)).toHaveLength(1);
    expect(found({ ...texts, 'nixosModules/clanCore/default.nix': '{ }\n' })).toEqual([]);
  });

  it('is silent where nothing is of clan', () => {
    expect(found({ 'default.nix': '{ clan.core.clanName = "x"; }\n' })).toEqual([]);
  });
});
