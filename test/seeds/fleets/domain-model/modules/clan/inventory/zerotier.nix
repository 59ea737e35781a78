{
  clan.inventory.instances.zerotier-local = {
    module = { name = "zerotier"; input = "clan-core"; };
    roles.controller.machines.cinnabar = {};
    roles.peer.tags."workstation" = {};
  };
}
