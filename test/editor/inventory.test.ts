// Hover, definition and completion in an inventory: options, settings of services, roles, tags, modules and inputs.
import { describe, expect, it, test } from 'vitest';
import { FLAKE, LOCK } from '../../server/src/checks/examples/inventory-examples.ts';
import { completion } from '../../server/src/editor/complete/completion.ts';
import { hover } from '../../server/src/editor/hover/hover.ts';
import { definition } from '../../server/src/editor/navigate/definition.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { folder } from '../workspace/support.ts';
import { type At, textAt } from './support.ts';

const engine = await loadEngine();

const CLAN = `{ lib, ... }:
{
  meta.name = "home";
  modules.backup = ./services/backup.nix;
  inventory = {
    machines.emily = {
      machineClass = "nixos";
      tags = [ "desk" ];
      deploy.targetHost = "root@emily";
    };
    machines.lea = { };
    tags.quiet = [ "lea" ];
    instances = {
      home-backup = {
        module.name = "backup";
        module.input = "self";
        roles.client = {
          tags."desk" = { };
          tags.quiet = { };
          settings.level = "full";
          machines.emily.settings.target.host = "store";
        };
      };
      yggdrasil = {
        module.input = "community";
        roles.default.tags = [ "all" ];
      };
      sshd.roles.server.settings.certificate.searchDomains = [ ];
      vault = {
        module.name = "borgbackup";
        module.input = "clan-core";
        roles.client.machines.lea = { };
      };
    };
  };
}
`;

const SERVICE = `{ ... }:
{
  _class = "clan.service";
  manifest.name = "backup";
  roles.client = {
    interface = { lib, ... }: {
      options.level = lib.mkOption {
        type = lib.types.enum [ "full" "incremental" ];
        default = "incremental";
        description = "How much is saved each time.";
      };
      options.target.host = lib.mkOption { type = lib.types.str; };
      options.verify = lib.mkEnableOption "a look at what was saved";
    };
    perInstance = { settings, ... }: { };
  };
}
`;

function at(before: string, clan = CLAN): At {
  const files = {
    'flake.nix': FLAKE.replace('{\n', '{\n  inputs.community.url = "github:example/services";\n'),
    'flake.lock': LOCK,
    'clan.nix': clan,
    'services/backup.nix': SERVICE,
  };
  const offset = clan.indexOf(before);
  if (offset === -1) throw new Error(`there is no ${before}`);
  const { snapshot } = createWorkspace({ root: folder(files), engine });
  return { snapshot: snapshot(), file: 'clan.nix', offset: offset + before.length };
}

function shown(before: string): string | undefined {
  const { snapshot, file, offset } = at(before);
  return hover(snapshot, file, offset)?.markdown;
}

function definedAt(before: string): string[] {
  const { snapshot, file, offset } = at(before);
  return (definition(snapshot, file, offset)?.targets ?? []).map(place => textAt(snapshot, place));
}

describe('hover', () => {
  test('an option of a machine', () => {
    expect(shown('machineCl')).toContain('**machineClass** · option of a machine');
    expect(shown('machineCl')).toContain('- Default: `"nixos"`');
    expect(shown('deploy.targ')).toContain('SSH address of the host to deploy the machine to');
    expect(shown('  dep')).toContain('**deploy** · option of a machine');
    expect(shown('meta.na')).toContain('Name of the clan.');
  });

  test('a setting of a service of this repository', () => {
    expect(shown('settings.lev')).toMatchInlineSnapshot(`
      "**level** · setting of the role client of backup

      How much is saved each time.

      - Type: one of "full", "incremental"
      - Default: \`"incremental"\`

      Defined in \`services/backup.nix:7\`"
    `);
    expect(shown('target.ho')).toContain('It must be set');
  });

  test('a setting of a service of clan-core', () => {
    expect(shown('certificate.search')).toContain('**searchDomains** · setting of the role server of sshd');
  });

  test('a role, with its machines and settings', () => {
    expect(shown('roles.cli')).toMatchInlineSnapshot(`
      "**client** · role of backup of this repository

      - Machines: emily, lea (2 of 2)
      - Settings: \`level\`, \`target\`, \`verify\`

      Defined in \`services/backup.nix:5\`"
    `);
    expect(shown('roles.serv')).toContain('role of sshd of clan-core');
  });

  test('an instance, its module and the input that it is of', () => {
    expect(shown('home-ba')).toContain('**home-backup** · instance of backup of this repository');
    expect(shown('name = "back')).toContain('Defined in `clan.nix:4`');
    expect(shown('input = "comm')).toContain('**community** · flake input with services');
  });

  test('an instance of a service of clan-core, with the generators that it adds', () => {
    expect(shown('vaul')).toContain('- Generators: `borgbackup`');
  });

  test('a tag in a list, as a name, and as a name in quotes', () => {
    for (const before of ['tags = [ "de', 'tags."de']) {
      expect(shown(before)).toContain('**desk** · tag');
      expect(shown(before)).toContain('- Machines: emily (1 of 2)');
    }
    expect(shown('tags.qui')).toContain('- Machines: lea (1 of 2)');
  });
});

