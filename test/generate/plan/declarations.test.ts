import { describe, expect, it } from 'vitest';
import { adminsFrom, groupsFrom } from '../../../server/src/generate/backends/configured-access.ts';
import { type Declared, declarationsOf } from '../../../server/src/generate/plan/declarations.ts';
import { joinGenerators } from '../../../server/src/generate/plan/generators.ts';
import { fleetWorkspace } from '../../fleet/workspace.ts';

const FLAKE = `{
  outputs = { self, clan-core, ... }:
    let clan = clan-core.lib.clan { inherit self; meta.name = "test"; }; in
    { inherit (clan.config) nixosConfigurations; };
}`;

/** @param machines by name: what is in `clan.core.vars.generators` */
function fleetOf(machines: Readonly<Record<string, string>>, more: Readonly<Record<string, string>> = {}) {
  const files: Record<string, string> = { 'flake.nix': FLAKE, ...more };
  for (const [name, generators] of Object.entries(machines))
    files[`machines/${name}/configuration.nix`] =
      `{ config, pkgs, lib, ... }: { clan.core.vars.generators = {\n${generators}\n}; }`;
  return { fleet: fleetWorkspace(files).fleet(), textOf: (file: string) => files[file] ?? null };
}

function declared(
  machines: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
): Declared {
  const { fleet, textOf } = fleetOf(machines, more);
  return declarationsOf(fleet, textOf);
}

function unknownIn(generator: string): string[] {
  return declared({ m: `g = { files.x = { }; ${generator} };` }).declarations.flatMap(one =>
    one.unknown.map(({ part, expression }) => `${part}: ${expression}`),
  );
}

describe('declarations', () => {
  it('are those of every machine, with the defaults of clan', () => {
    const { machines, declarations } = declared({
      b: 'g = { files.z = { }; files.a.secret = false; prompts.p = { persist = true; type = "hidden"; }; };',
      a: '',
    });
    expect(machines).toEqual(['a', 'b']);
    expect(declarations).toEqual([
      {
        machine: 'b',
        name: 'g',
        share: false,
        files: [
          { name: 'a', secret: false, deploy: true, neededFor: 'services' },
          { name: 'p', secret: true, deploy: true, neededFor: 'services' },
          { name: 'z', secret: true, deploy: true, neededFor: 'services' },
        ],
        prompts: [{ name: 'p', description: 'p', type: 'hidden', persist: true, required: true }],
        dependencies: [],
        validationHash: null,
        unknown: [],
        machinesComplete: true,
      },
    ]);
  });

  it('a module that machines share is what each of them makes of it', () => {
    const module = `name: { clan.core.vars.generators."id-\${name}" = {
      files.x = { }; script = "echo \${name} > $out/x"; }; }`;
    const machine = (name: string) => `{ imports = [ (import ../../modules/id.nix "${name}") ]; }`;
    const { fleet, textOf } = fleetOf(
      {},
      {
        'modules/id.nix': module,
        'machines/a/configuration.nix': machine('a'),
        'machines/b/configuration.nix': machine('b'),
      },
    );
    const found = declarationsOf(fleet, textOf);
    expect(found.declarations.map(one => [one.machine, one.name, one.unknown])).toEqual([
      ['a', 'id-a', []],
      ['b', 'id-b', []],
    ]);
    expect(found.recipe('b', 'id-b')?.script).toEqual(['echo b > $out/x']);
  });

  it('a prompt need not be answered where its display says so', () => {
    const { declarations } = declared({ m: 'g.prompts.p = { persist = true; display.required = false; };' });
    expect(declarations[0]?.prompts[0]?.required).toBe(false);
  });

  it.each([
    ['share = config.x;', 'share: config.x (machines/m/configuration.nix:2)'],
    ['files.y.secret = config.y;', 'files: config.y (machines/m/configuration.nix:2)'],
    ['prompts.p.type = config.z;', 'prompts: config.z (machines/m/configuration.nix:2)'],
    ['dependencies = config.d;', 'dependencies: config.d (machines/m/configuration.nix:2)'],
    ['runtimeInputs = config.r;', 'runtimeInputs: config.r (machines/m/configuration.nix:2)'],
    ['validation = config.v;', 'validation: config.v (machines/m/configuration.nix:2)'],
    ['validation.a = config.v;', 'validation: validation.a = config.v (machines/m/configuration.nix:2)'],
    ['script = config.s;', 'script: config.s (machines/m/configuration.nix:2)'],
    ['script = "echo ${config.s} > $out/x";', 'script: ${config.s} (machines/m/configuration.nix:2)'],
    [
      "script = ''\n echo\n cat ${config.s} > $out/x'';",
      'script: ${config.s} (machines/m/configuration.nix:4)',
    ],
  ])('say what only Nix can tell: %s', (generator, expected) => {
    expect(unknownIn(generator)).toEqual([expected]);
  });

  it.each([
    ['validation = null;'],
    ['validation = { a = 1; b.c = "x"; };'],
    ['runtimeInputs = [ pkgs.jq pkgs.unixtools.xxd ];'],
    ['script = "${pkgs.jq}/bin/jq . > $out/x";'],
    ['script = "${lib.getExe pkgs.openssl} rand 3 > $out/x";'],
    [`script = "\${lib.getExe' pkgs.openssh "ssh-keygen"} -f $out/x";`],
  ])('know what they need: %s', generator => {
    expect(unknownIn(generator)).toEqual([]);
  });

  const SSHD = {
    'clan.nix':
      '{ inventory.instances.sshd = { module.name = "sshd"; module.input = "clan-core"; roles.server.machines.m = { }; }; }',
  };
  const NEEDS_SSH = { m: 'g = { files.x = { }; dependencies = [ "openssh" ]; };' };

  it("those of clan-core's services are as the locked clan-core has them", () => {
    const { declarations, uncertain, recipe } = declared(NEEDS_SSH, SSHD);
    expect(uncertain).toEqual([]);
    expect(declarations.map(one => [one.name, one.dependencies, one.unknown])).toEqual([
      ['g', ['openssh'], []],
      ['openssh', [], []],
      ['openssh-ca', [], []],
      ['openssh-cert', ['openssh', 'openssh-ca'], []],
    ]);
    expect(recipe('m', 'openssh')).toMatchObject({
      script: ['ssh-keygen -t ed25519 -N "" -C "" -f "$out"/ssh.id_ed25519\n'],
      packages: ['coreutils', 'openssh'],
      unknown: null,
    });
  });

  it.each([
    [
      'that is newer than what is known',
      { url: 'https://git.clan.lol/clan/clan-core', lastModified: 2_000_000_000 },
    ],
    ['that is a fork', { url: 'https://example.org/clan-core', lastModified: 1_786_000_000 }],
    ['of which nothing is locked', { url: 'https://example.org/other', lastModified: 1_786_000_000 }],
  ])('those of a clan-core %s are named, and a dependency on one needs Nix', (_, locked) => {
    const nodes = { root: { inputs: { 'clan-core': 'clan-core' } }, 'clan-core': { locked } };
    const { declarations, uncertain } = declared(NEEDS_SSH, {
      ...SSHD,
      'flake.lock': JSON.stringify({ nodes, root: 'root' }),
    });
    expect(uncertain.map(one => [one.name, one.isFromClan])).toEqual([
      ['openssh', true],
      ['openssh-cert', true],
      ['openssh-ca', true],
    ]);
    expect(declarations.map(one => [one.name, one.unknown])).toEqual([
      ['g', [{ part: 'dependencies', expression: '"openssh"' }]],
    ]);
  });

  it('case 55: a validation made of another generated value is told by nobody but Nix', () => {
    const other = 'config.clan.core.vars.generators.other.files.id.value';
    const { declarations } = declared({
      m: `other.files.id.secret = false; g = { files.x = { }; validation.of = ${other}; };`,
    });
    const [g] = declarations.filter(one => one.name === 'g');
    expect([g?.validationHash, g?.unknown.map(one => one.part)]).toEqual([null, ['validation']]);
  });

  it('a dependency that is nowhere to be seen may be there unseen', () => {
    const generator = 'g = { files.x = { }; dependencies = [ "elsewhere" ]; };';
    const config = `{ config, ... }: { imports = config.more; clan.core.vars.generators = { ${generator} }; }`;
    const [sure] = declared({ m: generator }).declarations;
    const [unsure] = declared({}, { 'machines/m/configuration.nix': config }).declarations;
    expect([sure?.dependencies, sure?.unknown]).toEqual([['elsewhere'], []]);
    expect([unsure?.dependencies, unsure?.unknown]).toEqual([
      [],
      [{ part: 'dependencies', expression: '"elsewhere"' }],
    ]);
  });
});

