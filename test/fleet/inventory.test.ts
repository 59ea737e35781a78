/** Instances of services: what they are of, who is in their roles, what settings they give. */
import { describe, expect, it } from 'vitest';
import { isOfClanCore } from '../../server/src/fleet/inventory/inventory.ts';
import { memberSettings, memberValues, roleMembers } from '../../server/src/fleet/inventory/members.ts';
import type { Setting } from '../../server/src/modules/settings.ts';
import { mergeSettings, plainSetting, settingAt } from '../../server/src/modules/settings.ts';
import { clanOf, declaredIn, instanceOf, roleOf } from './inventories.ts';

const MACHINES = 'machines = { ada.tags = [ "work" ]; ida.machineClass = "darwin"; eva.tags = [ "work" ]; };';

function membersOf(rest: string, instance = 'net', role = 'peer') {
  const fleet = clanOf(`{ ${MACHINES} ${rest} }`);
  return roleMembers(fleet.inventory, roleOf(fleet, instance, role));
}

const plain = (setting: Setting) => plainSetting(setting, '?');

describe('the module of an instance', () => {
  it.each([
    ['net = { };', 'net', null, true],
    ['net.module.name = "zerotier";', 'zerotier', null, true],
    ['net.module = { name = "zerotier"; input = "clan-core"; };', 'zerotier', 'clan-core', true],
    ['net.module = { name = "@x/net"; input = "self"; };', '@x/net', 'self', false],
    ['net.module = config.net;', null, null, null],
  ])('is read from `%s`', (text, name, input, ofClanCore) => {
    const fleet = declaredIn({ 'clan.nix': `{ config, ... }: { clan.inventory.instances = { ${text} }; }` });
    const instance = instanceOf(fleet, 'net');
    expect([instance.module.name, instance.module.input]).toEqual([name, input]);
    expect(isOfClanCore(instance)).toBe(ofClanCore);
  });
});

describe('members of a role', () => {
  it.each([
    ['names', 'instances.net.roles.peer.machines = { ada = { }; };', ['ada']],
    ['a list of tags', 'instances.net.roles.peer.tags = [ "work" ];', ['ada', 'eva']],
    [
      'tags as a set, and names',
      'instances.net.roles.peer = { tags.work = { }; machines.ida = { }; };',
      ['ada', 'eva', 'ida'],
    ],
    ['everybody', 'instances.net.roles.peer.tags.all = { };', ['ada', 'eva', 'ida']],
    ['a class', 'instances.net.roles.peer.tags = { nixos = { }; };', ['ada', 'eva']],
    ['the other class', 'instances.net.roles.peer.tags.darwin = { };', ['ida']],
    [
      'a tag that lists its machines',
      'tags.mine = [ "ida" ]; instances.net.roles.peer.tags.mine = { };',
      ['ida'],
    ],
    ['a tag that nobody has', 'instances.net.roles.peer.tags.none = { };', []],
    [
      'a computed tag',
      'tags = { config, ... }: { some = builtins.filter (name: name != "ada") config.nixos; }; instances.net.roles.peer.tags.some = { };',
      ['eva'],
    ],
    [
      'a tag that is computed from machines and from another tag',
      'tags = { config, machines, ... }: { mac = lib.attrNames (lib.filterAttrs (_: m: m.machineClass == "darwin") machines); some = config.mac ++ [ "ada" ]; }; instances.net.roles.peer.tags.some = { };',
      ['ada', 'ida'],
    ],
  ])('are %s', (_, rest, expected) => {
    expect(membersOf(rest)).toEqual(expected);
  });

  it.each([
    ['names that are not known', 'instances.net.roles.peer.machines = lib.mapAttrs f unknown.machines;'],
    ['tags that are not known', 'instances.net.roles.peer.tags = unknown.tags;'],
    ['a tag that may have others', 'tags.mine = unknown; instances.net.roles.peer.tags.mine = { };'],
    ['a condition', 'instances.net.roles.peer = lib.mkIf unknown { machines.ada = { }; };'],
  ])('are not known with %s', (_, rest) => {
    const text = `{ lib, unknown, f, ... }: { clan.inventory = { ${MACHINES} ${rest} }; }`;
    const fleet = declaredIn({ 'clan.nix': text });
    expect(roleMembers(fleet.inventory, roleOf(fleet, 'net', 'peer'))).toBeNull();
  });

  it('are not known by tag where machines or their tags are not', () => {
    const fleet = declaredIn({
      'clan.nix':
        '{ others, ... }: { clan.inventory = { machines = { ada = { tags = [ "work" ] ++ others; }; }; instances.net.roles = { a.tags.work = { }; b.machines.ada = { }; c.tags.all = { }; }; }; }',
    });
    const members = (role: string) => roleMembers(fleet.inventory, roleOf(fleet, 'net', role));
    expect([members('a'), members('b'), members('c')]).toEqual([null, ['ada'], ['ada']]);
    expect([...fleet.inventory.certainlyTagged('work')]).toEqual(['ada']);
  });
});

