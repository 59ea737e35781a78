/** Where the machines of a fleet come from, and how sure it is that these are all. */
import { describe, expect, it } from 'vitest';
import type { JoinedFleet } from '../../server/src/fleet/machines/join-declared.ts';
import { string } from '../../server/src/nix/eval/construct.ts';
import { declaredIn } from './inventories.ts';

const names = (fleet: JoinedFleet) => fleet.machines.map(machine => machine.name);

const OUTPUTS = (body: string) => `{ outputs = { self, nixpkgs, clan-core, ... }@inputs: ${body}; }`;

describe('machines of a clan', () => {
  it.each([
    ['flake-parts', { 'clan.nix': '{ clan.machines.ada = { }; clan.inventory.machines.ida = { }; }' }],
    [
      'flake-parts below flake',
      { 'clan.nix': '{ flake.clan = { machines.ada = { }; inventory.machines.ida = { }; }; }' },
    ],
    [
      'the function',
      {
        'flake.nix': OUTPUTS(
          'clan-core.lib.clan { inherit self; machines.ada = { }; inventory.machines.ida = { }; }',
        ),
      },
    ],
    [
      'the old function',
      {
        'flake.nix': OUTPUTS(
          'clan-core.lib.buildClan { machines = { ada = { }; }; inventory.machines.ida = { }; }',
        ),
      },
    ],
    [
      'the function with a module in a file',
      {
        'flake.nix': OUTPUTS('clan-core.lib.clan { inherit self; imports = [ ./clan.nix ]; }'),
        'clan.nix':
          '{ lib, ... }: { machines.ada = { }; inventory.machines = lib.genAttrs [ "ida" ] (_: { }); }',
      },
    ],
    [
      'an inventory in a file that is a function',
      {
        'flake.nix': OUTPUTS(
          'clan-core.lib.clan { machines.ada = { }; inventory = import ./inventory.nix { inherit (nixpkgs) lib; }; }',
        ),
        'inventory.nix':
          '{ lib }: { machines = lib.listToAttrs [ { name = "ida"; value = { tags = [ "x" ]; }; } ]; }',
      },
    ],
    [
      'files beside each other',
      {
        'a.nix': '{ lib, ... }: { clan = lib.mkMerge [ { machines.ada = { }; } ]; }',
        'b.nix': '{ clan.inventory.imports = [ ./c.nix ]; }',
        'c.nix': '{ machines.ida = { }; }',
      },
    ],
    [
      'a module of its own name',
      {
        'a.nix':
          '{ flake.modules.clan.base = { ... }: { machines.ada = { }; inventory.machines.ida = { }; }; }',
      },
    ],
  ])('are found in %s', (_, texts) => {
    const fleet = declaredIn(texts);
    expect(names(fleet)).toEqual(['ada', 'ida']);
    expect(fleet.machinesComplete).toBe(true);
    expect(fleet.isClan).toBe(true);
  });

  it('are found in inventory.json and below machines/', () => {
    const fleet = declaredIn({
      'clan.nix': '{ clan.inventory = { }; }',
      'inventory.json': '{ "machines": { "ada": { "tags": ["x"], "machineClass": "darwin" } } }',
      'machines/ida/hardware-configuration.nix': '{ nixpkgs.hostPlatform = lib.mkDefault "aarch64-linux"; }',
    });
    expect(fleet.machines).toMatchObject([
      { name: 'ada', class: 'darwin', tags: ['x'], at: { file: 'inventory.json', start: 16, end: 21 } },
      { name: 'ida', class: 'nixos', system: 'aarch64-linux', source: 'folder' },
    ]);
  });

  it('are of NixOS unless something says otherwise', () => {
    const fleet = declaredIn({
      'clan.nix':
        '{ config, ... }: { clan.inventory.machines = { ada = { }; ida.machineClass = "darwin"; eva = config.eva; }; }',
      'more.nix': '{ clan.machines.ida.nixpkgs.hostPlatform = "aarch64-darwin"; }',
      'machines/una/default.nix': '{ }',
    });
    expect(fleet.machines.map(machine => [machine.name, machine.class, machine.system])).toEqual([
      ['ada', 'nixos', null],
      ['eva', null, null],
      ['ida', 'darwin', 'aarch64-darwin'],
      ['una', 'nixos', null],
    ]);
  });

  it.each([
    ['names that are computed from what is not known', '{ config, ... }: { clan.machines = config.all; }'],
    ['a set with more in it', '{ config, ... }: { clan.inventory.machines = { ada = { }; } // config.all; }'],
    ['modules from elsewhere', '{ inputs, ... }: { clan.imports = [ inputs.other.clanModules.x ]; }'],
    [
      'what holds only under a condition',
      '{ lib, x, ... }: { clan.inventory.machines = lib.mkIf x { ada = { }; }; }',
    ],
  ])('are not complete with %s', (_, text) => {
    expect(declaredIn({ 'clan.nix': text, 'machines/ida/default.nix': '{ }' }).machinesComplete).toBe(false);
  });

  it('say where more may be declared, and why', () => {
    const { gaps } = declaredIn({ 'clan.nix': '{ clan.inventory = import ./gone.nix; }' });
    expect(gaps).toMatchObject([{ at: { file: 'clan.nix' } }]);
  });

  it('come from what the flake hands to modules', () => {
    const text =
      '{ hosts, ... }: { clan.inventory.machines = builtins.listToAttrs [ { name = hosts; value = { }; } ]; }';
    const given = (name: string) => (name === 'hosts' ? string('ada', null) : null);
    expect(names(declaredIn({ 'clan.nix': text }, given))).toEqual(['ada']);
    expect(declaredIn({ 'clan.nix': text }).machinesComplete).toBe(false);
  });

  it('are not those of tests and templates', () => {
    const fleet = declaredIn({
      'flake.nix': '{ outputs = _: { clan.inventory.machines.ada = { }; }; }',
      'templates/new/flake.nix': '{ }',
      'templates/new/clan.nix': '{ clan.inventory.machines.sample = { }; }',
      'services/x/tests/vm.nix': '{ clan = { directory = ./.; inventory.machines.peer = { }; }; }',
    });
    expect(names(fleet)).toEqual(['ada']);
  });

  it('are not the home configurations beside them', () => {
    const fleet = declaredIn({
      'flake.nix': OUTPUTS(
        '{ clan.inventory.machines.ada = { }; homeConfigurations.desktop = inputs.x.y; nixosConfigurations.iso = nixpkgs.lib.nixosSystem { system = "x86_64-linux"; }; }',
      ),
    });
    expect(names(fleet)).toEqual(['ada', 'iso']);
    expect(fleet.inventory.machines.map(machine => machine.name)).toEqual(['ada']);
  });

  it('are not what other things called inventory or clan have', () => {
    const fleet = declaredIn({
      'a.nix':
        '{ services.netbox.inventory = { hosts.x = { }; }; programs.fish.shellAliases.clan = "nix run x"; }',
      'b.nix': '{ lib, ... }: { options.clan.inventory = lib.mkOption { }; }',
    });
    expect(names(fleet)).toEqual([]);
    expect(fleet.gaps).toEqual([]);
  });
});

