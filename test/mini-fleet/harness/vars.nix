# The options that a machine has: generators as clan declares them, the same at the top level for those who use the
# standalone module, and home-manager's users. What has no option here is taken as it is.
{ lib, class }:
let
  inherit (lib) mkOption types;
  option =
    type: default:
    mkOption {
      inherit type default;
    };

  file = {
    options = {
      secret = option types.bool true;
      deploy = option types.bool true;
      owner = option types.str "root";
      group = option types.str (if class == "darwin" then "wheel" else "root");
      mode = option (types.strMatching "[0-7]{4}") "0400";
      neededFor = option (types.enum [
        "partitioning"
        "activation"
        "users"
        "services"
      ]) "services";
      restartUnits = option (types.listOf types.str) [ ];
      path = option types.str "/run/secrets/placeholder";
      value = option types.str "a public value";
    };
  };

  prompt =
    { name, ... }:
    {
      options = {
        type = option (types.enum [
          "line"
          "hidden"
          "multiline"
          "multiline-hidden"
        ]) "line";
        description = option types.str name;
        persist = option types.bool false;
        display = option types.attrs { };
      };
    };

  generator =
    { config, ... }:
    {
      options = {
        share = option types.bool false;
        files = option (types.attrsOf (types.submodule file)) { };
        prompts = option (types.attrsOf (types.submodule prompt)) { };
        dependencies = option (types.listOf types.str) [ ];
        runtimeInputs = option (types.listOf types.package) [ ];
        script = option types.str "";
        validation = option (types.nullOr types.raw) null;
      };
      config.files = lib.genAttrs (
        builtins.filter (name: config.prompts.${name}.persist) (builtins.attrNames config.prompts)
      ) (_: { });
    };

  generators = option (types.attrsOf (types.submodule generator)) { };
in
{ config, pkgs, ... }:
{
  options = {
    clan.core.vars.generators = generators;
    vars.generators = generators;
    home-manager.users = option (types.attrsOf (
      types.submoduleWith {
        modules = [
          {
            options.vars.generators = generators;
            config._module.args = { inherit pkgs; };
          }
        ];
        specialArgs.osConfig = config;
        isOpen = true;
      }
    )) { };
  };
}
