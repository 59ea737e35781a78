/** Options of clans and inventories and settings of services: what is said of which version, and what is not. */
import { describe, expect, it } from 'vitest';
import { FLAKE, LOCK } from '../../server/src/checks/examples/inventory-examples.ts';
import { optionsOfService } from '../../server/src/fleet/options/clan-core.ts';
import { judging, type Texts } from './harness.ts';

const { check, expectMarked } = judging(
  'inventory/machine-folder',
  'inventory/missing-setting',
  'inventory/type',
  'inventory/unknown-option',
  'inventory/unknown-setting',
);

/** Rule, severity and message of what these rules find. */
function foundIn(texts: Texts): string[] {
  return check({ 'flake.nix': FLAKE, 'flake.lock': LOCK, ...texts }).findings.map(
    ({ rule, severity, message }) => `${severity} ${rule}: ${message}`,
  );
}

function inventory(text: string, more: Texts = {}): string[] {
  return foundIn({ 'clan.nix': `{ lib, inputs, ... }:\n{\n  inventory = ${text};\n}\n`, ...more });
}

function locked(time: number, owner = 'clan-lol'): Texts {
  const lock = LOCK.replace(/"lastModified": \d+/, `"lastModified": ${time}`);
  return { 'flake.lock': lock.replace('"owner": "clan-lol"', `"owner": "${owner}"`) };
}

const MARCH_2026 = 1_772_323_200;
const MARCH_2025 = 1_740_787_200;
const LATER = 4_102_444_800;

describe('versions of clan-core', () => {
  const strange = '{ machines.emily.location = "attic"; }';
  const slip = '{ machines.emily.deploi = { }; }';

  it('claims what holds for the locked version', () => {
    expect(inventory(strange, locked(MARCH_2026))).toEqual([
      expect.stringContaining('error inventory/unknown-option'),
    ]);
  });

  it.each([
    ['a newer one', locked(LATER)],
    ['one before all that is known', locked(MARCH_2025)],
    ['a fork', locked(MARCH_2026, 'somebody')],
  ])('reports of %s only slips, as warnings', (_, lock) => {
    expect(inventory(strange, lock)).toEqual([]);
    expect(inventory('{ machines.emily.tags = "desk"; }', lock)).toEqual([]);
    expect(inventory(slip, lock)).toEqual([
      'warning inventory/unknown-option: `inventory.machines.emily` has no option "deploi". Did you mean "deploy"?',
    ]);
    expect(inventory('{ machines.emily.machineClass = "nixso"; }', lock)).toEqual([
      expect.stringContaining('warning inventory/type'),
    ]);
  });

  it('warns where no version is locked', () => {
    const found = foundIn({
      'flake.lock': '{}',
      'clan.nix': '{ inventory.machines.emily.location = "attic"; }',
    });
    expect(found).toEqual([expect.stringContaining('warning inventory/unknown-option')]);
  });

  it('says nothing of settings that some version had', () => {
    // Both were options of the role once.
    expect(
      inventory(
        '{ machines.a = { }; instances.yggdrasil.roles.default = { tags = [ "all" ]; settings.peers = [ ]; }; }',
      ),
    ).toEqual([]);
    expect(
      inventory(
        '{ machines.a = { }; instances.sshd.roles.client = { tags = [ "all" ]; settings.certificate.searchDomains = "x"; }; }',
      ),
    ).toEqual([]);
  });
});

