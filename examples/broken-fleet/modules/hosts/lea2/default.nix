# lea2: x86_64-linux, to take lea's place. It has a host, but no row in the matrix yet.
{ pkgs, ... }:
let
  envMatrix = import ../../../lib/machine-env-matrix.nix;
  varsGenerators = import ../../../lib/vars-generators.nix {
    keys = envMatrix.lea2; # broken: registry/missing-machine
    inherit pkgs;
  };
in
{
  imports = [ (import ../../shared/vars/certificates.nix { machine = "lea2"; }) ];

  clan.core.vars.generators = varsGenerators;

  nixpkgs.hostPlatform = "x86_64-linux";
  system.stateVersion = "25.11";
}
