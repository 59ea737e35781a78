# D7 and D5: another file has the last word.
{ lib, pkgs, ... }:
{
  clan.core.vars.generators.acme-account = {
    share = true;
    files.key.mode = "0440";
    runtimeInputs = [ pkgs.openssl ];
    script = lib.mkForce ''
      openssl ecparam -genkey -name prime256v1 > $out/key
      cat $prompts/email > $out/email
    '';
  };
}
