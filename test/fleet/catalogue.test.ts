/** The generators of clan-core's own services: by name, and as an inventory brings them. */
import { describe, expect, it } from 'vitest';
import {
  catalogueEntries,
  catalogueFile,
  catalogueGenerators,
  isCatalogueGenerator,
} from '../../server/src/fleet/catalogue/catalogue.ts';
import type { ClanGenerator } from '../../server/src/fleet/model/services.ts';
import { clanOf, declaredIn } from './inventories.ts';

const MACHINES = 'machines = { ada = { }; eva = { }; ida.machineClass = "darwin"; };';

/** What services bring, without what any machine may switch on. */
function broughtBy(instances: string): readonly ClanGenerator[] {
  const { inventory } = clanOf(`{ ${MACHINES} instances = { ${instances} }; }`);
  return catalogueGenerators(inventory, null).filter(one => one.service !== null);
}

const placed = (instances: string) =>
  Object.fromEntries(broughtBy(instances).map(one => [one.name, one.machines?.join(' ') ?? null]));

/** A text in which holes are written `<x>` here and `${x}` in Nix. */
const holes = (text: string) => text.replace(/<(\w+)>/g, (_, name: string) => `$\{${name}}`);

describe('a name', () => {
  it.each(['openssh', 'state-version', 'zerotier-identity-ada', 'user-password-x', 'wifi.home', 'cert-a.b'])(
    '%s may be that of a service',
    name => {
      expect(isCatalogueGenerator(name)).toBe(true);
    },
  );

  it.each(['openssh2', 'wifi', 'wifiXhome', 'user-password-', 'my-own'])('%s is not', name => {
    expect(isCatalogueGenerator(name)).toBe(false);
  });

  it('may be declared by several services', () => {
    expect(catalogueEntries('openssh').map(entry => entry.service)).toEqual(['admin', 'sshd']);
  });
});

describe('a file', () => {
  it.each([
    ['openssh', 'ssh.id_ed25519', true, true],
    ['openssh', 'ssh.id_ed25519.pub', false, true],
    ['matrix-password-ada', 'matrix-password-ada', true, true],
    ['cert-web', 'web.crt', false, true],
    ['wireguard-network-x', 'prefix', false, true],
    ['wireguard-network-x', 'suffix', false, true],
    ['zerotier-ip-ada-net', 'ip', false, false],
    ['user-password-ada', 'user-password', true, false],
  ])('%s/%s is known', (generator, file, secret, deploy) => {
    expect(catalogueFile(generator, file)).toMatchObject({ name: file, secret, deploy });
  });

  it.each([
    ['openssh', 'key'],
    ['cert-web', 'mail.crt'],
    ['my-own', 'key'],
  ])('%s/%s is not', (generator, file) => {
    expect(catalogueFile(generator, file)).toBeNull();
  });

  it('that the password of a user is made from is needed early', () => {
    expect(catalogueFile('user-password-ada', 'user-password-hash')?.neededFor).toBe('users');
  });
});

