# D17: dynamic names inside a generator.
{ lib, config, ... }:
let
  primary = "primary";
  names = [
    "red"
    "green"
  ];
in
{
  clan.core.vars.generators.signal-lights = {
    files = lib.genAttrs names (colour: {
      secret = colour == "red";
    });
    prompts = builtins.listToAttrs (
      map (colour: {
        name = "${colour}-code";
        value.type = "hidden";
      }) names
    );
    script = lib.concatMapStringsSep "\n" (colour: "cat $prompts/${colour}-code > $out/${colour}") names;
  };
  clan.core.vars.generators.horn = {
    files.${primary} = { };
    files."${primary}.pub".secret = false;
    # A name that only the machine knows.
    files."${config.networking.hostName}.id".secret = false;
    script = ''
      head -c 32 /dev/urandom > $out/${primary}
    '';
  };
}
