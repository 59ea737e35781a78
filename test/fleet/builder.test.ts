import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Unit } from '../../server/src/fleet/model/uses.ts';
import { GENERATORS, host, MATRIX, PIPELINE, REGISTRY, SECRETS } from './pipeline.ts';
import { fleetWorkspace, plainFleet } from './workspace.ts';

const unitOf = (workspace: ReturnType<typeof fleetWorkspace>, file: string) =>
  workspace.fleet().units.get(file) as Unit;

describe('the registry pipeline', () => {
  it('knows the keys of the registry, whatever helper built them', () => {
    const { fleet, textAt } = fleetWorkspace(PIPELINE);
    const [registry] = fleet().registries;
    expect(registry?.closed).toBe(true);
    expect(
      registry?.keys.map(key => [
        key.key,
        key.generator?.value,
        key.envVar?.value,
        key.fileAttr?.value,
        key.secret,
      ]),
    ).toEqual([
      ['alpha', 'alpha-key', 'ALPHA', 'key', true],
      ['beta', 'beta-key', 'BETA', 'key', false],
      ['gamma', 'gamma-key', undefined, 'token', true],
    ]);
    expect(registry?.keys.map(key => textAt(key.at))).toEqual(['alpha', 'beta', 'gamma']);
    expect(registry?.keys.map(key => textAt(key.generator?.at ?? key.at))).toEqual([
      '"alpha-key"',
      '"beta-key"',
      '"gamma-key"',
    ]);
    expect(registry?.keys[2]?.body.runtimeInputs).toEqual(['openssl']);
  });

  it('tells of one file of an entry what the whole body says, where nothing stands under a condition', () => {
    const entry = (name: string, files: string) =>
      `  ${name} = { generator = "${name}"; fileAttr = "key"; files = ${files}; prompts.asked.persist = true; script = "true"; };\n`;
    const entries = [
      ['plain', '{ key = { }; }', true],
      ['other', '{ token = { }; }', false],
      ['never', '{ key = { _type = "if"; condition = false; content = { }; }; }', false],
      ['perhaps', '{ _type = "if"; condition = pkgs.x; content = { key = { }; }; }', false],
      ['strongly', '{ _type = "override"; priority = 50; content = { key = { }; }; }', true],
      ['unknown', 'pkgs.files', false],
    ] as const;
    const { fleet } = fleetWorkspace({
      ...PIPELINE,
      'lib/secret-registry.nix': `{ pkgs ? null }: {\n${entries.map(([name, files]) => entry(name, files)).join('')}}\n`,
    });
    const keys = fleet().registries[0]?.keys ?? [];
    expect(keys.map(key => [key.key, key.declaresFile('key')])).toEqual(
      entries.map(([name, , declares]) => [name, declares]),
    );
    for (const key of keys)
      for (const name of ['key', 'token', 'asked'])
        if (key.declaresFile(name)) expect(key.body.files.map(file => file.name)).toContain(name);
  });

  it('reads rows through shared lists and concatenation, each key at its own place', () => {
    const { fleet, textAt } = fleetWorkspace(PIPELINE);
    const [matrix] = fleet().matrices;
    expect(matrix?.registry).toBe('lib/secret-registry.nix');
    expect(
      matrix?.rows.map(row => [row.machine, row.keys.map(key => key.key), row.complete, row.shared]),
    ).toEqual([
      ['emily', ['alpha', 'beta'], true, false],
      ['lea', ['gamma'], true, false],
    ]);
    expect(matrix?.rows[0]?.keys.map(key => textAt(key.at))).toEqual(['"alpha"', '"beta"']);
  });

  it('ties a module to the row it reads and to the generators it assigns', () => {
    const workspace = fleetWorkspace(PIPELINE);
    const unit = unitOf(workspace, 'hosts/emily.nix');
    expect(unit.rowReads.map(read => [read.machine, read.found, workspace.textAt(read.at)])).toEqual([
      ['emily', true, 'emily'],
    ]);
    expect(unit.assignments.map(one => [one.machines, one.names])).toEqual([
      [['emily'], ['alpha-key', 'beta-key']],
    ]);
    const generators = workspace.fleet().generators;
    expect(generators.map(one => [one.name, one.machines])).toEqual([
      ['alpha-key', ['emily']],
      ['beta-key', ['emily']],
      ['gamma-key', ['lea']],
    ]);
    expect(generators[0]?.body().files.map(file => [file.name, file.secret])).toEqual([['key', true]]);
    expect(generators[0]?.body().completeness).toBe('full');
  });

  it('takes null and [] for all keys', () => {
    for (const keys of ['null', '[ ]']) {
      const body = `{ pkgs, ... }: { clan.core.vars.generators = import ../lib/vars-generators.nix { keys = ${keys}; inherit pkgs; }; }`;
      const workspace = fleetWorkspace({ ...PIPELINE, 'hosts/lea.nix': body });
      expect(unitOf(workspace, 'hosts/lea.nix').assignments[0]?.names).toEqual([
        'alpha-key',
        'beta-key',
        'gamma-key',
      ]);
    }
  });

  it('keeps the other generators when one key throws', () => {
    const matrix = MATRIX.replace('"gamma"', '"gamma" "gama"');
    const workspace = fleetWorkspace({ ...PIPELINE, 'lib/machine-env-matrix.nix': matrix });
    const unit = unitOf(workspace, 'hosts/lea.nix');
    expect(unit.definitions.map(one => one.name)).toEqual(['gamma-key']);
    expect(unit.assignments[0]?.names).toBeNull();
  });

  it('sees a use through an accessor in another file, at the call', () => {
    const body = '  programs.x.passwordeval = secrets.mkPasswordCmd { osConfig = config; key = "alpha"; };\n';
    const workspace = fleetWorkspace({ ...PIPELINE, 'hosts/emily.nix': host('emily', body) });
    const [use] = unitOf(workspace, 'hosts/emily.nix').uses;
    expect(use).toMatchObject({ generator: 'alpha-key', fileName: 'key', attribute: 'path', guarded: false });
    expect(use && workspace.textAt(use.at)).toBe(
      'secrets.mkPasswordCmd { osConfig = config; key = "alpha"; }',
    );
    expect(use?.key && [use.key.key, workspace.textAt(use.key.at)]).toEqual(['alpha', '"alpha"']);
  });

  it('marks uses that have something to fall back on', () => {
    const body = '  a = config.clan.core.vars.generators.alpha-key.files.key.path or "none";\n';
    const asked =
      '  b = if config.clan.core.vars.generators ? beta-key then config.clan.core.vars.generators.beta-key.files.key.path else null;\n';
    const plain = '  c = config.clan.core.vars.generators.gamma-key.files.token.path or (throw "no");\n';
    const workspace = fleetWorkspace({ ...PIPELINE, 'hosts/emily.nix': host('emily', body + asked + plain) });
    const uses = unitOf(workspace, 'hosts/emily.nix').uses;
    expect(Object.fromEntries(uses.map(use => [use.generator, use.guarded]))).toEqual({
      'alpha-key': true,
      'beta-key': true,
      'gamma-key': false,
    });
  });

  it('keeps several registries apart', () => {
    const other = {
      'other/keys.nix': REGISTRY.replaceAll('-key"', '-other"').replace('alpha =', 'delta ='),
      'other/rows.nix': '{ noa = [ "delta" ]; }',
    };
    const make = GENERATORS.replace('./secret-registry.nix', './keys.nix');
    const noa =
      '{ pkgs, ... }: { clan.core.vars.generators = import ../other/make.nix { keys = (import ../other/rows.nix).noa; inherit pkgs; }; }';
    const { fleet } = fleetWorkspace({ ...PIPELINE, ...other, 'other/make.nix': make, 'hosts/noa.nix': noa });
    expect(fleet().registries.map(one => one.file)).toEqual(['lib/secret-registry.nix', 'other/keys.nix']);
    expect(fleet().matrices.map(one => [one.file, one.registry])).toEqual([
      ['lib/machine-env-matrix.nix', 'lib/secret-registry.nix'],
      ['other/rows.nix', 'other/keys.nix'],
    ]);
  });

  it('finds registries and matrices of other names by their shape', () => {
    const rename = (text: string) =>
      text.replaceAll('secret-registry', 'kinds').replaceAll('machine-env-matrix', 'who');
    const texts = Object.fromEntries(
      Object.entries(PIPELINE).map(([path, text]) => [rename(path), rename(text)]),
    );
    const { fleet } = fleetWorkspace(texts);
    expect(fleet().registries.map(one => one.file)).toEqual(['lib/kinds.nix']);
    expect(fleet().matrices.map(one => one.file)).toEqual(['lib/who.nix']);
  });

  it('takes no ordinary set of packages or options for a registry', () => {
    const module =
      '{ lib, ... }: { options.services.x.generator = lib.mkOption { }; config.services.x = { generator = "a"; envVar = "B"; }; }';
    const { fleet } = fleetWorkspace({
      'module.nix': module,
      'set.nix': '{ a = { generator = 1; }; b = 2; c = 3; }',
    });
    expect(fleet().registries).toEqual([]);
  });
});

