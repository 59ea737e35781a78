// The rules about evaluation, where it is less plain than in their examples.

import { describe, expect, it } from 'vitest';
import { hostOf, PIPELINE } from '../../server/src/checks/examples.ts';
import { applyFix, check, expectMarked, expectSilent, fixOf, onlyFinding, type Texts } from './harness.ts';

const MATRIX = '{\n  lea = [ "gmail" "anthropic" ];\n}\n';
const fleet = (more: Texts): Texts => ({ ...PIPELINE, 'lib/machine-env-matrix.nix': MATRIX, ...more });

describe('eval/generators-in-imports', () => {
  const imported = (imports: string) => `\
{ lib, pkgs, ... }:
{
  imports = ${imports};

  networking.firewall.enable = true;
}
`;
  const applied =
    '(lib.modules.importApply ../../lib/vars-generators.nix { keys = [ "gmail" ]; inherit pkgs; })';
  const texts = (imports: string) =>
    fleet({
      'machines/lea/configuration.nix': imported(imports),
      'machines/lea/hardware.nix': '{ nixpkgs.hostPlatform = "x86_64-linux"; }\n',
    });
  const mended = (imports: string): string => {
    const before = texts(imports);
    const finding = onlyFinding(check(before), 'eval/generators-in-imports');
    const after = applyFix(before, fixOf(finding, 'Assign clan.core.vars.generators'));
    expectSilent(after);
    return after['machines/lea/configuration.nix'] as string;
  };

  it('is a warning in a fleet of one architecture', () => {
    expect(onlyFinding(check(texts(`[ ${applied} ]`)), 'eval/generators-in-imports').severity).toBe(
      'warning',
    );
  });

  it('moves the only import, with a let for the value', () => {
    expect(mended(`[ ${applied} ]`)).toBe(`\
{ lib, pkgs, ... }:
let
  varsGenerators = import ../../lib/vars-generators.nix { keys = [ "gmail" ]; inherit pkgs; };
in
{
  clan.core.vars.generators = varsGenerators;

  networking.firewall.enable = true;
}
`);
  });

  it('leaves the other imports and what is said about them', () => {
    expect(mended(`[\n    ./hardware.nix # the disks\n    ${applied}\n  ]`)).toContain(`\
  imports = [
    ./hardware.nix # the disks
  ];
  clan.core.vars.generators = varsGenerators;
`);
  });

  it('is silent for a module that is given nothing of generators', () => {
    expectSilent(
      fleet({
        'machines/lea/configuration.nix': imported(
          '[ (lib.modules.importApply ../../modules/user.nix { name = "ada"; }) ]',
        ),
        'modules/user.nix': `{ name }:\n{ ... }:\n{\n  users.users.\${name}.isNormalUser = true;\n}\n`,
      }),
    );
  });

  it('is silent for generators that are imported without being applied', () => {
    expectSilent(
      fleet({
        'machines/lea/configuration.nix': imported('[ ../../modules/lea-vars.nix ]'),
        'modules/lea-vars.nix': hostOf('lea').replaceAll('../../lib', '../lib'),
      }),
    );
  });
});

describe('eval/pkgs-in-metadata', () => {
  it('replaces whatever is passed', () => {
    const texts = fleet({
      'lib/names.nix': `\
{ pkgs, lib }:
let
  registry = import ./secret-registry.nix { pkgs = pkgs; };
  #                                         ^^^^ eval/pkgs-in-metadata
in
registry.gmail.envVar
`,
    });
    const finding = onlyFinding(check(texts), 'eval/pkgs-in-metadata');
    const after = applyFix(texts, fixOf(finding, 'Import the registry with pkgs = null'));
    expect(after['lib/names.nix']).toContain('import ./secret-registry.nix { pkgs = null; };');
    expectSilent(after);
  });

  it('is silent for a package set that may be null', () => {
    expectSilent(
      fleet({
        'lib/names.nix': '{ pkgs ? null }:\n(import ./secret-registry.nix { inherit pkgs; }).gmail.envVar\n',
      }),
    );
  });
});

