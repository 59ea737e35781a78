// The rules about options, where it is less plain than in their examples.

import { describe, expect, it } from 'vitest';
import { LOCK } from '../../server/src/checks/examples/inventory-examples.ts';
import { CLAN_CORE_TIME } from '../../server/src/fleet/catalogue/catalogue-services.ts';
import { applyFix, fixOf, judging, onlyFinding, type Texts } from './harness.ts';

const { check, expectSilent } = judging(
  'option/conflict',
  'option/no-effect',
  'option/not-on-darwin',
  'option/setting-type',
  'option/store-differs',
  'option/type',
  'option/unknown',
  'option/unknown-setting',
  'option/users-owner',
);

const FILE = 'modules/key.nix';
const CLAN = '{ meta.name = "example"; inventory.machines.lea = { }; inventory.machines.emily = { }; }\n';
const SCRIPT = `script = ''\n      head -c 32 /dev/urandom | base64 > "$out/key"\n    '';`;

/** A module with one generator that makes `key`. */
function key(body: string, args = '{ ... }'): Texts {
  return {
    [FILE]: `${args}:\n{\n  clan.core.vars.generators.key = {\n    ${body}\n    ${SCRIPT}\n  };\n}\n`,
  };
}

function mended(texts: Texts, rule: string, title: string): string | undefined {
  const after = applyFix(texts, fixOf(onlyFinding(check(texts), rule), title));
  expectSilent(after);
  return after[FILE];
}

describe('option/unknown', () => {
  it('takes an option out with its line', () => {
    const texts = key('files.key = { };\n    migrateFact = "key"; # from before');
    expect(mended(texts, 'option/unknown', 'Delete')).toBe(key('files.key = { };')[FILE]);
  });

  it('takes an option out of a line that it shares', () => {
    const texts = {
      [FILE]: `{ clan.core.vars.generators.key = { prompts.key.persist = true; migrateFact = "key"; }; }\n`,
    };
    expect(mended(texts, 'option/unknown', 'Delete')).toBe(
      '{ clan.core.vars.generators.key = { prompts.key.persist = true; }; }\n',
    );
  });

  it('keeps the value of an option that has another name now', () => {
    const texts = { [FILE]: '{ clan.core.vars.generators.key.prompts.key.createFile = true; }\n' };
    expect(mended(texts, 'option/unknown', 'Replace')).toBe(
      '{ clan.core.vars.generators.key.prompts.key.persist = true; }\n',
    );
  });

  describe('with a clan-core that is not the one that is known', () => {
    const lock = (owner: string, time = CLAN_CORE_TIME) => ({
      'flake.lock': LOCK.replace('clan-lol', owner).replace(`${CLAN_CORE_TIME}`, `${time}`),
    });
    const found = (more: Texts, line: string) =>
      check({ ...key(`files.key = { };\n    ${line}`), ...more }).findings.flatMap(one =>
        one.rule === 'option/unknown' ? [one.severity] : [],
      );

    it.each([
      ['an option of its own', 'rotateDays = 7;', []],
      ['an option from before', 'migrateFact = "key";', []],
      ['a slip', 'runtimeInput = [ ];', ['warning']],
    ])('a fork may have %s', (_, line, expected) => {
      expect(found(lock('somebody'), line)).toEqual(expected);
      expect(found(lock('clan-lol'), line)).toHaveLength(1);
    });

    it('a newer one may have more, but none that went', () => {
      const newer = lock('clan-lol', CLAN_CORE_TIME + 86_400);
      expect(found(newer, 'rotateDays = 7;')).toEqual([]);
      expect(found(newer, 'migrateFact = "key";')).toEqual(['warning']);
    });
  });

  it('offers no other word for a prompt without a name', () => {
    const texts = key('files.key = { };\n    prompt = { type = "hidden"; };');
    const finding = onlyFinding(check(texts), 'option/unknown');
    expect(finding.message).toContain('Did you mean "prompts"?');
    expect(finding.fixes).toEqual([]);
  });

  it('is reported once for what many generators get from one line', () => {
    const texts = {
      [FILE]: `{ lib, ... }:
{
  clan.core.vars.generators = lib.genAttrs [ "a" "b" "c" ] (name: {
    prompts.\${name}.persist = true;
    migrateFact = name;
  });
}
`,
    };
    onlyFinding(check(texts), 'option/unknown');
  });

  it.each([
    ['of generators without clan', '{ vars.generators.key = { files.key = { }; storage = "here"; }; }\n'],
    [
      'of a generator that is a module with options of its own',
      `{ lib, ... }:
{
  clan.core.vars.generators.key = {
    options.tag = lib.mkOption { };
    config = { tag = "x"; prompts.key.persist = true; };
  };
}
`,
    ],
    [
      'that a helper function takes away',
      `let
  mk = spec: removeAttrs spec [ "label" ];
in
{ clan.core.vars.generators.key = mk { label = "x"; prompts.key.persist = true; }; }
`,
    ],
  ])('is silent for options %s', (_, text) => {
    expectSilent({ [FILE]: text });
  });
});

