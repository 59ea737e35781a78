# Which machines are members depends on something unknown, but not on which machines may be: a filter of known names, an
# optional attribute, a name with holes.
{
  inputs.clan-core.url = "https://git.clan.lol/clan/clan-core/archive/main.tar.gz";
  outputs =
    { self, clan-core }:
    let
      isNew = builtins.compareVersions builtins.nixVersion "2.3" > 0;
      user = name: role: {
        module.name = "users";
        roles.default = role // {
          settings.user = name;
          settings.prompt = false;
        };
      };
      clan = clan-core.lib.clan {
        inherit self;
        meta.name = "unknown-members";
        modules.svc = ./modules/svc.nix;
        machines = {
          a.nixpkgs.hostPlatform = "x86_64-linux";
          b.nixpkgs.hostPlatform = "x86_64-linux";
          c.nixpkgs.hostPlatform = "x86_64-linux";
        };
        inventory.machines = {
          a.tags = [ "own" ];
          b = { };
          c = { };
        };
        inventory.tags =
          { config, ... }:
          {
            all-but-c = builtins.filter (name: name != "c") config.nixos;
            some = builtins.filter (_: isNew) [ "a" "b" ];
            perhaps-more = [ "a" ] ++ (if isNew then [ "b" ] else [ ]);
          };
        inventory.instances = {
          known = user "known" { tags = [ "all-but-c" ]; };
          filtered = user "filtered" { tags = [ "some" ]; };
          listed = user "listed" { tags = [ "perhaps-more" ]; };
          attribute = user "attribute" { machines = { a = { }; } // (if isNew then { b = { }; } else { }); };
          pattern = user "pattern" { machines = { a = { }; "web-${builtins.nixVersion}" = { }; }; };
          svc = {
            module = {
              name = "svc";
              input = "self";
            };
            roles.server.machines.a = { };
            roles.client.tags = [ "some" ];
          };
        };
      };
    in
    {
      inherit (clan.config) nixosConfigurations clanInternals;
    };
}
