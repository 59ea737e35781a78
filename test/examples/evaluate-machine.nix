# Evaluates one machine of an example fleet without nixpkgs and without Clan: the host module is
# applied to a configuration that holds nothing but its own generators, as if they had been
# generated and deployed, and merged with the modules that it imports from the fleet; the modules of
# its Hjem users are merged, too.
{ root, machine }:
let
  inherit (builtins)
    foldl'
    isAttrs
    isFunction
    mapAttrs
    ;

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
        "openssl"
        "restic"
      ]
  );

  noModules = {
    darwinModules.default = { };
    nixosModules.default = { };
    nixosModules.host = { };
  };

  arguments = {
    inherit config pkgs;
    inputs = {
      hjem = noModules;
      microvm = noModules;
    };
    # The pattern of bringing a function in with its arguments, as nixpkgs' lib has it.
    lib.modules.importApply = path: arguments: import path arguments;
    # What a machine has published, as Clan's own function reads it from the store.
    clanLib.getPublicValue = { flake, machine, generator, file }: "<${machine}/${generator}/${file}>";
  };

  host = import (/. + "${root}/modules/hosts/${machine}") arguments;

  # Sets are merged, and the rest is defined once.
  merge =
    left: right:
    left
    // mapAttrs (
      name: value:
      if isAttrs value && isAttrs (left.${name} or null) then merge left.${name} value else value
    ) right;

  imported = foldl' merge { } (
    map (module: if isFunction module then module arguments else module) host.imports or [ ]
  );

  isSecret = options: options.secret or true;

  deploy =
    generator: file: options:
    options
    // {
      path =
        if isSecret options then
          "/run/secrets/vars/${generator}/${file}"
        else
          "/nix/store/${generator}-${file}";
      value =
        if isSecret options then
          throw "Cannot access value of secret file '${file}' of '${generator}'"
        else
          "<${generator}/${file}>";
    };

  config.clan.core.settings.directory = root;
  config.clan.core.vars.generators = mapAttrs (
    name: generator: generator // { files = mapAttrs (deploy name) generator.files; }
  ) ((imported.clan.core.vars.generators or { }) // host.clan.core.vars.generators);

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
  body = merge imported (
    removeAttrs host [
      "imports"
      "hjem"
    ]
  );
  users = mapAttrs (_: evaluateUser) (host.hjem.users or { });
}
