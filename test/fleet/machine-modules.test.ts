/** Which machine has which generator: through imports, names that the flake gives, and services. */
import { describe, expect, it } from 'vitest';
import { fleetWorkspace } from './workspace.ts';

/** A generator of that name, in a module. */
const generator = (name: string) =>
  `{ clan.core.vars.generators.${name} = { files.key = { }; script = "true"; }; }`;

/** A clan with machines of the given names. */
const clan = (inventory: string, rest = '') => `{
  outputs = { self, clan-core, ... }:
    let clan = clan-core.lib.clan { inherit self; ${rest} inventory = { ${inventory} }; };
    in { inherit (clan.config) nixosConfigurations; };
}`;

/** Machines by generator: null where none is known, with a `+` where there may be more. */
function owners(texts: Readonly<Record<string, string>>): Record<string, string | null> {
  return ownersIn(fleetWorkspace(texts).fleet());
}

function ownersIn(fleet: ReturnType<ReturnType<typeof fleetWorkspace>['fleet']>) {
  return Object.fromEntries(
    fleet.generators.map(one => [
      one.name,
      one.machines && [...one.machines, ...(one.machinesComplete ? [] : ['+'])].join(' '),
    ]),
  );
}

describe('imports', () => {
  it('are followed from the folders of a clan, through paths, folders and lists', () => {
    const fleet = {
      'flake.nix': clan(''),
      'machines/ada/configuration.nix': '{ imports = [ ../../web.nix ../../base ]; }',
      'machines/bob/configuration.nix':
        '{ lib, ... }: { imports = map (n: ../../base + "/${n}.nix") [ "extra" ]; }',
      'web.nix': `{ lib, ... }: lib.recursiveUpdate ${generator('web')} { imports = [ ./base ]; }`,
      'base/default.nix': `{ ... }: { imports = [ ./extra.nix ]; config = ${generator('base')}; }`,
      'base/extra.nix': generator('extra'),
      'unused.nix': generator('unused'),
    };
    expect(owners(fleet)).toEqual({ base: 'ada', extra: 'ada bob', unused: '', web: 'ada' });
  });

  it('leave it open who has what where they are not known', () => {
    const fleet = {
      'flake.nix': clan(''),
      'machines/ada/configuration.nix': '{ config, ... }: { imports = [ ../../web.nix config.more ]; }',
      'machines/bob/configuration.nix': '{ }',
      'web.nix': generator('web'),
      'other.nix': generator('other'),
    };
    expect(owners(fleet)).toEqual({ web: 'ada', other: null });
  });

  it('may be all files below a folder, or some of them', () => {
    const fleet = (imports: string) => ({
      'flake.nix': clan(''),
      'machines/ada/configuration.nix': `{ lib, ... }: { imports = ${imports}; }`,
      'modules/a.nix': generator('a'),
      'modules/x/b.nix': generator('b'),
      'modules/x/_draft.nix': generator('draft'),
      'modules/readme.md': 'not a module',
    });
    const all = '(lib.filesystem.listFilesRecursive ../../modules)';
    const isDraft = 'lib.hasInfix "/_" (toString file)';
    for (const imports of [
      `builtins.filter (file: lib.hasSuffix ".nix" (toString file) && !${isDraft}) ${all}`,
      `lib.filter (file: lib.hasSuffix ".nix" file && !lib.hasPrefix "_" (baseNameOf file)) ${all}`,
      'lib.fileset.toList (lib.fileset.fileFilter (file: file.hasExt "nix" && file.name != "_draft.nix") ../../modules)',
      `lib.fileset.toList (lib.fileset.difference
        (lib.fileset.fileFilter (file: file.hasExt "nix") ../../modules) ../../modules/x/_draft.nix)`,
    ])
      expect(owners(fleet(imports))).toEqual({ a: 'ada', b: 'ada', draft: '' });
  });

  it('that are of other flakes, or say something of options only, hide nothing of the workspace', () => {
    const fleet = {
      'flake.nix': clan(''),
      'machines/ada/configuration.nix': `{ self, inputs, lib, pkgs, modulesPath, ... }: { imports = [
        (lib.mkRemovedOptionModule [ "my" "old" ] "It is gone.")
        (self.inputs.other + "/modules/x.nix")
        (modulesPath + "/profiles/minimal.nix")
        (import (builtins.toFile "m.nix" (builtins.readFile "\${inputs.other}/m.nix")) { self = inputs.other; })
      ]; }`,
      'web.nix': generator('web'),
    };
    expect(owners(fleet)).toEqual({ web: '' });
  });

  it('of users are followed through home-manager', () => {
    const workspace = fleetWorkspace({
      'flake.nix': clan('machines.ada = { }; machines.bob = { };'),
      'machines/ada/configuration.nix': `{
        home-manager.sharedModules = [ ../../home/all.nix ];
        home-manager.users.ann = { imports = [ ../../home/mail.nix ]; };
      }`,
      'machines/bob/configuration.nix': '{ home-manager.users.ben = import ../../home/mail.nix; }',
      'home/all.nix': '{ }',
      'home/mail.nix': '{ ... }: { imports = [ ./more.nix ]; vars.generators.token = { files.key = { }; }; }',
      'home/more.nix': '{ }',
    });
    const modules = workspace.fleet().modules;
    expect([...(modules.get('ada')?.homeFiles ?? [])].sort()).toEqual([
      'home/all.nix',
      'home/mail.nix',
      'home/more.nix',
    ]);
    expect([...(modules.get('bob')?.homeFiles ?? [])].sort()).toEqual(['home/mail.nix', 'home/more.nix']);
    expect(ownersIn(workspace.fleet())).toEqual({ token: 'ada bob' });
  });

  it('tell of which files a machine is made', () => {
    const modules = fleetWorkspace({
      'flake.nix': clan(''),
      'machines/ada/configuration.nix':
        '{ config, lib, ... }: { imports = [ ../../base ] ++ lib.optional config.x ../../perhaps.nix; }',
      'base/default.nix': '{ inputs, ... }: { imports = [ ./extra.nix inputs.other.nixosModules.default ]; }',
      'base/extra.nix': generator('extra'),
      'perhaps.nix': generator('perhaps'),
      'unused.nix': generator('unused'),
    }).fleet().modules;
    const own = modules.get('ada');
    expect([...(own?.files ?? [])].sort()).toEqual([
      'base/default.nix',
      'base/extra.nix',
      'machines/ada/configuration.nix',
    ]);
    expect([...(own?.possibleFiles ?? [])]).toEqual(['perhaps.nix']);
    expect(own?.foreign).toBe(true);
  });

  it('are followed by the path of the flake in a text', () => {
    const fleet = {
      'flake.nix': clan(`
        machines.ada = { }; machines.bob = { };
        instances.sshd = {
          roles.server.machines.bob = { };
          roles.server.extraModules = [ "\${self}/modules/db" ];
        };
      `),
      'machines/ada/configuration.nix': `{ self, inputs, ... }: {
        imports = [ "\${self}/modules/web.nix" "\${inputs.self}/modules/tls.nix" (self + "/modules/db") ];
      }`,
      'modules/web.nix': generator('web'),
      'modules/tls.nix': generator('tls'),
      'modules/db/default.nix': generator('db'),
    };
    expect(owners(fleet)).toEqual({ web: 'ada', tls: 'ada', db: 'ada bob' });
  });

  it('that ask for options of clan have them wherever generators can be', () => {
    const guarded = (condition: string) =>
      `{ lib, options, ... }: { config = lib.optionalAttrs (${condition}) ${generator('web')}; }`;
    const fleet = (condition: string) => ({
      'flake.nix': clan(''),
      'machines/ada/configuration.nix': guarded(condition),
    });
    expect(owners(fleet('options ? clan'))).toEqual({ web: 'ada' });
    expect(owners(fleet('options ? clan.core.vars'))).toEqual({ web: 'ada' });
    expect(owners(fleet('options ? clan.other'))).toEqual({ web: null });
    expect(owners(fleet('options.services ? x'))).toEqual({ web: null });
  });

  it('under a condition are no certain ones', () => {
    const fleet = {
      'flake.nix': clan(''),
      'machines/ada/configuration.nix':
        '{ config, lib, ... }: { imports = [ ./a.nix ]; config = lib.mkIf config.x.enable ' +
        `${generator('maybe')}; }`,
      'machines/ada/a.nix': `{ config, lib, ... }: lib.mkIf config.x.enable ${generator('perhaps')}`,
    };
    expect(owners(fleet)).toEqual({ maybe: null, perhaps: null });
  });

  it('of other flakes leave what is known of the own modules', () => {
    const fleet = {
      'flake.nix': clan(''),
      'machines/ada/configuration.nix': `{ inputs, modulesPath, lib, disko, ... }: {
        imports = [
          inputs.sops-nix.nixosModules.sops
          disko.nixosModules.disko
          (modulesPath + "/profiles/qemu-guest.nix")
          "\${modulesPath}/installer/scan/not-detected.nix"
          (lib.mkRenamedOptionModule [ "a" ] [ "b" ])
          ../../web.nix
        ];
      }`,
      'machines/bob/configuration.nix': '{ }',
      'web.nix': generator('web'),
    };
    expect(owners(fleet)).toEqual({ web: 'ada' });
  });
});

