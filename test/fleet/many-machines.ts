/** A fleet with services, tags and many machines, and what may become of its files. */
import fc from 'fast-check';
import { GENERATORS, REGISTRY } from './pipeline.ts';

export const NAMES = ['ada', 'bob', 'cleo', 'dan', 'eve', 'fay', 'gil', 'hal'];

const FLAKE = `{
  outputs = { self, clan-core, ... }:
    let
      clan = clan-core.lib.clan {
        inherit self;
        inventory = import ./inventory.nix;
        modules = { backup = ./services/backup.nix; mesh = ./services/mesh; };
      };
    in { inherit (clan.config) nixosConfigurations; nixosModules.web = ./modules/web.nix; };
}
`;

const INVENTORY = `{
  machines = {
${NAMES.map((name, i) => `    ${name} = { machineClass = "${i === 7 ? 'darwin' : 'nixos'}"; tags = [ "base" "${i % 2 === 0 ? 'web' : 'db'}" ]; };`).join('\n')}
  };
  instances.backup = {
    module = { name = "backup"; input = "self"; };
    roles.server.machines.ada = { };
    roles.client.tags.base = { };
  };
  instances.mesh = {
    module = { name = "mesh"; input = "self"; };
    roles.peer.tags.web = { };
    roles.peer.machines.bob.settings.port = 7;
  };
}
`;

const service = (role: string, name: string) => `{ ... }: {
  _class = "clan.service";
  roles.server = { };
  roles.${role} = {
    interface = { lib, ... }: { options.port = lib.mkOption { default = 1; }; };
    perInstance = { instanceName, machine, settings, ... }: {
      nixosModule = { config, pkgs, ... }: {
        clan.core.vars.generators.${name} = { files.key = { }; files."port-\${toString settings.port}" = { }; script = "true"; };
      };
    };
  };
}
`;

export const generator = (name: string, script = 'true') =>
  `clan.core.vars.generators.${name} = { files.key = { }; script = "${script}"; };`;

const configuration = (name: string, body = '', imports = '../../modules/base.nix ./own.nix') =>
  `{ config, lib, pkgs, ... }: {
  imports = [ ${imports} ];
  clan.core.vars.generators = import ../../lib/vars-generators.nix { keys = (import ../../lib/machine-env-matrix.nix).${name} or [ ]; inherit pkgs; };
${body}}
`;

const MATRIX = `{
${NAMES.map((name, i) => `  ${name} = [ "alpha" ${i % 3 === 0 ? '"gamma" ' : ''}];`).join('\n')}
}
`;

/** Each entry of the registry becomes a name and a value in one go: what is made of it is the same on all machines. */
export const IN_ONE_GO = `{ keys ? null, pkgs }:
let
  registry = import ./secret-registry.nix { inherit pkgs; };
  selected = if keys == null || keys == [ ] then builtins.attrNames registry else keys;
  entryOf = key: registry.\${key} or (throw "Unknown secret key in envMatrix: \${key}");
  optional = name: entry: if entry ? \${name} then { \${name} = entry.\${name}; } else { };
  mkGenerator = entry: {
    name = entry.generator;
    value = { inherit (entry) files script; } // optional "prompts" entry // optional "runtimeInputs" entry;
  };
in
builtins.listToAttrs (map (key: mkGenerator (entryOf key)) selected)
`;

export const FLEET: Readonly<Record<string, string>> = {
  'flake.nix': FLAKE,
  'inventory.nix': INVENTORY,
  'lib/secret-registry.nix': REGISTRY,
  'lib/machine-env-matrix.nix': MATRIX,
  'lib/vars-generators.nix': IN_ONE_GO,
  'modules/base.nix': `{ ${generator('root-password')} }`,
  'modules/web.nix': `{ lib, config, ... }: { imports = [ ./tls.nix ]; ${generator('web')} }`,
  'modules/tls.nix': `{ ${generator('tls')} }`,
  'services/backup.nix': service('client', '"backup-${instanceName}-${machine.name}"'),
  'services/mesh/default.nix': service('peer', 'mesh'),
  ...Object.fromEntries(
    NAMES.flatMap((name, i) => [
      [
        `machines/${name}/configuration.nix`,
        configuration(
          name,
          '',
          `../../modules/base.nix ./own.nix ${i % 2 === 0 ? '../../modules/web.nix' : ''}`,
        ),
      ],
      [`machines/${name}/own.nix`, `{ ${generator('app', name)} ${generator(`only-${name}`)} }`],
    ]),
  ),
};

