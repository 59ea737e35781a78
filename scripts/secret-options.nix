# The type of an option, by its names, as a module of nixpkgs declares it (secret-options.mjs): the module is evaluated alone, with the
# `lib` of the same nixpkgs, so that only declarations are looked at. Null where there is no such option.
{ nixpkgs, module, names }:
let
  lib = import (nixpkgs + "/lib");
  pkgs = import nixpkgs { };
  inherit
    (lib.evalModules {
      modules = [
        (nixpkgs + "/${module}")
        { _module.check = false; }
      ];
      specialArgs = {
        inherit pkgs;
        utils = { };
        modulesPath = nixpkgs + "/nixos/modules";
      };
    })
    options
    ;
  ofSet =
    set: names:
    let
      found = set.${builtins.head names} or null;
      rest = builtins.tail names;
    in
    if found == null then
      null
    else if lib.isOption found then
      ofType found.type rest
    else if rest == [ ] then
      null
    else
      ofSet found rest;
  # Settings of any form have all names.
  ofType =
    type: names:
    let
      inner = type.nestedTypes.elemType or type.nestedTypes.finalType or null;
      declared = type.getSubOptions [ ];
      freeform = type.nestedTypes.freeformType or null;
    in
    if builtins.elem type.name [ "nullOr" "listOf" "coercedTo" ] && names != [ ] then
      ofType inner names
    else if names == [ ] then
      type.description
    else if builtins.elem type.name [ "attrsOf" "lazyAttrsOf" ] then
      ofType inner (builtins.tail names)
    else if type.name == "submodule" && declared ? ${builtins.head names} then
      ofSet declared names
    else if type.name != "submodule" || freeform != null then
      "any"
    else
      null;
in
ofSet options names