describe('definition', () => {
  test.each([
    ['settings.lev', ['services/backup.nix: level']],
    ['target.ho', ['services/backup.nix: host']],
    ['roles.cli', ['services/backup.nix: client']],
    ['name = "back', ['clan.nix: backup']],
    ['input = "comm', ['flake.nix: community']],
    ['tags."de', ['clan.nix: "desk"']],
    ['  tags.quiet = { }; '.slice(0, 10), ['clan.nix: quiet']],
    ['certificate.search', []],
  ])('of %s', (before, expected) => {
    expect(definedAt(before)).toEqual(expected);
  });
});

/** What is offered at the bar in the place of the settings of `home-backup`. */
function offered(inside: string): { readonly labels: string[]; readonly inserts: string[] } {
  const text = `{ ... }:\n{\n  meta.name = "home";\n  modules.backup = ./services/backup.nix;\n  inventory.machines.emily.tags = [ "desk" ];\n  ${inside}\n}\n`;
  const { snapshot, file, offset } = at(text.slice(0, text.indexOf('|')), text.replace('|', ''));
  const items = [...(completion(snapshot, file, offset)?.items ?? [])].sort((a, b) => a.rank - b.rank);
  return { labels: items.map(({ label }) => label), inserts: items.map(({ insert }) => insert) };
}

const own = (inside: string) =>
  `inventory.instances.home = { module = { name = "backup"; input = "self"; }; ${inside} };`;

describe('completion', () => {
  it.each([
    ['inventory.machines.lea = { | };', ['machineClass', 'deploy', 'tags', 'installedAt']],
    ['inventory.machines.lea.deploy.|', ['targetHost', 'buildHost', 'forwardAgent']],
    ['inventory = { | };', ['instances', 'machines', 'meta', 'tags']],
    ['meta.|', ['domain', 'icon']],
    ['inventory.instances.x.module.|', ['input', 'name']],
    ['inventory.instances.x.roles.y.|', ['extraModules', 'machines', 'settings', 'tags']],
    ['inventory.instances.x.module.input = "|";', ['self', 'community']],
    ['inventory.instances.sshd.roles.server.settings.|', ['certificate', 'authorizedKeys']],
    [
      'inventory.instances.sshd.roles.server.machines.emily.settings = { certificate.| };',
      ['searchDomains', 'enable'],
    ],
    [own('roles.client.settings = { | };'), ['level', 'target', 'verify']],
    [own('roles.client.machines.emily.settings.target.|'), ['host']],
    ['inventory.instances.x.roles.y.tags."|"', ['desk', 'all']],
    ['inventory.instances.x.roles.y.machines."|"', ['emily']],
  ])('in %s', (inside, expected) => {
    expect(offered(inside).labels).toEqual(expect.arrayContaining(expected));
  });

  it('offers the values that can be chosen', () => {
    expect(offered('inventory.machines.lea.machineClass = "|";').inserts).toEqual(['nixos', 'darwin']);
    expect(offered('inventory.machines.lea.machineClass = |').inserts).toEqual(['"nixos"', '"darwin"']);
    expect(offered('inventory.machines.lea.deploy.forwardAgent = |').labels).toEqual([
      'true',
      'false',
      'null',
    ]);
    expect(offered(own('roles.client.settings.level = "|";')).labels).toEqual(['full', 'incremental']);
    expect(offered(own('roles.client.settings.verify = |')).labels).toEqual(['true', 'false']);
  });

  it('leaves out options that are set, and what nobody should set', () => {
    const { labels } = offered('inventory.machines.lea = { machineClass = "nixos"; | };');
    expect(labels).not.toContain('machineClass');
    expect(offered('inventory = { | };').labels).not.toContain('services');
  });

  it('writes names in quotes without further ones', () => {
    expect(offered('inventory.instances.x.roles.y.tags."|"').inserts).toContain('desk');
  });

  it('offers nothing of the kind where something else is called so', () => {
    expect(offered('services.inventory2.machines.lea = { | };').labels).not.toContain('machineClass');
  });
});
