# Rika's laptop.
{ inputs, ... }:
{
  imports = [
    inputs.self.modules.nixos.workstation
    ../../modules/users.nix
    ../../modules/wifi.nix
    ../../modules/vpn.nix
    ../../modules/cache.nix
    ../../home
    # Only for the journey.
    {
      clan.core.vars.generators.passport.prompts.number = {
        type = "hidden";
        persist = true;
      };
    }
  ];

  nixpkgs.hostPlatform = "aarch64-linux";
}
