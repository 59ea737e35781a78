/** Generators under conditions, and names made of options, as far as a machine's own modules settle them. */
import { describe, expect, it } from 'vitest';
import { fleetWorkspace, plainFleet } from './workspace.ts';

/** A module's line that declares a generator. */
const generator = (name: string) =>
  `clan.core.vars.generators.${name} = { files.key = { }; script = "true"; };`;

/** A clan whose machines are folders. */
const CLAN = `{
  outputs = { self, clan-core, ... }:
    let clan = clan-core.lib.clan { inherit self; meta.name = "test"; };
    in { inherit (clan.config) nixosConfigurations; };
}`;

/** A fleet of machines that are all made of the given files and something of their own. */
function fleetOf(machines: Readonly<Record<string, string>>, files: Readonly<Record<string, string>>) {
  const own = Object.entries(machines).map(([name, body]) => [
    `machines/${name}/configuration.nix`,
    `{ lib, config, ... }: { imports = [ ../../modules ]; ${body} }`,
  ]);
  return fleetWorkspace({ 'flake.nix': CLAN, ...Object.fromEntries(own), ...files });
}

/** Machines by generator: null where none is known, with a `+` where there may be more. */
function owners(workspace: ReturnType<typeof fleetWorkspace>): Record<string, string | null> {
  return Object.fromEntries(
    workspace
      .fleet()
      .generators.map(one => [
        one.name,
        one.machines && [...one.machines, ...(one.machinesComplete ? [] : ['+'])].join(' '),
      ]),
  );
}

/** A module with an option `my.web.enable` and a generator under it. */
const WEB = `{ config, lib, ... }:
  let cfg = config.my.web; in {
    options.my.web.enable = lib.mkEnableOption "the web";
    config = lib.mkIf cfg.enable { ${generator('web')} };
  }`;

