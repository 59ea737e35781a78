# D15: with a named function, over a set that other definitions extend.
{ lib, pkgs, ... }:
let
  buckets = {
    photos.readOnly = true;
    charts.readOnly = false;
  };
  toGenerator = name: { readOnly, ... }: {
    name = "bucket-${name}";
    value = {
      files = {
        access-key = { };
      }
      // lib.optionalAttrs (!readOnly) { secret-key = { }; };
      runtimeInputs = [ pkgs.openssl ];
      script = "openssl rand -hex 20 > $out/access-key" + lib.optionalString (!readOnly) "; openssl rand -hex 40 > $out/secret-key";
    };
  };
in
{
  clan.core.vars.generators = lib.mapAttrs' toGenerator (buckets // { logs.readOnly = false; });
}
