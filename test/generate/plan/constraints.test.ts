/** What services allow: how many instances there may be, and how many machines in their roles. */
import { expect, it } from 'vitest';
import { violationsIn } from '../../../server/src/generate/plan/constraints.ts';
import { fleetWorkspace } from '../../fleet/workspace.ts';

const MACHINES = 'm1 = { tags = [ "moons" ]; }; m2 = { tags = [ "moons" ]; }; m3 = { };';

/** @param manifest of the service `mynet` @param instances of the inventory */
function violations(manifest: string, instances: string, machines = MACHINES): string[] {
  const flake = `{
  outputs = { self, clan-core, ... }:
    let
      clan = clan-core.lib.clan {
        inherit self;
        modules.mynet = { lib, ... }: {
          _class = "clan.service";
          manifest.name = "mynet";
          ${manifest}
          roles.moon = { };
          roles.peer = { };
        };
        inventory.machines = { ${machines} };
        inventory.instances = { ${instances} };
      };
    in { inherit (clan.config) nixosConfigurations; };
}`;
  return violationsIn(fleetWorkspace({ 'flake.nix': flake }).fleet()).map(one => one.message);
}

const vpn = (roles: string, name = 'vpn') =>
  `${name} = { module = { name = "mynet"; input = "self"; }; ${roles} };`;
const MOST = 'manifest.constraints.roles.moon.maxMachines = 1;';
const LEAST = 'manifest.constraints = { roles.peer = { minMachines = 2; }; };';

it.each([
  [
    'too many machines',
    MOST,
    vpn('roles.moon.machines = { m1 = { }; m3 = { }; };'),
    'Role "moon" of service "mynet" is for 1 machine at most; instance "vpn" has 2: m1, m3.',
  ],
  [
    'too many by a tag',
    MOST,
    vpn('roles.moon.tags.moons = { };'),
    'Role "moon" of service "mynet" is for 1 machine at most; instance "vpn" has 2: m1, m2.',
  ],
  [
    'too few machines',
    LEAST,
    vpn('roles.peer.machines.m1 = { };'),
    'Role "peer" of service "mynet" is for 2 machines at least; instance "vpn" has 1: m1.',
  ],
  [
    'none where some are needed',
    LEAST,
    vpn('roles.moon.machines.m1 = { };'),
    'Role "peer" of service "mynet" is for 2 machines at least; instance "vpn" has none.',
  ],
  [
    'too many instances',
    'manifest.constraints.maxInstances = 1;',
    vpn('', 'a') + vpn('', 'b'),
    'Service "mynet" may have 1 instance at most; there are 2: a, b.',
  ],
])('%s', (_, manifest, instances, message) => {
  expect(violations(manifest, instances)).toEqual([message]);
});

it.each([
  ['as many as may be', MOST, vpn('roles.moon.machines.m1 = { };')],
  ['another role', MOST, vpn('roles.peer.tags.moons = { };')],
  [
    'each instance counts for itself',
    MOST,
    vpn('roles.moon.machines.m1 = { };', 'a') + vpn('roles.moon.machines.m2 = { };', 'b'),
  ],
  ['no bound', 'manifest.constraints.roles.moon.maxMachines = null;', vpn('roles.moon.tags.moons = { };')],
  ['a bound under a condition', `config = lib.mkIf lib.x { ${MOST} };`, vpn('roles.moon.tags.moons = { };')],
  ['a bound that is not known', MOST.replace('1', 'lib.x'), vpn('roles.moon.tags.moons = { };')],
  ['a service of another flake', MOST, vpn('roles.moon.tags.moons = { };').replace('self', 'other')],
  [
    'an instance under a condition',
    MOST,
    `b = lib.mkIf lib.x { ${vpn('roles.moon.tags.moons = { };')} }.vpn;`,
  ],
  ['a role with machines that are not known', LEAST, vpn('roles.peer = lib.x;')],
])('nothing of %s', (_, manifest, instances) => {
  expect(violations(manifest, instances)).toEqual([]);
});

it('nothing of tags that may have further machines, where too few are seen', () => {
  const some = vpn('roles.peer.tags.moons = { };');
  expect(violations(LEAST.replace('2', '3'), some)).toHaveLength(1);
  expect(violations(LEAST.replace('2', '3'), some, `${MACHINES} m4 = { tags = builtins.x; };`)).toEqual([]);
});
