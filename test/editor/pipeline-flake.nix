# What the flake of a new pipeline gives, with a clan-core of the mini fleet's module system: the machines of the inventory are
# made of machines/<name>/configuration.nix, as clan makes them.
{ harness, root }:
let
  lib = import (/. + "${harness}/lib.nix");

  pkgs = lib.genAttrs (import (/. + "${harness}/packages.nix")) (name: {
    inherit name;
    pname = name;
    outPath = "/packages/${name}";
  });

  clanOf =
    arguments:
    let
      machineOf =
        name:
        { machineClass }:
        (lib.evalModules {
          modules = [
            (/. + "${root}/machines/${name}/configuration.nix")
            (import (/. + "${harness}/vars.nix") {
              inherit lib;
              class = machineClass;
            })
            {
              _module.args = { inherit pkgs; };
              clan.core.settings.machine.name = name;
            }
          ];
        });
      ofClass =
        class:
        builtins.mapAttrs machineOf (
          lib.filterAttrs (_: machine: machine.machineClass == class) arguments.inventory.machines
        );
    in
    {
      config = {
        inherit (arguments) meta inventory;
        nixosConfigurations = ofClass "nixos";
        darwinConfigurations = ofClass "darwin";
        clanInternals = { };
      };
    };

  outputs = (import (/. + "${root}/flake.nix")).outputs {
    self = outputs;
    clan-core.lib.clan = clanOf;
    nixpkgs = { };
  };

  plain = _: { config, ... }: {
    inherit (config.nixpkgs) hostPlatform;
    generators = builtins.attrNames config.clan.core.vars.generators;
    session = config.environment.extraInit;
  };
in
{
  name = outputs.clan.meta.name;
  nixos = builtins.mapAttrs plain outputs.nixosConfigurations;
  darwin = builtins.mapAttrs plain outputs.darwinConfigurations;
}
