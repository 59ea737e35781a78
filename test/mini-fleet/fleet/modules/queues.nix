# D16: mkMerge over what a function makes of a list and of a set.
{ lib, ... }:
let
  queue = name: owner: {
    "queue-${name}" = {
      files.password = { inherit owner; };
      script = "head -c 24 /dev/urandom | base64 > $out/password";
    };
  };
in
{
  clan.core.vars.generators = lib.mkMerge (
    map (name: queue name "queue") [
      "orders"
      "bills"
    ]
    ++ lib.mapAttrsToList queue { alarms = "watch"; }
  );
}
