# D18: shared pieces.
{ pkgs, lib, ... }:
let
  runtimeInputs = with pkgs; [
    openssl
    easyrsa
  ];
  inherit (import ../lib/script-parts.nix) prelude makeKey;
  root = {
    inherit runtimeInputs;
    files."root.key".deploy = false;
    script = prelude + makeKey "root";
  };
in
{
  clan.core.vars.generators.pki-root = root;
  clan.core.vars.generators.pki-signers = {
    inherit runtimeInputs;
    inherit (root) files;
    dependencies = map (name: "pki-${name}") [ "root" ];
    script =
      let
        names = [ "root" ];
      in
      ''
        ${prelude}${lib.concatMapStringsSep "\n" makeKey names}
      '';
  };
}