describe('eval/path-in-let', () => {
  const binding =
    '  paths.GMAIL = config.clan.core.vars.generators.gmail-app-password.files.password.path;\n';

  it('is silent for a let that builds something else', () => {
    expectSilent(
      fleet({
        'machines/lea/configuration.nix': hostOf(
          'lea',
          '  services.mail.passwordFile = paths.GMAIL;\n',
          binding,
        ),
      }),
    );
  });

  it('is silent in a workspace without a registry', () => {
    expectSilent({
      'machines/lea/configuration.nix': `\
{ config, ... }:
let
${binding}in
{
  clan.core.vars.generators.gmail-app-password.files.password = { };
  environment.variables = paths;
}
`,
    });
  });

  it('counts every read', () => {
    const { findings } = expectMarked(
      fleet({
        'machines/lea/configuration.nix': hostOf(
          'lea',
          '  environment.sessionVariables = vars;\n',
          `\
  vars = {
# ^^^^ eval/path-in-let
    A_FILE = config.clan.core.vars.generators.gmail-app-password.files.password.path;
    B_FILE = config.clan.core.vars.generators.anthropic-api-key.files.key.path;
  };
`,
        ),
      }),
    );
    expect(findings[0]?.related).toHaveLength(2);
  });
});

describe('imports that need the configuration', () => {
  const RULE = 'eval/generators-in-imports';
  const FLAKE = `\
{
  outputs =
    { self, clan-core, ... }:
    clan-core.lib.clan {
      inherit self;
      inventory.machines.lea = { };
    };
}
`;
  const machine = (module: string, more: Texts = {}): Texts => ({
    'flake.nix': FLAKE,
    'machines/lea/configuration.nix': module,
    'modules/extra.nix': '{ }\n',
    ...more,
  });
  /** `IMPORTS` stands for the value of `imports`. */
  const importing = (imports: string) =>
    machine(`{ config, lib, options, ... }:\n{\n  imports = ${imports}\n}\n`);

  it.each([
    [
      'optional',
      '  imports = lib.optional config.a.enable ../../modules/extra.nix;\n  #                      ^^^^^^^^^^^^^^^',
    ],
    [
      'optionals',
      '  imports = lib.optionals (config ? a) [ ../../modules/extra.nix ];\n  #                                 ^',
    ],
    [
      'an if',
      '  imports = if config.a.enable then [ ../../modules/extra.nix ] else [ ];\n  #            ^^^^^^^^^^^^^^^',
    ],
    [
      'an item',
      '  imports = [ (if config.a.enable then ../../modules/extra.nix else { }) ];\n  #               ^^^^^^^^^^^^^^^',
    ],
    [
      'a list that goes on',
      '  imports = [ ./b.nix ] ++ lib.optional config.a.enable ./c.nix;\n  #                                     ^^^^^^^^^^^^^^^',
    ],
    [
      'options',
      '  imports = lib.optional (options.a.b ? c) ../../modules/extra.nix;\n  #                       ^^^^^^^^^^^',
    ],
    [
      'a set whose names depend',
      '  imports = [ (lib.optionalAttrs config.a.enable { b = 1; }) ];\n  #                              ^^^^^^^^^^^^^^^',
    ],
    [
      'a module inside',
      '  imports = [ ({ ... }: { imports = lib.optional config.a.enable ../../modules/extra.nix; }) ];\n  #                                              ^^^^^^^^^^^^^^^',
    ],
  ])('are found in %s', (_, lines) => {
    expectMarked(
      machine(`{ config, lib, options, ... }:\n{\n${lines} eval/generators-in-imports: (machine lea)\n}\n`, {
        'machines/lea/b.nix': '{ }\n',
        'machines/lea/c.nix': '{ }\n',
      }),
    );
  });

  it.each([
    ['modules that read it below', '[ ({ ... }: { b = config.a.enable; }) ];'],
    ['functions that are given it', '[ (import ../../modules/given.nix { inherit config; }) ];'],
    [
      'functions that are applied to it',
      '[ (lib.modules.importApply ../../modules/given.nix { inherit config; }) ];',
    ],
    ['what is under a condition', '[ (lib.mkIf config.a.enable { b = 1; }) ];'],
    [
      'what something else decides first',
      'lib.optionals unknown.x (lib.optional config.a.enable ../../modules/extra.nix);',
    ],
  ])('are not seen in %s', (_, imports) => {
    const texts = importing(imports);
    expectSilent({
      ...texts,
      'machines/lea/configuration.nix': (texts['machines/lea/configuration.nix'] as string).replace(
        'options,',
        'options, unknown,',
      ),
      'modules/given.nix':
        '{ config }: { lib, ... }: { b = lib.optionalAttrs config.a.enable { c = 1; }; }\n',
    });
  });

  const partsOf = (outer: string, inner: string): Texts => ({
    'flake.nix': `\
{
  outputs =
    inputs@{ flake-parts, ... }:
    flake-parts.lib.mkFlake { inherit inputs; } {
      imports = [ ./modules/web.nix ];
      clan.inventory.machines.lea = { };
    };
}
`,
    'modules/web.nix': `\
{ ${outer}lib, ... }:
{
  flake.nixosModules.web = { ${inner}... }: {
    imports = lib.optional config.a.enable ./extra.nix;
  };
}
`,
    'modules/extra.nix': '{ }\n',
    'machines/lea/configuration.nix': `\
{ self, ... }:
{
  imports = [ self.nixosModules.web ];
  home-manager.users.ada = { osConfig, lib, ... }: {
    imports = lib.optional osConfig.a.enable ../../modules/extra.nix;
  };
}
`,
  });

  it('are not claimed for the configuration of another module system', () => {
    expectSilent(partsOf('config, ', ''));
    expect(onlyFinding(check(partsOf('', 'config, ')), RULE).machines).toEqual(['lea']);
  });

  it('are found in modules of the flake, for each machine that has them', () => {
    const { findings } = expectMarked({
      'flake.nix': FLAKE.replace(
        'inventory.machines.lea = { };',
        'inventory.machines = { lea = { }; ada = { }; };\n      nixosModules.web = ./modules/web.nix;',
      ),
      'machines/lea/configuration.nix': '{ imports = [ ../../modules/web.nix ]; }\n',
      'machines/ada/configuration.nix': '{ imports = [ ../../modules/web.nix ]; }\n',
      'modules/web.nix': `\
{ config, lib, ... }:
let
  isWeb = config.services.web.enable;
in
{
  imports = lib.optional isWeb ./extra.nix;
  #         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ eval/generators-in-imports: config.services.web.enable
}
`,
      'modules/extra.nix': '{ }\n',
    });
    expect(findings[0]?.machines).toEqual(['ada', 'lea']);
    expect(findings[0]?.related.map(({ at }) => at.start)).toEqual([36]);
  });

  it('are not claimed where modules are given a configuration of their own', () => {
    const given = (name: string): Texts => ({
      'flake.nix': `\
{
  outputs = { self, nixpkgs, ... }: {
    nixosConfigurations.lea = nixpkgs.lib.nixosSystem {
      specialArgs.${name} = import ./settings.nix;
      modules = [ ./lea.nix ];
    };
  };
}
`,
      'settings.nix': '{ web = builtins.getEnv "WEB" == "1"; }\n',
      'lea.nix': '{ config, lib, ... }: { imports = lib.optional config.web ./extra.nix; }\n',
      'extra.nix': '{ }\n',
    });
    expectSilent(given('config'));
    expect(onlyFinding(check(given('settings')), RULE).machines).toEqual(['lea']);
  });
});
