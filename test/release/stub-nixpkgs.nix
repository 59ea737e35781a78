# As much of nixpkgs as the flake touches: derivations are sets that remember what they were made of.
let
  lib = rec {
    genAttrs =
      names: make:
      builtins.listToAttrs (
        map (name: {
          inherit name;
          value = make name;
        }) names
      );
    importJSON = path: builtins.fromJSON (builtins.readFile path);
    inherit (builtins) mapAttrs;
    filterAttrs =
      keeps: set: removeAttrs set (builtins.filter (name: !keeps name set.${name}) (builtins.attrNames set));
    last = list: builtins.elemAt list (builtins.length list - 1);
    splitString = mark: text: builtins.filter builtins.isString (builtins.split mark text);
    optional = condition: value: if condition then [ value ] else [ ];
    licenses.mit = "MIT";
    platforms.unix = [ "unix" ];
    fileset = {
      unions = files: assert builtins.all builtins.pathExists files; map toString files;
      toSource = { root, fileset }: fileset;
    };
  };
  derivation = name: made: {
    type = "derivation";
    outPath = "/stub/${name}";
    inherit name made;
  };
  packagesFor =
    system:
    let
      pkgs = {
        inherit lib system;
        stdenv.hostPlatform.isLinux = builtins.match ".*-linux" system != null;
        buildNpmPackage = args: derivation args.pname args;
        importNpmLock = {
          __functor = _: args: args;
          npmConfigHook = "hook";
        };
        mkShell = args: derivation "shell" args;
        runCommand = name: env: script: derivation name { inherit env script; };
        callPackage =
          file: args:
          let
            make = import file;
          in
          make (builtins.intersectAttrs (builtins.functionArgs make) pkgs // args);
      }
      // lib.genAttrs [
        "age"
        "bubblewrap"
        "fish"
        "git"
        "installShellFiles"
        "nodejs"
        "zsh"
      ] (name: derivation name { });
    in
    pkgs;
in
{
  inherit lib;
  legacyPackages = lib.genAttrs [
    "x86_64-linux"
    "aarch64-linux"
    "x86_64-darwin"
    "aarch64-darwin"
  ] packagesFor;
}
