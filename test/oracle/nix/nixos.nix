# A NixOS or nix-darwin system without nixpkgs: a real `evalModules` whose undeclared options are caught (catch-all.nix) and
# whose packages are symbols (packages.nix). `lib` is nixpkgs' own with this system put in.
{
  lib,
  spec,
  packages,
}:
let
  inherit (packages) package packagesFor baseName;
  inherit
    (import ./catch-all.nix {
      inherit lib baseName;
      mentioned = spec.config;
    })
    lazyAnything
    catchAll
    ;
  inherit (lib) mkOption types;

  # The options of NixOS that clan-core itself reads or sets.
  base =
    {
      class,
      modules,
      extraArgs,
      system,
      evaluated,
    }:
    { config, ... }:
    let
      usualSystem = if class == "darwin" then "aarch64-darwin" else "x86_64-linux";
      platform = config.nixpkgs.hostPlatform or null;
      chosen =
        if system != null then
          system
        else if builtins.isString platform then
          platform
        else
          platform.system or usualSystem;
      known = builtins.tryEval chosen;
    in
    {
      _file = "oracle-nixos";
      options.nixpkgs = mkOption {
        type = lazyAnything (spec.config.nixpkgs or { }) "nixpkgs";
        default = { };
      };
      options.warnings = mkOption {
        type = types.listOf types.raw;
        default = [ ];
      };
      options.assertions = mkOption {
        type = types.listOf types.raw;
        default = [ ];
      };
      config = {
        _module.check = false;
        _module.freeformType = lazyAnything spec.config "" // {
          oracle = catchAll;
        };
        _module.args = extraArgs // {
          utils = package "utils";
          baseModules = [ ];
          noUserModules = evaluated;
          inherit modules;
          extraModules = [ ];
          pkgs = lib.mkDefault (packagesFor (if known.success then known.value else usualSystem));
        };
        networking = { };
      };
    };

  # `nixosSystem` or `darwinSystem`.
  systemOf =
    class:
    {
      modules ? [ ],
      extraModules ? [ ],
      specialArgs ? { },
      extraArgs ? { },
      system ? null,
      ...
    }:
    let
      evaluated = finalLib.evalModules {
        inherit class;
        specialArgs = {
          modulesPath = spec.nixpkgs + "/nixos/modules";
        }
        // specialArgs;
        modules =
          modules
          ++ extraModules
          ++ [
            (base {
              inherit
                class
                modules
                extraArgs
                system
                evaluated
                ;
            })
          ];
      };
    in
    evaluated // { inherit (evaluated._module.args) pkgs; };

  withSystem =
    some:
    some
    // {
      nixosSystem = systemOf "nixos";
      nixos.evalModules = systemOf "nixos";
    };
  finalLib = withSystem lib // {
    extend = overlay: withSystem (lib.extend overlay);
  };
in
{
  lib = finalLib;
  inherit systemOf;
}
