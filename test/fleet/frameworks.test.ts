/** Fleets that are laid out by frameworks: machines that no file writes down, and what they are made of. */
import { describe, expect, it } from 'vitest';
import { fleetWorkspace } from './workspace.ts';

type Texts = Readonly<Record<string, string>>;

/** A generator of that name, in a module. */
const generator = (name: string) =>
  `{ clan.core.vars.generators.${name} = { files.key = { }; script = "true"; }; }`;

/** The same in a module that is a function. */
const module = (name: string, imports = '') =>
  `{ lib, ... }: { imports = [ ${imports} ]; config = ${generator(name)}; }`;

const flake = (outputs: string) => `{ outputs = inputs@{ self, nixpkgs, ... }: ${outputs}; }`;

/** A flake of flake-parts that imports a framework's module. */
const parts = (framework: string, body: string) =>
  flake(`inputs.flake-parts.lib.mkFlake { inherit inputs; } { imports = [ inputs.${framework} ]; ${body} }`);

type Workspace = ReturnType<typeof fleetWorkspace>;

/** Machines with their class, and with their platform where it is known; a `+` where there may be more. */
function machinesIn(workspace: Workspace): string {
  const { machines, machinesComplete } = workspace.fleet();
  const shown = machines.map(one => `${one.name} ${one.class ?? '?'}${one.system ? ` ${one.system}` : ''}`);
  return [...shown, ...(machinesComplete ? [] : ['+'])].join(', ');
}

/** Machines by generator, with a `+` where there may be more; null where none is known. */
function ownersIn(workspace: Workspace): Record<string, string | null> {
  return Object.fromEntries(
    workspace
      .fleet()
      .generators.map(one => [
        one.name,
        one.machines && [...one.machines, ...(one.machinesComplete ? [] : ['+'])].join(' '),
      ]),
  );
}

interface Example {
  readonly texts: Texts;
  readonly machines: string;
  readonly owners: Readonly<Record<string, string | null>>;
}

function expectFleet({ texts, machines, owners }: Example): void {
  const workspace = fleetWorkspace(texts);
  expect(machinesIn(workspace)).toBe(machines);
  expect(ownersIn(workspace)).toEqual(owners);
}

const BLUEPRINT: Texts = {
  'hosts/ada/configuration.nix': module(
    'ada',
    'flake.nixosModules.web inputs.self.modules.nixos.base',
  ).replace('lib,', 'lib, flake, inputs,'),
  'hosts/bob/darwin-configuration.nix': module('bob', 'flake.darwinModules.mac').replace('lib,', 'flake,'),
  'hosts/other/system-configuration.nix': module('other'),
  'hosts/ida/default.nix':
    '{ flake, inputs, hostName }: { class = "nixos"; value = inputs.nixpkgs.lib.nixosSystem { modules = [ ./ida.nix ]; }; }',
  'hosts/ida/ida.nix': module('ida'),
  'hosts/ada/users/ann/home-configuration.nix': '{ imports = [ ./home.nix ]; }',
  'hosts/ada/users/ann/home.nix': '{ osConfig, ... }: { }',
  'modules/nixos/web.nix': `{ flake, inputs }: ${module('web')}`,
  'modules/nixos/base/default.nix': module('base'),
  'modules/darwin/mac.nix': module('mac'),
  'modules/nixos/unused.nix': module('unused'),
};

const BLUEPRINT_FLEET = {
  machines: 'ada nixos, bob darwin, ida nixos',
  owners: { ada: 'ada', base: 'ada', bob: 'bob', ida: 'ida', mac: 'bob', other: '', unused: '', web: 'ada' },
};

/** The same files below a folder. */
const below = (folder: string, texts: Texts): Texts =>
  Object.fromEntries(Object.entries(texts).map(([path, text]) => [`${folder}/${path}`, text]));

