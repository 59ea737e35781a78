# Hjem module: exports the selected keys to the user's session. A secret becomes `<NAME>_FILE` with
# the path of its file; a public setting becomes `<NAME>` with its value.
#
# It asks `osConfig` inside Hjem's own evaluation. A machine's `let` would be too early for that:
# there the paths are not there yet when the fleet is looked at from another architecture.
{ keys }:
{ osConfig, ... }:
let
  registry = import ../../../lib/secret-registry.nix { pkgs = null; };
  entries = map (key: registry.${key}) keys;
  exported = builtins.filter (entry: entry.envVar != null) entries;
in
{
  environment.sessionVariables = builtins.listToAttrs (
    map (
      entry:
      let
        file = osConfig.clan.core.vars.generators.${entry.generator}.files.${entry.fileAttr};
      in
      if entry.secret then
        {
          name = "${entry.envVar}_FILE";
          value = file.path;
        }
      else
        {
          name = entry.envVar;
          value = file.value;
        }
    ) exported
  );
}