describe('whom the configuration adds', () => {
  const settings = (files: Readonly<Record<string, string>>) => fleetOf({}, files).fleet.accessSettings;

  it('the default groups of a machine', () => {
    const all = settings({
      'machines/a/configuration.nix': '{ clan.core.sops.defaultGroups = [ "admins" "ops" ]; }',
      'machines/b/configuration.nix': '{ }',
    });
    const groups = groupsFrom(all);
    expect([groups('a'), groups('b')]).toEqual([['admins', 'ops'], []]);
  });

  it('those of all machines that may have a module', () => {
    const groups = groupsFrom(
      settings({ 'modules/x.nix': '{ clan.core.sops = { defaultGroups = [ "admins" ]; }; }' }),
    );
    expect(groups('a')).toEqual(['admins']);
  });

  it('nobody, where only Nix can tell: then it is an error to ask', () => {
    const groups = groupsFrom(
      settings({ 'modules/x.nix': '{ config, ... }: { clan.core.sops.defaultGroups = config.g; }' }),
    );
    expect(() => groups('a')).toThrow(
      'The value of clan.core.sops.defaultGroups in modules/x.nix cannot be determined without Nix',
    );
  });

  it('admins of the age backend', () => {
    const admins = adminsFrom(
      settings({
        'clan.nix':
          '{ vars.settings.recipients = { default = [ "age1default" ]; hosts.a = [ "age1a" ]; }; vars.settings.recipients.hosts.b = [ "age1b" ]; }',
      }),
    );
    expect(admins).toEqual({ hosts: { a: ['age1a'], b: ['age1b'] }, default: ['age1default'] });
  });
});

// The numbers are those of the reference cases of clan's own test suite.
describe('what machines share', () => {
  const disagreements = (one: string, other: string) => {
    const shared = (file: string) => `g = { share = true; files.key = { ${file} }; };`;
    return joinGenerators(declared({ a: shared(one), b: shared(other) }).declarations).disagreements;
  };

  it.each([
    ['owner = "ada";', 'owner = "nginx";'],
    ['group = "users";', ''],
    ['mode = "0440";', 'mode = "0400";'],
    ['', ''],
  ])('cases 3 to 7: is the same with `%s` and `%s`', (one, other) => {
    expect(disagreements(one, other)).toEqual([]);
  });

  it('cases 3 to 7: is not where another attribute differs', () => {
    const parts = disagreements('owner = "ada";', 'owner = "ada"; deploy = false;').map(found => found.parts);
    expect(parts).toEqual([['files']]);
  });
});
