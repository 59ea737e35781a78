{
  clan.inventory.machines = {
    stibnite = {
      tags = [ "workstation" "darwin" ];
      machineClass = "darwin";
    };
    cinnabar = {
      tags = [ "server" "nixos" ];
      machineClass = "nixos";
    };
    electrum = {
      tags = [ "server" "nixos" ];
      machineClass = "nixos";
    };
  };
}
