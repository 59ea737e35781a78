{ config, ... }:
{
  flake.modules.nixos."machines/nixos/electrum" = {
    imports = [ config.flake.modules.nixos.base ];
    nixpkgs.hostPlatform = "x86_64-linux";
  };
  clan.machines.electrum.imports = [ config.flake.modules.nixos."machines/nixos/electrum" ];
}
