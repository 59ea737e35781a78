# D4 and D8: a clan service whose generators are called after the instance, settings and the machine.
{ lib, ... }:
{
  _class = "clan.service";
  manifest.name = "backup";

  roles.client = {
    interface.options.retention = lib.mkOption {
      type = lib.types.int;
      default = 7;
    };
    perInstance =
      { instanceName, settings, machine, ... }:
      {
        nixosModule =
          { pkgs, ... }:
          {
            clan.core.vars.generators."backup-${instanceName}" = {
              files.passphrase = { };
              runtimeInputs = [ pkgs.xkcdpass ];
              script = "xkcdpass > $out/passphrase";
              validation = settings.retention;
            };
            clan.core.vars.generators."backup-${instanceName}-${machine.name}" = {
              files."id_ed25519" = { };
              files."id_ed25519.pub".secret = false;
              runtimeInputs = [ pkgs.openssh ];
              script = ''ssh-keygen -t ed25519 -N "" -f "$out/id_ed25519"'';
            };
          };
      };
  };

  roles.server = {
    interface.options.quota = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = null;
    };
    perInstance =
      { instanceName, roles, settings, ... }:
      {
        nixosModule = {
          # One for each client of the instance.
          clan.core.vars.generators =
            lib.mapAttrs' (
              client: _:
              lib.nameValuePair "backup-${instanceName}-from-${client}" {
                files.password = { };
                script = "head -c 24 /dev/urandom > $out/password";
              }
            ) roles.client.machines
            // lib.optionalAttrs (settings.quota != null) {
              "backup-${instanceName}-quota" = {
                files.token = { };
                script = "echo ${settings.quota} > $out/token";
              };
            };
        };
      };
  };
}
