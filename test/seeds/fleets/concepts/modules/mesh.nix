# A mesh VPN's pre-shared key: one for all machines.
{ config, ... }:
{
  clan.core.vars.generators.mesh = {
    share = true;
    files.psk = {
      owner = "root";
      group = "root";
      mode = "0440";
    };
    script = ''
      head -c 32 /dev/urandom | base64 -w 0 > "$out/psk"
    '';
  };
  networking.mesh.presharedKeyFile = config.clan.core.vars.generators.mesh.files.psk.path;
}
