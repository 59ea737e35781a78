# lea: the travel laptop, x86_64-linux, with few secrets.
{
  config,
  inputs,
  pkgs,
  ...
}:
let
  envMatrix = import ../../../lib/machine-env-matrix.nix;
  varsGenerators = import ../../../lib/vars-generators.nix {
    keys = envMatrix.lea;
    inherit pkgs;
  };
  mkHjemUser = import ../../clan/hjem-users.nix;
  secrets = import ../../../lib/secrets.nix { inherit pkgs; };
  sessionExtras = import ../../../lib/machine-session-extras.nix { machine = "lea"; };
in
{
  imports = [
    inputs.hjem.nixosModules.default
    (import ../../shared/mesh.nix { machine = "lea"; })
    (import ../../shared/vars/certificates.nix { machine = "lea"; })
  ];

  # In the body, never in `imports`: see emily.
  clan.core.vars.generators = varsGenerators;

  nixpkgs.hostPlatform = "x86_64-linux";
  system.stateVersion = "25.11";

  boot.loader.systemd-boot.enable = true;
  fileSystems."/".device = "/dev/disk/by-label/root";

  users.users.ada = {
    isNormalUser = true;
    home = "/home/ada";
  };

  hjem.users.ada = mkHjemUser {
    directory = "/home/ada";
    keys = envMatrix.lea;
    inherit (sessionExtras) extraSessionVars extraNuSessionVars;
  };

  programs.msmtp = {
    enable = true;
    accounts.default = {
      host = "smtp.gmail.com";
      port = 587;
      auth = true;
      tls = true;
      user = "ada@example.org";
      passwordeval = secrets.mkPasswordCmd {
        osConfig = config;
        key = "gmail";
      };
    };
  };

  # Public, so its value may be read during evaluation and may stand in the Nix store.
  environment.etc."cloudflare/account-id".text =
    config.clan.core.vars.generators.cloudflare-account.files.id.value;

  systemd.services.hindsight-sync = {
    description = "Fetch memories from the Hindsight server";
    startAt = "hourly";
    script = ''
      ${pkgs.curl}/bin/curl --fail --silent \
        --header "Authorization: Bearer $(cat "$CREDENTIALS_DIRECTORY/key")" \
        --output "$STATE_DIRECTORY/memories.json" \
        https://hindsight.example.org/memories
    '';
    serviceConfig = {
      DynamicUser = true;
      StateDirectory = "hindsight";
      LoadCredential = "key:${config.clan.core.vars.generators.hindsight-api-key.files.key.path}";
    };
  };
}
