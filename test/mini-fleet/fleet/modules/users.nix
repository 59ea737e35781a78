# D14: the whole collection is a variable, and so is a body.
{ pkgs, lib, ... }:
let
  people = [
    "rika"
    "jonas"
  ];
  password = {
    files.hash.neededFor = "users";
    files.plain.deploy = false;
    runtimeInputs = [
      pkgs.xkcdpass
      pkgs.mkpasswd
    ];
    script = ''
      xkcdpass > $out/plain
      mkpasswd -s -m sha-512 < $out/plain > $out/hash
    '';
  };
  userGenerators = lib.genAttrs (map (name: "user-${name}") people) (_: password);
  rootPassword = password // {
    files.hash.neededFor = "users";
  };
in
{
  clan.core.vars.generators = userGenerators // {
    user-root = rootPassword;
  };
}
