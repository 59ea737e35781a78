{ lib, pkgs, ... }:
{
  imports = [ ./radio.nix ];

  clan.core.vars.generators.radio-licence = {
    share = lib.mkForce false;
    files.call-sign.secret = lib.mkForce true;
    files.key.mode = lib.mkForce "0400";
    files.key.owner = lib.mkDefault "nobody";
    prompts.key.description = "Key of the licence";
    dependencies = lib.mkForce [ ];
    runtimeInputs = lib.mkForce [ pkgs.age ];
    script = lib.mkForce ''
      cat "$prompts/key" | tee "$out/key" > "$out/call-sign"
    '';
  };
  clan.core.vars.generators.radio-mast = {
    prompts.code.persist = lib.mkForce false;
    files.raised.secret = false;
    script = "cat $prompts/code > $out/raised";
  };
  clan.core.vars.generators.radio-relay = lib.mkForce {
    prompts.key = {
      type = "multiline-hidden";
      persist = true;
    };
  };
}