describe('machines without a clan', () => {
  it('are the names of folders, through readDir', () => {
    const fleet = declaredIn({
      'flake.nix': OUTPUTS(
        '{ nixosConfigurations = builtins.mapAttrs (name: _: nixpkgs.lib.nixosSystem { system = "x86_64-linux"; modules = [ (./hosts + ("/" + name)) ]; }) (builtins.readDir ./hosts); }',
      ),
      'hosts/ada/default.nix': '{ }',
      'hosts/ida/default.nix': '{ }',
    });
    expect(fleet.machines.map(machine => [machine.name, machine.class, machine.system])).toEqual([
      ['ada', 'nixos', 'x86_64-linux'],
      ['ida', 'nixos', 'x86_64-linux'],
    ]);
    expect(fleet.machinesComplete).toBe(true);
    expect(fleet.isClan).toBe(false);
  });

  it('are of NixOS and macOS, and not the homes beside them', () => {
    const fleet = declaredIn({
      'flake.nix': OUTPUTS(
        '{ nixosConfigurations.ada = inputs.f { }; darwinConfigurations.ida = inputs.f { }; homeConfigurations."eva@ida" = inputs.f { }; }',
      ),
    });
    expect(fleet.machines.map(machine => [machine.name, machine.class])).toEqual([
      ['ada', 'nixos'],
      ['ida', 'darwin'],
    ]);
    expect(fleet.homes).toEqual(['eva@ida']);
  });

  it('are as complete as what passes them on', () => {
    const passed = OUTPUTS(
      'let clan = clan-core.lib.clan { machines.ada = { }; }; in { inherit (clan.config) nixosConfigurations; }',
    );
    expect(declaredIn({ 'flake.nix': passed }).machinesComplete).toBe(true);
    const made = OUTPUTS('{ nixosConfigurations = inputs.helper.make ./hosts; }');
    expect(declaredIn({ 'flake.nix': made }).machinesComplete).toBe(false);
  });
});

describe('service modules of a clan', () => {
  it('are named where they are registered', () => {
    const { modules } = declaredIn({
      'a.nix': '{ clan.modules."@x/one" = ./one.nix; }',
      'b.nix': '{ clan = { modules = import ./services { }; inventory = { }; }; }',
      'services/default.nix': '{ }: { two = import ./two.nix; }',
    });
    expect(modules.map(module => [module.name, module.at?.file])).toEqual([
      ['@x/one', 'a.nix'],
      ['two', 'services/default.nix'],
    ]);
  });
});
