# What Nix says of the mini fleet: the generators of each machine as plain data.
{ root }:
let
  lib = import ./lib.nix;
  inherit (lib) mkOption types;
  path = /. + root;

  # Packages are names: another name fails like a misspelt one.
  pkgs = lib.genAttrs (import ./packages.nix) (name: {
    inherit name;
    pname = name;
    outPath = "/packages/${name}";
  })
  // {
    inherit lib;
  };

  inputs = {
    self = self // {
      outPath = root;
      inherit inputs;
    };
    nixpkgs = { inherit lib; };
    clan-core.flakeModules.default = clanOptions;
    flake-parts.lib.mkFlake = mkFlake;
    # A library of generators that is another flake's.
    generator-library.lib.password =
      { length ? 32 }:
      {
        files.password = { };
        runtimeInputs = [ pkgs.pwgen ];
        script = "pwgen -s ${toString length} 1 > $out/password";
      };
  };
  self = (import (path + "/flake.nix")).outputs inputs;

  clanOptions.options.clan = {
    meta.name = mkOption { type = types.str; };
    specialArgs = mkOption {
      type = types.lazyAttrsOf types.raw;
      default = { };
    };
    machines = mkOption {
      type = types.attrsOf types.deferredModule;
      default = { };
    };
    modules = mkOption {
      type = types.attrsOf types.raw;
      default = { };
    };
    inventory = {
      machines = mkOption { type = types.attrs; };
      tags = mkOption {
        type = types.attrsOf (types.listOf types.str);
        default = { };
      };
      instances = mkOption { type = types.attrsOf types.raw; };
    };
  };

  # As much of flake-parts as the fleet uses: `flake` is what comes out, `flake.modules` keeps modules as they are.
  mkFlake =
    { inputs }:
    module:
    let
      evaluated = lib.evalModules {
        modules = [
          {
            options.flake = {
              modules = mkOption {
                type = types.attrsOf (types.attrsOf types.deferredModule);
                default = { };
              };
              lib = mkOption {
                type = types.lazyAttrsOf types.raw;
                default = { };
              };
            };
          }
          module
        ];
        specialArgs = {
          inherit inputs;
          inherit (inputs) self;
        };
      };
    in
    evaluated.config.flake // { inherit (evaluated.config) clan; };

  machines = builtins.mapAttrs (
    name:
    { class, modules }:
    (lib.evalModules {
      modules = modules ++ [
        (import ./vars.nix { inherit lib class; })
        {
          _module.args = { inherit pkgs; };
          clan.core.settings.machine.name = name;
          networking.hostName = lib.mkDefault name;
        }
      ];
      specialArgs = {
        inherit (inputs) self;
      }
      // self.clan.specialArgs;
    }).config
  ) inventory;

  inventory = import ./inventory.nix {
    inherit lib;
    inherit (self) clan;
    root = path;
  };

  generators =
    config:
    builtins.foldl' (all: set: all // set) { } (
      [
        config.clan.core.vars.generators
        config.vars.generators
      ]
      ++ map (user: user.vars.generators) (builtins.attrValues config.home-manager.users)
    );

  plain = generator: {
    inherit (generator)
      share
      dependencies
      script
      validation
      ;
    files = builtins.mapAttrs (_: file: {
      inherit (file)
        secret
        deploy
        owner
        group
        mode
        neededFor
        ;
    }) generator.files;
    prompts = builtins.mapAttrs (_: prompt: { inherit (prompt) type persist description; }) generator.prompts;
    runtimeInputs = map (package: package.name) generator.runtimeInputs;
  };
in
builtins.mapAttrs (name: config: {
  inherit (inventory.${name}) class;
  generators = builtins.mapAttrs (_: plain) (generators config);
}) machines
