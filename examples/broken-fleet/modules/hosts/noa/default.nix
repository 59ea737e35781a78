# noa: aarch64-darwin.
{ lib, pkgs, ... }:
let
  envMatrix = import ../../../lib/machine-env-matrix.nix;
in
{
  # Imports have to be known before there is a configuration; generators belong into the body.
  imports = [
    (import ../../shared/vars/certificates.nix { machine = "noa"; })
    (lib.modules.importApply ../../../lib/vars-generators.nix { # broken: eval/generators-in-imports
      keys = envMatrix.noa;
      inherit pkgs;
    })
  ];

  nixpkgs.hostPlatform = "aarch64-darwin";
  system.stateVersion = 6;
}
