# D15: mapAttrs' over a literal set.
{ lib, ... }:
{
  clan.core.vars.generators = lib.mapAttrs' (
    name: network:
    lib.nameValuePair "wifi-${name}" {
      share = true;
      files.psk = { };
      files.ssid.secret = false;
      prompts.psk = {
        type = network.prompt;
        description = "Passphrase of ${network.ssid}";
      };
      script = ''
        cat $prompts/psk > $out/psk
        echo ${lib.escapeShellArg network.ssid} > $out/ssid
      '';
    }
  ) {
    quay = {
      ssid = "Harbour Quay";
      prompt = "hidden";
    };
    guests = {
      ssid = "Guests' Net";
      prompt = "line";
    };
  };
}
