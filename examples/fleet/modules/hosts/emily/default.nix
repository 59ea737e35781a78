# emily: the main laptop, aarch64-darwin.
{
  config,
  inputs,
  pkgs,
  ...
}:
let
  envMatrix = import ../../../lib/machine-env-matrix.nix;
  varsGenerators = import ../../../lib/vars-generators.nix {
    keys = envMatrix.emily;
    inherit pkgs;
  };
  mkHjemUser = import ../../clan/hjem-users.nix;
  secrets = import ../../../lib/secrets.nix { inherit pkgs; };
  sessionExtras = import ../../../lib/machine-session-extras.nix { machine = "emily"; };
in
{
  imports = [
    inputs.hjem.darwinModules.default
    (import ../../shared/mesh.nix { machine = "emily"; })
    (import ../../shared/vars/certificates.nix { machine = "emily"; })
  ];

  # Stays in the body. In `imports` it would have to be known before the configuration exists, which
  # ends in infinite recursion as soon as the fleet is looked at from another architecture.
  clan.core.vars.generators = varsGenerators;

  nixpkgs.hostPlatform = "aarch64-darwin";
  system.stateVersion = 6;

  users.users.ada.home = "/Users/ada";

  hjem.users.ada = mkHjemUser {
    directory = "/Users/ada";
    keys = envMatrix.emily;
    inherit (sessionExtras) extraSessionVars extraNuSessionVars;
    modules = [
      (
        { osConfig, ... }:
        {
          files.".mbsyncrc".text = ''
            IMAPAccount gmail
            Host imap.gmail.com
            User ada@example.org
            PassCmd "${
              secrets.mkPasswordCmd {
                inherit osConfig;
                key = "gmail";
              }
            }"

            IMAPAccount icloud
            Host imap.mail.me.com
            User ada@example.org
            PassCmd "${
              secrets.mkPasswordCmd {
                inherit osConfig;
                key = "icloud";
              }
            }"
          '';
        }
      )
    ];
  };

  launchd.daemons.restic-backup = {
    script = ''
      ${pkgs.restic}/bin/restic backup /Users/ada/Documents
    '';
    serviceConfig = {
      StartInterval = 86400;
      EnvironmentVariables = {
        RESTIC_REPOSITORY = "rest:https://backup.example.org/emily";
        RESTIC_PASSWORD_FILE = config.clan.core.vars.generators.restic-password.files.password.path;
      };
    };
  };
}