describe('blueprint', () => {
  it.each([
    ['as all outputs', 'inputs.blueprint { inherit inputs; }'],
    ['with more outputs', '(inputs.blueprint { inherit inputs; }) // { more = 1; }'],
    [
      'with its outputs named one by one',
      'let bp = inputs.blueprint { inherit inputs; }; in { inherit (bp) nixosConfigurations darwinConfigurations nixosModules darwinModules modules; }',
    ],
  ])('is understood %s', (_, outputs) => {
    expectFleet({ texts: { ...BLUEPRINT, 'flake.nix': flake(outputs) }, ...BLUEPRINT_FLEET });
  });

  it('may have its folders below another one', () => {
    const texts = {
      ...below('nix', BLUEPRINT),
      'flake.nix': flake('inputs.blueprint { inherit inputs; prefix = "nix/"; }'),
    };
    expectFleet({ texts, ...BLUEPRINT_FLEET });
  });

  it('says nothing of folders that it is not known to look into', () => {
    const texts = { ...BLUEPRINT, 'flake.nix': flake('inputs.blueprint { prefix = inputs.elsewhere; }') };
    expect(machinesIn(fleetWorkspace(texts))).not.toContain('ada');
  });

  it('has its own users in the modules of a host', () => {
    const { modules } = fleetWorkspace({
      ...BLUEPRINT,
      'flake.nix': flake('inputs.blueprint { inherit inputs; }'),
    }).fleet();
    expect(modules.get('ada')?.homeFiles.toSorted()).toEqual([
      'hosts/ada/users/ann/home-configuration.nix',
      'hosts/ada/users/ann/home.nix',
    ]);
  });

  it('has hosts and modules that come and go', () => {
    const workspace = fleetWorkspace({
      ...BLUEPRINT,
      'flake.nix': flake('inputs.blueprint { inherit inputs; }'),
    });
    expect(machinesIn(workspace)).toBe(BLUEPRINT_FLEET.machines);
    workspace.write({ 'hosts/eve/configuration.nix': module('eve'), 'hosts/ida/default.nix': null });
    expect(machinesIn(workspace)).toBe('ada nixos, bob darwin, eve nixos');
    workspace.write({ 'modules/nixos/web.nix': module('site') });
    expect(ownersIn(workspace)).toMatchObject({ eve: 'eve', site: 'ada' });
  });
});

describe('Snowfall', () => {
  const FILES: Texts = {
    'systems/x86_64-linux/ada/default.nix': module('ada'),
    'systems/aarch64-darwin/bob/default.nix': module('bob'),
    'systems/x86_64-iso/image/default.nix': module('image'),
    'systems/x86_64-linux/empty/readme.nix': module('readme'),
    'homes/x86_64-linux/ann@ada/default.nix': '{ }',
    'modules/nixos/services/web/default.nix': module('web'),
    'modules/nixos/services/web/part.nix': module('part'),
    'modules/darwin/mac/default.nix': module('mac'),
    'extra.nix': module('extra'),
    'all.nix': module('all'),
  };
  const FLEET = {
    machines: 'ada nixos x86_64-linux, bob darwin aarch64-darwin',
    owners: {
      ada: 'ada',
      all: 'ada',
      bob: 'bob',
      extra: 'ada',
      image: '',
      mac: 'bob',
      part: '',
      readme: '',
      web: 'ada',
    },
  };
  const MORE =
    'systems.modules.nixos = [ ./all.nix ]; systems.hosts.ada.modules = [ ./extra.nix ]; snowfall.namespace = "my";';

  it.each([
    ['its function', `inputs.snowfall-lib.mkFlake { inherit inputs; src = ./.; ${MORE} }`],
    [
      'its library',
      `let lib = inputs.snowfall-lib.mkLib { inherit inputs; src = ./.; }; in lib.mkFlake { ${MORE} }`,
    ],
    [
      'a source that is filtered',
      `nixpkgs.lib.removeAttrs (inputs.snowfall-lib.mkFlake { inherit inputs; src = nixpkgs.lib.cleanSourceWith { src = ./.; filter = _: _: true; }; ${MORE} }) [ "snowfall" ]`,
    ],
  ])('is understood by %s', (_, outputs) => {
    expectFleet({ texts: { ...FILES, 'flake.nix': flake(outputs) }, ...FLEET });
  });

  it('may have its folders below a root of their own', () => {
    const outputs =
      'inputs.snowfall-lib.mkFlake { inherit inputs; src = ./.; snowfall.root = ./nix; systems.modules.nixos = [ ./nix/all.nix ]; systems.hosts.ada.modules = [ ./nix/extra.nix ]; }';
    expectFleet({ texts: { ...below('nix', FILES), 'flake.nix': flake(outputs) }, ...FLEET });
  });
});

