/**
 * Examples for eval/generators-in-imports: each way in which generators end up in `imports`, with the corrected
 * form.
 */
import type { Examples, Fixtures } from '../rule.ts';

const MATRIX = '{\n  emily = [\n    "anthropic"\n    "gmail"\n  ];\n}\n';

const flakeOf = (machines: string) => `\
{
  outputs =
    { self, clan-core, ... }:
    clan-core.lib.clan {
      inherit self;
      inventory.machines = {
        ${machines}
      };
    };
}
`;

const IN_IMPORTS = `\
{ lib, pkgs, ... }:
let
  envMatrix = import ../../lib/machine-env-matrix.nix;
in
{
  imports = [
    ./hardware.nix
    (lib.modules.importApply ../../lib/vars-generators.nix {
    #^> eval/generators-in-imports
      keys = envMatrix.emily;
      inherit pkgs;
    })
  ];
  nixpkgs.hostPlatform = "aarch64-darwin";
}
`;

const FAILING = `\
{ lib, pkgs, ... }:
let
  envMatrix = import ../../lib/machine-env-matrix.nix;
in
{
  imports = [
    (lib.modules.importApply ../../lib/vars-generators.nix { keys = envMatrix.emily; })
    #^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ eval/generators-in-imports: asks for the argument "pkgs", which is not passed
  ];
}
`;

const FORMS = `\
{
  config,
  flake-parts-lib,
  lib,
  pkgs,
  ...
}:
let
  file = ../../lib/vars-generators.nix;
  ofKeys = keys: lib.modules.importApply file { inherit keys pkgs; };
  bound = lib.modules.importApply file { keys = [ "gmail" ]; inherit pkgs; };
  #       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ eval/generators-in-imports
  listed = [ (import ../../lib/vars-generators.nix { keys = [ "gmail" ]; inherit pkgs; }) ];
  #           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ eval/generators-in-imports
in
{
  imports = [
    bound
    (ofKeys [ "gmail" ])
    #^^^^^^^^^^^^^^^^^^ eval/generators-in-imports
    (flake-parts-lib.importApply file { keys = [ "gmail" ]; inherit pkgs; })
    #^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ eval/generators-in-imports
    (lib.importApply file { keys = [ "gmail" ]; inherit pkgs; })
    #^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ eval/generators-in-imports: lib has no importApply
  ]
  ++ listed
  ++ map (key: ofKeys [ key ]) [ "gmail" ]
  #  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ eval/generators-in-imports
  ++ lib.optional config.services.nginx.enable (ofKeys [ "anthropic" ]);
  #               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ eval/generators-in-imports: infinite recursion (machine emily)
  #                                             ^^^^^^^^^^^^^^^^^^^^^^ eval/generators-in-imports
}
`;

/** A function that makes the module of a host. */
const HOST_OF_NAME = `\
{ name }:
{ pkgs, ... }:
{
  clan.core.vars.generators = import ../lib/vars-generators.nix {
    keys = (import ../lib/machine-env-matrix.nix).\${name};
    inherit pkgs;
  };
}
`;

export const importsExamples = ({ hostOf, PIPELINE }: Fixtures): Examples => ({
  bad: [
    {
      title: 'A module made by applying the generators function, in a mixed fleet',
      files: {
        ...PIPELINE,
        'lib/machine-env-matrix.nix': MATRIX,
        'flake.nix': flakeOf('emily.machineClass = "darwin";\n        lea.machineClass = "nixos";'),
        'machines/emily/hardware.nix': '{ }\n',
        'machines/emily/configuration.nix': IN_IMPORTS,
      },
    },
    {
      title: 'A call that fails besides',
      files: {
        ...PIPELINE,
        'lib/machine-env-matrix.nix': MATRIX,
        'flake.nix': flakeOf('emily = { };'),
        'machines/emily/configuration.nix': FAILING,
      },
    },
    {
      title: 'Other ways to write the same',
      files: {
        ...PIPELINE,
        'lib/machine-env-matrix.nix': MATRIX,
        'flake.nix': flakeOf('emily = { };'),
        'machines/emily/configuration.nix': FORMS,
      },
    },
    {
      title: 'Imports that depend on the configuration',
      files: {
        'flake.nix': flakeOf('lea = { };'),
        'machines/lea/web.nix': '{ }\n',
        'machines/lea/configuration.nix': `\
{ config, lib, ... }:
{
  imports = lib.optional (config.clan.core.vars.generators ? web) ./web.nix;
  #                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ eval/generators-in-imports: (machine lea)
}
`,
      },
    },
    {
      title: 'Imports that depend on the packages, which the configuration makes',
      files: {
        'flake.nix': flakeOf('lea = { };'),
        'machines/lea/desktop.nix': '{ }\n',
        'machines/lea/configuration.nix': `\
{ lib, pkgs, ... }:
{
  imports = lib.optionals pkgs.stdenv.isLinux [ ./desktop.nix ];
  #                       ^^^^^^^^^^^^^^^^^^^ eval/generators-in-imports: which the configuration makes
}
`,
      },
    },
    {
      title: 'A host module that importApply makes from constants, which evaluates',
      files: {
        ...PIPELINE,
        'lib/machine-env-matrix.nix': MATRIX,
        'flake.nix': flakeOf('emily = { };'),
        'hosts/host.nix': HOST_OF_NAME,
        'machines/emily/configuration.nix': `\
{ lib, ... }:
{
  imports = [ (lib.modules.importApply ../../hosts/host.nix { name = "emily"; }) ];
  #            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ eval/generators-in-imports: It evaluates
}
`,
      },
    },
  ],
  good: [
    {
      title: 'A host module that a function makes from constants',
      files: {
        ...PIPELINE,
        'lib/machine-env-matrix.nix': MATRIX,
        'flake.nix': flakeOf('emily = { };'),
        'hosts/host.nix': HOST_OF_NAME,
        'machines/emily/configuration.nix': `\
{
  imports = [ (import ../../hosts/host.nix { name = "emily"; }) ];
}
`,
      },
    },
    {
      title: 'Assigned in the body',
      files: {
        ...PIPELINE,
        'lib/machine-env-matrix.nix': MATRIX,
        'machines/emily/configuration.nix': hostOf('emily'),
      },
    },
    {
      title: 'A condition inside of the module that is imported',
      files: {
        'flake.nix': flakeOf('lea = { };'),
        'machines/lea/web.nix': `\
{ config, lib, ... }:
{
  config = lib.mkIf config.services.nginx.enable { networking.firewall.allowedTCPPorts = [ 443 ]; };
}
`,
        'machines/lea/configuration.nix': '{\n  imports = [ ./web.nix ];\n}\n',
      },
    },
    {
      title: 'A module that is made by applying a function, and has nothing to do with the registry',
      files: {
        'flake.nix': flakeOf('lea = { };'),
        'modules/user.nix': '{ name }:\n{ ... }:\n{\n  users.users.${name}.isNormalUser = true;\n}\n',
        'machines/lea/configuration.nix': `\
{ lib, ... }:
{
  imports = [ (lib.modules.importApply ../../modules/user.nix { name = "ada"; }) ];
}
`,
      },
    },
  ],
});