describe('instances', () => {
  it('are joined from all places that add to them', () => {
    const fleet = declaredIn({
      'a.nix':
        '{ clan.inventory.instances.net = { module.name = "wireguard"; roles.peer.machines.ada = { }; }; }',
      'b.nix': '{ clan.inventory.instances.net.roles.peer.machines.ida.settings.port = 1; }',
      'c.nix': '{ clan.inventory.machines = { ada = { }; ida = { }; }; }',
    });
    const instance = instanceOf(fleet, 'net');
    expect(instance.module.name).toBe('wireguard');
    expect(instance.at.map(place => place.file)).toEqual(['a.nix', 'b.nix']);
    expect(roleMembers(fleet.inventory, roleOf(fleet, 'net', 'peer'))).toEqual(['ada', 'ida']);
  });

  it('are read once, however many ways lead to them', () => {
    const fleet = declaredIn({
      'flake.nix':
        '{ outputs = { clan-core, ... }: let inventory = import ./inventory; in { clan = clan-core.lib.clan { inherit inventory; }; }; }',
      'inventory/default.nix': '{ machines.ada = { }; instances.net.roles.peer.settings.list = [ 1 ]; }',
    });
    expect(plain(roleOf(fleet, 'net', 'peer').settings())).toEqual({ list: [1] });
  });

  it('are found through merges, folders and helper functions', () => {
    const fleet = declaredIn({
      'clan.nix':
        '{ lib, ... }: let one = name: lib.genAttrs [ name ] (_: { roles.default.tags.all = { }; }); in { clan.inventory.instances = lib.mkMerge [ (one "a") (lib.recursiveUpdate (one "b") (one "c")) ] ; }',
      'more.nix':
        '{ clan.inventory.instances = builtins.foldl\' (all: file: all // import (./parts + ("/" + file))) { } (builtins.attrNames (builtins.readDir ./parts)); }',
      'parts/d.nix': '{ d.roles.default.tags.all = { }; }',
    });
    expect(fleet.inventory.instances.map(instance => instance.name)).toEqual(['a', 'b', 'c', 'd']);
    expect(fleet.inventory.complete).toBe(true);
  });

  it('are not complete where some are not known', () => {
    const fleet = declaredIn({
      'clan.nix': '{ more, ... }: { clan.inventory.instances = { net = { }; } // more; }',
    });
    expect(fleet.inventory.instances.map(instance => instance.name)).toEqual(['net']);
    expect(fleet.inventory.complete).toBe(false);
  });

  it('keep the modules that members import', () => {
    const fleet = clanOf('{ instances.net.roles.peer.extraModules = [ ./a.nix { } ]; }');
    expect(roleOf(fleet, 'net', 'peer').extraModules).toBe(2);
  });
});

describe('settings', () => {
  const fleet = declaredIn({
    'clan.nix': `{ config, lib, ... }: { clan.inventory = { machines.ada.tags = [ "work" ]; machines.ida = { };
      instances.net.roles.peer = {
        settings = { port = 1; nested.a = true; hosts = [ "x" config.y ]; user = config.user; };
        tags.work.settings.nested.b = "work";
        machines.ada.settings = lib.mkForce { port = 2; };
        machines.ida = { };
      }; }; }`,
  });
  const role = roleOf(fleet, 'net', 'peer');

  it('are those of the role, of the tags and of the machine', () => {
    expect(plain(memberSettings(fleet.inventory, role, 'ada'))).toEqual({
      port: 2,
      nested: { a: true, b: 'work' },
      hosts: ['x', '?'],
      user: '?',
    });
    expect(plain(memberSettings(fleet.inventory, role, 'ida'))).toEqual({
      port: 1,
      nested: { a: true },
      hosts: ['x', '?'],
      user: '?',
    });
    expect(memberValues(fleet.inventory, role, 'ada')).toHaveLength(3);
    expect(memberValues(fleet.inventory, role, 'ida')).toHaveLength(1);
  });

  it('tell what is not set from what is not known', () => {
    const settings = memberSettings(fleet.inventory, role, 'ida');
    expect(settingAt(settings, ['nested', 'a'])).toEqual({ kind: 'plain', value: true });
    expect(settingAt(settings, ['nested', 'z'])).toBeUndefined();
    expect(settingAt(settings, ['user', 'name'])).toBeNull();
    const open = declaredIn({
      'clan.nix': '{ x, ... }: { clan.inventory.instances.net.roles.peer.settings = { a = 1; } // x; }',
    });
    expect(settingAt(roleOf(open, 'net', 'peer').settings(), ['b'])).toBeNull();
  });

  it('merge as options do', () => {
    const list = (value: number): Setting => ({
      kind: 'list',
      items: [{ kind: 'plain', value }],
      complete: true,
    });
    expect(plain(mergeSettings(list(1), list(2)))).toEqual([1, 2]);
    expect(plain(mergeSettings({ kind: 'plain', value: 1 }, { kind: 'plain', value: 2 }))).toBe(2);
  });
});
