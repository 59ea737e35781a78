{
  description = "The example fleet with one of each mistake; see README.md";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

    clan-core = {
      url = "https://git.clan.lol/clan/clan-core/archive/main.tar.gz";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    { self, clan-core, ... }:
    let
      clan = clan-core.lib.clan {
        inherit self;

        meta.name = "windfall";

        inventory.machines = {
          emily.machineClass = "darwin";
          lea.machineClass = "nixos";
          lea2.machineClass = "nixos";
          noa.machineClass = "darwin";
          tove.machineClass = "nixos";
        };

        machines = {
          emily.imports = [ ./modules/hosts/emily ];
          lea.imports = [ ./modules/hosts/lea ];
          lea2.imports = [ ./modules/hosts/lea2 ];
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
