# What the generators of a fleet of probes are (clan-bodies.mjs), read with the stand-ins for nixpkgs of test/oracle.
let
  spec = builtins.fromJSON (builtins.readFile (builtins.getEnv "ORACLE_SPEC"));
  lib = import (/. + spec.lib);
  packages = import ../test/oracle/nix/packages.nix {
    inherit lib;
    inherit (spec) tokens;
  };
  nixos = import ../test/oracle/nix/nixos.nix { inherit lib spec packages; };
  fleet = import ../test/oracle/nix/flakes.nix {
    inherit
      lib
      spec
      packages
      nixos
      ;
  };
  machines = fleet.nixosConfigurations // fleet.darwinConfigurations;
  text = value: builtins.unsafeDiscardStringContext (toString value);
  # Null where the value cannot be had.
  attempt =
    value:
    let
      result = builtins.tryEval (builtins.deepSeq value value);
    in
    if result.success then { ok = result.value; } else null;
  options = names: value: lib.genAttrs names (name: attempt value.${name});
  body = generator: {
    inherit (generator) share dependencies;
    files = builtins.mapAttrs (_: options [
      "secret"
      "deploy"
      "owner"
      "group"
      "mode"
      "neededFor"
    ]) generator.files;
    prompts = builtins.mapAttrs (
      _: prompt:
      options [ "type" "persist" "description" ] prompt
      // {
        required = attempt (prompt.display.required or true);
      }
    ) generator.prompts;
    runtimeInputs = attempt (map text generator.runtimeInputs);
    script = attempt (text generator.script);
    validation = attempt (generator.validation or null);
  };
in
machine: builtins.mapAttrs (_: body) machines.${machine}.config.clan.core.vars.generators
