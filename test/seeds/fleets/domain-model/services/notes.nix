# A service of our own: its role has settings, and brings each machine a generator for each instance.
{ ... }:
{
  _class = "clan.service";
  manifest.name = "notes";
  roles.server = {
    interface =
      { lib, ... }:
      {
        options.domain = lib.mkOption {
          type = lib.types.str;
          description = "Where the notes are served.";
        };
        options.port = lib.mkOption {
          type = lib.types.port;
          default = 8080;
        };
      };
    perInstance =
      { instanceName, settings, ... }:
      {
        nixosModule =
          { config, ... }:
          {
            clan.core.vars.generators."${instanceName}-${settings.domain}" = {
              files.token = { };
              script = ''
                head -c 24 /dev/urandom | base64 -w 0 > "$out/token"
              '';
            };
            services.notes.tokenFile =
              config.clan.core.vars.generators."${instanceName}-${settings.domain}".files.token.path;
          };
      };
  };
}
