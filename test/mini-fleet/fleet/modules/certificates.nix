# D9: names from constants and from string functions.
{ lib, pkgs, harbourUtils, ... }:
let
  domain = "harbour.example";
  ca = "ca-${lib.replaceStrings [ "." ] [ "-" ] domain}";
in
{
  clan.core.vars.generators.${ca} = {
    share = true;
    files."ca.key".deploy = false;
    files."ca.crt".secret = false;
    runtimeInputs = [ pkgs.step-cli ];
    script = ''
      step certificate create ${domain} $out/ca.crt $out/ca.key --profile root-ca
    '';
  };
  clan.core.vars.generators."leaf-${domain}" = {
    dependencies = [ ca ];
    files."leaf.key" = { };
    files."leaf.crt".secret = false;
    runtimeInputs = [ pkgs.step-cli ];
    script = ''
      step certificate create ${domain} $out/leaf.crt $out/leaf.key --ca $in/${ca}/ca.crt --ca-key $in/${ca}/ca.key
    '';
  };
  clan.core.vars.generators.${harbourUtils.serviceName "Registrar"} = {
    files.token = { };
    script = "head -c 32 /dev/urandom > $out/token";
  };
}