describe('configurations of a plain flake', () => {
  it('are made of the modules in their lists', () => {
    const fleet = {
      'flake.nix': `{
        outputs = { self, nixpkgs, ... }: {
          nixosConfigurations.ada = nixpkgs.lib.nixosSystem {
            modules = [ ./ada.nix ({ ... }: ${generator('inline')}) self.nixosModules.web ];
          };
          nixosModules.web = ./web.nix;
        };
      }`,
      'ada.nix': generator('ada'),
      'web.nix': generator('web'),
    };
    expect(owners(fleet)).toEqual({ ada: 'ada', inline: 'ada', web: 'ada' });
  });
});

describe('modules that the flake names', () => {
  it('are found in whatever file adds to them, and by import-tree', () => {
    const fleet = {
      'flake.nix': `{
        outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } (inputs.import-tree ./modules);
      }`,
      'modules/clan.nix': `{ config, inputs, ... }: {
        imports = [ inputs.clan-core.flakeModules.default ];
        clan.machines.ada.imports = with config.flake.modules.nixos; [ base (inputs.import-tree ../parts) ];
      }`,
      'modules/one.nix': `{ flake.modules.nixos.base = ${generator('one')}; }`,
      'modules/two.nix': `{ flake.modules = { nixos.base = { ... }: ${generator('two')}; }; }`,
      'modules/three.nix': `{ flake.modules.nixos.other = ${generator('three')}; }`,
      'parts/four.nix': generator('four'),
      'parts/_hidden/five.nix': generator('five'),
    };
    expect(owners(fleet)).toEqual({ one: 'ada', two: 'ada', three: '', four: 'ada', five: '' });
  });
});