describe('options of an inventory', () => {
  it('may be set in any way that modules allow', () => {
    expect(
      inventory(
        `lib.mkMerge [
        { imports = [ ./more.nix ]; machines.emily = lib.mkIf true { tags = lib.mkBefore [ "desk" ]; }; }
        (lib.mkIf inputs.x.y { machines.lea.machineClass = lib.mkDefault 3; })
      ]`,
        {
          'more.nix':
            '{ lib, ... }: { tags = { config, ... }: { a = config.all; }; machines = lib.genAttrs [ "nora" ] (name: { inherit name; }); }',
        },
      ),
    ).toEqual([]);
  });

  it('are looked at in files that are imported', () => {
    expect(
      inventory('{ imports = [ ./more.nix ]; }', {
        'more.nix': '{ tagz = { }; machines.emily.tags = [ 3 ]; }',
      }),
    ).toEqual([
      expect.stringContaining('`inventory` has no option "tagz"'),
      expect.stringContaining('An item of `inventory.machines.emily.tags` takes a string, not 3.'),
    ]);
  });

  it('are judged inside of freeform types', () => {
    expect(inventory('{ machines.emily = { }; tags.desk = "emily"; }')).toEqual([
      'error inventory/type: `inventory.tags.desk` takes a list of strings, not "emily".',
    ]);
  });

  it('are not judged where nobody knows what there is', () => {
    expect(inventory('inputs.fleet.inventory')).toEqual([]);
    expect(inventory('{ machines = inputs.fleet.machines // { emily.tags = inputs.tags; }; }')).toEqual([]);
    expect(
      inventory('{ machines.emily = { config.tags = [ ]; options.mine = lib.mkOption { }; }; }'),
    ).toEqual([]);
  });

  it('are judged whatever condition they are under, and their values only where it holds', () => {
    expect(inventory('{ machines.emily = lib.mkIf inputs.x { tagz = [ ]; tags = 3; }; }')).toEqual([
      expect.stringContaining('has no option "tagz"'),
    ]);
    expect(
      inventory('{ machines.emily.machineClass = lib.mkMerge [ (lib.mkDefault "nixso") "darwin" ]; }'),
    ).toEqual([]);
  });

  it('may be more where modules of the clan declare some, or are not known', () => {
    const strange =
      '{ imports = [ ./more.nix ]; inventory.machines.emily = { mine = 3; tag = [ ]; tags = 3; }; own = 1; }';
    const slip = expect.stringContaining(
      'warning inventory/unknown-option: `inventory.machines.emily` has no option "tag"',
    );
    const wrong = expect.stringContaining('error inventory/type');
    for (const more of [
      '{ lib, ... }: { options.own = lib.mkOption { }; }',
      '{ inputs, ... }: { imports = [ inputs.clan-community.clanModules.x ]; }',
    ])
      expect(foundIn({ 'clan.nix': strange, 'more.nix': more })).toEqual([slip, wrong]);
  });

  it('leave the old `services` to another rule', () => {
    expect(inventory('{ machines.emily = { }; services = { }; }')).toEqual([]);
  });

  it('say nothing of what is below `clan` in a machine or in a test', () => {
    expect(
      foundIn({
        'clan.nix': '{ inventory.machines.emily = { }; }',
        'machines/emily/configuration.nix': '{ clan.core.networking.targetHost = "x"; clan.mine = { }; }',
        'tests/clan.nix': '{ clan.inventory.machines.emily.mine = 3; }',
      }),
    ).toEqual([]);
  });
});

/** A service with one role, of which this is the interface. */
function service(declared: string, settings: string, perInstance = '{ settings, ... }: { }'): string[] {
  return foundIn({
    'clan.nix': `{ lib, ... }: {
      modules.own = ./own.nix;
      inventory.machines.emily = { };
      inventory.instances.one = {
        module = { name = "own"; input = "self"; };
        roles.client = ${settings};
      };
    }`,
    'own.nix': `{ lib, ... }: { _class = "clan.service"; manifest.name = "own"; roles.client = { interface = ${declared}; perInstance = ${perInstance}; }; }`,
  });
}

const member = (settings: string) => `{ machines.emily.settings = ${settings}; }`;

