/** What a flake defines for itself and uses elsewhere: functions, hosts, modules, options of its own. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fleetWorkspace, plainFleet } from '../fleet/workspace.ts';
import { runs } from '../support/runs.ts';

const generator = (name: string) =>
  `{ clan.core.vars.generators.${name} = { files.key = { }; script = "true"; }; }`;

type Texts = Readonly<Record<string, string>>;

/** Machines by generator: null where none is known, with a `+` where there may be more. */
function owners(texts: Texts): Record<string, string | null> {
  return Object.fromEntries(
    fleetWorkspace(texts)
      .fleet()
      .generators.map(one => [
        one.name,
        one.machines && [...one.machines, ...(one.machinesComplete ? [] : ['+'])].join(' '),
      ]),
  );
}

/** A flake whose modules are all files below `parts/`. */
const PARTS = `{
  outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } (inputs.import-tree ./parts);
}`;

const CLAN = `{ config, inputs, self, ... }: {
  imports = [ inputs.clan-core.flakeModules.default ];
  clan.specialArgs = { tools = config.flake.lib; };
  clan.inventory.machines = { ada = { }; bob = { }; };
}`;

const configuration = (name: string) => `machines/${name}/configuration.nix`;

describe('a function that the flake defines', () => {
  const FINDER = `{ lib, ... }: {
    scan = path: map (name: path + "/\${name}")
      (builtins.filter (name: name != "configuration.nix") (builtins.attrNames (builtins.readDir path)));
  }`;

  it('is called through an argument, through `self` and through `inputs.self`', () => {
    const fleet = {
      'flake.nix': PARTS,
      'parts/clan.nix': CLAN,
      'parts/lib.nix': '{ lib, ... }: { flake.lib = import ../lib { inherit lib; }; }',
      'lib/default.nix': FINDER,
      [configuration('ada')]: '{ tools, ... }: { imports = tools.scan ./.; }',
      [configuration('bob')]:
        '{ self, inputs, ... }: { imports = self.lib.scan ./. ++ inputs.self.lib.scan ../more; }',
      'machines/ada/web.nix': generator('web'),
      'machines/bob/db.nix': generator('db'),
      'machines/more/extra.nix': generator('extra'),
    };
    expect(owners(fleet)).toEqual({ web: 'ada', db: 'bob', extra: 'bob' });
  });

  it('of a plain flake is called too, and its modules are listed', () => {
    const fleet = {
      'flake.nix': `{
        outputs = { self, nixpkgs, clan-core, ... }: {
          lib = import ./lib { inherit (nixpkgs) lib; };
          nixosModules = { web = ./web.nix; db = ${generator('db')}; };
          nixosConfigurations.ada = nixpkgs.lib.nixosSystem {
            modules = builtins.attrValues self.nixosModules ++ self.lib.scan ./ada;
          };
        };
      }`,
      'lib/default.nix': FINDER,
      'web.nix': generator('web'),
      'ada/one.nix': generator('one'),
    };
    expect(owners(fleet)).toEqual({ web: 'ada', db: 'ada', one: 'ada' });
  });

  it('is another one in a flake below', () => {
    const fleet = {
      'flake.nix': PARTS,
      'parts/clan.nix': CLAN,
      'parts/lib.nix': '{ flake.lib.name = "own"; }',
      'below/flake.nix': '{ outputs = { self, ... }: { }; }',
      'below/module.nix': `{ self, ... }: {
        clan.core.vars.generators."\${self.lib.name}" = { files.key = { }; script = "true"; };
      }`,
      'module.nix': `{ self, ... }: {
        clan.core.vars.generators."\${self.lib.name}" = { files.key = { }; script = "true"; };
      }`,
    };
    const names = fleetWorkspace(fleet)
      .fleet()
      .generators.map(one => one.name);
    expect(names.sort()).toEqual(['${self.lib.name}', 'own']);
  });

  it('is not known where a condition decides, or two files differ', () => {
    const names = (lib: Texts) =>
      fleetWorkspace({
        'flake.nix': PARTS,
        'parts/clan.nix': CLAN,
        'module.nix': `{ self, ... }: {
          clan.core.vars.generators.\${self.names.web} = { files.key = { }; script = "true"; };
        }`,
        ...lib,
      })
        .fleet()
        .generators.map(one => `${one.name} ${one.nameKind}`);
    expect(names({ 'parts/names.nix': '{ flake.names.web = "site"; }' })).toEqual(['site resolved']);
    expect(
      names({ 'parts/names.nix': '{ lib, ... }: { flake.names = lib.mkIf true { web = "site"; }; }' }),
    ).toEqual(['site resolved']);
    const conditional = '{ lib, config, ... }: { flake.names = lib.mkIf config.x { web = "site"; }; }';
    expect(names({ 'parts/names.nix': conditional })).toEqual(['${self.names.web} pattern']);
    const two = { 'parts/a.nix': '{ flake.names.web = "a"; }', 'parts/b.nix': '{ flake.names.web = "b"; }' };
    expect(names(two)).toEqual(['${self.names.web} pattern']);
    const strong = '{ lib, ... }: { flake.names.web = lib.mkForce "b"; }';
    expect(names({ ...two, 'parts/b.nix': strong })).toEqual(['b resolved']);
  });
});

