/** What an edit of a module that many machines import leaves the same objects, so that nothing computed from it is computed again. */
import { describe, expect, it } from 'vitest';
import { reusing } from '../../server/src/nix/same-data.ts';
import { PIPELINE } from './pipeline.ts';
import { type FleetWorkspace, fleetWorkspace, plainFleet, withPlainPlaces } from './workspace.ts';

const NAMES = ['ada', 'bob', 'cleo'];

const MODULE = `{ config, lib, ... }: {
  options.estate.domain = lib.mkOption { type = lib.types.str; default = "example.org"; };
  config = {
    clan.core.vars.generators.shared = { files.key = { }; script = "true"; };
    a = config.clan.core.vars.generators.shared.files.key.path;
    b = config.estate.domain;
    time.timeZone = "CET";
  };
}
`;

const FLEET = {
  'flake.nix': `{
  outputs = { nixpkgs, ... }: {
${NAMES.map(name => `    nixosConfigurations.${name} = nixpkgs.lib.nixosSystem { modules = [ ./hosts/${name}.nix ]; };`).join('\n')}
  };
}
`,
  'modules/base.nix': MODULE.replace('CET', 'UTC'),
  ...Object.fromEntries(NAMES.map(name => [`hosts/${name}.nix`, '{ imports = [ ../modules/base.nix ]; }\n'])),
};

describe('after an edit of a module of all machines', () => {
  const edited = (text: string) => {
    const workspace = fleetWorkspace(FLEET);
    // Places follow the edits of a text from its first edit on.
    workspace.fleet();
    workspace.write({ 'modules/base.nix': MODULE });
    const before = workspace.fleet();
    const parts = {
      generators: before.generators,
      machines: [...before.options.machines.values()],
      uses: before.units.get('modules/base.nix')?.uses ?? [],
    };
    workspace.write({ 'modules/base.nix': text });
    return { before: parts, after: workspace.fleet() };
  };

  it('options of machines stay, if it declares, defines and reads the same', () => {
    const { before, after } = edited(MODULE.replace('    time.', '    networking.domain = "x";\n    time.'));
    expect([...after.options.machines.values()].every((now, index) => now === before.machines[index])).toBe(
      true,
    );
    expect(after.generators).toBe(before.generators);
  });

  it.each([
    [
      'declares another',
      MODULE.replace('estate.domain =', 'estate.name = lib.mkOption { }; options.estate.domain ='),
    ],
    ['has another type', MODULE.replace('types.str', 'types.int')],
  ])('they are joined again, if it %s', (_, text) => {
    const { before, after } = edited(text);
    const { options } = fleetWorkspace({ ...FLEET, 'modules/base.nix': text }).fleet();
    expect(withPlainPlaces(after.options.machines)).toEqual(withPlainPlaces(options.machines));
    expect(after.options.machines.get('ada')).not.toBe(before.machines[0]);
  });

  it('only what it reads is different, if it reads another', () => {
    const text = MODULE.replace('config.estate.domain', 'config.estate.name');
    const { before, after } = edited(text);
    const { options } = fleetWorkspace({ ...FLEET, 'modules/base.nix': text }).fleet();
    expect(withPlainPlaces(after.options.reads)).toEqual(withPlainPlaces(options.reads));
    expect(after.options.machines.get('ada')).toBe(before.machines[0]);
  });

  it('uses around a new one stay', () => {
    const { before, after } = edited(
      MODULE.replace('    b =', '    c = config.clan.core.vars.generators.shared.files.other.path;\n    b ='),
    );
    const uses = after.units.get('modules/base.nix')?.uses ?? [];
    expect(before.uses).toHaveLength(1);
    expect(uses).toHaveLength(2);
    expect(uses).toContain(before.uses[0]);
  });

  it('a word in the text that may declare an option counts at once', () => {
    const { after } = edited(`${MODULE}# options.other.thing\n`);
    expect([after.options.mayDeclare('other'), after.options.mayDeclare('elsewhere')]).toEqual([true, false]);
  });
});

