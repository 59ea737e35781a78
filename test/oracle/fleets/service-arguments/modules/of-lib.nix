{
  _class = "clan.service";
  manifest.name = "of-lib";
  manifest.description = "";
  manifest.readme = "";
  roles.worker = {
    description = "";
    perInstance =
      { lib, instanceName, ... }:
      {
        nixosModule.clan.core.vars.generators."lib-instance" = {
          files.token = { };
          script = "echo ${instanceName} > $out/token";
        };
      };
  };
  perMachine =
    { lib, machine, ... }:
    {
      nixosModule.clan.core.vars.generators."lib-machine" = {
        files.token = { };
        script = "echo ${machine.name} > $out/token";
      };
    };
}
