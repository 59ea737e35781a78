# D3: a NixOS module inside a flake-parts module.
{
  flake.modules.nixos.web =
    { pkgs, config, ... }:
    {
      clan.core.vars.generators.web-session = {
        files.secret = {
          owner = "web";
          restartUnits = [ "web.service" ];
        };
        files."csrf.key".mode = "0440";
        runtimeInputs = with pkgs; [
          openssl
          coreutils
        ];
        script = ''
          openssl rand -hex 32 > "$out/secret"
          openssl rand -hex 16 > "$out/csrf.key"
        '';
      };

      systemd.services.web.serviceConfig.LoadCredential = [
        "secret:${config.clan.core.vars.generators.web-session.files.secret.path}"
      ];
    };
}
