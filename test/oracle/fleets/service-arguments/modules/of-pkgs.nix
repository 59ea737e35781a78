{
  _class = "clan.service";
  manifest.name = "of-pkgs";
  manifest.description = "";
  manifest.readme = "";
  roles.worker = {
    description = "";
    perInstance =
      { pkgs, instanceName, ... }:
      {
        nixosModule.clan.core.vars.generators."pkgs-instance" = {
          files.token = { };
          script = "echo ${instanceName} > $out/token";
        };
      };
  };
  perMachine =
    { pkgs, machine, ... }:
    {
      nixosModule.clan.core.vars.generators."pkgs-machine" = {
        files.token = { };
        script = "echo ${machine.name} > $out/token";
      };
    };
}