describe('an inventory brings', () => {
  it('names with the instance, the machine and the controller', () => {
    const brought = broughtBy(
      'net = { module.name = "zerotier"; roles.controller.machines.eva = { }; roles.peer.tags.nixos = { }; };',
    );
    expect(brought.map(one => [one.name, one.machines, one.dependencies])).toEqual([
      ['zerotier-network-net', ['eva', 'ada'], ['zerotier-identity-eva']],
      ['zerotier-identity-eva', ['eva'], []],
      ['zerotier-identity-ada', ['ada'], []],
      ['zerotier-ip-eva-net', ['eva'], ['zerotier-identity-eva', 'zerotier-network-net']],
      ['zerotier-ip-ada-net', ['ada'], ['zerotier-identity-ada', 'zerotier-network-net']],
    ]);
    expect(brought.every(one => one.certain && one.share && !one.isPattern)).toBe(true);
  });

  it('a file of its own to each role', () => {
    const brought = broughtBy(
      'wg = { module.name = "wireguard"; roles.controller.machines.ada = { }; roles.peer.machines.ida = { }; };',
    );
    expect(brought.map(one => [one.name, one.machines, one.files.map(file => file.name)])).toEqual([
      ['wireguard-network-wg', ['ida'], ['suffix']],
      ['wireguard-network-wg', ['ada'], ['prefix']],
      ['wireguard-keys-wg', ['ada', 'ida'], ['privatekey', 'publickey']],
    ]);
  });

  it('what settings name', () => {
    expect(
      placed(`
        root = { module.name = "users"; roles.default = { tags.nixos = { }; settings.user = "root"; }; };
        ida = { module.name = "users"; roles.default.machines.ada = { }; };
        wifi.roles.default = { machines.ada = { }; settings.networks = { home = { }; open.keyMgmt = "none"; }; };
        dns = { module.name = "dyndns"; roles.default = { machines.ada = { }; settings.settings.x = { provider = "p"; domain = "d.org"; }; }; };
        matrix-synapse.roles.default = { machines.eva = { }; settings.users = { ada = { }; y.name = "eva"; }; };
      `),
    ).toEqual({
      'user-password-root': 'ada eva',
      'user-password-ida': 'ada',
      'wifi.home': 'ada',
      'wifi.open': 'ada',
      'dyndns-p-d.org': 'ada',
      'matrix-synapse': 'eva',
      'matrix-password-ada': 'eva',
      'matrix-password-eva': 'eva',
    });
  });

  it('files and sharing as settings say', () => {
    const brought = broughtBy(`
      wifi.roles.default = { machines.ada = { }; settings.networks = { home = { }; open.keyMgmt = "none"; }; };
      tor.roles.server = { machines.ada = { }; settings.secretHostname = false; };
      user = { module.name = "users"; roles.default = { machines.ada.settings.share = true; machines.eva = { }; }; };
    `);
    const files = (name: string) =>
      brought.find(one => one.name === name)?.files.map(file => `${file.name} ${file.secret}`);
    expect(files('wifi.home')).toEqual(['network-name true', 'password true']);
    expect(files('wifi.open')).toEqual(['network-name true']);
    expect(files('tor_tor')).toEqual(['hostname false', 'hs_ed25519_secret_key true']);
    const users = brought.filter(one => one.service === 'users');
    expect(users.map(one => [one.name, one.machines, one.share])).toEqual([
      ['user-password-user', ['ada'], true],
      ['user-password-user', ['eva'], false],
    ]);
  });

  it('nothing that settings switch off', () => {
    const sshd = (settings: string) =>
      Object.keys(
        placed(
          `sshd.roles = { server = { machines.ada = { }; settings = { ${settings} }; }; client.tags.nixos = { }; };`,
        ),
      );
    expect(sshd('')).toEqual(['openssh', 'openssh-cert', 'openssh-ca']);
    expect(sshd('certificate.enable = false; hostKeys.rsa.enable = true; generateRootKey = true;')).toEqual([
      'openssh',
      'openssh-rsa',
      'sshd-root-key',
    ]);
    expect(placed('sshd.roles.client.machines.ada = { };')).toEqual({});
  });

  it('nothing to machines of a class without a module, to machines that there are not, or from other inputs', () => {
    expect(
      placed(`
        tor.roles.server.machines = { ida = { }; gone = { }; };
        borgbackup = { module.input = "self"; roles.client.machines.ada = { }; };
      `),
    ).toEqual({});
  });

  it('patterns where names are not known', () => {
    const { inventory } = declaredIn({
      'clan.nix': `{ config, more, ... }: { clan.inventory = { ${MACHINES} instances = {
        user = { module.name = "users"; roles.default = { machines.ada = { }; settings.user = config.me; }; };
        pki.roles.default.machines.ada = { };
        wifi.roles.default = { machines.ada = { }; settings.networks = { home = { }; } // more; };
        mycelium.roles.peer.machines = more;
      }; }; }`,
    });
    const brought = catalogueGenerators(inventory, null).filter(one => one.service !== null);
    expect(brought.map(one => [one.name, one.machines, one.isPattern])).toEqual([
      [holes('user-password-<user>'), ['ada'], true],
      ['pki-root-ca', ['ada'], false],
      [holes('cert-<endpoint>'), ['ada'], true],
      ['wifi.home', ['ada'], false],
      [holes('wifi.<network>'), ['ada'], true],
      ['mycelium', null, false],
    ]);
  });

  it('nothing certain from what may be said elsewhere', () => {
    const { inventory } = declaredIn({
      'clan.nix': `{ more, ... }: { clan.inventory = { ${MACHINES} instances = more // { user = { module.name = "users"; roles.default.machines.ada = { }; }; }; }; }`,
    });
    const [user] = catalogueGenerators(inventory, null).filter(one => one.service === 'users');
    expect(user).toMatchObject({ name: holes('user-password-<user>'), certain: false, share: null });
  });

  it('core modules that any machine may switch on', () => {
    const core = catalogueGenerators(clanOf(`{ ${MACHINES} }`).inventory, null);
    expect(core.map(one => [one.name, one.machines, one.certain])).toEqual([
      ['machine-id', null, false],
      ['state-version', null, false],
    ]);
  });
});
