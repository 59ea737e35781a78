{
  _class = "clan.service";
  manifest.name = "svc";
  roles.server = {
    description = "Has its own.";
    perInstance = {
      nixosModule.clan.core.vars.generators.svc-server = {
        files.key = { };
        script = ''echo a > "$out/key"'';
      };
    };
  };
  roles.client = {
    description = "Perhaps.";
    perInstance = {
      nixosModule.clan.core.vars.generators.svc-client = {
        files.key = { };
        script = ''echo b > "$out/key"'';
      };
    };
  };
  perMachine =
    { machine, ... }:
    {
      nixosModule =
        { lib, ... }:
        {
          clan.core.vars.generators.svc-both = lib.mkIf (builtins.length machine.roles == 2) {
            files.key = { };
            script = ''echo c > "$out/key"'';
          };
        };
    };
}
