# A module system as small as the mini fleet needs it: imports, options with types, priorities, conditions, merging
# and arguments mean what they mean in NixOS. What no option declares is merged by its shape (sets join, lists
# concatenate), so that the fleet may set all of NixOS without all of NixOS being here.
lib:
let
  inherit (builtins)
    attrNames
    concatLists
    concatMap
    filter
    foldl'
    functionArgs
    isAttrs
    isFunction
    isList
    isPath
    isString
    length
    listToAttrs
    mapAttrs
    sort
    ;

  typeOf = value: if isAttrs value then value._type or null else null;
  isPlainSet = value: isAttrs value && !(value ? _type) && !(value ? outPath);
  describe = loc: "`${builtins.concatStringsSep "." loc}'";

  # What conditions, priorities and orders wrap, whether it applies or not.
  contentOf =
    value:
    if typeOf value == "if" || typeOf value == "override" || typeOf value == "order" then
      contentOf value.content
    else
      value;

  # Moves conditions and priorities from a set onto its members: which names there are must not depend on them.
  pushDown =
    value:
    if typeOf value == "merge" then
      concatMap pushDown value.contents
    else if typeOf value == "if" then
      map (mapAttrs (_: lib.mkIf value.condition)) (pushDown value.content)
    else if typeOf value == "override" then
      map (mapAttrs (_: lib.mkOverride value.priority)) (pushDown value.content)
    else
      [ value ];

  # The definitions that remain: conditions are decided, only the strongest priority stays, in order.
  settle =
    values:
    let
      discharge =
        definition:
        let
          inherit (definition) value;
        in
        {
          merge = concatMap (one: discharge (definition // { value = one; })) value.contents;
          "if" = if value.condition then discharge (definition // { value = value.content; }) else [ ];
          override = discharge (
            definition
            // {
              inherit (value) priority;
              value = value.content;
            }
          );
          order = discharge (
            definition
            // {
              order = value.priority;
              value = value.content;
            }
          );
        }
        .${if typeOf value == null then "plain" else typeOf value} or [ definition ];
      all = concatMap (
        value:
        discharge {
          inherit value;
          priority = 100;
          order = 1000;
        }
      ) values;
      strongest = foldl' (least: one: if one.priority < least then one.priority else least) 9999 all;
    in
    map (one: one.value) (
      sort (a: b: a.order < b.order) (filter (one: one.priority == strongest) all)
    );

  mergeOne =
    loc: values:
    if length values == 1 || builtins.all (value: value == builtins.head values) values then
      builtins.head values
    else
      throw "The option ${describe loc} has conflicting definition values";

  # What no option declares.
  mergeShape =
    loc: values:
    if builtins.all isPlainSet values then
      (types.attrsOf { merge = mergeShape; }).merge loc values
    else if builtins.all isList values then
      concatLists values
    else
      mergeOne loc values;

  types = rec {
    raw.merge = mergeOne;
    anything.merge = mergeShape;
    bool = checked "a boolean" builtins.isBool;
    int = checked "an integer" builtins.isInt;
    str = checked "a string" isString;
    path = raw;
    package = raw;
    enum = values: checked "one of the values of the enum" (value: builtins.elem value values);
    strMatching =
      pattern:
      checked "a string matching ${pattern}" (value: isString value && builtins.match pattern value != null);
    either = _: _: raw;
    nullOr = type: {
      merge = loc: values: if builtins.elem null values then mergeOne loc values else type.merge loc values;
    };
    lines.merge = _: builtins.concatStringsSep "\n";
    listOf = type: {
      merge = loc: values: map (item: type.merge loc [ item ]) (concatLists values);
    };
    attrsOf = type: {
      merge =
        loc: values:
        let
          names = lib.unique (concatMap attrNames values);
          member = name: settle (concatMap (value: lib.optional (value ? ${name}) value.${name}) values);
        in
        listToAttrs (
          concatMap (
            name:
            let
              definitions = member name;
            in
            lib.optional (definitions != [ ]) {
              inherit name;
              value = type.merge (loc ++ [ name ]) definitions;
            }
          ) names
        );
    };
    lazyAttrsOf = attrsOf;
    attrs = attrsOf anything;
    # A module that is kept as it is: several definitions are imported together.
    deferredModule.merge = _: modules: { imports = modules; };
    submodule = module: submoduleWith { modules = [ module ]; };
    submoduleWith =
      {
        modules,
        specialArgs ? { },
        isOpen ? false,
      }:
      {
        merge =
          loc: values:
          (evalModules {
            modules = modules ++ values;
            specialArgs = specialArgs // {
              name = lib.last loc;
            };
            inherit isOpen;
            prefix = loc;
          }).config;
      };
    checked = what: test: {
      merge =
        loc: values:
        let
          value = mergeOne loc values;
        in
        if test value then value else throw "A definition for option ${describe loc} is not ${what}";
    };
  };

  evalOption =
    loc: declarations: definitions:
    let
      option = foldl' (all: one: all // one) { } declarations;
      values = settle (lib.optional (option ? default) (lib.mkOptionDefault option.default) ++ definitions);
      value =
        if values == [ ] then
          throw "The option ${describe loc} was accessed but has no value defined"
        else
          (option.type or types.anything).merge loc values;
    in
    if option ? apply then option.apply value else value;

  evalModules =
    {
      modules,
      specialArgs ? { },
      prefix ? [ ],
      # May things be set that no option declares?
      isOpen ? true,
    }:
    let
      base = {
        options._module.args = lib.mkOption {
          type = types.lazyAttrsOf types.raw;
          default = { };
        };
      };

      arguments =
        module:
        specialArgs
        // {
          inherit config lib;
          options = throw "options are not passed on here";
        }
        // mapAttrs (name: _: specialArgs.${name} or ({ inherit config lib; }.${name} or config._module.args.${name})) (
          functionArgs module
        );

      # A module and all that it imports, as `{ key, options, config }`.
      load =
        key: module:
        if isPath module || isString module then
          load (toString module) (import module)
        else if isFunction module then
          load key (module (arguments module))
        else if !isAttrs module then
          throw "A module must be a path, a function or a set"
        else
          let
            isSplit = module ? options || module ? config;
            meta = [
              "_class"
              "_file"
              "imports"
              "key"
            ];
          in
          concatMap (load null) (module.imports or [ ])
          ++ [
            {
              key = module.key or key;
              options = module.options or { };
              config = if isSplit then module.config or { } else removeAttrs module meta;
            }
          ];

      loaded = foldl' (
        all: one:
        if one.key != null && builtins.any (other: other.key == one.key) all then all else all ++ [ one ]
      ) [ ] (concatMap (load null) ([ base ] ++ modules));

      tree =
        loc: declared: sets:
        let
          names = lib.unique (concatMap attrNames (declared ++ sets));
          of = name: concatMap (set: lib.optional (set ? ${name}) set.${name});
        in
        lib.genAttrs names (
          name:
          let
            here = loc ++ [ name ];
            declarations = of name declared;
            definitions = of name sets;
          in
          if builtins.any (one: typeOf one == "option") declarations then
            evalOption here declarations definitions
          else if declarations == [ ] && !isOpen then
            throw "The option ${describe here} does not exist"
          else if
            declarations != [ ]
            || builtins.all isPlainSet (map contentOf (concatMap flattenMerges definitions))
          then
            tree here declarations (concatMap pushDown definitions)
          else
            evalOption here [ ] definitions
        );
      flattenMerges =
        value:
        let
          content = contentOf value;
        in
        if typeOf content == "merge" then concatMap flattenMerges content.contents else [ content ];

      config = tree prefix (map (one: one.options) loaded) (concatMap (one: pushDown one.config) loaded);
    in
    {
      inherit config;
    };
in
{
  inherit evalModules types;
}
