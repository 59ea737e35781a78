{
  _class = "clan.service";
  manifest.name = "of-options";
  manifest.description = "";
  manifest.readme = "";
  roles.worker = {
    description = "";
    perInstance =
      { options, instanceName, ... }:
      {
        nixosModule.clan.core.vars.generators."options-instance" = {
          files.token = { };
          script = "echo ${instanceName} > $out/token";
        };
      };
  };
  perMachine =
    { options, machine, ... }:
    {
      nixosModule.clan.core.vars.generators."options-machine" = {
        files.token = { };
        script = "echo ${machine.name} > $out/token";
      };
    };
}
