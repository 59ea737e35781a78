# NixOS options that nobody declares here: a free form that takes everything and merges lazily, name by name, over the tree of
# `config.…` paths that the texts mention. What nobody defined throws `ORACLE-UNKNOWN …`, but for names such as `enable`, which
# are false. So an answer is either true or absent.
{
  lib,
  mentioned,
  baseName,
}:
let
  inherit (lib) isOption mkOptionType;
  falseNames = [
    "enable"
    "enabled"
    "isContainer"
    "isDarwin"
  ];
  defaults = {
    "networking.hostName" = "nixos";
    "networking.domain" = null;
    "boot.isContainer" = false;
    "boot.zfs.enabled" = false;
  };
  below = path: name: if path == "" then name else "${path}.${name}";
  # The paths mentioned below a name; `*` stands for a name that was computed.
  treeOf = tree: name: lib.recursiveUpdate (tree."*" or { }) (tree.${name} or { });
  namesIn = tree: removeAttrs tree [ "*" ];
  definitionsByName =
    definitions:
    builtins.zipAttrsWith (_: all: all) (
      map (
        definition:
        builtins.mapAttrs (_: value: {
          inherit (definition) file;
          inherit value;
        }) definition.value
      ) definitions
    );

  # What an option is that nobody defined.
  nothing =
    tree: path:
    if defaults ? ${path} then
      defaults.${path}
    else if builtins.isAttrs tree && tree != { } then
      builtins.mapAttrs (name: inner: nothing inner (below path name)) (namesIn tree)
    else if builtins.elem (baseName path) falseNames then
      false
    else
      throw "ORACLE-UNKNOWN config.${path}";

  isPlainSet =
    value:
    builtins.isAttrs value
    && !(value ? _type)
    && (value.type or null) != "derivation"
    && !(value ? __functor)
    && !(value ? outPath);
  allEqual = values: builtins.all (value: value == builtins.head values) values;

  # A type that takes everything.
  lazyAnything =
    tree: path:
    mkOptionType {
      name = "oracleAnything";
      check = _: true;
      merge =
        loc: definitions:
        let
          values = map (definition: definition.value) definitions;
          all = test: builtins.all test values;
          base = if builtins.isAttrs tree && tree != { } then nothing tree path else { };
          mergeName =
            name: some:
            let
              inner = treeOf tree name;
              type = lazyAnything inner (below path name);
              merged = lib.modules.mergeDefinitions (loc ++ [ name ]) type some;
            in
            if merged.defsFinal == [ ] then nothing inner (below path name) else merged.mergedValue;
        in
        if all isPlainSet then
          (if builtins.isAttrs base then base else { })
          // builtins.mapAttrs mergeName (definitionsByName definitions)
        else if builtins.length values == 1 then
          builtins.head values
        else if all builtins.isList then
          builtins.concatLists values
        else if all builtins.isString && loc != [ ] && lib.hasSuffix "Config" (lib.last loc) then
          builtins.concatStringsSep "\n" values
        else if (all builtins.isBool || all builtins.isString) && allEqual values then
          builtins.head values
        else if all builtins.isString then
          builtins.concatStringsSep "\n" values
        else
          throw "ORACLE-UNKNOWN conflicting config.${path}";
    };

  # The same for a whole configuration: what is declared is as declared, the rest is caught, level by level, so that no more is
  # forced than real NixOS forces.
  catchAll =
    {
      options,
      declared,
      defs,
      pushDownProperties,
    }:
    let
      # `services = mkIf … { }` and `services.x = mkIf … { }`: options lie below, conditions belong to them.
      push =
        definitions:
        lib.concatMap (
          definition:
          map (value: {
            inherit (definition) file;
            inherit value;
          }) (pushDownProperties definition.value)
        ) definitions;
      level =
        depth: path: tree: options: declared: definitions:
        let
          sets = builtins.filter (definition: builtins.isAttrs definition.value) definitions;
          byName = definitionsByName sets;
          mergeName =
            name: some:
            let
              inner = treeOf tree name;
              here = below path name;
              merged = lib.modules.mergeDefinitions (lib.splitString "." here) (lazyAnything inner here) some;
              pushed = push some;
            in
            if depth < 2 && builtins.all (definition: isPlainSet definition.value) pushed then
              level (depth + 1) here inner { } { } pushed
            else if merged.defsFinal == [ ] then
              nothing inner here
            else
              merged.mergedValue;
          declaredName =
            name: option:
            if isOption option then
              declared.${name}
            else
              level (depth + 1) (below path name) (treeOf tree name) option declared.${name} (
                push (byName.${name} or [ ])
              );
        in
        builtins.mapAttrs (name: inner: nothing inner (below path name)) (namesIn tree)
        // builtins.mapAttrs mergeName byName
        // builtins.mapAttrs declaredName options;
    in
    level 0 "" mentioned options declared defs;
in
{
  inherit lazyAnything catchAll;
}
