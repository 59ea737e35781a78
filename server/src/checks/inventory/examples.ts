/** What the examples of these rules share: a flake whose clan is in `clan.nix`. */

export const FLAKE = `\
{
  outputs =
    { self, clan-core, ... }:
    clan-core.lib.clan {
      inherit self;
      imports = [ ./clan.nix ];
    };
}
`;