const SERVICE = `{ lib, ... }: {
  _class = "clan.service";
  roles.server = {
    interface = { lib, ... }: {
      options.label = lib.mkOption { type = lib.types.str; default = "plain"; };
      options.users = lib.mkOption { type = lib.types.attrsOf (lib.types.submodule { }); default = { }; };
    };
    perInstance = { instanceName, settings, machine, roles, ... }: {
      nixosModule = { lib, ... }: {
        clan.core.vars.generators = {
          "\${instanceName}-\${machine.name}" = { files.\${settings.label} = { }; script = "true"; };
        } // lib.mapAttrs' (user: _: lib.nameValuePair "user-\${user}" { files.hash = { }; script = "true"; }) settings.users
          // lib.genAttrs (map (name: "peer-\${name}") (lib.attrNames roles.client.machines)) (_: { files.key = { }; script = "true"; });
      };
      darwinModule = ${generator('darwin')};
    };
  };
  roles.client = { };
  perMachine = { machine, instances, ... }: {
    nixosModule.clan.core.vars.generators."all-\${lib.concatStringsSep "-" (lib.attrNames instances)}" = { files.key = { }; script = "true"; };
  };
}`;

describe('services of the workspace', () => {
  const fleet = {
    'flake.nix': clan(
      `
        machines = { ada = { tags = [ "web" ]; }; bob = { tags = [ "web" ]; }; mac.machineClass = "darwin"; };
        instances.svc = {
          module = { name = "svc"; input = "self"; };
          roles.server.tags = [ "web" ];
          roles.server.machines.mac = { };
          roles.server.machines.ada.settings.label = "own";
          roles.server.settings.users = { eve = { }; };
          roles.client.machines.bob = { };
        };
      `,
      'modules.svc = ./svc.nix;',
    ),
    'svc.nix': SERVICE,
  };

  it('know their instance, their machine, their settings and the members of roles', () => {
    expect(owners(fleet)).toEqual({
      'all-svc': 'ada bob',
      darwin: 'mac',
      'peer-bob': 'ada bob',
      'svc-ada': 'ada',
      'svc-bob': 'bob',
      'user-eve': 'ada bob',
    });
  });

  it('give files the names that settings and their defaults say', () => {
    const { generators } = fleetWorkspace(fleet).fleet();
    const filesOf = (name: string) =>
      generators
        .find(one => one.name === name)
        ?.body()
        .files.map(file => file.name);
    expect(filesOf('svc-ada')).toEqual(['own']);
    expect(filesOf('svc-bob')).toEqual(['plain']);
  });

  it('keep the holes in names as long as no instance fills them', () => {
    const names = Object.keys(
      owners({ 'flake.nix': clan('machines.ada = { };', 'modules.svc = ./svc.nix;'), 'svc.nix': SERVICE }),
    );
    expect(names).toContain('${instanceName}-${machine.name}');
  });

  it('leave open who else has a generator where the members of a role are not known', () => {
    const open = fleet['flake.nix'].replace(
      'tags = [ "web" ];\n          roles',
      'tags = builtins.fetchurl "x";\n          roles',
    );
    const found = owners({ 'flake.nix': open, 'svc.nix': SERVICE });
    expect(found['svc-ada']).toBe('ada +');
    expect(found['svc-bob']).toBeUndefined();
  });

  it.each(['lib', 'pkgs', 'config', 'options', 'self'])('may ask for %s as every module may', argument => {
    const asking = `{ ... }: {
      roles.peer.perInstance = { instanceName, ${argument} }: {
        nixosModule.clan.core.vars.generators."\${instanceName}-peer" = { files.key = { }; script = "true"; };
      };
      perMachine = { machine, ${argument}, ... }: {
        nixosModule.clan.core.vars.generators."of-\${machine.name}" = { files.key = { }; script = "true"; };
      };
    }`;
    const inventory = `
      machines = { ada = { }; bob = { }; };
      instances.mesh = { module = { name = "svc"; input = "self"; }; roles.peer.machines.ada = { }; };
    `;
    expect(owners({ 'flake.nix': clan(inventory, 'modules.svc = ./svc.nix;'), 'svc.nix': asking })).toEqual({
      'mesh-peer': 'ada',
      'of-ada': 'ada',
    });
  });

  it('know the name of the machine from the configuration, too', () => {
    const named = `{ ... }: {
      roles.peer.perInstance = { instanceName, ... }: {
        nixosModule = { config, ... }: let inherit (config.clan.core.settings.machine) name; in {
          clan.core.vars.generators."\${instanceName}-\${name}" = { files.key = { }; script = "true"; };
        };
      };
    }`;
    const inventory = `
      machines = { ada = { }; bob = { }; };
      instances.mesh = { module = { name = "svc"; input = "self"; }; roles.peer.tags.all = { }; };
    `;
    expect(owners({ 'flake.nix': clan(inventory, 'modules.svc = ./svc.nix;'), 'svc.nix': named })).toEqual({
      'mesh-ada': 'ada',
      'mesh-bob': 'bob',
    });
  });

  it('bring the extra modules of their roles', () => {
    const found = owners({
      'flake.nix': clan(`
        machines.ada = { };
        machines.bob = { };
        instances.sshd = { roles.server.machines.ada = { }; roles.server.extraModules = [ ./extra.nix ]; };
      `),
      'extra.nix': generator('extra'),
    });
    expect(found).toEqual({ extra: 'ada' });
  });
});

