# The clan: what all modules are given, and the services that this flake has itself.
{ inputs, self, ... }:
{
  clan = {
    meta.name = "harbour";

    specialArgs = {
      inherit inputs;
      # D11: helpers that modules take as an argument.
      harbourUtils = import ../lib/env.nix { inherit (inputs.nixpkgs) lib; };
    };

    modules = {
      backup = ../services/backup.nix;
      tunnel = ../services/tunnel.nix;
      cluster = ../services/cluster;
      announce = inputs.nixpkgs.lib.modules.importApply ../services/announce.nix { prefix = "announce"; };
    };

    # Beside its folder, a machine may have a module here.
    machines.buoy = {
      imports = [ self.modules.nixos.weather ];
      clan.core.vars.generators.buoy-beacon = {
        files.seed = { };
        runtimeInputs = [ ];
        script = "head -c 32 /dev/urandom > $out/seed";
      };
    };
  };
}