describe('lite-config', () => {
  it('gives to machines the module of their name and those of all', () => {
    const body = `lite-config = { lib, ... }: {
      hostModuleDir = ./hosts;
      hosts.ada.system = "x86_64-linux";
      hosts.bob.system = "aarch64-darwin";
      hosts.ida = { system = "aarch64-linux"; hostModule = ./modules/laptop.nix; };
      systemModules = [
        ./modules/all.nix
        ({ hostPlatform, ... }: { imports = lib.optionals hostPlatform.isDarwin [ ./modules/darwin.nix ]; })
      ];
    };`;
    expectFleet({
      texts: {
        'hosts/ada/default.nix': module('ada'),
        'hosts/bob/default.nix': module('bob'),
        'modules/laptop.nix': module('laptop'),
        'modules/all.nix': module('all'),
        'modules/darwin.nix': module('darwin'),
        'flake.nix': parts('lite-config.flakeModule', body),
      },
      machines: 'ada nixos x86_64-linux, bob darwin aarch64-darwin, ida nixos aarch64-linux',
      owners: { ada: 'ada', all: 'ada bob ida', bob: 'bob', darwin: 'bob', laptop: 'ida' },
    });
  });
});

describe('easy-hosts', () => {
  const FILES: Texts = {
    'hosts/ada/default.nix': module('ada'),
    'hosts/bob/default.nix': module('bob'),
    'hosts/ida/default.nix': module('ida'),
    'modules/nixos/default.nix': module('nixos'),
    'modules/darwin/default.nix': module('darwin'),
    'modules/laptop.nix': module('laptop'),
    'modules/all.nix': module('all'),
    'modules/arm.nix': module('arm'),
  };

  it('gives to machines what their class, architecture and tags say', () => {
    const body = `easy-hosts = {
      shared.modules = [ ./modules/all.nix ];
      perClass = class: { modules = [ "\${self}/modules/\${class}/default.nix" ]; };
      perArch = arch: { modules = if arch == "aarch64" then [ ./modules/arm.nix ] else [ ]; };
      perTag = tag: { modules = [ ./modules/\${tag}.nix ]; };
      additionalClasses.wsl = "nixos";
      hosts.ada = { tags = [ "laptop" ]; };
      hosts.bob = { class = "darwin"; arch = "aarch64"; path = ./hosts/bob; };
      hosts.ida = { class = "wsl"; modules = [ ]; };
    };`;
    expectFleet({
      texts: {
        ...FILES,
        'modules/wsl/default.nix': module('wsl'),
        'flake.nix': parts('easy-hosts.flakeModule', body),
      },
      machines: 'ada nixos x86_64-linux, bob darwin aarch64-darwin, ida nixos x86_64-linux',
      owners: {
        ada: 'ada',
        all: 'ada bob ida',
        arm: 'bob',
        bob: 'bob',
        darwin: 'bob',
        ida: 'ida',
        laptop: 'ada',
        nixos: 'ada',
        wsl: 'ida',
      },
    });
  });

  it('may find machines by their folders', () => {
    const texts = {
      'fleet/x86_64-linux/ada/default.nix': module('ada'),
      'fleet/aarch64-darwin/bob/default.nix': module('bob'),
      'flake.nix': parts('easy-hosts.flakeModule', 'easyHosts = { autoConstruct = true; path = ./fleet; };'),
    };
    expectFleet({
      texts,
      machines: 'ada nixos x86_64-linux, bob darwin aarch64-darwin',
      owners: { ada: 'ada', bob: 'bob' },
    });
  });

  it('may say more of machines that it finds by their folders', () => {
    const body = `easyHosts = {
      autoConstruct = true;
      path = ./fleet;
      perTag = tag: { modules = [ ./modules/\${tag}.nix ]; };
      hosts.ada = { tags = [ "laptop" ]; };
      hosts.bob.modules = [ ./modules/arm.nix ];
    };`;
    expectFleet({
      texts: {
        'fleet/aarch64-nixos/ada/default.nix': module('ada'),
        'fleet/aarch64-darwin/bob/default.nix': module('bob'),
        'modules/laptop.nix': module('laptop'),
        'modules/arm.nix': module('arm'),
        'flake.nix': parts('easy-hosts.flakeModule', body),
      },
      machines: 'ada nixos aarch64-linux, bob darwin aarch64-darwin',
      owners: { ada: 'ada', arm: 'bob', bob: 'bob', laptop: 'ada' },
    });
  });

  it('gives to modules the arguments that a machine has of its own rather than those of all', () => {
    const body = `easyHosts = {
      shared = { specialArgs.extra = ./hosts/ida; modules = [ ({ extra, ... }: { imports = [ extra ]; }) ]; };
      hosts.ada.specialArgs.extra = ./modules/all.nix;
      hosts.bob = { };
    };`;
    expectFleet({
      texts: {
        'hosts/ada/default.nix': module('ada'),
        'hosts/bob/default.nix': module('bob'),
        'hosts/ida/default.nix': module('ida'),
        'modules/all.nix': module('all'),
        'flake.nix': parts('easy-hosts.flakeModule', body),
      },
      machines: 'ada nixos x86_64-linux, bob nixos x86_64-linux',
      owners: { ada: 'ada', all: 'ada', bob: 'bob', ida: 'bob' },
    });
  });

  it('is put together from the files that say something of it', () => {
    const workspace = fleetWorkspace({
      ...FILES,
      'flake.nix': parts('easy-hosts.flakeModules.default', '').replace(
        'imports = [',
        'imports = [ ./hosts.nix ./shared.nix',
      ),
      'hosts.nix': '{ easy-hosts.hosts.ada = { }; }',
      'shared.nix': '{ easy-hosts.shared.modules = [ ./modules/all.nix ]; }',
    });
    expect(ownersIn(workspace)).toMatchObject({ ada: 'ada', all: 'ada', bob: '' });
    workspace.write({ 'hosts.nix': '{ easy-hosts.hosts.bob = { }; }' });
    expect(machinesIn(workspace)).toBe('bob nixos x86_64-linux');
    expect(ownersIn(workspace)).toMatchObject({ ada: '', all: 'bob', bob: 'bob' });
  });

  it('has further machines where its hosts are not known', () => {
    const texts = {
      ...FILES,
      'flake.nix': parts(
        'easy-hosts.flakeModule',
        'easy-hosts.hosts = inputs.fleet.hosts // { ada = { }; };',
      ),
    };
    expect(machinesIn(fleetWorkspace(texts))).toMatch(/\+$/);
  });
});

