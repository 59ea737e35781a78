# Accessors: from a registry key to the place of its file.
let
  registry = import ./secret-registry.nix { pkgs = null; };

  getPath =
    { osConfig, key }:
    let
      entry = registry.${key} or (throw "Unknown secret key '${key}'");
      generator =
        osConfig.clan.core.vars.generators.${entry.generator}
          or (throw "Generator '${entry.generator}' not configured for secret key '${key}'");
    in
    generator.files.${entry.fileAttr}.path;

  mkPasswordCmd = { osConfig, key }: "cat ${getPath { inherit osConfig key; }}";
in
{
  inherit getPath mkPasswordCmd;
}
