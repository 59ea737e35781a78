# Evaluates the flake of a fleet with real Nix, real nixpkgs `lib` and real clan-core, but without nixpkgs itself.
#
# The environment variable ORACLE_SPEC names a JSON file, written by harvest.mjs:
# { "fleet": dir, "lib": dir of patched nixpkgs lib, "clanCore": dir, "sources": { "owner/name" (lower case): dir },
#   "tokens": [names in the texts], "roles": [names], "config": { tree of mentioned `config.…` paths },
#   "inputs": { input: tree of mentioned attributes }, "stubs": dir, "nixpkgs": dir of a nixpkgs without contents }
let
  spec = builtins.fromJSON (builtins.readFile (builtins.getEnv "ORACLE_SPEC"));
  lib = import (/. + spec.lib);
  packages = import ./packages.nix {
    inherit lib;
    inherit (spec) tokens;
  };
  nixos = import ./nixos.nix { inherit lib spec packages; };
  fleet = import ./flakes.nix {
    inherit
      lib
      spec
      packages
      nixos
      ;
  };

  # { ok = value; }, or { unknown = true; } where the value cannot be had.
  attempt =
    value:
    let
      result = builtins.tryEval (builtins.deepSeq value value);
    in
    if result.success then { ok = result.value; } else { unknown = true; };
  text = value: builtins.unsafeDiscardStringContext (toString value);
  attempts = builtins.mapAttrs (_: attempt);
  fields = {
    share = generator: generator.share;
    dependencies = generator: generator.dependencies;
    files = generator: builtins.mapAttrs (_: fileOf) generator.files;
    prompts = generator: builtins.mapAttrs (_: promptOf) generator.prompts;
    runtimeInputs = generator: map text generator.runtimeInputs;
    script = generator: text generator.script;
    validation = generator: generator.validation;
  };
  fileOf =
    file:
    attempts {
      inherit (file)
        secret
        deploy
        owner
        group
        mode
        neededFor
        ;
    };
  promptOf = prompt: attempts { inherit (prompt) type description persist; };

  machines =
    if fleet ? nixosConfigurations || fleet ? darwinConfigurations then
      fleet.nixosConfigurations or { } // fleet.darwinConfigurations or { }
    else
      fleet.clan.nixosConfigurations or { } // fleet.clan.darwinConfigurations or { };
  inventory = fleet.clanInternals.inventoryClass.inventory or fleet.clan.inventory;
  generatorsOf = machine: machines.${machine}.config.clan.core.vars.generators;

  # The names that a definition of `generators` sets, through `mkIf`, `mkMerge` and their like.
  namesIn =
    value:
    if !builtins.isAttrs value then
      [ ]
    else if (value._type or "") == "merge" then
      builtins.concatMap namesIn value.contents
    else if builtins.elem (value._type or "") [ "if" "override" "order" ] then
      namesIn value.content
    else
      builtins.attrNames value;
  originOf = definition: {
    file = text definition.file;
    names = attempt (namesIn (definition.value.generators or { }));
  };
in
{
  names = builtins.attrNames machines;
  # The class of a machine of the clan; null for a configuration without vars.
  class =
    machine:
    if machines.${machine} ? options.clan.core.vars.definitionsWithLocations then machines.${machine}.class else null;
  generatorNames = machine: builtins.attrNames (generatorsOf machine);
  # Which files define which generators.
  origins =
    machine: attempt (map originOf machines.${machine}.options.clan.core.vars.definitionsWithLocations);
  generator = machine: name: builtins.mapAttrs (_: field: attempt (field (generatorsOf machine).${name})) fields;
  field = machine: name: field: attempt (fields.${field} (generatorsOf machine).${name});
  tags = machine: attempt inventory.machines.${machine}.tags;
  inventoryMachines = attempt (builtins.attrNames inventory.machines);
  inherit (packages) packagesFor;
}
