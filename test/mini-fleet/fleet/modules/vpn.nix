# D5: mkMerge, and what applies only to some.
{ config, lib, pkgs, ... }:
{
  clan.core.vars.generators = lib.mkMerge [
    {
      vpn-key = {
        files.private = { };
        files.public.secret = false;
        runtimeInputs = [ pkgs.wireguard-tools ];
        script = ''
          wg genkey > $out/private
          wg pubkey < $out/private > $out/public
        '';
      };
    }
    (lib.mkIf (config.networking.hostName == "pharos") {
      vpn-preshared = {
        share = true;
        files.psk = { };
        runtimeInputs = [ pkgs.wireguard-tools ];
        script = "wg genpsk > $out/psk";
      };
    })
    { vpn-key.files.private.group = "systemd-network"; }
  ];
}
