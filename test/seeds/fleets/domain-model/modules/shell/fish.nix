{
  flake.modules = {
    darwin.shell = {
      programs.fish.enable = true;
    };
    homeManager.shell =
      { pkgs, ... }:
      {
        programs.fish = {
          enable = true;
          shellAliases = {
            /* ... */
          };
        };
      };
  };
}