describe('a condition that reads an option', () => {
  it('holds where a module of the machine says so, and does not where all are known and none does', () => {
    const fleet = fleetOf(
      { ada: 'my.web.enable = true;', bob: 'my.web.enable = false;', cleo: '' },
      { 'modules/default.nix': WEB },
    );
    expect(owners(fleet)).toEqual({ web: 'ada' });
    expect(fleet.fleet().generators[0]?.conditional).toBe(false);
  });

  it('is open where modules are not known, unless something says so as strongly as modules do', () => {
    const fleet = fleetOf(
      {
        ada: 'my.web.enable = true;',
        bob: 'my.web.enable = lib.mkDefault true;',
        cleo: '',
      },
      {
        'modules/default.nix': `{ custom, ... }: { imports = [ ./web.nix custom ]; }`,
        'modules/web.nix': WEB,
      },
    );
    expect(owners(fleet)).toEqual({ web: 'ada +' });
  });

  it('is weighed as the module system weighs definitions', () => {
    const fleet = fleetOf(
      {
        ada: 'my.web.enable = lib.mkForce false;',
        bob: '',
        cleo: 'my.web.enable = lib.mkIf config.services.other.enable false;',
      },
      {
        'modules/default.nix': '{ imports = [ ./web.nix ./profile.nix ]; }',
        'modules/web.nix': WEB,
        'modules/profile.nix': '{ lib, ... }: { my.web.enable = lib.mkDefault true; }',
      },
    );
    expect(owners(fleet)).toEqual({ web: 'bob +' });
  });

  it('is open where options of nixpkgs say nothing, whose own modules may', () => {
    const fleet = fleetOf(
      { ada: 'services.nginx.enable = true;', bob: '' },
      {
        'modules/default.nix': `{ config, lib, ... }: lib.mkIf config.services.nginx.enable { ${generator('tls')} }`,
      },
    );
    expect(owners(fleet)).toEqual({ tls: 'ada +' });
  });

  it('may be one of several, each by the others', () => {
    const fleet = fleetOf(
      { ada: 'my.roles = [ "server" ];', bob: 'my.roles = [ "laptop" ]; my.level = 3;' },
      {
        'modules/default.nix': `{ config, lib, ... }: let inherit (config.my) level; in {
          options.my.roles = lib.mkOption { type = lib.types.listOf lib.types.str; default = [ ]; };
          options.my.server = lib.mkOption { type = lib.types.bool; default = builtins.elem "server" config.my.roles; };
          options.my.level = lib.mkOption { type = lib.types.int; default = 1; };
          config = lib.mkMerge [
            (lib.mkIf config.my.server { ${generator('server')} })
            (lib.mkIf (!config.my.server && level > 2) { ${generator('strong')} })
            { clan.core.vars.generators.each = lib.mkIf (level < 9) { files.key = { }; script = "true"; }; }
            { clan.core.vars.generators.never = lib.mkIf (level > 9) { files.key = { }; script = "true"; }; }
          ];
        }`,
      },
    );
    expect(owners(fleet)).toEqual({ each: 'ada bob', never: '', server: 'ada', strong: 'bob' });
  });

  it('is open, and ends, where an option needs itself', () => {
    const fleet = fleetOf(
      { ada: '' },
      {
        'modules/default.nix': `{ config, lib, ... }: {
          options.my.a = lib.mkOption { type = lib.types.bool; default = config.my.b; };
          options.my.b = lib.mkOption { type = lib.types.bool; default = !config.my.a; };
          config = lib.mkIf config.my.a { ${generator('loop')} };
        }`,
      },
    );
    expect(owners(fleet)).toEqual({ loop: null });
  });

  it('is open, and ends, where each of many options needs all the others', () => {
    const names = Array.from({ length: 16 }, (_, i) => `a${i}`);
    const others = (own: string) => names.filter(name => name !== own).map(name => `config.my.${name}`);
    const fleet = fleetOf(
      { ada: '' },
      {
        'modules/default.nix': `{ config, lib, ... }: {
          ${names.map(name => `options.my.${name} = lib.mkEnableOption "${name}";`).join('\n')}
          config = lib.mkMerge [
            ${names.map(name => `(lib.mkIf (builtins.any lib.id [ ${others(name).join(' ')} ]) { my.${name} = true; })`).join('\n')}
            (lib.mkIf config.my.a0 { ${generator('one')} })
          ];
        }`,
      },
    );
    expect(owners(fleet)).toEqual({ one: null });
  });

  it('is that of the platform where it asks what runs there', () => {
    const shared = `{ pkgs, lib, _class, ... }: {
      imports = lib.optional (_class == "darwin") ./mac.nix;
      config = lib.mkIf pkgs.stdenv.hostPlatform.isLinux { ${generator('linux')} };
    }`;
    const fleet = fleetWorkspace({
      'flake.nix': CLAN.replace(
        'meta.name = "test";',
        'inventory.machines = { ada = { }; mac.machineClass = "darwin"; };',
      ),
      'machines/ada/configuration.nix': '{ imports = [ ../../shared.nix ]; }',
      'machines/mac/configuration.nix': '{ imports = [ ../../shared.nix ]; }',
      'shared.nix': shared,
      'mac.nix': `{ ${generator('mac')} }`,
    });
    expect(owners(fleet)).toEqual({ linux: 'ada', mac: 'mac' });
  });
});