describe('option/type', () => {
  it.each([
    ['files.key.mode = "640";', '"0640"'],
    ['files.key.mode = 0640;', '"0640"'],
    ['files.key = { neededFor = "service"; };', '"services"'],
    ['files.key.secret = "true";', 'true'],
    ['files.key.restartUnits = "api.service";', '[ "api.service" ]'],
  ])('mends %s', (body, instead) => {
    expect(mended(key(body), 'option/type', 'Replace')).toContain(`${instead};`);
  });

  it.each([
    ['a number of which the digits are not a mode', 'files.key.mode = 9;'],
    ['a fraction in validation', 'files.key = { }; validation.ratio = 0.5;'],
    ['sets that are too deep', 'files.key = { }; validation.a.b.c = 1;'],
    ['null for a script', 'files.key = { }; share = null;'],
    ['a list of names for files', 'files = [ "key" ];'],
  ])('says no more than what is wrong with %s', (_, body) => {
    expect(onlyFinding(check(key(body)), 'option/type').fixes).toEqual([]);
  });

  it.each([
    ['a mode that is not known', 'files.key.mode = config.my.mode;'],
    ['a list that is not known', 'files.key = { }; runtimeInputs = config.my.packages;'],
    ['what a condition decides', 'files.key.neededFor = if config.my.early then "users" else "services";'],
    ['validation that is null', 'files.key = { }; validation = null;'],
    ['a package for a script', 'files.key = { };'],
    [
      'a default that another definition overrides',
      'files.key.mode = lib.mkMerge [ (lib.mkDefault "1") (lib.mkForce "0440") ];',
    ],
  ])('is silent for %s', (_, body) => {
    expectSilent(key(body, '{ config, lib, pkgs, ... }'));
  });
});

describe('option/no-effect', () => {
  it.each([
    [
      'a file that another module makes secret',
      {
        'modules/more.nix':
          '{ lib, ... }: { clan.core.vars.generators.key.files.key.secret = lib.mkForce true; }\n',
      },
    ],
  ])('is silent for %s', (_, more) => {
    expectSilent({ ...key('files.key = { secret = false; owner = "api"; };'), ...more });
  });

  it('is silent for public files that are uploaded', () => {
    expectSilent(key('files.key = { secret = false; owner = "api"; neededFor = "activation"; };'));
  });

  it('deletes the option', () => {
    const texts = key('files.key = {\n      secret = false;\n      mode = "0444";\n    };');
    expect(mended(texts, 'option/no-effect', 'Delete')).not.toContain('mode');
  });
});

describe('option/users-owner', () => {
  it.each([['with another backend', '{ vars.settings.secretStore = "password-store"; }\n']])(
    'is silent %s',
    (_, clan) => {
      expectSilent({ ...key('files.key = { neededFor = "users"; owner = "ada"; };'), 'clan.nix': clan });
    },
  );

  it('is silent where the file is not deployed', () => {
    expectSilent(key('files.key = { neededFor = "users"; owner = "ada"; deploy = false; };'));
  });
});

describe('option/conflict', () => {
  const machines = (lea: string, emily = '{ }'): Texts => ({
    ...key('files.key = { };'),
    'clan.nix': CLAN,
    'machines/lea/configuration.nix': lea,
    'machines/emily/configuration.nix': emily,
  });
  const imported = 'imports = [ ../../modules/key.nix ];';
  const other = `clan.core.vars.generators.key.script = "echo > $out/key";`;

  it('names the machines that have both', () => {
    const texts = machines(`{ ${imported} ${other} }\n`, `{ ${imported} }\n`);
    const finding = onlyFinding(check(texts), 'option/conflict');
    expect(finding.machines).toEqual(['lea']);
    expect(finding.related[0]?.at.file).toBe(FILE);
  });

  it.each([
    [
      'two machines have one each',
      `{ ${imported} }\n`,
      `{ clan.core.vars.generators.key = { files.key = { }; script = ''echo x > "$out/key"''; }; }\n`,
    ],
    [
      'a condition decides',
      `{ lib, config, ... }: { ${imported} clan.core.vars.generators.key.script = lib.mkIf config.my.x "echo > $out/key"; }\n`,
      '{ }\n',
    ],
    [
      'one has the last word',
      `{ lib, ... }: { ${imported} clan.core.vars.generators.key.script = lib.mkForce ''echo 1 > "$out/key"''; }\n`,
      '{ }\n',
    ],
    [
      'they may be equal',
      `{ config, ... }: { ${imported} clan.core.vars.generators.key.script = "\${config.my.script}"; }\n`,
      '{ }\n',
    ],
  ])('is silent where %s', (_, lea, emily) => {
    expectSilent(machines(lea, emily));
  });
});

