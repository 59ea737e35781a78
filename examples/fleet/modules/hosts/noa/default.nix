# noa: a second laptop, aarch64-darwin.
{ inputs, pkgs, ... }:
let
  envMatrix = import ../../../lib/machine-env-matrix.nix;
  varsGenerators = import ../../../lib/vars-generators.nix {
    keys = envMatrix.noa;
    inherit pkgs;
  };
  mkHjemUser = import ../../clan/hjem-users.nix;
  secrets = import ../../../lib/secrets.nix { };
  sessionExtras = import ../../../lib/machine-session-extras.nix { machine = "noa"; };
in
{
  imports = [
    inputs.hjem.darwinModules.default
    (import ../../shared/mesh.nix { machine = "noa"; })
    (import ../../shared/vars/certificates.nix { machine = "noa"; })
  ];

  # In the body, never in `imports`: see emily.
  clan.core.vars.generators = varsGenerators;

  nixpkgs.hostPlatform = "aarch64-darwin";
  system.stateVersion = 6;

  users.users.ada.home = "/Users/ada";

  hjem.users.ada = mkHjemUser {
    directory = "/Users/ada";
    keys = envMatrix.noa;
    inherit (sessionExtras) extraSessionVars extraNuSessionVars;
    modules = [
      (
        { osConfig, ... }:
        {
          files.".config/vdirsyncer/config".text = ''
            [storage icloud]
            type = "caldav"
            url = "https://caldav.icloud.com/"
            username = "ada@example.org"
            password.fetch = ["command", "cat", "${
              secrets.getPath {
                inherit osConfig;
                key = "icloud";
              }
            }"]
          '';
        }
      )
    ];
  };
}
