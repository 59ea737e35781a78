# D20: the standalone module.
{ pkgs, ... }:
{
  vars.generators.standalone-key = {
    files.key = { };
    runtimeInputs = [ pkgs.age ];
    script = "age-keygen -o $out/key";
  };
}
