# Calls flakes as Nix does, without a lock: an input is nixpkgs (nixos.nix), clan-core, a source at hand, or an empty flake with
# just the attributes that the texts mention.
{
  lib,
  spec,
  packages,
  nixos,
}:
let
  inherit (packages) package packagesFor tokenSet;
  systems = [
    "x86_64-linux"
    "aarch64-linux"
    "aarch64-darwin"
    "x86_64-darwin"
    "riscv64-linux"
  ];
  systemsFile = spec.nixpkgs + "/systems.nix";
  perSystem = lib.genAttrs systems;
  # Where git would say more, it says the same of every flake.
  locked = {
    rev = "0000000000000000000000000000000000000000";
    shortRev = "0000000";
    lastModified = 0;
    lastModifiedDate = "19700101000000";
    narHash = "";
  };
  nixpkgs = locked // {
    _type = "flake";
    outPath = spec.nixpkgs;
    sourceInfo.outPath = spec.nixpkgs;
    inherit (nixos) lib;
    inputs = { };
    legacyPackages = perSystem packagesFor;
    nixosModules = builtins.mapAttrs (_: _: { }) tokenSet;
  };
  darwin = emptyFlake "nix-darwin" // {
    lib.darwinSystem = nixos.systemOf "darwin";
  };

  anyName = tokenSet // {
    default = null;
  };
  moduleSets = [
    "nixosModules"
    "darwinModules"
    "homeManagerModules"
    "homeModules"
    "flakeModules"
    "diskoModules"
  ];
  # Modules that do nothing; sets of modules where the texts go deeper.
  moduleTree =
    where: tree:
    if tree == { } then
      { key = "empty:${where}"; }
    else
      builtins.mapAttrs (name: inner: moduleTree "${where}.${name}" inner) (removeAttrs tree [ "*" ]);
  # Any other attribute of a flake: packages, at the end of what the texts mention.
  valueTree =
    where: kind: tree:
    if tree == { } then
      (
        if builtins.elem kind [ "nixosModule" "flakeModule" "modules" "clanModules" ] then
          { }
        else
          package where
      )
    else
      builtins.mapAttrs (name: inner: valueTree "${where}.${name}" kind inner) (
        if tree ? "*" then perSystem (_: tree."*") // removeAttrs tree [ "*" ] else tree
      );
  attributeOf =
    flake: name: tree:
    if name == "packages" || name == "legacyPackages" then
      perSystem (_: builtins.mapAttrs (package': _: package "${flake}.${package'}") anyName)
    else if name == "overlays" || name == "overlay" then
      builtins.mapAttrs (_: _: _: _: { }) anyName
    else if builtins.elem name moduleSets then
      moduleTree "${flake}.${name}" (builtins.mapAttrs (_: _: { }) anyName // tree)
    else
      valueTree "${flake}.${name}" name tree;
  # What a fleet calls as a function while its flake is read.
  called.adios-flake.lib.mkFlake = arguments: arguments.flake or { };
  emptyFlake =
    name:
    let
      outPath = spec.stubs + "/" + name;
      usual = lib.genAttrs (moduleSets ++ [ "packages" "legacyPackages" "overlays" ]) (_: { });
    in
    builtins.mapAttrs (attributeOf name) (usual // spec.inputs.${name} or { })
    // locked
    // {
      _type = "flake";
      inherit outPath;
      sourceInfo = {
        inherit outPath;
      };
      inputs = builtins.mapAttrs (other: _: emptyFlake other) tokenSet // {
        inherit nixpkgs;
      };
      flakeModule = { };
      nixosModule = { };
      # A clan of somebody else: its services exist, have the roles that are mentioned and do nothing.
      clan = {
        modules = builtins.mapAttrs (service: _: {
          _class = "clan.service";
          manifest = {
            name = service;
            description = service;
            readme = "";
          };
          roles = lib.genAttrs spec.roles (_: { description = ""; });
        }) tokenSet;
        templates = { };
      };
    }
    // called.${name} or { };

  # `github:Owner/name/ref?dir=x` → owner/name
  ownerAndName =
    url:
    let
      short = builtins.match "(github|gitlab|sourcehut):~?([^/]+)/([^/?#]+).*" url;
      long = builtins.match "(git\\+)?(https|ssh)://[^/]+/([^/]+)/([^/?#]+).*" url;
      join =
        parts: lib.toLower "${builtins.elemAt parts 0}/${lib.removeSuffix ".git" (builtins.elemAt parts 1)}";
    in
    if short != null then
      join (lib.drop 1 short)
    else if long != null then
      join (lib.drop 2 long)
    else
      null;
  resolve =
    name: input:
    let
      url = lib.toLower (if builtins.isString input then input else input.url or "");
      source = ownerAndName url;
      isFlake = input.flake or true;
      namesakes = builtins.filter (lib.hasSuffix "/${name}") (builtins.attrNames spec.sources);
    in
    if lib.hasPrefix "nixpkgs" name || builtins.match ".*/nixpkgs([-/?#.].*)?" url != null then
      nixpkgs
    else if name == "clan-core" || (name == "clan" && lib.hasInfix "clan-core" url) || lib.hasInfix "clan/clan-core" url then
      clanCore
    else if name == "nix-darwin" || name == "darwin" || lib.hasInfix "nix-darwin" url then
      darwin
    else if name == "systems" && isFlake then
      { outPath = systemsFile; }
    else if source != null && spec.sources ? ${source} then
      (if isFlake then callFlake { } spec.sources.${source} else { outPath = spec.sources.${source}; })
    else if namesakes != [ ] && isFlake then
      callFlake { } spec.sources.${builtins.head namesakes}
    else
      emptyFlake name;

  callFlake =
    given: dir:
    let
      flake = import (/. + dir + "/flake.nix");
      wanted = builtins.functionArgs flake.outputs // flake.inputs or { };
      inputOf = name: declared: resolve name (if builtins.isBool declared then { } else declared);
      inputs = builtins.mapAttrs inputOf (removeAttrs wanted [ "self" ]) // given;
      outputs = flake.outputs (inputs // { inherit self; });
      self =
        outputs
        // locked
        // {
          _type = "flake";
          outPath = dir;
          inherit inputs outputs;
          sourceInfo = {
            outPath = dir;
            inherit (locked) lastModified narHash;
          };
        };
    in
    self;
  clanCore = callFlake {
    inherit nixpkgs;
    nix-select = {
      lib = { };
      outPath = spec.stubs + "/nix-select";
    };
    treefmt-nix = { };
    systems.outPath = systemsFile;
  } spec.clanCore;
in
callFlake { } spec.fleet
