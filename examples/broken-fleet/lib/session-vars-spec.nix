# What shells add to the exported variables. It reads names only, so it has no business with a
# package set: with a real one, looking at the fleet from another architecture evaluates nixpkgs.
{ pkgs }:
let
  registry = import ./secret-registry.nix { inherit pkgs; }; # broken: eval/pkgs-in-metadata

  hydrate = key: {
    name = registry.${key}.envVar;
    from = "${registry.${key}.envVar}_FILE";
  };
in
{
  machines.emily = [
    (hydrate "anthropic")
    (hydrate "deepseek")
  ];
}
