# The outputs of a fleet's flake in the harness of nix/: for a question of somebody else's (harness-nix.mjs).
let
  spec = builtins.fromJSON (builtins.readFile (builtins.getEnv "ORACLE_SPEC"));
  lib = import (/. + spec.lib);
  packages = import ./nix/packages.nix {
    inherit lib;
    inherit (spec) tokens;
  };
  nixos = import ./nix/nixos.nix { inherit lib spec packages; };
in
import ./nix/flakes.nix {
  inherit
    lib
    spec
    packages
    nixos
    ;
}
