import { it } from 'vitest';
import { fleetWorkspace } from './workspace.ts';

const g = (name: string) => `{ clan.core.vars.generators.${name} = { files.key = { }; script = "true"; }; }`;
const gi = (name: string) => `clan.core.vars.generators.${name} = { files.key = { }; script = "true"; };`;
function show(name: string, texts: Record<string, string>) {
  it(name, () => {
    const f = fleetWorkspace(texts).fleet();
    console.log(
      `## ${name}: machines ${f.machines.map(m => m.name + (m.class ? '' : '?')).join(' ')}${f.machinesComplete ? '' : ' +'}\n` +
        f.generators
          .map(
            o =>
              `   ${o.name}: ${o.machines && [...o.machines, ...(o.machinesComplete ? [] : ['+'])].join(' ')}`,
          )
          .join('\n') +
        '\n' +
        f.notAnalysable.map(n => `   NA ${n.at.file}:${n.at.start} ${n.reason}`).join('\n') +
        [...f.modules()]
          .map(([m, o]) => `   ${m}: complete ${o.complete} foreign ${o.foreign} home ${o.homeFiles.join(",")} files ${o.files.join(',')}`)
          .join('\n'),
    );
  });
}
const clan = (rest: string) =>
  `{ outputs = { self, clan-core, nixpkgs, ... }@inputs: let clan = clan-core.lib.clan { inherit self; specialArgs = { inherit inputs; }; ${rest} }; in { inherit (clan.config) nixosConfigurations clanInternals; }; }`;
const parts = (imports: string, rest = '') =>
  `{ outputs = inputs@{ flake-parts, ... }: flake-parts.lib.mkFlake { inherit inputs; } ({ config, lib, ... }: { imports = [ ${imports} ]; systems = [ "x86_64-linux" ]; ${rest} }); }`;

