{
  _class = "clan.service";
  manifest.name = "of-config";
  manifest.description = "";
  manifest.readme = "";
  roles.worker = {
    description = "";
    perInstance =
      { config, instanceName, ... }:
      {
        nixosModule.clan.core.vars.generators."config-instance" = {
          files.token = { };
          script = "echo ${instanceName} > $out/token";
        };
      };
  };
  perMachine =
    { config, machine, ... }:
    {
      nixosModule.clan.core.vars.generators."config-machine" = {
        files.token = { };
        script = "echo ${machine.name} > $out/token";
      };
    };
}
