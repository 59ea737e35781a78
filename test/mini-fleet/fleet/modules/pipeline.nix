# D16: through lib.pipe, filters and concatMapAttrs.
{ lib, ... }:
let
  sensors = {
    tide = {
      enabled = true;
      keys = [ "read" ];
    };
    wind = {
      enabled = true;
      keys = [
        "read"
        "write"
      ];
    };
    smoke = {
      enabled = false;
      keys = [ ];
    };
  };
in
{
  clan.core.vars.generators = lib.pipe sensors [
    (lib.filterAttrs (_: sensor: sensor.enabled))
    (lib.concatMapAttrs (
      name:
      { keys, ... }:
      {
        "sensor-${name}" = {
          files = lib.genAttrs keys (_: { });
          script = lib.concatMapStringsSep "\n" (key: "head -c 8 /dev/urandom > $out/${key}") keys;
        };
      }
    ))
  ];
}
