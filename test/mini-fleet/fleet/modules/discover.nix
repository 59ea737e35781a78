# D19: a directory of generators with tags; a machine says which tags it takes.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.harbour.discover;
  load =
    file:
    let
      content = import (cfg.dir + "/${file}");
    in
    if lib.isFunction content then content { inherit pkgs; } else content;
  all = lib.mergeAttrsList (map load (builtins.attrNames (builtins.readDir cfg.dir)));
  wanted = lib.filterAttrs (
    _: generator: lib.filter (tag: builtins.elem tag cfg.includeTags) generator.meta.tags != [ ]
  ) all;
in
{
  options.harbour.discover = {
    dir = lib.mkOption {
      type = lib.types.path;
      default = ../secrets;
    };
    includeTags = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
    };
  };
  config.clan.core.vars.generators = lib.mapAttrs (_: generator: removeAttrs generator [ "meta" ]) wanted;
}