describe('settings of services of the workspace', () => {
  it('are judged by all types that are known', () => {
    const declared = `{ lib, ... }: with lib; {
      options = {
        text = mkOption { type = types.str; default = ""; };
        port = mkOption { type = types.port; default = 1; };
        maybe = mkOption { type = types.nullOr types.bool; default = null; };
        either = mkOption { type = types.either types.int (types.listOf types.str); default = 1; };
        peers = mkOption { default = { }; type = types.attrsOf (types.submodule { options.host = mkOption { type = types.str; }; options.weight = mkOption { type = types.ints.positive; default = 1; }; }); };
        mode = mkOption { type = types.enum [ "fast" "slow" ]; default = "fast"; };
        deep.inner.flag = mkEnableOption "it";
        own = mkOption { type = types.addCheck types.path (x: true); default = "/x"; };
      };
    }`;
    expect(
      service(
        declared,
        member(
          '{ text = 1; port = 70000; maybe = "yes"; either = { }; mode = "fats"; deep.inner.flag = 1; own = "x"; peers.a.weight = 0; }',
        ),
      ).map(line => line.replace(/ of the role "client" of "one"/, '')),
    ).toEqual([
      expect.stringContaining('needs the setting "peers.a.host"'),
      'error inventory/type: The setting "text" takes a string, not 1.',
      'error inventory/type: The setting "port" takes a whole number from 0 to 65535, not 70000.',
      'error inventory/type: The setting "maybe" takes null or true or false, not "yes".',
      'error inventory/type: The setting "either" takes a whole number or a list of strings, not a set.',
      'error inventory/type: The setting "mode" takes one of "fast", "slow", not "fats". Did you mean "fast"?',
      'error inventory/type: The setting "deep.inner.flag" takes true or false, not 1.',
      'error inventory/type: The setting "own" takes a path, not "x".',
      'error inventory/type: The setting "peers.a.weight" takes a whole number from 1 on, not 0.',
    ]);
    expect(
      service(
        declared,
        member(
          '{ text = "x"; port = 22; maybe = null; either = [ "a" ]; mode = "slow"; deep.inner.flag = true; own = ./x; peers.a = { host = "h"; }; }',
        ),
      ),
    ).toEqual([]);
  });

  it.each([
    [
      'a type that is not known',
      '{ lib, ... }: { options.a = lib.mkOption { type = lib.mine; default = 1; }; }',
      '{ a = "x"; }',
    ],
    [
      'an option that is declared twice',
      '{ lib, ... }: { imports = [ { options.a = lib.mkOption { type = lib.types.int; }; } ]; options.a = lib.mkOption { type = lib.types.str; }; }',
      '{ a = [ ]; }',
    ],
    ['options that are not known', '{ lib, mine, ... }: { options = mine.options; }', '{ a = 1; }'],
    [
      'a module that is imported from elsewhere',
      '{ lib, inputs, ... }: { imports = [ inputs.x.y ]; options.b = lib.mkOption { default = 1; }; }',
      '{ a = 1; }',
    ],
    [
      'a freeform type in `config`',
      '{ lib, ... }: { options.b = lib.mkOption { default = 1; }; config._module.freeformType = lib.types.anything; }',
      '{ a = 1; }',
    ],
    [
      'settings that are a function',
      '{ lib, ... }: { options.a = lib.mkOption { type = lib.types.str; }; }',
      '({ config, ... }: { a = 1; b = 2; })',
    ],
    [
      'values that the interface sets itself',
      '{ lib, ... }: { options.a = lib.mkOption { type = lib.types.str; }; config.a = "x"; }',
      '{ }',
    ],
    [
      'an option that a function of another flake declares',
      '{ lib, inputs, ... }: { options.a = inputs.x.mkRemovedOption "a"; options.b.c = inputs.x.option; }',
      '{ a = 1; b.c = [ ]; }',
    ],
    [
      'a default that is only described',
      '{ lib, ... }: { options.a = lib.mkOption { defaultText = "what the machine has"; }; }',
      '{ }',
    ],
    [
      'options that are perhaps there',
      '{ lib, inputs, ... }: { options = lib.optionalAttrs inputs.x { a = lib.mkOption { type = lib.types.str; }; }; }',
      '{ }',
    ],
  ])('says nothing of %s', (_, declared, settings) => {
    expect(service(declared, member(settings))).toEqual([]);
  });

  it('does not fail where options are declared by themselves', () => {
    expect(service('let m = { imports = [ m ]; }; in m', member('{ a = 1; }'))).toEqual([]);
    expect(service('throw "no"', member('{ a = 1; }'))).toEqual([]);
  });

  it('merges what role and machine set', () => {
    const declared =
      '{ lib, ... }: { options.a = lib.mkOption { type = lib.types.str; }; options.b = lib.mkOption { type = lib.types.str; }; }';
    expect(service(declared, '{ settings.a = "x"; machines.emily.settings.b = "y"; }')).toEqual([]);
    expect(service(declared, '{ settings.a = "x"; machines.emily = { }; }')).toEqual([
      'warning inventory/missing-setting: The role "client" of "one" needs the setting "b", which has no default and is not set (machine emily).',
    ]);
    expect(service(declared, '{ settings.a = "x"; }')).toEqual([]);
  });

  it('wants nothing below an `enable` that is not true', () => {
    const declared =
      '{ lib, ... }: { options.web.enable = lib.mkEnableOption "it"; options.web.host = lib.mkOption { type = lib.types.str; }; }';
    expect(service(declared, member('{ }'))).toEqual([]);
    expect(service(declared, member('{ web.enable = true; }'))).toEqual([
      expect.stringContaining('needs the setting "web.host"'),
    ]);
  });

  it('warns where nobody may look at the settings', () => {
    const declared = '{ lib, ... }: { options.a = lib.mkOption { default = 1; }; }';
    expect(service(declared, member('{ b = 1; }'), '{ machine, ... }: { }')).toEqual([
      'warning inventory/unknown-setting: The role "client" of "one" has no setting "b". Did you mean "a"?',
    ]);
    expect(service(declared, '{ settings.b = 1; }')).toEqual([
      expect.stringContaining('warning inventory/unknown-setting'),
    ]);
  });
});