describe('ez-configs', () => {
  const FILES: Texts = {
    'nixos-configurations/ada.nix': module('ada', 'ezModules.web').replace('lib,', 'ezModules,'),
    'darwin-configurations/bob/default.nix': module('bob', 'ezModules.web').replace('lib,', 'ezModules,'),
    'nixos-configurations/ida.nix': module('ida'),
    'home-configurations/ann.nix': '{ }',
    'home-modules/default.nix': '{ }',
    'nixos-modules/default.nix': module('all'),
    'nixos-modules/web.nix': module('web'),
    'darwin-modules/web.nix': module('mac'),
  };

  it('makes machines of files, with the modules of their kind', () => {
    const body =
      'ezConfigs = { root = ./.; globalArgs = { inherit inputs; }; nixos.hosts.ida.importDefault = false; nixos.hosts.ada.userHomeModules = [ "ann" ]; };';
    const workspace = fleetWorkspace({ ...FILES, 'flake.nix': parts('ez-configs.flakeModule', body) });
    expect(machinesIn(workspace)).toBe('ada nixos, bob darwin, ida nixos');
    expect(ownersIn(workspace)).toEqual({
      ada: 'ada',
      all: 'ada',
      bob: 'bob',
      ida: 'ida',
      mac: 'bob',
      web: 'ada',
    });
    expect(workspace.fleet().modules.get('ada')?.homeFiles.toSorted()).toEqual([
      'home-configurations/ann.nix',
      'home-modules/default.nix',
    ]);
  });
});

