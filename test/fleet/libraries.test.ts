/** What modules know as `lib` where the flake, or its framework, adds something to that of nixpkgs. */
import { describe, expect, it } from 'vitest';
import { fleetWorkspace } from './workspace.ts';

type Texts = Readonly<Record<string, string>>;
type Workspace = ReturnType<typeof fleetWorkspace>;

const generator = (name: string) =>
  `clan.core.vars.generators.${name} = { files.key = { }; script = "true"; };`;

/** Generators with the machines that have them, and what could not be followed. */
function fleetOf(workspace: Workspace) {
  const { generators, notAnalysable } = workspace.fleet();
  const owners = Object.fromEntries(
    generators.map(one => [one.name, one.machines?.join(' ') + (one.machinesComplete ? '' : ' +')]),
  );
  return { owners, gaps: notAnalysable.map(one => `${one.at.file}: ${one.reason}`) };
}

describe('Snowfall gives to modules a library that', () => {
  const FILES: Texts = {
    'flake.nix':
      '{ outputs = inputs: let lib = inputs.snowfall-lib.mkLib { inherit inputs; src = ./.; snowfall.namespace = "my"; }; in lib.mkFlake { }; }',
    'systems/x86_64-linux/ada/default.nix': '{ }',
    'lib/default.nix': '{ names.first = "one"; }',
    'lib/module/default.nix':
      '{ lib, namespace, ... }: with lib; rec { gen = name: { ${name} = { files.key = { }; script = "true"; }; }; both = name: gen name // gen lib.${namespace}.names.second; }',
    'lib/names/default.nix': '{ names.second = "two"; }',
    'lib/names/other.nix': '{ names.second = "none"; }',
  };

  const owners = (module: string, more: Texts = {}) =>
    fleetOf(fleetWorkspace({ ...FILES, ...more, 'modules/nixos/web/default.nix': module }));

  it.each([
    [
      'is merged of all that lies in its folder',
      '{ lib, ... }: { clan.core.vars.generators = lib.my.both lib.my.names.first; }',
    ],
    [
      'is known by the name of the namespace',
      '{ lib, namespace, ... }: with lib.${namespace}; { clan.core.vars.generators = both names.first; }',
    ],
    [
      'has all that nixpkgs has beside it',
      '{ lib, ... }: with lib; with my; { config = mkMerge [ { clan.core.vars.generators = gen names.first; } (mkIf true { clan.core.vars.generators = gen "two"; }) ]; }',
    ],
  ])('%s', (_, module) => {
    expect(owners(module)).toEqual({ owners: { one: 'ada', two: 'ada' }, gaps: [] });
  });

  it('finds files', () => {
    const more = {
      'modules/nixos/web/part.nix': `{ ${generator('part')} }`,
      'modules/nixos/web/deep/inner.nix': `{ ${generator('inner')} }`,
      'extra/web.nix': `{ ${generator('extra')} }`,
    };
    const found = (imports: string) => owners(`{ lib, ... }: { imports = ${imports}; }`, more);
    expect(found('lib.snowfall.fs.get-non-default-nix-files ./.').owners).toMatchObject({
      part: 'ada',
      inner: '',
      extra: '',
    });
    expect(found('lib.snowfall.fs.get-non-default-nix-files-recursive ./.').owners).toMatchObject({
      part: 'ada',
      inner: 'ada',
    });
    expect(found('[ (lib.snowfall.fs.get-file "extra/web.nix") ]').owners).toMatchObject({ extra: 'ada' });
    expect(found('lib.snowfall.fs.get-nix-files ./none')).toMatchObject({ gaps: [] });
  });

  it('is another one when its files change', () => {
    const workspace = fleetWorkspace({
      ...FILES,
      'modules/nixos/web/default.nix':
        '{ lib, ... }: { clan.core.vars.generators = lib.my.gen lib.my.names.first; }',
    });
    expect(fleetOf(workspace).owners).toEqual({ one: 'ada' });
    workspace.write({ 'lib/default.nix': '{ names.first = "eins"; }' });
    expect(fleetOf(workspace).owners).toEqual({ eins: 'ada' });
    workspace.write({ 'lib/default.nix': null, 'lib/more/default.nix': '{ names.first = "uno"; }' });
    expect(fleetOf(workspace).owners).toEqual({ uno: 'ada' });
  });

  it('leaves open what its files do not say', () => {
    const found = owners('{ lib, ... }: { clan.core.vars.generators = lib.my.elsewhere "one"; }', {
      'lib/more/default.nix': '{ inputs, ... }: inputs.other.lib',
    });
    expect(found.owners).toEqual({ '${…}': 'ada' });
  });
});

describe('specialArgs', () => {
  const flake = (library: string) =>
    `{ outputs = { nixpkgs, other, ... }: let inherit (nixpkgs) lib; mine = ${library}; in { nixosConfigurations.ada = nixpkgs.lib.nixosSystem { specialArgs.lib = mine; modules = [ ./ada.nix ]; }; }; }`;
  const MODULE = `{ lib, ... }: lib.mkMerge [ { ${generator('ada')} } { clan.core.vars.generators = lib.my.gen or { }; } ]`;
  const MINE = '{ my.gen.mine = { files.key = { }; script = "true"; }; }';

  it.each([
    ['an extended library', `lib.extend (final: prev: ${MINE})`],
    ['one with something put beside it', `lib // ${MINE}`],
  ])('may give %s', (_, library) => {
    const workspace = fleetWorkspace({ 'flake.nix': flake(library), 'ada.nix': MODULE });
    expect(fleetOf(workspace)).toEqual({ owners: { ada: 'ada', mine: 'ada' }, gaps: [] });
    workspace.write({ 'flake.nix': flake(library.replace('gen.mine', 'gen.other')) });
    expect(fleetOf(workspace).owners).toEqual({ ada: 'ada', other: 'ada' });
  });

  it('take nothing away from what is known of `lib` where theirs is not known', () => {
    const texts = { 'flake.nix': flake('lib // other.lib'), 'ada.nix': MODULE };
    expect(fleetOf(fleetWorkspace(texts)).owners).toMatchObject({ ada: 'ada' });
  });
});

describe('blueprint', () => {
  it('gives to the flake what a folder holds', () => {
    const modules =
      'inputs.blueprint.lib.importDir ./modules (nixpkgs.lib.mapAttrs (name: { path, type }: { imports = [ path ]; key = type; }))';
    const texts = {
      'flake.nix': `{ outputs = inputs@{ self, nixpkgs, ... }: { nixosModules = ${modules}; nixosConfigurations.ada = nixpkgs.lib.nixosSystem { modules = [ self.nixosModules.web self.nixosModules.site ]; }; }; }`,
      'modules/web/default.nix': `{ ${generator('web')} }`,
      'modules/site.nix': `{ ${generator('site')} }`,
      'modules/other.nix': `{ ${generator('other')} }`,
    };
    expect(fleetOf(fleetWorkspace(texts))).toEqual({
      owners: { other: '', site: 'ada', web: 'ada' },
      gaps: [],
    });
  });
});
