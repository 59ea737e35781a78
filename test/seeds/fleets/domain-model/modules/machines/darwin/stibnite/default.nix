{ config, ... }:
{
  flake.modules.darwin."machines/darwin/stibnite" = {
    imports = [ config.flake.modules.darwin.shell ];
    nixpkgs.hostPlatform = "aarch64-darwin";
  };
  clan.machines.stibnite.imports = [ config.flake.modules.darwin."machines/darwin/stibnite" ];
}
