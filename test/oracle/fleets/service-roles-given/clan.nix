{
  modules."@small/site" = import ./modules/svc;
  inventory.machines.a = { };
  inventory.machines.b = { };
  inventory.instances.plain = {
    module.name = "@small/site";
    module.input = "self";
    roles.server.machines.a = { };
  };
  inventory.instances.mailing = {
    module.name = "@small/site";
    module.input = "self";
    roles.server.machines.b = { };
    roles.mailer.machines = { };
  };
}