describe('settings of services of clan-core', () => {
  it('tell options of the role from settings', () => {
    expect(
      inventory(
        '{ machines.a = { }; instances.importer.roles.default = { tags = [ "all" ]; settings.extraModules = [ ]; }; }',
      ),
    ).toEqual([
      'warning inventory/unknown-setting: The role "default" of "importer" has no setting "extraModules". It is an option of the role itself: write `roles.default.extraModules`, without `settings`.',
    ]);
  });

  it('may be missing in a version that had others', () => {
    const lacking = '{ machines.a = { }; instances.localbackup.roles.default.machines.a = { }; }';
    const settled = optionsOfService('localbackup')?.settled ?? 0;
    expect(inventory(lacking, locked(settled))).toEqual([
      expect.stringContaining('needs the setting "targets"'),
    ]);
    expect(inventory(lacking, locked(settled - 1))).toEqual([]);
  });

  it('are not known of other inputs', () => {
    expect(
      inventory(
        '{ machines.a = { }; instances.sshd = { module.input = "community"; roles.server = { tags = [ "all" ]; settings.x = 1; }; }; }',
      ),
    ).toEqual([]);
  });
});

describe('a machine in one place only', () => {
  it('is not reported where a module of the workspace may be brought to it', () => {
    const configuration = '{ }';
    const files = {
      'machines/emily/configuration.nix': configuration,
      'machines/lea/configuration.nix': configuration,
    };
    const machines = 'machines = { emily = { }; lea = { }; nora = { }; };';
    expect(inventory(`{ ${machines} }`, files)).toEqual([
      expect.stringContaining('there is no folder machines/nora'),
    ]);
    expect(
      inventory(
        `{ ${machines} instances.importer.roles.default = { tags = [ "all" ]; extraModules = [ ./x.nix ]; }; }`,
        files,
      ),
    ).toEqual([]);
  });
});

it('replaces a misspelled option', () => {
  const { findings } = expectMarked({
    'flake.nix': FLAKE,
    'flake.lock': LOCK,
    'clan.nix': `{
  inventory.machines.emily.tag = [ "desk" ];
  #                        ^^^ inventory/unknown-option: Did you mean "tags"?
}
`,
  });
  expect(findings[0]?.fixes[0]?.edits.map(({ text }) => text)).toEqual(['tags']);
});
