# Packages as symbols: `pkgs.x` is a derivation at `/NIXPKG/x` that can be called and overridden, and has every attribute that
# the texts mention (`tokens`). Nothing is built, and a script shows which packages it was given.
{ lib, tokens }:
let
  # What a package has by itself, or what would make something else of it.
  reserved = lib.splitString " " (
    "type outPath drvPath name pname version meta out bin dev man doc lib outputs outputName outputSpecified override "
    + "overrideAttrs overrideDerivation passthru __functor __toString _type recurseForDerivations recursiveUpdate _module "
    + "content imports options config enable stdenv system targetPlatform hostPlatform buildPlatform"
  );
  tokenSet = removeAttrs (lib.genAttrs tokens (_: null)) reserved;
  # What a package was called with, as far as it is text.
  argument =
    value:
    if builtins.isString value then
      builtins.replaceStrings [ "\n" "/" " " ] [ "_" "_" "_" ] (
        builtins.substring 0 60 (builtins.unsafeDiscardStringContext value)
      )
    else
      "";
  package =
    path:
    builtins.mapAttrs (name: _: package "${path}.${name}") tokenSet
    // {
      type = "derivation";
      pname = path;
      name = path;
      version = "1.0";
      outPath = "/NIXPKG/${path}";
      drvPath = "/NIXPKG/${path}.drv";
      outputs = [ "out" ];
      outputName = "out";
      out = package path;
      meta.mainProgram = baseName path;
      passthru = { };
      override = _: package path;
      overrideAttrs = _: package path;
      overrideDerivation = _: package path;
      __functor = _: value: package "${path}(${argument value})";
      system = "x86_64-linux";
    };
  # The last name of a path of names.
  baseName = path: builtins.elemAt (builtins.match "(.*\\.)?([^.]*)" path) 1;
  packagesFor =
    system:
    let
      platform = lib.systems.elaborate system;
      platforms = {
        hostPlatform = platform;
        buildPlatform = platform;
        targetPlatform = platform;
      };
      self =
        builtins.mapAttrs (name: _: package name) tokenSet
        // platforms
        // {
          _type = "pkgs";
          inherit lib system;
          config = { };
          overlays = [ ];
          stdenv =
            package "stdenv"
            // platforms
            // {
              inherit system;
              inherit (platform)
                isLinux
                isDarwin
                isx86_64
                isAarch64
                ;
            };
          bash = package "bash";
          coreutils = package "coreutils";
          appendOverlays = _: self;
          extend = _: self;
          formats = package "formats";
        };
    in
    self;
in
{
  inherit
    package
    packagesFor
    baseName
    tokenSet
    ;
}