describe('machines that a flake is made of', () => {
  const OPTION = `{ lib, config, ... }: {
    options.hosts = lib.mkOption {
      type = lib.types.lazyAttrsOf (lib.types.submodule {
        options.module = lib.mkOption { type = lib.types.deferredModule; };
      });
    };
    config.flake.modules.clan.base = {
      machines = lib.mapAttrs (_: { module }: { imports = [ module ]; }) config.hosts;
    };
  }`;
  const HOSTS: Texts = {
    'flake.nix': PARTS,
    'parts/clan.nix': `{ inputs, config, self, ... }: {
      flake.clan = inputs.clan-core.lib.clan { inherit self; imports = [ config.flake.modules.clan.base ]; };
    }`,
    'parts/hosts.nix': OPTION,
    'parts/ada.nix': `{ hosts.ada.module = { imports = [ ../web.nix ]; }; }`,
    'parts/ada-disk.nix': `{ hosts.ada.module = { ... }: ${generator('disk')}; }`,
    'parts/bob.nix': `let name = "bob"; in { hosts.\${name}.module = ${generator('db')}; }`,
    'web.nix': generator('web'),
  };

  it('are found in an option of its own, with all that files add to them', () => {
    expect(owners(HOSTS)).toEqual({ web: 'ada', disk: 'ada', db: 'bob' });
    expect(fleetWorkspace(HOSTS).fleet().machinesComplete).toBe(true);
  });

  it('are not all known where a module of the flake is not', () => {
    const more = {
      'parts/more.nix': '{ inputs, config, ... }: { imports = config.more; hosts = config.others; }',
    };
    expect(fleetWorkspace({ ...HOSTS, ...more }).fleet().machinesComplete).toBe(false);
  });

  it('are made again from systems that are made for it', () => {
    const fleet = {
      'flake.nix': `{
        outputs = inputs: inputs.flake-parts.lib.mkFlake
          { inherit inputs; specialArgs.make = import ./make.nix; }
          { imports = [ ./hosts.nix ./clan.nix ]; };
      }`,
      'make.nix': `{ host, modules }: { inputs, ... }: {
        flake.baseConfigurations.\${host} = inputs.nixpkgs.lib.nixosSystem {
          modules = [ (./. + "/\${host}.nix") ] ++ modules;
          specialArgs = { inherit host; };
        };
      }`,
      'hosts.nix': `{ make, ... }: {
        imports = [
          (make { host = "ada"; modules = [ ./web.nix ]; })
          (make { host = "bob"; modules = [ ]; })
        ];
      }`,
      'clan.nix': `{ self, inputs, ... }: {
        imports = [ inputs.clan-core.flakeModules.default ];
        clan.machines = builtins.mapAttrs
          (name: system: { imports = system._module.args.modules; config._module.args = system._module.specialArgs; })
          self.baseConfigurations;
      }`,
      'ada.nix': generator('ada'),
      'bob.nix': generator('bob'),
      'web.nix': generator('web'),
    };
    expect(owners(fleet)).toEqual({ ada: 'ada', bob: 'bob', web: 'ada' });
  });

  const SERVICE = `{ ... }: {
    flake.modules."clan.service".backup = {
      _class = "clan.service";
      roles.client.perInstance = { instanceName, ... }: {
        nixosModule = { clan.core.vars.generators."\${instanceName}-key" = { files.key = { }; script = "true"; }; };
      };
    };
  }`;

  it('have what service modules give that the flake names', () => {
    const fleet = {
      'flake.nix': PARTS,
      'parts/clan.nix': `{ config, inputs, ... }: {
        imports = [ inputs.clan-core.flakeModules.default ];
        clan.modules = config.flake.modules."clan.service";
        clan.inventory.machines = { ada = { }; bob = { }; };
        clan.inventory.instances.nightly = {
          module = { name = "backup"; input = "self"; };
          roles.client.machines.ada = { };
        };
      }`,
      'parts/backup.nix': SERVICE,
    };
    expect(owners(fleet)).toEqual({ 'nightly-key': 'ada' });
    const one = {
      ...fleet,
      'parts/clan.nix': fleet['parts/clan.nix'].replace('clan.modules =', 'clan.modules.backup ='),
    };
    one['parts/clan.nix'] = one['parts/clan.nix'].replace('"clan.service";', '"clan.service".backup;');
    expect(owners(one)).toEqual({ 'nightly-key': 'ada' });
  });

  const EDITS: Readonly<Record<string, readonly (string | null)[]>> = {
    'flake.nix': [PARTS, PARTS.replace('./parts', './others')],
    'parts/clan.nix': [
      HOSTS['parts/clan.nix'] as string,
      CLAN.replace('clan.inventory', 'clan.machines = config.flake.made; clan.inventory'),
    ],
    'parts/hosts.nix': [OPTION, OPTION.replace('config.hosts', 'config.flake.made'), '{ broken = '],
    'parts/ada.nix': [
      HOSTS['parts/ada.nix'] as string,
      `{ hosts.ann.module = ${generator('web')}; }`,
      '{ }',
      null,
    ],
    'parts/bob.nix': [
      HOSTS['parts/bob.nix'] as string,
      `{ config, ... }: { hosts.bob.module = ${generator('db')}; flake.made.cleo.imports = config.flake.lib.all; }`,
      `{ lib, config, ... }: { hosts = lib.mkIf config.x { bob.module = ${generator('db')}; }; }`,
    ],
    'parts/lib.nix': [
      '{ flake.lib.all = [ ../web.nix ]; flake.made.dan = { }; }',
      '{ flake.lib.all = import ../all.nix; }',
      null,
    ],
    'all.nix': ['[ ./web.nix ]', '[ ./web.nix ./machines ]', '[ ./gone.nix ]'],
    'web.nix': [generator('web'), generator('site')],
    'machines/default.nix': [generator('machines'), null],
    [configuration('ada')]: [
      '{ self, ... }: { imports = self.lib.all or [ ]; }',
      '{ self, ... }: { imports = self.lib.all; }',
      '{ tools, ... }: { imports = map (x: x) tools.all; }',
      null,
    ],
  };
  const edit = fc
    .constantFrom(...Object.keys(EDITS))
    .chain(path =>
      fc.constantFrom(...(EDITS[path] as readonly (string | null)[])).map(text => ({ path, text })),
    );

  it('are, after any edits, those that building from scratch finds', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(edit, fc.boolean()), { minLength: 1, maxLength: 8 }), edits => {
        const workspace = fleetWorkspace(HOSTS);
        plainFleet(workspace.fleet());
        const texts: Record<string, string> = { ...HOSTS };
        for (const [{ path, text }, isLookedAt] of edits) {
          workspace.write({ [path]: text });
          if (isLookedAt) plainFleet(workspace.fleet());
          if (text === null) delete texts[path];
          else texts[path] = text;
        }
        expect(plainFleet(workspace.fleet())).toEqual(plainFleet(fleetWorkspace(texts).fleet()));
      }),
      { numRuns: runs(40) },
    );
  });
});
