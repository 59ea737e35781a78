# API tokens, a configuration file that depends on a secret, an SSH key, and a disk that is unlocked early.
{ config, pkgs, ... }:
{
  clan.core.vars.generators = {
    api-token = {
      prompts.token = {
        type = "hidden";
        persist = true;
      };
    };
    api-config = {
      dependencies = [ "api-token" ];
      files."api.ini" = { };
      script = ''
        printf '[api]\ntoken = %s\n' "$(cat "$in/api-token/token")" > "$out/api.ini"
      '';
    };
    ssh-key = {
      files.id_ed25519 = { };
      files."id_ed25519.pub".secret = false;
      runtimeInputs = [ pkgs.openssh ];
      script = ''
        ssh-keygen -t ed25519 -N "" -C web -f "$out/id_ed25519"
      '';
    };
    disk = {
      files.passphrase.neededFor = "partitioning";
      script = ''
        head -c 24 /dev/urandom | base64 -w 0 > "$out/passphrase"
      '';
    };
    boot = {
      files.token.neededFor = "activation";
      script = ''
        head -c 24 /dev/urandom | base64 -w 0 > "$out/token"
      '';
    };
  };
  services.api.configFile = config.clan.core.vars.generators.api-config.files."api.ini".path;
  services.api.sshKeyFile = config.clan.core.vars.generators.ssh-key.files.id_ed25519.path;
  services.api.tokenFile = config.clan.core.vars.generators.api-token.files.token.path;
  services.api.bootTokenFile = config.clan.core.vars.generators.boot.files.token.path;
  disko.devices.disk.main.content.settings.keyFile =
    config.clan.core.vars.generators.disk.files.passphrase.path;
}
