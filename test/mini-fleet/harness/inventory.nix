# From an inventory to the modules of its machines: tags, roles, settings, and what the services of the flake give to
# each member. Services of other flakes are left out.
{
  lib,
  clan,
  root,
}:
let
  inherit (builtins) attrNames concatMap elem mapAttrs;
  inherit (clan) inventory;

  folder = root + "/machines";
  folders = builtins.readDir folder;
  machines = lib.genAttrs (lib.unique (
    attrNames clan.machines
    ++ attrNames inventory.machines
    ++ builtins.filter (name: folders.${name} == "directory") (attrNames folders)
  )) (name: inventory.machines.${name} or { });
  classOf = name: machines.${name}.machineClass or "nixos";
  hasTag =
    tag: name:
    tag == "all"
    || tag == classOf name
    || elem tag (machines.${name}.tags or [ ])
    || elem name (inventory.tags.${tag} or [ ]);

  # Tags may be written as a list, or as a set of settings.
  asSet = value: if builtins.isList value then lib.genAttrs value (_: { }) else value;

  resolve =
    instanceName: instance:
    let
      source = instance.module or { };
      service =
        (lib.evalModules {
          modules = [
            clan.modules.${source.name or instanceName}
            {
              options.roles = lib.mkOption {
                type = lib.types.attrsOf (lib.types.attrsOf lib.types.raw);
                default = { };
              };
            }
          ];
          specialArgs = { inherit (clan) specialArgs; };
        }).config;

      membersOf =
        role:
        lib.unique (
          attrNames (role.machines or { })
          ++ concatMap (tag: builtins.filter (hasTag tag) (attrNames machines)) (attrNames (asSet (role.tags or { })))
        );
      settingsOf =
        name: modules:
        (lib.evalModules {
          modules = [ (service.roles.${name}.interface or { }) ] ++ modules;
          isOpen = false;
        }).config;
      withoutArgs = settings: removeAttrs settings [ "_module" ];
      memberSettings =
        name: role: machine:
        withoutArgs (
          settingsOf name (
            [ (role.settings or { }) ]
            ++ concatMap (
              tag: lib.optional (hasTag tag machine) ((asSet role.tags).${tag}.settings or { })
            ) (attrNames (asSet (role.tags or { })))
            ++ [ (role.machines.${machine}.settings or { }) ]
          )
        );
      roles = mapAttrs (name: role: {
        machines = lib.genAttrs (membersOf role) (machine: {
          settings = memberSettings name role machine;
        });
        settings = withoutArgs (settingsOf name [ (role.settings or { }) ]);
      }) instance.roles;
      rolesOf =
        machine: builtins.filter (name: roles.${name}.machines ? ${machine}) (attrNames roles);
    in
    {
      inherit roles service;
      modulesOf =
        machine:
        concatMap (
          name:
          lib.optional (service.roles.${name} ? perInstance) (
            service.roles.${name}.perInstance {
              inherit instanceName roles;
              inherit (roles.${name}.machines.${machine}) settings;
              machine = {
                name = machine;
                roles = rolesOf machine;
              };
              meta = clan.meta;
            }
          )
          ++ map (module: { nixosModule = module; }) (instance.roles.${name}.extraModules or [ ])
        ) (rolesOf machine);
      isMember = machine: rolesOf machine != [ ];
    };

  own = lib.filterAttrs (
    _: instance: (instance.module.input or null) == "self"
  ) inventory.instances;
  instances = mapAttrs resolve own;

  # `perMachine` of a service is asked once a machine, with all instances that the machine is in.
  perMachine =
    machine:
    let
      mine = lib.filterAttrs (_: instance: instance.isMember machine) instances;
      moduleName = name: own.${name}.module.name or name;
      services = lib.unique (map moduleName (attrNames mine));
    in
    concatMap (
      name:
      let
        ofService = lib.filterAttrs (instance: _: moduleName instance == name) mine;
        inherit (builtins.head (builtins.attrValues ofService)) service;
      in
      lib.optional (service ? perMachine) (
        service.perMachine {
          machine = {
            name = machine;
            roles = lib.unique (
              concatMap (instance: attrNames (lib.filterAttrs (_: role: role.machines ? ${machine}) instance.roles)) (
                builtins.attrValues ofService
              )
            );
          };
          instances = mapAttrs (_: instance: { inherit (instance) roles; }) ofService;
          meta = clan.meta;
        }
      )
    ) services;
in
mapAttrs (machine: _: {
  class = classOf machine;
  modules =
    lib.optional (builtins.pathExists (folder + "/${machine}/configuration.nix")) (
      folder + "/${machine}/configuration.nix"
    )
    ++ lib.optional (clan.machines ? ${machine}) clan.machines.${machine}
    ++ map (given: given."${classOf machine}Module" or { }) (
      concatMap (instance: instance.modulesOf machine) (builtins.attrValues instances) ++ perMachine machine
    );
}) machines
