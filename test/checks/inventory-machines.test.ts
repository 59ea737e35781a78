// Machines that several places declare, where it is less plain than in the rule's examples.

import { describe, expect, it } from 'vitest';
import { FLAKE } from '../../server/src/checks/examples/inventory-examples.ts';
import { findingsOf, type Texts } from './harness.ts';

const clan = (inventory: string, more: Texts = {}): Texts => ({
  'flake.nix': FLAKE,
  'clan.nix': `{ lib, inputs, ... }:\n{\n${inventory}\n}\n`,
  ...more,
});

const found = (texts: Texts) =>
  findingsOf('inventory/duplicate-machine-source', texts).map(
    ({ at, severity, message }) => `${at.file} ${severity}: ${message}`,
  );

const platform = (system: string): Texts => ({
  'machines/emily/configuration.nix': `{ lib, ... }:\n{\n  nixpkgs.hostPlatform = ${system};\n}\n`,
});

describe('inventory/duplicate-machine-source', () => {
  it('finds another class in inventory.json', () => {
    expect(
      found(
        clan('  inventory.machines.emily.machineClass = "darwin";', {
          'inventory.json': '{ "machines": { "emily": { "machineClass": "nixos" } } }',
        }),
      ),
    ).toEqual([
      'clan.nix error: The machine "emily" is of the class "darwin" here and "nixos" in inventory.json. No machine of the clan evaluates: keep one of the two.',
    ]);
  });

  it('finds Linux on a Mac', () => {
    const texts = clan('  inventory.machines.emily.machineClass = "darwin";', platform('"x86_64-linux"'));
    expect(found(texts)).toEqual([
      'machines/emily/configuration.nix error: The platform of "emily" is x86_64-linux, and the inventory takes the machine for one of macOS. Remove `machineClass = "darwin"`, or correct the platform.',
    ]);
  });

  it('finds a configuration beside that of clan', () => {
    const texts = clan('  inventory.machines.emily = { };', {
      'hosts.nix':
        '{ inputs, ... }: { flake.nixosConfigurations.emily = inputs.nixpkgs.lib.nixosSystem { modules = [ ]; }; }',
    });
    expect(found(texts)).toEqual([
      'hosts.nix warning: Clan makes a configuration of "emily", and here is another one of that name. Give it another name, or leave it to clan.',
    ]);
  });

  it.each([
    [
      'a class that one of the two forces',
      clan(
        '  inventory = lib.mkMerge [ { machines.emily.machineClass = lib.mkForce "darwin"; } { machines.emily.machineClass = "nixos"; } ];',
      ),
    ],
    [
      'a class under a condition',
      clan(
        '  inventory.machines.emily = lib.mkMerge [ { machineClass = "darwin"; } (lib.mkIf inputs.x { machineClass = "nixos"; }) ];',
      ),
    ],
    [
      'a class that is not known',
      clan('  inventory.machines.emily = inputs.x;', platform('"aarch64-darwin"')),
    ],
    [
      'a machine of which only the folder is known, in an inventory that is not',
      clan('  inventory.machines = inputs.x;', platform('"aarch64-darwin"')),
    ],
    [
      'a platform that is a default',
      clan('  inventory.machines.emily = { };', platform('lib.mkDefault "aarch64-darwin"')),
    ],
    [
      "a configuration that is clan's",
      clan('  inventory.machines.emily = { };', {
        'hosts.nix':
          '{ config, ... }: { flake.nixosConfigurations.emily = config.clan.nixosConfigurations.emily; }',
      }),
    ],
    [
      'a fleet without clan',
      {
        ...platform('"aarch64-darwin"'),
        'flake.nix': '{ outputs = _: { nixosConfigurations.emily = f { modules = [ ]; }; }; }',
      },
    ],
  ])('is silent for %s', (_, texts) => {
    expect(found(texts)).toEqual([]);
  });
});
