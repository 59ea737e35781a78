{ pkgs, ... }:
{
  clan.core.vars.generators.restic-password = {
    files.password = { };
    runtimeInputs = [ pkgs.pwgen ];
    script = "pwgen -s 40 1 > $out/password";
  };
}
