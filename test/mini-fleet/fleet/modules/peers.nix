# D16: listToAttrs, and foldl' over a list.
{ lib, ... }:
let
  peers = [
    "oslo"
    "bergen"
  ];
in
{
  clan.core.vars.generators =
    builtins.listToAttrs (
      map (peer: {
        name = "peer-${peer}";
        value = {
          prompts.secret.type = "hidden";
          files.secret = { };
          script = "cat $prompts/secret > $out/secret";
        };
      }) peers
    )
    // lib.foldl' (
      all: n:
      all
      // {
        "relay-${toString n}" = {
          files.key = { };
          script = "head -c 32 /dev/urandom > $out/key";
        };
      }
    ) { } (lib.range 1 3);
}