describe('names that are made of options', () => {
  it('are those of the machine', () => {
    const fleet = fleetOf(
      { ada: 'networking.hostName = "lovelace";', bob: '' },
      {
        'modules/default.nix': `{ config, ... }: {
          clan.core.vars.generators."key-\${config.networking.hostName}" = { files.key = { }; };
          clan.core.vars.generators."id-\${config.clan.core.settings.machine.name}" = { files.key = { }; };
        }`,
      },
    );
    expect(owners(fleet)).toEqual({
      'id-ada': 'ada',
      'id-bob': 'bob',
      'key-bob': 'bob',
      'key-lovelace': 'ada',
    });
  });

  it('are the names that sets and lists of options hold, wherever those are defined', () => {
    const fleet = fleetOf(
      {
        ada: 'my.users.ann = { }; my.networks = [ { id = "home"; } ];',
        bob: 'my.users = { ben.admin = true; };',
      },
      {
        'modules/default.nix': '{ imports = [ ./users.nix ./more.nix ]; }',
        'modules/users.nix': `{ config, lib, ... }: {
          options.my.users = lib.mkOption {
            type = lib.types.attrsOf (lib.types.submodule { options.admin = lib.mkEnableOption "all"; });
            default = { };
          };
          options.my.networks = lib.mkOption { type = lib.types.listOf (lib.types.submodule { }); default = [ ]; };
          config.clan.core.vars.generators = lib.mkMerge [
            (lib.mapAttrs' (name: user: lib.nameValuePair "user-\${name}" { files.key = { }; }) config.my.users)
            (lib.mapAttrs' (name: user: lib.nameValuePair "admin-\${name}" { files.key = { }; })
              (lib.filterAttrs (name: user: user.admin) config.my.users))
            (lib.listToAttrs (map (one: lib.nameValuePair "wifi-\${one.id}" { files.key = { }; }) config.my.networks))
          ];
        }`,
        'modules/more.nix': '{ my.users.all = { }; }',
      },
    );
    expect(owners(fleet)).toEqual({
      'admin-ben': 'bob',
      'user-all': 'ada bob',
      'user-ann': 'ada',
      'user-ben': 'bob',
      'wifi-home': 'ada',
    });
  });
});

describe('what is made of options', () => {
  it('takes what items of a list are by default', () => {
    const fleet = fleetOf(
      { ada: 'my.peers = [ { id = "a"; } { id = "b"; shared = true; } ];' },
      {
        'modules/default.nix': `{ config, lib, ... }: {
          options.my.peers = lib.mkOption {
            type = lib.types.listOf (lib.types.submodule {
              options.id = lib.mkOption { type = lib.types.str; };
              options.shared = lib.mkOption { type = lib.types.bool; default = false; };
            });
            default = [ ];
          };
          config.clan.core.vars.generators = lib.listToAttrs (map (peer: lib.nameValuePair "peer-\${peer.id}" {
            files = { key = { }; } // lib.optionalAttrs peer.shared { group-key = { }; };
          }) config.my.peers);
        }`,
      },
    ).fleet();
    const files = Object.fromEntries(
      fleet.generators.map(({ name, body }) => [name, body().files.map(file => file.name)]),
    );
    expect(files).toEqual({ 'peer-a': ['key'], 'peer-b': ['key', 'group-key'] });
    expect(fleet.generators.map(({ body }) => body().completeness)).toEqual(['full', 'full']);
  });

  it('keeps a name with holes as long as a machine may have others at that place', () => {
    const fleet = fleetOf(
      { ada: 'my.names = [ "a" ];', bob: 'my.names = config.services.other.names;' },
      {
        'modules/default.nix': `{ config, lib, ... }: {
          options.my.names = lib.mkOption { type = lib.types.listOf lib.types.str; default = [ ]; };
          config.clan.core.vars.generators = lib.genAttrs config.my.names (name: { files.key = { }; });
        }`,
      },
    );
    const names = fleet.fleet().generators.map(({ name, nameKind }) => [name, nameKind]);
    expect(names).toEqual(expect.arrayContaining([['a', 'resolved']]));
    expect(names.some(([, kind]) => kind === 'pattern')).toBe(true);
  });

  it('shows a prompt that depends on what is not known as a file that perhaps is none', () => {
    const fleet = fleetOf(
      { ada: '' },
      {
        'modules/default.nix': `{ config, lib, ... }: {
          clan.core.vars.generators.token.prompts = lib.optionalAttrs config.services.other.ask {
            word = { type = "hidden"; persist = true; };
          };
        }`,
      },
    ).fleet();
    const [token] = fleet.generators;
    expect(token?.body().files).toMatchObject([{ name: 'word', from: 'prompt', conditional: true }]);
  });
});

