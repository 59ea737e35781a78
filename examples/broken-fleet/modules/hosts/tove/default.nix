# tove: x86_64-linux.
{ config, pkgs, ... }:
let
  envMatrix = import ../../../lib/machine-env-matrix.nix;
  varsGenerators = import ../../../lib/vars-generators.nix {
    keys = envMatrix.tove;
    inherit pkgs;
  };
  secrets = import ../../../lib/secrets.nix;
in
{
  imports = [ (import ../../shared/vars/certificates.nix { machine = "tove"; }) ];

  clan.core.vars.generators = varsGenerators;

  nixpkgs.hostPlatform = "x86_64-linux";
  system.stateVersion = "25.11";

  services.restic.backups.home = {
    repository = "/srv/backup/tove";
    paths = [ "/home" ];
    # One s is missing.
    passwordFile = config.clan.core.vars.generators.restic-pasword.files.password.path; # broken: use/undefined-generator
  };

  networking.wireguard.interfaces.wg0 = {
    ips = [ "${config.clan.core.vars.generators.mesh-address.files.address.value}/64" ];
    # The generator writes `private` and `public`.
    privateKeyFile = config.clan.core.vars.generators.wireguard.files.privkey.path; # broken: use/undefined-file
  };

  programs.msmtp = {
    enable = true;
    accounts.default = {
      host = "smtp.gmail.com";
      user = "ada@example.org";
      # The registry has the key, but tove's row has not.
      passwordeval = secrets.mkPasswordCmd {
        osConfig = config;
        key = "gmail"; # broken: registry/accessor-not-selected
      };
    };
  };
}
