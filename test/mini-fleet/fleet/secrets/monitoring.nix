{ pkgs }:
{
  grafana-admin = {
    files.password.owner = "grafana";
    runtimeInputs = [ pkgs.pwgen ];
    script = "pwgen -s 32 1 > $out/password";
    meta.tags = [ "monitoring" ];
  };
  alert-webhook = {
    share = true;
    prompts.url = {
      type = "hidden";
      persist = true;
    };
    meta.tags = [
      "monitoring"
      "edge"
    ];
  };
}
