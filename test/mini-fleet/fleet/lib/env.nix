# D11: a generator that asks for all variables of an environment file.
{ lib }:
{
  mkEnvGenerator = names: rec {
    prompts = lib.genAttrs names (name: {
      description = "Value of ${name}";
      type = "hidden";
    });
    files.env = { };
    script = lib.concatMapStringsSep "\n" (name: ''echo "${name}=$(cat $prompts/${name})" >> $out/env'') (
      builtins.attrNames prompts
    );
  };

  serviceName = name: "svc-${lib.toLower name}";
}
