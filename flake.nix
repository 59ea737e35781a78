{
  description = "Checks, generates and shows the vars of NixOS fleets";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs, ... }:
    let
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      eachSystem = make: nixpkgs.lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});
      packageIn = pkgs: pkgs.callPackage ./nix/package.nix { };
    in
    {
      packages = eachSystem (pkgs: rec {
        varsmith = packageIn pkgs;
        default = varsmith;
      });

      apps = eachSystem (pkgs: rec {
        varsmith = {
          type = "app";
          program = "${packageIn pkgs}/bin/varsmith";
          meta.description = "Checks, generates and shows the vars of NixOS fleets";
        };
        default = varsmith;
      });

      overlays.default = final: _: { varsmith = packageIn final; };

      devShells = eachSystem (pkgs: {
        default = pkgs.callPackage ./nix/shell.nix { };
      });

      checks = eachSystem (pkgs: {
        package = packageIn pkgs;
        examples = self.lib.mkCheck {
          inherit pkgs;
          src = ./examples/fleet;
        };
      });

      lib = import ./nix/lib.nix { inherit packageIn systems nixpkgs; };
    };
}
