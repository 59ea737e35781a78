# D4: a service that is given arguments of its flake by importApply. D15 over settings.
{ prefix }:
{ lib, ... }:
{
  _class = "clan.service";
  manifest.name = "announce";
  roles.speaker = {
    interface.options.channels = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
    };
    perInstance =
      { settings, ... }:
      {
        nixosModule = {
          clan.core.vars.generators = lib.listToAttrs (
            map (
              channel:
              lib.nameValuePair "${prefix}-${channel}" {
                prompts.key.type = "hidden";
                files.key = { };
                script = "cat $prompts/key > $out/key";
              }
            ) settings.channels
          );
        };
      };
  };
}
