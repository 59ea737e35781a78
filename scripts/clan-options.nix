# The options of a clan, of an inventory, or of the roles of one service, as data: evaluates modules of a checkout of
# clan-core with the `lib` of nixpkgs. Called by clan-options.mjs, which says how.
{
  clanCore,
  nixpkgsLib,
  # The module, below clanCore.
  module,
  # "clan", "inventory" or "service": what the module is of.
  kind,
}:
let
  lib = import nixpkgsLib;
  inherit (lib) mapAttrs removeAttrs;

  path = clanCore + "/${module}";

  clanLib = import (clanCore + "/lib") { inherit lib; };

  meta = {
    name = "<clan>";
    domain = "<clan.meta.domain>";
    tld = null;
    description = null;
    icon = null;
  };

  evaluate =
    modules:
    lib.evalModules {
      specialArgs = { inherit clanLib meta; };
      modules = modules ++ [
        {
          _module.args = {
            name = lib.mkDefault "<name>";
            machines = { };
          };
        }
      ];
    };

  known = value: builtins.tryEval (builtins.deepSeq value value);

  # { options, freeform }: a level of options, and the type of all others together where there may be any.
  level =
    depth: evaluated:
    {
      options = group depth (removeAttrs evaluated.options [ "_module" ]);
    }
    // lib.optionalAttrs (evaluated._module.freeformType != null) {
      freeform = type depth evaluated._module.freeformType;
    };

  group =
    depth: options:
    mapAttrs (
      _: found: if lib.isOption found then option depth found else { group = group depth found; }
    ) options;

  option =
    depth: found:
    {
      type = type depth (found.type or lib.types.unspecified);
      typeText = (found.type or lib.types.unspecified).description or "unspecified value";
      required = !(found ? default) && !(found ? defaultText) && !found.isDefined;
    }
    // lib.optionalAttrs (!(found.visible or true) || (found.internal or false)) { hidden = true; }
    // (
      let
        text = found.defaultText or null;
        value = known (found.default or null);
        shown = known (
          if text != null then
            if builtins.isString text then text else text.text or null
          else if found ? default && value.success then
            lib.generators.toPretty { multiline = false; } value.value
          else
            null
        );
      in
      lib.optionalAttrs (shown.success && shown.value != null) { default = shown.value; }
    )
    // (
      let
        text = known (found.description or null);
        plain = if builtins.isAttrs text.value then text.value.text or null else text.value;
      in
      lib.optionalAttrs (text.success && plain != null && plain != "") { description = plain; }
    );

  # Names as types of nixpkgs have them; what is not told apart is "any".
  type =
    depth: found:
    let
      name = found.name or "unspecified";
      inner = which: type depth found.nestedTypes.${which};
      sub = evaluate found.getSubModules;
    in
    if depth > 5 then
      "any"
    else if name == "nullOr" then
      { nullOr = inner "elemType"; }
    else if name == "listOf" then
      { listOf = inner "elemType"; }
    else if name == "attrsOf" || name == "lazyAttrsOf" then
      { attrsOf = inner "elemType"; }
    else if name == "either" then
      {
        oneOf = [
          (inner "left")
          (inner "right")
        ];
      }
    else if name == "coercedTo" then
      {
        oneOf = [
          (inner "coercedType")
          (inner "finalType")
        ];
      }
    else if name == "enum" then
      { enum = found.functor.payload.values or found.functor.payload; }
    else if name == "submodule" && builtins.isList (found.getSubModules or null) then
      { submodule = level (depth + 1) sub; }
    else
      name;

  roles =
    service:
    mapAttrs
      (
        _: role:
        level 0 (evaluate [ role.interface ])
        // lib.optionalAttrs ((role.description or null) != null) { inherit (role) description; }
      )
      (clanLib.evalService {
        modules = [ service ];
        prefix = [ ];
      }).config.roles;
  # What is below the options of a clan is described by itself.
  clan = level 6 (
    lib.evalModules {
      class = "clan";
      specialArgs = {
        self.outPath = "/";
        nixpkgs = { };
        nix-darwin = { };
      };
      modules = [ (import path { clan-core = { inherit clanLib; }; }) ];
    }
  );
in
{
  inherit clan;
  inventory = level 0 (evaluate [ path ]);
  service = roles path;
}
.${kind}
