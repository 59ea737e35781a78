# Turns a list of registry keys into the value of `clan.core.vars.generators`. A pure function: it
# looks at no configuration, so it can be evaluated for a machine of any architecture.
#
# No keys (`null` or an empty list) means the whole registry.
{
  keys ? null,
  pkgs,
}:
let
  registry = import ./secret-registry.nix { inherit pkgs; };

  selectedKeys = if keys == null || keys == [ ] then builtins.attrNames registry else keys;

  entryOf = key: registry.${key} or (throw "Unknown secret key in envMatrix: ${key}");

  mkGenerator =
    entry:
    {
      inherit (entry) files script share;
    }
    // (if entry ? prompts then { inherit (entry) prompts; } else { })
    // (if entry ? dependencies then { inherit (entry) dependencies; } else { })
    // (if entry ? runtimeInputs then { inherit (entry) runtimeInputs; } else { });
in
builtins.listToAttrs (
  map (
    key:
    let
      entry = entryOf key;
    in
    {
      name = entry.generator;
      value = mkGenerator entry;
    }
  ) selectedKeys
)
