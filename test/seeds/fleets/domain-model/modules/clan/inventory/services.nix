{ lib, ... }:
{
  clan.inventory.instances = {
    sshd = {
      module = { name = "sshd"; input = "clan-core"; };
      roles.server.tags."server" = {};
    };
    # The hierarchy of settings: role-wide, and one machine that overrides it.
    notes = {
      module = { name = "notes"; input = "self"; };
      roles.server = {
        settings.domain = lib.mkDefault "notes.example.org";
        machines.cinnabar = {};
        machines.electrum.settings.domain = "archive.example.org";
      };
    };
  };
  clan.modules.notes = ../../../services/notes.nix;
}