/** What may become of a file. Null: it goes. */
const EDITS: Readonly<Record<string, readonly (string | null)[]>> = {
  'flake.nix': [FLAKE, FLAKE.replace('mesh = ./services/mesh;', ''), FLAKE.replace('};\n}', '}')],
  'inventory.nix': [
    INVENTORY,
    INVENTORY.replace('"base" "web"', '"web"'),
    INVENTORY.replace(/ {4}cleo = .*\n/, ''),
    INVENTORY.replace('"darwin"', '"nixos"'),
    INVENTORY.replace('roles.peer.tags.web', 'roles.peer.tags.db'),
    INVENTORY.replace('settings.port = 7', 'settings.port = 8'),
    INVENTORY.replace('machines = {', 'machines = import ./more.nix // {'),
  ],
  'more.nix': ['{ zoe = { tags = [ "base" ]; }; }', null],
  'lib/secret-registry.nix': [
    REGISTRY,
    REGISTRY.replace('"alpha-key"', '"alpha-token"'),
    REGISTRY.replace(
      '  alpha =',
      '  aleph = mkPromptedSecret { generator = "aleph"; envVar = "1 BAD"; };\n  alpha =',
    ),
    REGISTRY.replace('  gamma =', '  gama ='),
    REGISTRY.replace('script = ', 'runtimeInputs = [ pkgs.jq ]; script = '),
    REGISTRY.replace('let\n', 'let # longer\n'),
    REGISTRY.replaceAll('$out/${fileAttr}', '$out/other'),
    REGISTRY.replaceAll('$out/', '${out}/'),
    REGISTRY.replace('let\n', 'let # longer\n').replaceAll('$out/', '${out}/'),
    REGISTRY.replaceAll('files.${fileAttr} =', 'files.other ='),
    '{ broken = ',
  ],
  'lib/vars-generators.nix': [
    IN_ONE_GO,
    GENERATORS,
    IN_ONE_GO.replace('script;', 'script; share = true;'),
    IN_ONE_GO.replace('// optional "prompts" entry', '// { owner = toString (keys == null); }'),
  ],
  'lib/machine-env-matrix.nix': [
    MATRIX,
    MATRIX.replace('dan', 'dana'),
    MATRIX.replace('[ "alpha"', '[ "beta" "unknown" "alpha"'),
    MATRIX.replaceAll('[ "alpha"', '[ "unknown" "alpha"'),
    MATRIX.replace('{', '{ # longer'),
    MATRIX.replace('"gamma"', '"gama"'),
    null,
  ],
  'modules/base.nix': [
    FLEET['modules/base.nix'] as string,
    `{ ${generator('root-password', 'false')} ${generator('more')} }`,
    `{ lib, config, ... }: { config = lib.mkIf config.x.enable { ${generator('root-password')} }; }`,
    '{ imports = [ ./tls.nix ',
    null,
  ],
  'modules/tls.nix': [FLEET['modules/tls.nix'] as string, `{ ${generator('app', 'tls')} }`, null],
  'services/backup.nix': [
    FLEET['services/backup.nix'] as string,
    service('client', '"backup-${instanceName}"'),
    service('client', 'backup'),
    service('server', 'backup'),
  ],
  'services/mesh/default.nix': [FLEET['services/mesh/default.nix'] as string, service('peer', 'app'), null],
  'machines/ada/configuration.nix': [
    FLEET['machines/ada/configuration.nix'] as string,
    configuration('ada'),
    configuration('ada', '', './own.nix ../../modules/web.nix ../../modules/base.nix'),
    configuration('ada', '', './own.nix config.more'),
    configuration('bob', `  ${generator('app', 'here')}\n`),
    configuration('ada', '  system = '),
    null,
  ],
  'machines/bob/own.nix': [
    FLEET['machines/bob/own.nix'] as string,
    `{ ${generator('only-ada')} }`,
    `{ lib, ... }: { clan.core.vars.generators.app = lib.mkForce { files.other = { }; }; }`,
    null,
  ],
  'machines/ned/configuration.nix': [configuration('ned', '', '../../modules/web.nix'), '{ }', null],
  'machines/fay/disko.nix': [`{ ${generator('disk')} }`, null],
};

/** One edit of the fleet. Null: the file goes. */
export const edit = fc
  .constantFrom(...Object.keys(EDITS))
  .chain(path =>
    fc.constantFrom(...(EDITS[path] as readonly (string | null)[])).map(text => ({ path, text })),
  );
