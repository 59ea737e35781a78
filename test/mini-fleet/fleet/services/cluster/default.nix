# D4 and D8: the name of a generator is a setting; two roles share a module.
{ lib, ... }:
{
  _class = "clan.service";
  manifest.name = "cluster";

  roles.server = {
    interface =
      { lib, ... }:
      {
        options.generator = lib.mkOption { type = lib.types.str; };
      };
    perInstance =
      { settings, roles, ... }:
      {
        nixosModule =
          { pkgs, ... }:
          {
            imports = [ ./shared.nix ];
            clan.core.vars.generators.${settings.generator} = {
              dependencies = [ "cluster-token" ];
              files.key = { };
              runtimeInputs = [ pkgs.openssl ];
              script = ''
                openssl rand -hex 32 > $out/key
              '';
              validation.servers = builtins.concatStringsSep "," (builtins.attrNames roles.server.machines);
            };
          };
      };
  };

  roles.agent = {
    interface.options.zone = lib.mkOption {
      type = lib.types.str;
      default = "land";
    };
    perInstance =
      { settings, instanceName, ... }:
      {
        nixosModule = {
          imports = [ ./shared.nix ];
          clan.core.vars.generators."${instanceName}-agent-${settings.zone}" = {
            files.node-password = { };
            script = "head -c 16 /dev/urandom > $out/node-password";
          };
        };
      };
  };
}
