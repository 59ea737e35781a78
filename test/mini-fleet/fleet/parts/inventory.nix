# Who there is, and who does what.
{
  clan.inventory = {
    machines = {
      pharos.tags = [
        "server"
        "edge"
      ];
      mole.tags = [ "server" ];
      skerry.tags = [ "storage" ];
      dinghy = { };
      buoy.tags = [ "edge" ];
      sextant = {
        machineClass = "darwin";
        tags = [ "laptop" ];
      };
    };

    tags.laptop = [ "dinghy" ];

    instances = {
      # Two instances of one service: what is called after the instance is there twice.
      nightly = {
        module = {
          name = "backup";
          input = "self";
        };
        roles.client = {
          tags = [ "server" ];
          settings.retention = 14;
        };
        roles.server.machines.skerry.settings.quota = "2T";
      };
      offsite = {
        module = {
          name = "backup";
          input = "self";
        };
        roles.client.machines.skerry = { };
        roles.server.machines.pharos = { };
      };

      tunnel = {
        module.input = "self";
        roles.peer.tags.all = { };
      };

      cluster = {
        module.input = "self";
        roles.server.machines = {
          pharos.settings.generator = "cluster-first";
          mole.settings.generator = "cluster-second";
        };
        roles.agent.tags.edge.settings.zone = "sea";
        roles.agent.extraModules = [ ../modules/agent-extra.nix ];
      };

      announce = {
        module.input = "self";
        roles.speaker = {
          machines.mole = { };
          settings.channels = [
            "tides"
            "storms"
          ];
        };
      };
    };
  };
}
