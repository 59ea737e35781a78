{ config, lib, ... }:
let
  inherit (config.flake.meta.users.crs58) email;
in
{
  flake.modules.nixos."machines/nixos/cinnabar" = {
    imports = [ config.flake.modules.nixos.base ];
    nixpkgs.hostPlatform = "x86_64-linux";
    clan.core.vars.generators."mail-${lib.head (lib.splitString "@" email)}" = {
      prompts.password = {
        description = "Password of ${email}";
        type = "hidden";
        persist = true;
      };
    };
  };
  clan.machines.cinnabar.imports = [ config.flake.modules.nixos."machines/nixos/cinnabar" ];
}
