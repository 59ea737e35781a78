/** Fleets that several examples of host rules start from. */

export const FLAKE_OF_WEB = `\
{
  outputs =
    { nixpkgs, ... }:
    {
      nixosConfigurations.web = nixpkgs.lib.nixosSystem { modules = [ ./hosts/web.nix ]; };
    };
}
`;