describe('machines', () => {
  it('come from the inventory, with class and tags', () => {
    const { fleet } = fleetWorkspace(PIPELINE);
    expect(fleet().machines.map(one => [one.name, one.class, one.tags])).toEqual([
      ['emily', 'darwin', ['laptop']],
      ['lea', 'nixos', []],
    ]);
    expect(fleet().machinesComplete).toBe(true);
  });

  it('come from configurations, with their system', () => {
    const flake =
      '{ outputs = { nixpkgs, ... }: { nixosConfigurations.ada = nixpkgs.lib.nixosSystem { system = "x86_64-linux"; modules = [ ]; }; }; }';
    const { fleet } = fleetWorkspace({ 'flake.nix': flake });
    expect(fleet().machines).toMatchObject([
      { name: 'ada', class: 'nixos', system: 'x86_64-linux', source: 'configuration' },
    ]);
  });

  it('come from folders below machines/', () => {
    const { fleet } = fleetWorkspace({ 'machines/ida/configuration.nix': '{ }' });
    expect(fleet().machines.map(one => [one.name, one.source])).toEqual([['ida', 'folder']]);
  });

  it('are not complete where names are computed from what is not known', () => {
    const flake = '{ outputs = inputs: { nixosConfigurations = inputs.lib.makeAll ./hosts; }; }';
    expect(fleetWorkspace({ 'flake.nix': flake }).fleet().machinesComplete).toBe(false);
  });
});