describe('nixos-unified', () => {
  const FILES: Texts = {
    'configurations/nixos/ada/default.nix': `{ flake, ... }: let inherit (flake.inputs) self; in { imports = [ self.nixosModules.web (self + /modules/nixos/more/part.nix) ]; config = ${generator('ada')}; }`,
    'configurations/darwin/bob.nix': module('bob'),
    'modules/nixos/web.nix': module('web'),
    'modules/nixos/more/part.nix': module('part'),
  };

  it('makes machines of files where it wires by itself', () => {
    const texts = { ...FILES, 'flake.nix': parts('nixos-unified.flakeModules.autoWire', '') };
    expectFleet({
      texts,
      machines: 'ada nixos, bob darwin',
      owners: { ada: 'ada', bob: 'bob', part: 'ada', web: 'ada' },
    });
  });

  it('makes none otherwise', () => {
    const texts = { ...FILES, 'flake.nix': parts('nixos-unified.flakeModules.default', '') };
    expect(fleetWorkspace(texts).fleet().machines).toEqual([]);
  });
});

describe('flakelight', () => {
  it.each([
    [
      'its module',
      'flakelight ./. { nixosConfigurations.ada = { system = "x86_64-linux"; modules = [ ./ada.nix inputs.self.nixosModules.web ]; }; }',
      {},
    ],
    [
      'a file of its own folder',
      'flakelight ./. { }',
      {
        'nix/nixos/ada.nix':
          '{ inputs, ... }: { system = "x86_64-linux"; modules = [ ../../ada.nix inputs.self.nixosModules.web ]; }',
      },
    ],
  ])('knows machines by %s', (_, outputs, more) => {
    expectFleet({
      texts: {
        ...more,
        'flake.nix': flake(outputs).replace('nixpkgs,', 'nixpkgs, flakelight,'),
        'ada.nix': module('ada'),
        'nix/nixosModules/web.nix': module('web'),
      },
      machines: 'ada nixos x86_64-linux',
      owners: { ada: 'ada', web: 'ada' },
    });
  });
});

describe('colmena', () => {
  const HIVE =
    '{ meta.nixpkgs = { }; defaults = ./all.nix; ada = { name, ... }: { imports = [ ./ada.nix ]; deployment.tags = [ "web" ]; }; }';
  const FILES: Texts = { 'all.nix': module('all'), 'ada.nix': module('ada') };

  it.each([
    ['colmena', `{ colmena = ${HIVE}; }`],
    ['colmenaHive', `{ colmenaHive = inputs.colmena.lib.makeHive ${HIVE}; }`],
    [
      'both',
      `{ colmenaHive = inputs.colmena.lib.makeHive self.colmena; colmena = ${HIVE}; nixosConfigurations = self.colmenaHive.nodes; }`,
    ],
  ])('has its nodes in the output %s', (_, outputs) => {
    expectFleet({
      texts: { ...FILES, 'flake.nix': flake(outputs) },
      machines: 'ada nixos',
      owners: { ada: 'ada', all: 'ada' },
    });
  });

  it('says nothing of machines that the flake builds otherwise', () => {
    const outputs = `{ colmena = ${HIVE}; nixosConfigurations.ada = nixpkgs.lib.nixosSystem { modules = [ ./ada.nix ]; }; }`;
    expectFleet({
      texts: { ...FILES, 'flake.nix': flake(outputs) },
      machines: 'ada nixos',
      owners: { ada: 'ada', all: '' },
    });
  });
});

