# lea: x86_64-linux.
{ config, pkgs, ... }:
let
  envMatrix = import ../../../lib/machine-env-matrix.nix;
  varsGenerators = import ../../../lib/vars-generators.nix {
    keys = envMatrix.lea;
    inherit pkgs;
  };
in
{
  imports = [ (import ../../shared/vars/certificates.nix { machine = "lea"; }) ];

  clan.core.vars.generators = varsGenerators;

  nixpkgs.hostPlatform = "x86_64-linux";
  system.stateVersion = "25.11";

  environment.etc."cloudflare/account-id".text =
    config.clan.core.vars.generators.cloudflare-account.files.id.value;

  # A secret has no value during evaluation, and would be readable by everybody in the Nix store.
  environment.etc."msmtp/password".text =
    config.clan.core.vars.generators.gmail-app-password.files.password.value; # broken: use/value-of-secret
}
