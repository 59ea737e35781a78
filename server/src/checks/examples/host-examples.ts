/** Fleets that several examples of this group begin with. */

export const FLAKE_OF_WEB = `\
{
  outputs =
    { nixpkgs, ... }:
    {
      nixosConfigurations.web = nixpkgs.lib.nixosSystem { modules = [ ./hosts/web.nix ]; };
    };
}
`;