describe('haumea', () => {
  it('loads folders of modules by path', () => {
    const outputs = `let modules = inputs.haumea.lib.load { src = ./modules; loader = inputs.haumea.lib.loaders.path; };
      in { nixosConfigurations.ada = nixpkgs.lib.nixosSystem { modules = with modules; [ web deep.inner ]; }; }`;
    expectFleet({
      texts: {
        'flake.nix': flake(outputs),
        'modules/web.nix': module('web'),
        'modules/deep/inner.nix': module('inner'),
        'modules/other.nix': module('other'),
      },
      machines: 'ada nixos',
      owners: { inner: 'ada', other: '', web: 'ada' },
    });
  });

  const HOSTS: Texts = {
    'hosts/ada/default.nix': module('ada'),
    'hosts/ada/part.nix': module('part'),
    'hosts/_old/default.nix': module('old'),
  };
  const load = (rest: string) => `inputs.haumea.lib.load { ${rest} }`;
  const machines = (hosts: string) =>
    flake(
      `{ nixosConfigurations = nixpkgs.lib.mapAttrs (name: host: nixpkgs.lib.nixosSystem { modules = [ host ]; }) (${hosts}); }`,
    );

  it('has transformers that are written out, and loaders for some of the files', () => {
    const hosts = load(`
      src = ./hosts;
      loader = [ { matches = name: name == "default.nix"; loader = inputs.haumea.lib.loaders.verbatim; } ];
      transformer = [ (cursor: set: if builtins.length cursor == 1 && set ? default then set.default else set) ];
    `);
    expectFleet({
      texts: { ...HOSTS, 'flake.nix': machines(hosts) },
      machines: 'ada nixos',
      owners: { ada: 'ada', old: '', part: '' },
    });
  });

  it('gives to files what they ask for, and the tree that they lie in', () => {
    const library = load('src = ./lib; inputs = { hosts = ./hosts; };');
    const texts = {
      ...HOSTS,
      'flake.nix': machines(`(${library}).make.hosts`),
      'lib/make.nix':
        '{ self, super, root, hosts, ... }: { own = super.names.only hosts; hosts = { ada = root.secret.of self.own; }; }',
      'lib/names.nix': '{ only = hosts: hosts + "/ada"; }',
      'lib/_secret.nix': '{ of = host: { imports = [ (host + "/default.nix") (host + "/part.nix") ]; }; }',
    };
    expectFleet({ texts, machines: 'ada nixos', owners: { ada: 'ada', old: '', part: 'ada' } });
  });

  it.each([
    ['loaders', 'loader = inputs.haumea.lib.loaders.scoped;'],
    ['transformers', 'transformer = inputs.other.transform;'],
    ['files', 'loader = [ { matches = inputs.other.matches; loader = inputs.haumea.lib.loaders.path; } ];'],
  ])('says nothing of %s that are not known', (_, rest) => {
    const texts = { ...HOSTS, 'flake.nix': machines(load(`src = ./hosts/ada; ${rest}`)) };
    expect(machinesIn(fleetWorkspace(texts))).toMatch(/\+$/);
  });
});

describe('flake-parts', () => {
  it('imports files that are called with something first', () => {
    const outputs =
      'inputs.flake-parts.lib.mkFlake { inherit inputs; } ({ flake-parts-lib, ... }: { imports = [ (flake-parts-lib.importApply ./lib.nix { name = "web"; }) ./ada.nix ]; })';
    expectFleet({
      texts: {
        'flake.nix': flake(outputs),
        'lib.nix': '{ name }: { ... }: { flake.lib.modules = [ (./modules + "/${name}.nix") ]; }',
        'ada.nix':
          '{ self, inputs, ... }: { flake.nixosConfigurations.ada = inputs.nixpkgs.lib.nixosSystem { modules = self.lib.modules; }; }',
        'modules/web.nix': module('web'),
        'modules/other.nix': module('other'),
      },
      machines: 'ada nixos',
      owners: { other: '', web: 'ada' },
    });
  });
});

