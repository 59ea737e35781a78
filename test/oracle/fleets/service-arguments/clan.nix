# Beside the arguments of the service itself, `perInstance` and `perMachine` may take those of any module.
let
  arguments = [ "lib" "pkgs" "config" "options" ];
  names = map (argument: "of-${argument}") arguments;
  each = f: builtins.listToAttrs (map (name: { inherit name; value = f name; }) names);
in
{
  modules = each (name: import ./modules/${name}.nix);
  inventory.machines.a = { };
  inventory.machines.b = { };
  inventory.instances = each (name: {
    module.name = name;
    module.input = "self";
    roles.worker.machines.a = { };
  });
}
