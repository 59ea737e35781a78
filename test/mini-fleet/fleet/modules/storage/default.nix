# Everything in this folder.
{ lib, ... }:
{
  imports = map (name: ./${name}) (
    builtins.filter (name: lib.hasSuffix ".nix" name && name != "default.nix") (
      builtins.attrNames (builtins.readDir ./.)
    )
  );
}
