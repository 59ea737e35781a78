# D1: one attribute path, the name quoted or not.
{ pkgs, ... }:
{
  clan.core.vars.generators.ssh-host = {
    files.key = { };
    files."key.pub".secret = false;
    runtimeInputs = [ pkgs.openssh ];
    script = ''
      ssh-keygen -t ed25519 -N "" -f "$out/key"
    '';
  };
  clan.core.vars.generators."ssh.initrd" = {
    files.key.neededFor = "activation";
    runtimeInputs = [ pkgs.openssh ];
    script = ''ssh-keygen -t ed25519 -N "" -f "$out/key"'';
  };
}
