# D13: the body is what a file makes of arguments.
{ pkgs, self, ... }:
{
  clan.core.vars.generators.nats-operator = import ../lib/nkey.nix {
    inherit pkgs;
    kind = "operator";
    owner = "nats";
  };
  clan.core.vars.generators.nats-leaf = import (self + "/lib/nkey.nix") { inherit pkgs; };
  clan.core.vars.generators.nats-edge = import "${self}/lib/nkey.nix" {
    inherit pkgs;
    kind = "account";
  };
}
