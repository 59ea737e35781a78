# Where the applications run.
{ self, lib, ... }:
let
  modules = self + "/modules";
in
{
  imports = [
    ../../modules/ssh.nix
    ../../modules/restic
    "${self}/modules/database.nix"
    (modules + "/chat.nix")
    (modules + "/chat-owner.nix")
    (self + "/modules/env.nix")
    (self + "/modules/bot.nix")
  ]
  ++ map (name: ../../modules + "/${name}.nix") [
    "tokens"
    "nats"
    "queues"
    "discover"
    "library"
  ]
  ++ lib.optional true ../../modules/pki.nix
  ++ lib.optionals (lib.hasPrefix "x" "no") [ ../../modules/unused.nix ];

  nixpkgs.hostPlatform = "x86_64-linux";
  harbour.discover.includeTags = [ "monitoring" ];
}