show('dendritic clan.machines via config.flake.modules', {
  'flake.nix':
    '{ outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } (inputs.import-tree ./modules); }',
  'modules/clan.nix':
    '{ inputs, ... }: { imports = [ inputs.clan-core.flakeModules.default inputs.flake-parts.flakeModules.modules ]; clan.meta.name = "x"; }',
  'modules/base.nix': `{ flake.modules.nixos.base = { lib, ... }: { ${gi('base')} }; }`,
  'modules/web.nix': `{ config, ... }: { flake.modules.nixos.web = { imports = [ config.flake.modules.nixos.base ]; ${gi('web')} }; }`,
  'modules/web2.nix': `{ flake.modules.nixos.web = { ${gi('webtwo')} }; }`,
  'modules/hosts/ada.nix':
    '{ config, ... }: { clan.machines.ada = { imports = with config.flake.modules.nixos; [ web ]; }; }',
  'modules/hosts/bob.nix':
    '{ inputs, ... }: { clan.machines.bob = { imports = [ inputs.self.modules.nixos.base ]; }; clan.inventory.machines.bob.tags = [ "x" ]; }',
});
show('dendritic host loader', {
  'flake.nix':
    '{ outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } (inputs.import-tree ./modules); }',
  'modules/base.nix': `{ flake.modules.nixos.base = { lib, ... }: { ${gi('base')} }; }`,
  'modules/web.nix': `{ config, ... }: { flake.modules.nixos.web = { imports = [ config.flake.modules.nixos.base ]; ${gi('web')} }; }`,
  'modules/hosts/ada.nix':
    '{ config, ... }: { flake.modules.nixos."hosts/ada" = { imports = with config.flake.modules.nixos; [ web ]; }; }',
  'modules/hosts/bob.nix':
    '{ config, ... }: { flake.modules.nixos."hosts/bob".imports = [ config.flake.modules.nixos.base ]; }',
  'modules/loader.nix': `{ inputs, lib, config, ... }: let prefix = "hosts/"; in { flake.nixosConfigurations = lib.pipe config.flake.modules.nixos [ (lib.filterAttrs (name: _: lib.hasPrefix prefix name)) (lib.mapAttrs' (name: module: { name = lib.removePrefix prefix name; value = inputs.nixpkgs.lib.nixosSystem { modules = [ module ]; }; })) ]; }`,
});
show('dendritic option hosts', {
  'flake.nix':
    '{ outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } (inputs.import-tree ./modules); }',
  'modules/configs.nix': `{ lib, config, ... }: { options.configurations.nixos = lib.mkOption { type = lib.types.lazyAttrsOf (lib.types.submodule { options.module = lib.mkOption { type = lib.types.deferredModule; }; }); }; config.flake.nixosConfigurations = lib.flip lib.mapAttrs config.configurations.nixos (name: { module }: lib.nixosSystem { modules = [ module ]; }); }`,
  'modules/base.nix': `{ flake.modules.nixos.base = { lib, ... }: { ${gi('base')} }; }`,
  'modules/ada.nix':
    '{ config, ... }: { configurations.nixos.ada.module = { imports = [ config.flake.modules.nixos.base ]; }; }',
});
show('clan machines genAttrs', {
  'flake.nix': clan(
    'machines = nixpkgs.lib.genAttrs [ "ada" "bob" ] (name: { imports = [ ./hosts/${name}.nix ./base.nix ]; });',
  ),
  'hosts/ada.nix': g('ada-own'),
  'hosts/bob.nix': g('bob-own'),
  'base.nix': g('base'),
});
show('clan modules from readDir', {
  'flake.nix': clan(''),
  'machines/ada/configuration.nix':
    '{ lib, ... }: { imports = map (n: ../../modules + "/${n}") (builtins.attrNames (builtins.readDir ../../modules)); }',
  'modules/a.nix': g('a'),
  'modules/b.nix': g('b'),
});
show('listFilesRecursive', {
  'flake.nix': clan(''),
  'machines/ada/configuration.nix':
    '{ lib, ... }: { imports = lib.filter (lib.hasSuffix ".nix") (lib.filesystem.listFilesRecursive ../../modules); }',
  'machines/bob/configuration.nix':
    '{ lib, ... }: { imports = builtins.filter (f: lib.hasSuffix ".nix" (toString f)) (lib.filesystem.listFilesRecursive ../../modules); }',
  'machines/cleo/configuration.nix':
    '{ lib, ... }: { imports = lib.fileset.toList (lib.fileset.fileFilter (f: f.hasExt "nix") ../../modules); }',
  'modules/a.nix': g('a'),
  'modules/x/b.nix': g('b'),
});
show('enable options', {
  'flake.nix': clan(''),
  'machines/ada/configuration.nix':
    '{ imports = [ ../../modules ]; my.web.enable = true; networking.hostName = "ada"; }',
  'machines/bob/configuration.nix': '{ imports = [ ../../modules ]; my.profiles.server = true; }',
  'machines/cleo/configuration.nix': '{ imports = [ ../../modules ]; }',
  'modules/default.nix': '{ imports = [ ./web.nix ./profiles.nix ./host.nix ]; }',
  'modules/web.nix': `{ config, lib, ... }: let cfg = config.my.web; in { options.my.web = { enable = lib.mkEnableOption "web"; tls = lib.mkOption { type = lib.types.bool; default = cfg.enable; }; users = lib.mkOption { type = lib.types.attrsOf (lib.types.submodule { options.admin = lib.mkOption { type = lib.types.bool; default = false; }; }); default = { }; }; }; config = lib.mkMerge [ (lib.mkIf cfg.enable { ${gi('web')} }) (lib.mkIf (cfg.enable && cfg.tls) { ${gi('tls')} }) { clan.core.vars.generators = lib.mapAttrs' (n: u: lib.nameValuePair "web-\${n}" { files.x = { }; script = "true"; }) cfg.users; } ]; }`,
  'modules/profiles.nix': `{ config, lib, ... }: { options.my.profiles.server = lib.mkOption { type = lib.types.bool; default = false; }; config = lib.mkIf config.my.profiles.server { my.web.enable = lib.mkDefault true; my.web.users.ann = { }; }; }`,
  'modules/host.nix': `{ config, ... }: { clan.core.vars.generators."key-\${config.networking.hostName}" = { files.k = { }; script = "true"; }; }`,
});
show('plain flake mkHost', {
  'flake.nix': `{ outputs = { self, nixpkgs, ... }@inputs: let mkHost = name: extra: nixpkgs.lib.nixosSystem { system = "x86_64-linux"; specialArgs = { inherit inputs self; hostName = name; }; modules = [ ./hosts/\${name} ./modules/base.nix ] ++ extra; }; in { nixosConfigurations = { ada = mkHost "ada" [ ./modules/web.nix ]; bob = mkHost "bob" [ ]; }; }; }`,
  'hosts/ada/default.nix': g('ada-own'),
  'hosts/bob/default.nix': g('bob-own'),
  'modules/base.nix': g('base'),
  'modules/web.nix': g('web'),
});
show('plain flake specialArgs hostName', {
  'flake.nix': `{ outputs = { self, nixpkgs, ... }@inputs: let mkHost = name: nixpkgs.lib.nixosSystem { specialArgs = { inherit inputs; hostName = name; }; modules = [ ./modules/base.nix ]; }; in { nixosConfigurations = nixpkgs.lib.genAttrs [ "ada" "bob" ] mkHost; }; }`,
  'modules/base.nix': `{ lib, hostName, ... }: { imports = lib.optional (hostName == "ada") ./web.nix ++ [ (./. + "/\${hostName}.nix") ]; clan.core.vars.generators."k-\${hostName}" = { files.x = { }; script = "true"; }; }`,
  'modules/web.nix': g('web'),
  'modules/ada.nix': g('ada-own'),
  'modules/bob.nix': g('bob-own'),
});
show('readDir hosts', {
  'flake.nix': `{ outputs = { self, nixpkgs, ... }@inputs: { nixosConfigurations = builtins.mapAttrs (name: _: nixpkgs.lib.nixosSystem { modules = [ (./hosts + "/\${name}/configuration.nix") { networking.hostName = name; } ]; }) (nixpkgs.lib.filterAttrs (_: t: t == "directory") (builtins.readDir ./hosts)); }; }`,
  'hosts/ada/configuration.nix': g('ada-own'),
  'hosts/bob/configuration.nix': g('bob-own'),
});
show('snowfall', {
  'flake.nix':
    '{ outputs = inputs: inputs.snowfall-lib.mkFlake { inherit inputs; src = ./.; snowfall.namespace = "me"; systems.modules.nixos = with inputs; [ clan-core.nixosModules.clanCore ]; }; }',
  'systems/x86_64-linux/ada/default.nix': `{ ... }: { me.web.enable = true; }`,
  'systems/aarch64-linux/bob/default.nix': g('bob-own'),
  'modules/nixos/web/default.nix': `{ lib, config, namespace, ... }: { options.me.web.enable = lib.mkEnableOption "web"; config = lib.mkIf config.me.web.enable { ${gi('web')} }; }`,
  'modules/nixos/base/default.nix': g('base'),
});
show('blueprint', {
  'flake.nix': '{ outputs = inputs: inputs.blueprint { inherit inputs; }; }',
  'hosts/ada/configuration.nix':
    '{ inputs, flake, ... }: { imports = [ inputs.self.nixosModules.web flake.nixosModules.base ]; }',
  'modules/nixos/web.nix': g('web'),
  'modules/nixos/base/default.nix': g('base'),
  'modules/nixos/unused.nix': g('unused'),
});
show('nixos-unified', {
  'flake.nix': '{ outputs = inputs: inputs.nixos-unified.lib.mkFlake { inherit inputs; root = ./.; }; }',
  'configurations/nixos/ada/default.nix':
    '{ flake, ... }: let inherit (flake) inputs; inherit (inputs) self; in { imports = [ self.nixosModules.default ./hardware.nix ]; }',
  'configurations/nixos/ada/hardware.nix': g('hw'),
  'modules/nixos/default.nix': `{ imports = [ ./common ]; }`,
  'modules/nixos/common/default.nix': g('common'),
});
show('easy-hosts', {
  'flake.nix': parts(
    'inputs.easy-hosts.flakeModule',
    'easy-hosts = { path = ./hosts; shared.modules = [ ./modules/base.nix ]; hosts = { ada = { arch = "x86_64"; class = "nixos"; modules = [ ./modules/web.nix ]; }; bob = { path = ./hosts/bob; }; }; };',
  ),
  'hosts/ada/default.nix': g('ada-own'),
  'hosts/bob/default.nix': g('bob-own'),
  'modules/base.nix': g('base'),
  'modules/web.nix': g('web'),
});
show('colmena', {
  'flake.nix': `{ outputs = { self, nixpkgs, colmena, ... }: { colmenaHive = colmena.lib.makeHive { meta.nixpkgs = import nixpkgs { }; defaults = { imports = [ ./base.nix ]; }; ada = { name, nodes, ... }: { deployment.targetHost = "x"; imports = [ ./web.nix ]; }; bob = ./bob.nix; }; }; }`,
  'base.nix': g('base'),
  'web.nix': g('web'),
  'bob.nix': g('bob-own'),
});
show('home-manager', {
  'flake.nix': clan(''),
  'machines/ada/configuration.nix':
    '{ inputs, ... }: { imports = [ inputs.home-manager.nixosModules.home-manager ../../secret.nix ]; home-manager.users.ann = { imports = [ ../../home/mail.nix ]; }; home-manager.sharedModules = [ ../../home/all.nix ]; }',
  'machines/bob/configuration.nix':
    '{ inputs, ... }: { home-manager.users.ann = import ../../home/mail.nix; }',
  'secret.nix': g('mail'),
  'home/mail.nix':
    '{ osConfig, ... }: { programs.mail.pw = osConfig.clan.core.vars.generators.mail.files.key.path; }',
  'home/all.nix': '{ osConfig, ... }: { x = osConfig.clan.core.vars.generators.all.files.key.path; }',
});
show('nixosModules via self, attrValues', {
  'flake.nix': `{ outputs = { self, clan-core, ... }@inputs: let clan = clan-core.lib.clan { inherit self; machines.ada.imports = builtins.attrValues self.nixosModules; machines.bob.imports = [ self.nixosModules.base ]; }; in { nixosModules = { base = ./base.nix; web = import ./web.nix; }; inherit (clan.config) nixosConfigurations; }; }`,
  'base.nix': g('base'),
  'web.nix': g('web'),
});
show('haumea', {
  'flake.nix': `{ outputs = { self, haumea, clan-core, ... }@inputs: let modules = haumea.lib.load { src = ./modules; loader = haumea.lib.loaders.path; }; clan = clan-core.lib.clan { inherit self; machines.ada.imports = [ modules.base modules.services.web ]; }; in { nixosModules = modules; inherit (clan.config) nixosConfigurations; }; }`,
  'modules/base.nix': g('base'),
  'modules/services/web.nix': g('web'),
});
show('flakelight / ezconfigs', {
  'flake.nix': parts(
    'inputs.ez-configs.flakeModule',
    'ezConfigs = { root = ./.; globalArgs = { inherit inputs; }; };',
  ),
  'nixos-configurations/ada/default.nix': '{ ezModules, ... }: { imports = [ ezModules.web ]; }',
  'nixos-modules/web.nix': g('web'),
  'nixos-modules/default.nix': g('base'),
});
show('inventory importer tags', {
  'flake.nix': clan(
    `inventory = { machines.ada.tags = [ "server" ]; machines.bob = { }; instances.base = { module.name = "importer"; roles.default.tags.all = { }; roles.default.extraModules = [ ./base.nix ]; }; instances.srv = { module = { name = "importer"; input = "clan-core"; }; roles.default.tags = [ "server" ]; roles.default.extraModules = map (m: ./. + "/\${m}.nix") [ "web" ]; }; };`,
  ),
  'base.nix': g('base'),
  'web.nix': g('web'),
});
show('clan.nix file imported', {
  'flake.nix':
    '{ outputs = { self, clan-core, ... }@inputs: let clan = clan-core.lib.clan { inherit self; imports = [ ./clan.nix ]; specialArgs = { inherit inputs; }; }; in { inherit (clan.config) nixosConfigurations nixosModules clanInternals darwinConfigurations; clan = clan.config; }; }',
  'clan.nix':
    '{ meta.name = "x"; inventory.machines = { ada = { deploy.targetHost = "root@ada"; }; }; inventory.instances.web = { module.input = "self"; module.name = "web"; roles.server.machines.ada.settings.port = 80; }; modules.web = ./services/web.nix; }',
  'services/web.nix': `{ ... }: { _class = "clan.service"; manifest.name = "web"; roles.server = { interface = { lib, ... }: { options.port = lib.mkOption { type = lib.types.port; }; options.tls = lib.mkOption { type = lib.types.bool; default = false; }; }; perInstance = { settings, instanceName, ... }: { nixosModule = { lib, config, ... }: { config = lib.mkMerge [ { ${gi('web')} } (lib.mkIf settings.tls { ${gi('tls')} }) ]; }; }; }; }`,
  'machines/ada/configuration.nix': g('own'),
});
show('enable imports all via flake module options darwin', {
  'flake.nix': clan('inventory.machines.mac = { machineClass = "darwin"; }; inventory.machines.ada = { };'),
  'machines/mac/configuration.nix': '{ imports = [ ../../shared.nix ]; }',
  'machines/ada/configuration.nix': '{ imports = [ ../../shared.nix ]; }',
  'shared.nix': `{ pkgs, lib, config, ... }: { config = lib.mkMerge [ (lib.mkIf pkgs.stdenv.isLinux { ${gi('linux')} }) (lib.mkIf pkgs.stdenv.hostPlatform.isDarwin { ${gi('mac')} }) (lib.optionalAttrs (lib.hasAttrByPath [ "x" ] config) { }) ]; }`,
});
