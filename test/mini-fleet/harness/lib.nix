# The few functions of nixpkgs' lib that the mini fleet uses, written anew: they are specified by their names, and
# the fleet must evaluate without nixpkgs.
let
  inherit (builtins)
    attrNames
    attrValues
    concatLists
    concatStringsSep
    elem
    elemAt
    filter
    foldl'
    genList
    isAttrs
    isList
    length
    listToAttrs
    map
    mapAttrs
    replaceStrings
    stringLength
    substring
    ;

  lib = rec {
    inherit (builtins)
      attrNames
      attrValues
      concatLists
      concatMap
      concatStringsSep
      elem
      elemAt
      filter
      foldl'
      fromJSON
      functionArgs
      genList
      hasAttr
      head
      isAttrs
      isFunction
      isList
      isString
      length
      listToAttrs
      map
      mapAttrs
      readFile
      removeAttrs
      replaceStrings
      splitVersion
      stringLength
      substring
      tail
      toJSON
      ;

    id = x: x;
    const = x: _: x;
    flip =
      f: a: b:
      f b a;
    fix =
      f:
      let
        x = f x;
      in
      x;
    pipe = foldl' (x: f: f x);
    throwIf = condition: message: if condition then throw message else id;

    nameValuePair = name: value: { inherit name value; };
    genAttrs = names: f: listToAttrs (map (name: nameValuePair name (f name)) names);
    mapAttrs' = f: set: listToAttrs (mapAttrsToList f set);
    mapAttrsToList = f: set: map (name: f name set.${name}) (attrNames set);
    filterAttrs =
      keep: set: removeAttrs set (filter (name: !keep name set.${name}) (attrNames set));
    concatMapAttrs = f: set: mergeAttrsList (mapAttrsToList f set);
    mergeAttrsList = foldl' (all: set: all // set) { };
    optionalAttrs = condition: set: if condition then set else { };
    getAttrs = names: set: genAttrs names (name: set.${name});
    recursiveUpdate =
      left: right:
      left
      // mapAttrs (
        name: value:
        if isAttrs value && isAttrs (left.${name} or null) then recursiveUpdate left.${name} value else value
      ) right;

    optional = condition: item: if condition then [ item ] else [ ];
    optionals = condition: list: if condition then list else [ ];
    flatten = value: if isList value then builtins.concatMap flatten value else [ value ];
    unique = foldl' (all: item: if elem item all then all else all ++ [ item ]) [ ];
    last = list: elemAt list (length list - 1);
    imap0 = f: list: genList (i: f i (elemAt list i)) (length list);
    range = first: final: genList (i: first + i) (final - first + 1);

    optionalString = condition: text: if condition then text else "";
    concatStrings = concatStringsSep "";
    concatMapStringsSep =
      separator: f: list:
      concatStringsSep separator (map f list);
    hasPrefix = prefix: text: substring 0 (stringLength prefix) text == prefix;
    hasSuffix =
      suffix: text:
      stringLength suffix <= stringLength text
      && substring (stringLength text - stringLength suffix) (-1) text == suffix;
    removePrefix =
      prefix: text: if hasPrefix prefix text then substring (stringLength prefix) (-1) text else text;
    removeSuffix =
      suffix: text:
      if hasSuffix suffix text then substring 0 (stringLength text - stringLength suffix) text else text;
    splitString = separator: text: filter builtins.isString (builtins.split separator text);
    stringToCharacters = text: genList (i: substring i 1 text) (stringLength text);
    toUpper = replaceStrings lower upper;
    toLower = replaceStrings upper lower;
    lower = stringToCharacters "abcdefghijklmnopqrstuvwxyz";
    upper = stringToCharacters "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    escapeShellArg = text: "'${replaceStrings [ "'" ] [ "'\\''" ] (toString text)}'";
    getExe = package: "${package}/bin/${package.pname}";
    getExe' = package: name: "${package}/bin/${name}";

    mkOverride = priority: content: {
      _type = "override";
      inherit priority content;
    };
    mkForce = mkOverride 50;
    mkDefault = mkOverride 1000;
    mkOptionDefault = mkOverride 1500;
    mkOrder = priority: content: {
      _type = "order";
      inherit priority content;
    };
    mkBefore = mkOrder 500;
    mkAfter = mkOrder 1500;
    mkIf = condition: content: {
      _type = "if";
      inherit condition content;
    };
    mkMerge = contents: {
      _type = "merge";
      inherit contents;
    };
    mkOption = option: option // { _type = "option"; };
    mkEnableOption =
      what:
      mkOption {
        description = "Whether to enable ${what}.";
        type = types.bool;
        default = false;
      };

    inherit (import ./module-system.nix lib) evalModules types;
    modules = {
      importApply = path: arguments: {
        _file = toString path;
        imports = [ (import path arguments) ];
      };
    };
  };
in
lib
