# Evaluates one machine of an example fleet without nixpkgs and without Clan: the host module is
# applied to a configuration that holds nothing but its own generators, as if they had been
# generated and deployed, and the modules of its Hjem users are merged.
{ root, machine }:
let
  inherit (builtins) foldl' isFunction mapAttrs;

  # Only the packages that the fleets use: another name fails like a misspelt one.
  pkgs = builtins.listToAttrs (
    map
      (name: {
        inherit name;
        value = {
          inherit name;
          outPath = "/packages/${name}";
        };
      })
      [
        "coreutils"
        "curl"
        "mkpasswd"
        "openssl"
        "restic"
        "wireguard-tools"
      ]
  );

  noModules = {
    darwinModules.default = { };
    nixosModules.default = { };
    nixosModules.host = { };
  };

  host = import (/. + "${root}/modules/hosts/${machine}") {
    inherit config pkgs;
    inputs = {
      hjem = noModules;
      microvm = noModules;
    };
    # The pattern of bringing a function in with its arguments, as nixpkgs' lib has it.
    lib.modules.importApply = path: arguments: import path arguments;
  };

  deploy =
    generator: file: options:
    options
    // {
      path =
        if options.secret then
          "/run/secrets/vars/${generator}/${file}"
        else
          "/nix/store/${generator}-${file}";
      value =
        if options.secret then
          throw "Cannot access value of secret file '${file}' of '${generator}'"
        else
          "<${generator}/${file}>";
    };

  config.clan.core.vars.generators = mapAttrs (
    name: generator: generator // { files = mapAttrs (deploy name) generator.files; }
  ) host.clan.core.vars.generators;

  evaluateUser =
    user:
    let
      modules = [
        (removeAttrs user [ "imports" ])
      ]
      ++ map (module: if isFunction module then module { osConfig = config; } else module) user.imports;
    in
    {
      sessionVariables = foldl' (all: module: all // (module.environment.sessionVariables or { })) { } modules;
      files = mapAttrs (_: file: file.text) (foldl' (all: module: all // (module.files or { })) { } modules);
    };
in
{
  body = removeAttrs host [
    "imports"
    "hjem"
  ];
  users = mapAttrs (_: evaluateUser) (host.hjem.users or { });
}