describe('options for keeping vars', () => {
  const flake =
    '{ outputs = { self, clan-core, ... }: clan-core.lib.clan { inherit self; imports = [ ./clan.nix ]; }; }';
  const world = (clan: string, machine: string): Texts => ({
    'flake.nix': flake,
    'clan.nix': `{ inventory.machines.lea = { }; ${clan} }`,
    'machines/lea/configuration.nix': machine,
  });
  const found = (texts: Texts) =>
    check(texts).findings.map(({ rule, severity, message }) => `${severity} ${rule} ${message}`);

  it('says nothing of what other things have under the same names', () => {
    expectSilent(
      world('', '{ services.x.vars.settings.secretStor = 1; vars.settings.on-machine.enable = true; }'),
    );
    expectSilent(
      world('meta.name = "x";', '{ lib, ... }: { options.clan.core.vars.mine = lib.mkOption { }; }'),
    );
    expectSilent({
      ...world('', '{ clan.core.vars.mine = 1; }'),
      'modules/mine.nix': '{ lib, ... }: { options.clan.core.vars.mine = lib.mkOption { }; }',
    });
  });

  it('sees through what wraps a definition, and is not certain under a condition', () => {
    expect(
      found(world('', '{ config, lib, ... }: { clan.core = lib.mkIf config.x { vars.generatorz = { }; }; }')),
    ).toEqual([expect.stringMatching(/^warning option\/unknown-setting .*Did you mean "generators"\?$/)]);
    expect(found(world('', '{ lib, ... }: { clan.core.sops.defaultGroups = lib.mkForce [ 1 ]; }'))).toEqual([
      expect.stringMatching(
        /^error option\/setting-type "clan\.core\.sops\.defaultGroups" takes a string, not 1/,
      ),
    ]);
    expectSilent(world('', '{ lib, ... }: { clan.core.sops.defaultGroups = lib.mkDefault 1; }'));
  });

  it('lets a clan-core of before have its stores', () => {
    const texts = world('vars.settings.secretStore = "vm";', '{ }');
    const before = Date.parse('2026-03-01') / 1000;
    expect(found(texts)).toEqual([
      expect.stringContaining('error option/setting-type clan has no store "vm" any more'),
    ]);
    expectSilent({ ...texts, 'flake.lock': LOCK.replace(String(CLAN_CORE_TIME), String(before)) });
  });

  it('deletes the store of a machine, which differs from the default of its clan', () => {
    const texts = world('', '{\n  clan.core.vars.settings.secretStore = "age";\n  a = 1;\n}\n');
    const finding = onlyFinding(check(texts), 'option/store-differs');
    expect(finding).toMatchObject({ severity: 'warning', machines: ['lea'] });
    expect(applyFix(texts, fixOf(finding, 'Delete'))['machines/lea/configuration.nix']).not.toContain('age');
  });

  it('leaves the store of a machine alone where the comparison is switched off', () => {
    const machine = '{ clan.core.vars = { settings.secretStore = "age"; enableConsistencyCheck = false; }; }';
    expectSilent(world('vars.settings.secretStore = "sops";', machine));
  });
});

describe('option/not-on-darwin', () => {
  const world = (more: Texts, store = ''): Texts => ({
    'flake.nix':
      '{ outputs = { self, clan-core, ... }: clan-core.lib.clan { inherit self; imports = [ ./clan.nix ]; }; }',
    'clan.nix': `{ ${store} inventory.machines.mac.machineClass = "darwin"; inventory.machines.lea = { }; }`,
    'machines/lea/configuration.nix': '{ }',
    ...more,
  });
  const phase = (name: string) => key(`files.key.neededFor = "${name}";`)[FILE] as string;
  const found = (texts: Texts) =>
    check(texts).findings.flatMap(({ rule, machines, message }) =>
      rule === 'option/not-on-darwin' ? [`${machines.join()}: ${message}`] : [],
    );

  it('says nothing of what a machine with NixOS has as well', () => {
    const both = {
      'machines/mac/configuration.nix': '{ imports = [ ../../k.nix ]; }',
      'k.nix': phase('partitioning'),
    };
    expect(found(world(both))).toHaveLength(1);
    expect(
      found(world({ ...both, 'machines/lea/configuration.nix': '{ imports = [ ../../k.nix ]; }' })),
    ).toEqual([]);
  });

  it('knows that age decrypts no secrets of users there, and sops does', () => {
    const users = { 'machines/mac/configuration.nix': phase('users') };
    expect(found(world(users, 'vars.settings.secretStore = "age";'))).toEqual([
      expect.stringContaining('mac: "files.key.neededFor" = "users" keeps the secret from macOS'),
    ]);
    expect(found(world(users, 'vars.settings.secretStore = "sops";'))).toEqual([]);
  });

  it('says once that nothing unpacks a password store there', () => {
    const texts = world(
      { 'machines/mac/configuration.nix': phase('services') },
      'vars.settings.secretStore = "password-store";',
    );
    expect(found(texts)).toEqual([expect.stringContaining('mac: On macOS nothing unpacks')]);
  });
});
