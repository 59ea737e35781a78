# D5: optionalAttrs, mkForce and mkDefault.
{ lib, ... }:
let
  staging = false;
in
{
  clan.core.vars.generators = {
    acme-account = {
      share = lib.mkDefault false;
      files.key.mode = lib.mkDefault "0400";
      files.email = lib.mkForce { secret = false; };
      prompts.email.type = "line";
      script = lib.mkDefault "exit 1";
    };
  }
  // lib.optionalAttrs staging {
    acme-staging.files.key = { };
  }
  // lib.optionalAttrs (!staging) {
    acme-dns = {
      prompts.token = {
        type = "hidden";
        persist = true;
      };
    };
  };
}
