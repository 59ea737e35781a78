{ pkgs, ... }:
{
  clan.core.vars.generators.cluster-token = {
    share = true;
    files.token = { };
    runtimeInputs = [ pkgs.openssl ];
    script = "openssl rand -hex 32 > $out/token";
  };
}