describe('generators that a helper collects', () => {
  const tagged = (name: string, tag: string) =>
    `{ ${name} = { files.key = { }; script = "true"; meta.tags = [ "${tag}" ]; }; }`;
  const HELPED = {
    'modules/default.nix': `{ config, lib, ... }: {
      options.my.db.enable = lib.mkEnableOption "a database";
      config = lib.mkMerge [
        { my.secrets.discover.dir = lib.mkDefault ../secrets; }
        (lib.mkIf config.my.db.enable {
          my.secrets.declarations = [ (config.my.secrets.mkMachineSecret { name = "db"; files.key = { }; }) ];
        })
      ];
    }`,
    'secrets/mail.nix': tagged('mail', 'post'),
    'secrets/shop.nix': tagged('shop', 'sales'),
  };

  it('are those with the tags of the machine, and those it is given by modules', () => {
    const fleet = fleetOf(
      {
        ada: 'my.secrets.discover = { enable = true; includeTags = [ "post" ]; };',
        bob: 'my.secrets.discover = { enable = true; excludeTags = [ "post" ]; }; my.db.enable = true;',
        cleo: '',
      },
      HELPED,
    );
    expect(owners(fleet)).toEqual({ db: 'bob', mail: 'ada', shop: 'bob' });
  });

  it.each(['"post"', '[ ]', '1'])(
    'have no known tags where their `meta` is %s, as in the middle of typing',
    meta => {
      const fleet = fleetOf(
        { ada: 'my.secrets.discover = { enable = true; includeTags = [ "post" ]; };' },
        {
          ...HELPED,
          'secrets/mail.nix': `{ mail = { files.key = { }; script = "true"; meta = ${meta}; }; }`,
        },
      );
      expect(owners(fleet).mail ?? null).not.toBe('ada');
    },
  );

  it('are not certain where the folder is named under a condition that is not known', () => {
    const fleet = fleetOf(
      {
        ada: 'my.secrets.discover.enable = true; my.secrets.discover.includeTags = [ "post" ];',
      },
      {
        ...HELPED,
        'modules/default.nix':
          '{ config, lib, inputs, ... }: { my.secrets.discover = lib.mkIf inputs.x { dir = ../secrets; }; }',
      },
    );
    expect(owners(fleet).mail ?? null).not.toBe('ada');
  });

  it('are open where the list of them is not known', () => {
    const fleet = fleetOf(
      {
        ada: 'my.secrets.declarations = [ (config.my.secrets.mkMachineSecret { name = "one"; }) ] ++ config.more;',
      },
      HELPED,
    );
    expect(owners(fleet)).toMatchObject({ one: 'ada' });
    expect(fleet.fleet().hasAllGenerators('ada')).toBe(false);
  });
});

describe('after an edit', () => {
  it('the machines are those that building from scratch finds', () => {
    const fleet = fleetOf(
      { ada: 'my.web.enable = true;', bob: '' },
      { 'modules/default.nix': '{ imports = [ ./web.nix ]; }', 'modules/web.nix': WEB },
    );
    expect(owners(fleet)).toEqual({ web: 'ada' });
    const machine = (body: string) => `{ lib, config, ... }: { imports = [ ../../modules ]; ${body} }`;
    const edits: readonly (readonly [Record<string, string>, Record<string, string | null>])[] = [
      // Only what the option is has changed; the file defines no generator before or after.
      [{ 'machines/ada/configuration.nix': machine('my.web.enable = false;') }, { web: '' }],
      [{ 'machines/bob/configuration.nix': machine('my.web.enable = true;') }, { web: 'bob' }],
      [{ 'modules/web.nix': WEB.replaceAll('my.web', 'my.other') }, { web: '' }],
      [{ 'machines/ada/configuration.nix': machine('my.other.enable = true;') }, { web: 'ada' }],
      [
        {
          'modules/web.nix': WEB.replaceAll('my.web', 'my.other')
            .replace('mkIf cfg', 'mkIf (!cfg')
            .replace('.enable {', '.enable) {'),
        },
        { web: 'bob' },
      ],
    ];
    const texts: Record<string, string> = {};
    for (const [changes, expected] of edits) {
      Object.assign(texts, changes);
      fleet.write(changes);
      expect(owners(fleet)).toEqual(expected);
      const fresh = fleetOf(
        { ada: 'my.web.enable = true;', bob: '' },
        { 'modules/default.nix': '{ imports = [ ./web.nix ]; }', 'modules/web.nix': WEB, ...texts },
      );
      expect(plainFleet(fleet.fleet())).toEqual(plainFleet(fresh.fleet()));
    }
  });
});