describe('edits', () => {
  const start = {
    'flake.nix': clan('machines.ada = { }; machines.bob = { };'),
    'machines/ada/configuration.nix': '{ imports = [ ../../web.nix ]; }',
    'machines/bob/configuration.nix': '{ }',
    'web.nix': generator('web'),
    'more.nix': generator('more'),
  };

  it('of a module, of what imports it and of the inventory end where a new start ends', () => {
    const workspace = fleetWorkspace(start);
    expect(ownersIn(workspace.fleet())).toEqual({ web: 'ada', more: '' });
    const steps: Record<string, string | null>[] = [
      { 'web.nix': `{ imports = [ ./more.nix ]; config = ${generator('web')}; }` },
      { 'machines/bob/configuration.nix': '{ imports = [ ../../web.nix ]; }' },
      { 'more.nix': generator('less') },
      { 'flake.nix': clan('machines.ada = { };') },
      { 'machines/eve/configuration.nix': '{ imports = [ ../../more.nix ]; }' },
      { 'machines/ada/configuration.nix': null },
    ];
    const now: Record<string, string> = { ...start };
    for (const step of steps) {
      workspace.write(step);
      for (const [path, text] of Object.entries(step)) {
        if (text === null) delete now[path];
        else now[path] = text;
      }
      expect(ownersIn(workspace.fleet())).toEqual(owners(now));
    }
  });
});