describe('systems', () => {
  const HOSTS: Texts = { 'hosts/ada/default.nix': module('ada'), 'hosts/ida/default.nix': module('ida') };

  it('may be made with what flake-parts knows of a platform', () => {
    const body = `flake.nixosConfigurations.ada = withSystem "x86_64-linux" ({ pkgs, ... }:
      inputs.nixpkgs.lib.nixosSystem { modules = [ ./hosts/ada ]; });`;
    const texts = {
      ...HOSTS,
      'flake.nix': flake(
        `inputs.flake-parts.lib.mkFlake { inherit inputs; } ({ withSystem, ... }: { ${body} })`,
      ),
    };
    expectFleet({ texts, machines: 'ada nixos', owners: { ada: 'ada', ida: '' } });
  });

  it.each([
    ['a name', 'let base = nixpkgs.lib.nixosSystem { modules = [ ./hosts/ada ]; }; in', 'base'],
    ['the flake', '', 'self.nixosConfigurations.ada'],
  ])('may extend another one, known by %s', (_, before, base) => {
    const ada = before === '' ? 'nixpkgs.lib.nixosSystem { modules = [ ./hosts/ada ]; }' : 'base';
    const outputs = `${before} { nixosConfigurations = { ada = ${ada}; ida = ${base}.extendModules { modules = [ ./hosts/ida ]; }; }; }`;
    expectFleet({
      texts: { ...HOSTS, 'flake.nix': flake(outputs) },
      machines: 'ada nixos, ida nixos',
      owners: { ada: 'ada ida', ida: 'ida' },
    });
  });

  it('give arguments of their own to the modules that they share', () => {
    const system = (host: string) =>
      `${host} = nixpkgs.lib.nixosSystem { specialArgs = { host = "${host}"; extra = ./hosts/${host}; }; modules = [ ./common.nix ]; };`;
    const workspace = fleetWorkspace({
      ...HOSTS,
      'hosts/eve/default.nix': module('eve'),
      'flake.nix': flake(`{ nixosConfigurations = { ${system('ada')} ${system('ida')} }; }`),
      'common.nix':
        '{ host, extra, ... }: { imports = [ extra ./plain.nix ]; clan.core.vars.generators."key-${host}" = { files.key = { }; script = "true"; }; }',
      'plain.nix': module('plain'),
    });
    const owners = { ada: 'ada', ida: 'ida', 'key-ada': 'ada', plain: 'ada ida' };
    expect(ownersIn(workspace)).toEqual({ ...owners, eve: '', 'key-ida': 'ida' });
    workspace.write({
      'flake.nix': flake(`{ nixosConfigurations = { ${system('ada')} ${system('eve')} }; }`),
    });
    expect(ownersIn(workspace)).toEqual({
      ada: 'ada',
      eve: 'eve',
      ida: '',
      'key-ada': 'ada',
      'key-eve': 'eve',
      plain: 'ada eve',
    });
    workspace.write({ 'common.nix': '{ extra, ... }: { imports = [ extra ]; }' });
    expect(ownersIn(workspace)).toEqual({ ada: 'ada', eve: 'eve', ida: '', plain: '' });
  });

  it('give arguments of their own after any edit as they would from scratch', () => {
    const system = (name: string, host: string) =>
      `${name} = nixpkgs.lib.nixosSystem { specialArgs = { host = "${host}"; }; modules = [ ./common.nix ]; };`;
    const systems = (ada: string, ida: string) =>
      flake(`{ nixosConfigurations = { ${system('ada', ada)} ${system('ida', ida)} }; }`);
    const common = `{ host, lib, ... }: { imports = [ ./part.nix ] ++ lib.optional (host == "ada") ./hosts/ada; }`;
    const named = (name: string) =>
      `{ host, ... }: { clan.core.vars.generators."${name}-\${host}" = { files.key = { }; }; }`;
    const texts: Record<string, string> = {
      ...HOSTS,
      'flake.nix': systems('ada', 'ida'),
      'common.nix': common,
      'part.nix': named('key'),
    };
    const workspace = fleetWorkspace(texts);
    ownersIn(workspace);
    for (const [path, text] of [
      ['flake.nix', systems('both', 'both')],
      ['flake.nix', systems('ida', 'ada')],
      ['part.nix', named('other')],
      ['flake.nix', flake(`{ nixosConfigurations = { ${system('ada', 'ada')} }; }`)],
      ['flake.nix', systems('ada', 'ida')],
    ] as const) {
      texts[path] = text;
      workspace.write({ [path]: text });
      expect(ownersIn(workspace)).toEqual(ownersIn(fleetWorkspace(texts)));
    }
    expect(ownersIn(workspace)).toEqual({ ada: 'ada', ida: '', 'other-ada': 'ada', 'other-ida': 'ida' });
  });
});
