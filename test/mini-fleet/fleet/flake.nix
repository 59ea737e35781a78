# A harbour's worth of machines. Every way in which people declare vars has a module here; its first line names the
# form. Nothing is built from this fleet: it is there to be read, by newcomers and by the tests.
{
  description = "The harbour: six machines and all their secrets";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
    clan-core.url = "https://git.clan.lol/clan/clan-core/archive/main.tar.gz";
    flake-parts.url = "github:hercules-ci/flake-parts";
    # Somebody else's library of generator functions.
    generator-library.url = "github:example/generator-library";
  };

  outputs =
    inputs@{ nixpkgs, ... }:
    inputs.flake-parts.lib.mkFlake { inherit inputs; } {
      # All of parts/, as import-tree would do it.
      imports = [
        inputs.clan-core.flakeModules.default
      ]
      ++ map (name: ./parts + "/${name}") (
        builtins.filter (nixpkgs.lib.hasSuffix ".nix") (builtins.attrNames (builtins.readDir ./parts))
      );
    };
}
