{ inputs, lib, ... }:
{
  imports = [
    inputs.flake-parts.flakeModules.modules
    inputs.clan-core.flakeModules.default
  ];
  options.flake.meta = lib.mkOption { type = lib.types.anything; };
  config.flake.meta.users.crs58.email = "crs58@example.org";
}