describe('incremental building', () => {
  it('gives the same object while nothing changes', () => {
    const { fleet } = fleetWorkspace(PIPELINE);
    expect(fleet()).toBe(fleet());
  });

  it('keeps the units that did not read what changed', () => {
    const workspace = fleetWorkspace(PIPELINE);
    const before = workspace.fleet().units;
    workspace.write({ 'hosts/lea.nix': host('lea', '  a = 1;\n') });
    const after = workspace.fleet().units;
    expect(after.get('hosts/lea.nix')).not.toBe(before.get('hosts/lea.nix'));
    expect(after.get('hosts/emily.nix')).toBe(before.get('hosts/emily.nix'));
    expect(after.get('lib/secrets.nix')).toBe(before.get('lib/secrets.nix'));
  });

  it('reads anew what imported the changed file, through any number of others', () => {
    const workspace = fleetWorkspace(PIPELINE);
    workspace.fleet();
    workspace.write({ 'lib/secret-registry.nix': REGISTRY.replace('"alpha-key"', '"alpha-token"') });
    expect(unitOf(workspace, 'hosts/emily.nix').assignments[0]?.names).toEqual(['alpha-token', 'beta-key']);
  });

  it('notices a file that appears and one that goes', () => {
    const workspace = fleetWorkspace({ ...PIPELINE, 'lib/secrets.nix': SECRETS });
    workspace.fleet();
    workspace.write({ 'lib/vars-generators.nix': null });
    expect(unitOf(workspace, 'hosts/lea.nix').assignments).toEqual([]);
    workspace.write({ 'lib/vars-generators.nix': GENERATORS });
    expect(unitOf(workspace, 'hosts/lea.nix').assignments[0]?.names).toEqual(['gamma-key']);
  });

  it('sees where a text leads to a file that was not there when the text was read', () => {
    const workspace = fleetWorkspace(PIPELINE);
    workspace.write({ 'lib/secret-registry.nix': null });
    workspace.fleet();
    workspace.write({ 'lib/secrets.nix': SECRETS.replace('not configured', 'not there') });
    workspace.fleet();
    workspace.write({ 'lib/secret-registry.nix': REGISTRY });
    const imports = unitOf(workspace, 'lib/secrets.nix').registryImports;
    expect(imports.map(one => [one.registry, workspace.textAt(one.at)])).toEqual([
      ['lib/secret-registry.nix', 'import ./secret-registry.nix { pkgs = null; }'],
    ]);
  });

  it('sees that a name is written otherwise at the same place, of the same value', () => {
    const named = (name: string) => `{ ... }: let
      n = "beta"; registry = import ../lib/secret-registry.nix { };
    in { clan.core.vars.generators = { ${name} = registry.alpha; }; }`;
    const workspace = fleetWorkspace({ ...PIPELINE, 'hosts/emily.nix': named('beta') });
    const kinds = () => unitOf(workspace, 'hosts/emily.nix').definitions.map(one => one.nameKind);
    expect(kinds()).toEqual(['literal']);
    workspace.write({ 'hosts/emily.nix': named('${n}') });
    expect(kinds()).toEqual(['resolved']);
  });

  it('ends, after any edits, where building from scratch ends', () => {
    const variants: Readonly<Record<string, readonly (string | null)[]>> = {
      'lib/secret-registry.nix': [
        REGISTRY,
        REGISTRY.replace('alpha =', 'alfa ='),
        REGISTRY.replace('"ALPHA"', '"BETA"'),
        '{ broken = ',
        null,
      ],
      'lib/machine-env-matrix.nix': [
        MATRIX,
        MATRIX.replace('emily', 'emilia'),
        MATRIX.replace('"beta"', ''),
        '{',
        null,
      ],
      'lib/vars-generators.nix': [GENERATORS, GENERATORS.replace('throw', 'abort'), null],
      'lib/secrets.nix': [SECRETS, SECRETS.replace('fileAttr', 'generator'), null],
      'hosts/emily.nix': [
        host('emily'),
        host('lea'),
        host('emily', '  a = config.clan.core.vars.generators.x.files.y.path;\n'),
        null,
      ],
      'hosts/new.nix': [host('new'), null],
    };
    const edit = fc
      .constantFrom(...Object.keys(variants))
      .chain(path =>
        fc.constantFrom(...(variants[path] as readonly (string | null)[])).map(text => ({ path, text })),
      );
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), edits => {
        const workspace = fleetWorkspace(PIPELINE);
        workspace.fleet();
        const texts: Record<string, string> = { ...PIPELINE };
        for (const { path, text } of edits) {
          workspace.write({ [path]: text });
          workspace.fleet();
          if (text === null) delete texts[path];
          else texts[path] = text;
        }
        expect(plainFleet(workspace.fleet())).toEqual(plainFleet(fleetWorkspace(texts).fleet()));
      }),
      { numRuns: 25 },
    );
  });
});
