/** Forms by which modules reach machines, after which all that a machine has is known: the names, and that there are no more. */
import { describe, expect, test } from 'vitest';
import { fleetWorkspace } from './workspace.ts';

type Texts = Readonly<Record<string, string>>;

const GENERATOR = '{ files.key = { }; script = "echo a > $out/key"; }';
const SERVICE = `{ config, lib, ... }: { clan.core.vars.generators.svc = ${GENERATOR}; }`;
const MACHINES = 'inventory.machines = { lea = { }; tove = { }; };';

const clan = `{ outputs = { clan-core, self, ... }@inputs: { clan = clan-core.lib.clan { inherit self; ${MACHINES} }; }; }`;

const parts = (body: string) => `{
  outputs = inputs@{ self, flake-parts, ... }: flake-parts.lib.mkFlake { inherit inputs; } {
    imports = [ inputs.clan-core.flakeModules.default inputs.flake-parts.flakeModules.modules ./parts.nix ];
    clan = { specialArgs = { inherit inputs self; }; ${MACHINES} };
    ${body}
  };
}`;

const TREE: Texts = {
  'flake.nix':
    '{ outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } (inputs.import-tree ./parts); }',
  'parts/clan.nix': `{ inputs, self, ... }: {
    imports = [ inputs.clan-core.flakeModules.default ];
    clan = { specialArgs = { inherit inputs self; }; ${MACHINES} };
  }`,
  'parts/svc.nix': `{ flake.nixosModules.svc = ${SERVICE}; }`,
  'parts/all.nix':
    '{ config, ... }: { flake.nixosModules.all = { imports = builtins.attrValues { inherit (config.flake.nixosModules) svc; }; }; }',
};

/** A machine that imports the module. */
const lea = (module: string, more = ''): Texts => ({
  'machines/lea/configuration.nix': `{ self, inputs, modulesPath, ... }: { imports = [ ${module} ]; ${more} }`,
  'machines/tove/configuration.nix': '{ }',
});

/** What the machines have; dots where one may have more. */
function havingsIn(texts: Texts): Record<string, string> {
  const fleet = fleetWorkspace(texts).fleet();
  return Object.fromEntries(
    fleet.machines.map(({ name }) => {
      const names = fleet.generators.filter(({ machines }) => machines?.includes(name));
      return [
        name,
        [...names.map(generator => generator.name), ...(fleet.hasAllGenerators(name) ? [] : ['…'])].join(' '),
      ];
    }),
  );
}

describe('all is known of machines with modules', () => {
  test.each([
    [
      'an output of flake-parts that is a file',
      { 'parts.nix': '{ flake.nixosModules.svc = ./svc.nix; }' },
      'self.nixosModules.svc',
    ],
    [
      'one that is written in place',
      { 'parts.nix': `{ flake.nixosModules.svc = ${SERVICE}; }` },
      'self.nixosModules.svc',
    ],
    [
      'one that imports another',
      {
        'parts.nix': `{ self, ... }: { flake.nixosModules.svc = ${SERVICE}; flake.nixosModules.two = { imports = [ self.nixosModules.svc ]; }; }`,
      },
      'inputs.self.nixosModules.two',
    ],
    ['flake.modules', { 'parts.nix': `{ flake.modules.nixos.svc = ${SERVICE}; }` }, 'self.modules.nixos.svc'],
  ])('%s', (_, texts, module) => {
    expect(havingsIn({ 'flake.nix': parts(''), 'svc.nix': SERVICE, ...texts, ...lea(module) })).toEqual({
      lea: 'svc',
      tove: '',
    });
  });

  test.each(['self.nixosModules.svc', 'self.nixosModules.all'])('of import-tree: %s', module => {
    expect(havingsIn({ ...TREE, ...lea(module) })).toEqual({ lea: 'svc', tove: '' });
  });

  test.each([
    '(modulesPath + "/profiles/qemu-guest.nix")',
    '"${modulesPath}/installer/scan/not-detected.nix"',
  ])('of nixpkgs: %s', module => {
    expect(havingsIn({ 'flake.nix': clan, ...lea(module) })).toEqual({ lea: '', tove: '' });
  });

  test('with an option that mkEnableOption declares, on by default and off on one machine', () => {
    const module = `{ config, lib, ... }: {
      options.my.on = lib.mkEnableOption "it" // { default = true; };
      config = lib.mkIf config.my.on { clan.core.vars.generators.svc = ${GENERATOR}; };
    }`;
    expect(
      havingsIn({
        'flake.nix': clan,
        'on.nix': module,
        'machines/lea/configuration.nix': '{ imports = [ ../../on.nix ]; }',
        'machines/tove/configuration.nix': '{ imports = [ ../../on.nix ]; my.on = false; }',
      }),
    ).toEqual({ lea: 'svc', tove: '' });
  });
});

test('tags that a helper passes on are known', () => {
  const helped = clan.replace(
    MACHINES,
    'inventory.machines = let mk = name: tags: { ${name}.tags = [ "all-hosts" ] ++ tags; }; in mk "lea" [ "home" ] // mk "tove" [ ];',
  );
  const { machines } = fleetWorkspace({ 'flake.nix': helped, ...lea('') }).fleet();
  expect(machines.map(({ name, tags }) => [name, tags])).toEqual([
    ['lea', ['all-hosts', 'home']],
    ['tove', ['all-hosts']],
  ]);
});
