/** The generators of clan-core's own modules, `state-version` and `machine-id`: on which machines they are, and their scripts. */
import { describe, expect, it } from 'vitest';
import { fleetWorkspace, plainFleet } from './workspace.ts';

const CLAN = `{
  outputs = { self, clan-core, ... }:
    let clan = clan-core.lib.clan { inherit self; meta.name = "test"; };
    in { inherit (clan.config) nixosConfigurations; };
}`;

function fleetOf(machines: Readonly<Record<string, string>>) {
  const own = Object.entries(machines).map(([name, body]) => [
    `machines/${name}/configuration.nix`,
    `{ lib, config, ... }: { ${body} }`,
  ]);
  return fleetWorkspace({ 'flake.nix': CLAN, ...Object.fromEntries(own) });
}

/** Machines by generator: null where it is on any of those that are not known. */
function placed(workspace: ReturnType<typeof fleetWorkspace>): (readonly unknown[])[] {
  return workspace.fleet().clanGenerators.map(({ name, machines, certain }) => [name, machines, certain]);
}

const enable = (name: string, value: boolean) => `clan.core.settings.${name}.enable = ${value};`;

describe('a module of clan-core', () => {
  it('is on a machine whose modules enable it, whatever other modules are not known', () => {
    const fleet = fleetOf({ ada: `imports = [ ./absent.nix ]; ${enable('machine-id', true)}` });
    expect(placed(fleet)).toEqual([
      ['machine-id', ['ada'], true],
      ['state-version', null, false],
    ]);
  });

  it('is on no machine whose modules disable it, or leave it to its default', () => {
    expect(placed(fleetOf({ ada: enable('state-version', false) }))).toEqual([]);
    expect(placed(fleetOf({ ada: '' }))).toEqual([['state-version', ['ada'], true]]);
  });

  it('is decided by the recommended defaults that a machine does without', () => {
    const fleet = fleetOf({ ada: 'clan.core.enableRecommendedDefaults = false;', bob: '' });
    expect(placed(fleet)).toEqual([['state-version', ['bob'], true]]);
  });

  it('is open where a condition decides that is not known', () => {
    const fleet = fleetOf({
      ada: `config = lib.mkIf config.services.x.enable { ${enable('machine-id', true)} };`,
    });
    expect(placed(fleet)).toEqual([
      ['machine-id', null, false],
      ['state-version', ['ada'], true],
    ]);
  });

  it('may be enabled by a module of another flake, which does not disable it', () => {
    const fleet = fleetOf({ ada: 'imports = [ inputs.x.nixosModules.x ];' });
    expect(placed(fleet).filter(([, , certain]) => certain === true)).toEqual([]);
  });
});

describe('the version in the script', () => {
  const versionOn = (workspace: ReturnType<typeof fleetWorkspace>, machine: string) =>
    workspace.fleet().clanGenerators[0]?.bodyOn(machine).script?.text;

  it('is that of the machine where its modules set it', () => {
    const fleet = fleetOf({
      ada: 'system.stateVersion = "25.05";',
      bob: 'system.stateVersion = lib.mkForce "24.11";',
    });
    expect(versionOn(fleet, 'ada')).toBe('echo -n 25.05 > "$out"/version\n');
    expect(versionOn(fleet, 'bob')).toBe('echo -n 24.11 > "$out"/version\n');
  });

  it('stays open where they do not, or as weakly as clan-core does', () => {
    const fleet = fleetOf({ ada: '', bob: 'system.stateVersion = lib.mkDefault "24.11";' });
    expect(versionOn(fleet, 'ada')).toContain('${config.system.stateVersion}');
    expect(versionOn(fleet, 'bob')).toContain('${config.system.stateVersion}');
  });

  it('follows what is typed', () => {
    const fleet = fleetOf({ ada: 'system.stateVersion = "25.05";', bob: '' });
    fleet.fleet();
    fleet.write({ 'machines/ada/configuration.nix': '{ system.stateVersion = "26.05"; }' });
    expect(versionOn(fleet, 'ada')).toContain('26.05');
    fleet.write({ 'machines/bob/configuration.nix': `{ ${enable('state-version', false)} }` });
    expect(placed(fleet)).toEqual([['state-version', ['ada'], true]]);
    const fresh = fleetWorkspace({
      'flake.nix': CLAN,
      'machines/ada/configuration.nix': '{ system.stateVersion = "26.05"; }',
      'machines/bob/configuration.nix': `{ ${enable('state-version', false)} }`,
    });
    expect(plainFleet(fleet.fleet())).toEqual(plainFleet(fresh.fleet()));
  });
});
