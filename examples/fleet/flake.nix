{
  description = "A small fleet of two architectures, with its secrets declared once";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

    clan-core = {
      url = "https://git.clan.lol/clan/clan-core/archive/main.tar.gz";
      inputs.nixpkgs.follows = "nixpkgs";
      inputs.nix-darwin.follows = "nix-darwin";
    };

    nix-darwin = {
      url = "github:nix-darwin/nix-darwin";
      inputs.nixpkgs.follows = "nixpkgs";
    };

    hjem = {
      url = "github:feel-co/hjem";
      inputs.nixpkgs.follows = "nixpkgs";
    };

    microvm = {
      url = "github:microvm-nix/microvm.nix";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    inputs@{ self, clan-core, ... }:
    let
      clan = clan-core.lib.clan {
        inherit self;
        specialArgs = { inherit inputs; };

        meta.name = "orchard";

        inventory.machines = {
          emily = {
            machineClass = "darwin";
            tags = [
              "laptop"
              "mail"
            ];
          };
          lea = {
            machineClass = "nixos";
            tags = [
              "laptop"
              "mail"
            ];
          };
          noa = {
            machineClass = "darwin";
            tags = [ "laptop" ];
          };
          tove = {
            machineClass = "nixos";
            tags = [
              "server"
              "backup"
            ];
          };
        };

        machines = {
          emily.imports = [ ./modules/hosts/emily ];
          lea.imports = [ ./modules/hosts/lea ];
          noa.imports = [ ./modules/hosts/noa ];
          tove.imports = [ ./modules/hosts/tove ];
        };
      };
    in
    {
      inherit (clan.config) nixosConfigurations darwinConfigurations clanInternals;
      clan = clan.config;
    };
}
