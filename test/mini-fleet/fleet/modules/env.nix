# D11: a helper that comes through specialArgs.
{ harbourUtils, config, ... }:
{
  clan.core.vars.generators.logbook-env = harbourUtils.mkEnvGenerator [
    "LOGBOOK_USER"
    "LOGBOOK_PASSWORD"
  ];
  systemd.services.logbook.serviceConfig.EnvironmentFile =
    config.clan.core.vars.generators.logbook-env.files.env.path;
}
