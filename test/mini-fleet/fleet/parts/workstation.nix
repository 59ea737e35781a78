# Modules of flake-parts that import each other by name. Two files may add to the same module.
{ self, config, ... }:
{
  flake.modules.nixos.workstation = {
    imports = [
      self.modules.nixos.laptop
      config.flake.modules.nixos.developer
    ];
    home-manager.users.rika.imports = [ self.modules.homeManager.mail ];
  };

  flake.modules.nixos.developer =
    { pkgs, ... }:
    {
      clan.core.vars.generators = {
        # D11: from the flake's own lib.
        forge-token = self.lib.mkToken "Token for the forge";
        signing = self.lib.mkPassphrase {
          inherit pkgs;
          words = 8;
        };
      };
    };
}