it('a name with a hole is open again as soon as one machine may fill it with anything', () => {
  const module = `{ config, ... }: {
  clan.core.vars.generators."key-\${config.networking.hostName}" = { files.key = { }; script = "true"; };
}
`;
  const host = (name: string) => `{ imports = [ ../modules/base.nix ]; networking.hostName = ${name}; }\n`;
  const texts = {
    ...FLEET,
    'modules/base.nix': module,
    ...Object.fromEntries(NAMES.map(name => [`hosts/${name}.nix`, host(`"${name}"`)])),
  };
  const workspace = fleetWorkspace(texts);
  for (const name of ['"bob"', 'builtins.getEnv "HOSTNAME"', '"bob"', '"robert"']) {
    workspace.write({ 'hosts/bob.nix': host(name) });
    const fresh = fleetWorkspace({ ...texts, 'hosts/bob.nix': host(name) });
    expect(plainFleet(workspace.fleet())).toEqual(plainFleet(fresh.fleet()));
  }
});

describe('data of before', () => {
  it('is reused field by field, and item by item from both ends of a list', () => {
    const before = { a: { x: 1 }, list: [{ n: 1 }, { n: 2 }, { n: 3 }], map: new Map([['k', { v: 1 }]]) };
    const now = {
      a: { x: 1 },
      list: [{ n: 1 }, { n: 9 }, { n: 2 }, { n: 3 }],
      map: new Map([['k', { v: 1 }]]),
    };
    const result = reusing(before, now);
    expect(result).toEqual(now);
    expect([result.a, result.map]).toEqual([before.a, before.map]);
    expect(result.a).toBe(before.a);
    expect(result.map).toBe(before.map);
    expect(result.list.map(item => before.list.indexOf(item))).toEqual([0, -1, 1, 2]);
  });

  it('is returned itself if all is equal, and not if a field is gone', () => {
    const before: { a: readonly number[]; b?: number } = { a: [1, 2], b: 1 };
    expect(reusing(before, { a: [1, 2], b: 1 })).toBe(before);
    expect(reusing(before, { a: [1, 2] })).toEqual({ a: [1, 2] });
    expect(reusing<{ list: readonly number[] }>({ list: [1, 1] }, { list: [1, 1, 1] }).list).toEqual([
      1, 1, 1,
    ]);
  });
});

describe('after an edit of a registry', () => {
  const REGISTRY_FILE = 'lib/secret-registry.nix';
  const keysAfter = (...edits: readonly (readonly [from: string, to: string])[]) => {
    const workspace = fleetWorkspace(PIPELINE);
    workspace.fleet();
    let text = `# First\n${PIPELINE[REGISTRY_FILE]}`;
    const keys = [text, ...edits.map(([from, to]) => (text = text.replace(from, to)))].map(now => {
      workspace.write({ [REGISTRY_FILE]: now });
      const [registry] = workspace.fleet().registries;
      return Object.fromEntries((registry?.keys ?? []).map(key => [key.key, key]));
    });
    const [last = {}, before = {}] = keys.reverse();
    return Object.keys(last).filter(name => last[name] === before[name]);
  };

  it('the keys that it did not touch stay', () => {
    expect(keysAfter(['# First', '# Second'])).toEqual(['alpha', 'beta', 'gamma']);
    expect(keysAfter(['"BETA"', '"BETTER"'])).toEqual(['alpha', 'gamma']);
    expect(keysAfter(['"BETA"', '"BETTER"'], ['"BETTER"', '"BEST"'])).toEqual(['alpha', 'gamma']);
    expect(keysAfter(['  beta =', '  delta = { generator = "d"; envVar = "D"; };\n  beta ='])).toEqual([
      'alpha',
      'beta',
      'gamma',
    ]);
  });

  it('a key is another one once its body is', () => {
    expect(keysAfter(['type = "hidden"', 'type = "line"'])).toEqual(['gamma']);
  });
});

describe('after an edit by which a definition fails instead of being unknown', () => {
  it('another definition is as certain as in a fresh build', () => {
    const lea = 'machines/lea/configuration.nix';
    const head = '{ config, ... }:\n';
    const body = '{\n  clan.core.vars.generators.database = config.services.backup.generator;\n}\n';
    const files = {
      [lea]: head + body,
      'machines/noa/configuration.nix': `{
  imports = [ ./missing.nix ];
  clan.core.vars.generators.database = { share = false; files.key = { }; script = "true"; };
}
`,
    };
    const sharesIn = (workspace: FleetWorkspace) =>
      workspace.fleet().generators.flatMap(({ bodies }) => bodies().map(({ share }) => share));
    const workspace = fleetWorkspace(files);
    sharesIn(workspace);
    workspace.write({ [lea]: `${head}\n${body}` });
    sharesIn(workspace);
    workspace.write({ [lea]: body });
    expect(sharesIn(workspace)).toEqual(sharesIn(fleetWorkspace({ ...files, [lea]: body })));
  });
});
