// What is unknown of a fleet reaches no further than it must: names with holes, services of clan-core, unknown modules.

import { describe, expect, it } from 'vitest';
import { judging, type Texts } from './harness.ts';

const { check } = judging(
  'generator/dependency-cycle',
  'generator/unknown-dependency',
  'generator/unknown-dependency-file',
  'store/orphan-generator',
  'store/plaintext-left',
  'use/undefined-file',
  'use/undefined-generator',
);

/** A clan of the machines lea and noa. */
function clan(lea: string, noa: string, more: Texts = {}, inventory = ''): Texts {
  return {
    'flake.nix': `{
  outputs = { self, clan-core, ... }@inputs:
    let clan = clan-core.lib.clan {
      inherit self;
      specialArgs = { inherit inputs; };
      inventory.machines = { lea = { }; noa = { }; };
      ${inventory}
    };
    in { inherit (clan.config) nixosConfigurations; };
}
`,
    'machines/lea/configuration.nix': `{ config, lib, pkgs, inputs, ... }:\n{\n${lea}\n}\n`,
    'machines/noa/configuration.nix': `{ config, lib, pkgs, inputs, ... }:\n{\n${noa}\n}\n`,
    ...more,
  };
}

const generator = (name: string, file = 'password', more = '') =>
  `  clan.core.vars.generators.${name} = { files.${file} = { }; ${more} script = "date > $out/${file}"; };\n`;
const use = (name: string, file = 'password') =>
  `  services.${name}-${file}.file = config.clan.core.vars.generators.${name}.files.${file}.path;\n`;

/** As `severity rule: message`. */
const told = (texts: Texts) =>
  check(texts).findings.map(({ severity, rule, message }) => `${severity} ${rule}: ${message}`);

const WILDCARD = generator(`\${config.services.svc.name}`, 'key');
const NAMED = expect.stringMatching(/^error use\/undefined-generator: .*Did you mean "database"\?$/);
const SLIP = expect.stringMatching(/^warning use\/undefined-generator: .*Did you mean "database"\?$/);
const FILE = expect.stringMatching(/^error use\/undefined-file: .*Did you mean "password"\?$/);

describe('a module that is written where its machine is declared', () => {
  const flake = (module: string, more = '') => ({
    'flake.nix': `{
  outputs = inputs@{ flake-parts, ... }: flake-parts.lib.mkFlake { inherit inputs; } {
    imports = [ inputs.clan-core.flakeModules.default ];
    clan = {
      meta.name = "ours";
      inventory.machines = { lea = { }; noa = { }; };
      machines.lea = { config, lib, pkgs, ... }: {\n${module}\n};
      machines.noa = { };
      ${more}
    };
  };
}
`,
  });

  it('has no generators but those of the machine', () => {
    const texts = flake(generator('database') + use('database') + use('post'));
    expect(told(texts)).toEqual([
      expect.stringMatching(
        /^error use\/undefined-generator: No generator "post" is defined \(machine lea\)/,
      ),
    ]);
  });

  it('may have more where something of the machine is not known', () => {
    expect(told(flake(generator('database') + WILDCARD + use('post')))).toEqual([]);
    expect(told(flake(`imports = [ inputs.more.nixosModules.more ];\n${use('post')}`))).toEqual([]);
  });
});

describe('a generator of which the name is not known', () => {
  const mistakes = generator('database') + use('databse') + use('database', 'pasword');

  it('counts on its own machine alone', () => {
    expect(told(clan(mistakes, WILDCARD))).toEqual([NAMED, FILE]);
  });

  it('leaves what is declared in full as it is, and what is nearly called so a mistake', () => {
    expect(told(clan(mistakes + WILDCARD, ''))).toEqual([SLIP, FILE]);
  });

  it('may be any other name', () => {
    expect(told(clan(generator('database') + WILDCARD + use('mail'), ''))).toEqual([]);
  });

  it.each([
    ["mapAttrs'", 'lib.mapAttrs\' (name: _: lib.nameValuePair "svc-${name}" SET) config.services.svc'],
    [
      'zipListsWith',
      'lib.listToAttrs (lib.zipListsWith (a: b: lib.nameValuePair "svc-${a}" SET) config.services.names [ 1 2 ])',
    ],
    [
      'zipLists',
      'lib.listToAttrs (map (pair: lib.nameValuePair "svc-${pair.snd}" SET) (lib.zipLists [ 1 2 ] config.services.names))',
    ],
    ['genAttrs', 'lib.genAttrs (map (name: "svc-${name}") config.services.names) (_: SET)'],
    ['a set', '{ "svc-${config.services.name}" = SET; }'],
  ])('leaves nothing open but what its holes stand for, with %s', (_, written) => {
    const set = '{ files.key = { }; script = "date > $out/key"; }';
    const pattern = `  clan.core.vars.generators = ${written.replace('SET', set)};\n`;
    expect(told(clan(pattern + use('svc-mail', 'key'), ''))).toEqual([]);
    expect(told(clan(pattern + use('post'), ''))).toEqual([
      expect.stringMatching(/^error use\/undefined-generator: No generator "post" is defined/),
    ]);
  });

  it('reaches nobody where no machine has it', () => {
    const unread = { 'modules/unread.nix': `{ config, ... }:\n{\n${WILDCARD}\n}\n` };
    expect(told(clan(mistakes, '', unread))).toEqual([NAMED, FILE]);
  });

  it('may be on a machine of which not all modules are known', () => {
    const unread = { 'modules/unread.nix': `{ config, ... }:\n{\n${WILDCARD}\n}\n` };
    const open = '  imports = [ inputs.some.modulePath ];\n';
    expect(told(clan(generator('database') + use('mail') + open, '', unread))).toEqual([]);
  });

  it.each([
    ['job-one', 'job-two', []],
    ['job-databse', 'job-database', [expect.stringMatching(/^warning .*"job-database"/)]],
  ])('with a known part, %s may stand beside %s', (used, declared, expected) => {
    const jobs = generator(`"job-\${config.services.svc.name}"`);
    expect(told(clan(generator(declared) + jobs + use(used), ''))).toEqual(expected);
  });

  it('adds the files that it has to any generator of its machine', () => {
    const adds = `  clan.core.vars.generators.\${config.services.svc.name}.files.extra = { };\n`;
    const uses = generator('database') + use('database', 'extra') + use('database', 'extr');
    expect(told(clan(uses + adds, ''))).toEqual([
      expect.stringMatching(/^error use\/undefined-file: .* no file "extr"/),
    ]);
    expect(told(clan(uses, adds))).toHaveLength(2);
  });

  it('leaves a cycle a cycle', () => {
    const cycle =
      generator('one', 'key', 'dependencies = [ "two" ];') +
      generator('two', 'key', 'dependencies = [ "one" ];');
    expect(told(clan(cycle + WILDCARD, ''))).toEqual([
      expect.stringMatching(/^error generator\/dependency-cycle/),
    ]);
  });

  it('may be a dependency on its own machine alone', () => {
    const cert = generator('cert', 'key', 'dependencies = [ "nothing-like-it" ];');
    expect(told(clan(cert + WILDCARD, ''))).toEqual([]);
    expect(told(clan(cert, WILDCARD))).toEqual([
      expect.stringMatching(/^error generator\/unknown-dependency: .*\(machine lea\)/),
    ]);
  });
});

describe('a name that clan-core has', () => {
  const own = generator('syncthing', 'key') + use('syncthing', 'kye');
  const instance = (machine: string, module = 'module.name = "syncthing";') =>
    `inventory.instances.sync = { ${module} roles.peer.machines.${machine} = { }; };`;
  const FILE_OF = expect.stringMatching(/^error use\/undefined-file: .*Did you mean "key"\?$/);

  it('is the fleet’s own where the fleet declares it in full', () => {
    expect(told(clan(own, ''))).toEqual([FILE_OF]);
    expect(told(clan(own, '', {}, instance('noa')))).toEqual([FILE_OF]);
  });

  it('is known where the service is given to the machine', () => {
    expect(told(clan(use('syncthing', 'key'), '', {}, instance('lea')))).toEqual([]);
  });

  it('is not defined where no service brings it', () => {
    const NONE = expect.stringMatching(
      /^error use\/undefined-generator: No generator "syncthing" .*\(machine lea\)/,
    );
    expect(told(clan(use('syncthing', 'key'), ''))).toEqual([NONE]);
    expect(told(clan(use('syncthing', 'key'), '', {}, instance('noa')))).toEqual([NONE]);
  });

  it('may be brought by a service that is not known', () => {
    const unknown = (machine: string) => instance(machine, 'module.name = "x"; module.input = "other";');
    expect(told(clan(use('syncthing', 'key'), '', {}, unknown('lea')))).toEqual([]);
    expect(told(clan(use('syncthing', 'key'), '', {}, unknown('noa')))).toHaveLength(1);
  });

  it('may be brought by a module of another flake', () => {
    const imports = '  imports = [ inputs.clan-core.nixosModules.other ];\n';
    expect(told(clan(use('syncthing', 'key') + imports, ''))).toEqual([]);
  });

  it('is meant by one that is nearly called so', () => {
    expect(told(clan(use('syncthng', 'key'), '', {}, instance('lea')))).toEqual([
      expect.stringMatching(/^error use\/undefined-generator: .*Did you mean "syncthing"\?$/),
    ]);
  });
});

describe('a file', () => {
  const importing = '  imports = [ ../../modules/svc.nix ];\n';
  const module = (body: string) => ({
    'modules/svc.nix': `{ config, lib, pkgs, ... }:\n{\n${body}\n}\n`,
  });
  const computed = '  clan.core.vars.generators.svc.files = config.services.svc.files;\n';
  const LACKING = expect.stringMatching(
    /^error use\/undefined-file: .*\(machine noa\); .*Did you mean "key"\?$/,
  );

  it('is missing where all that the generator has is known, whatever it has on another machine', () => {
    const texts = clan(importing + computed, importing, module(generator('svc', 'key') + use('svc', 'kye')));
    expect(told(texts)).toEqual([LACKING]);
  });

  it('may be missing under a condition that another machine decides', () => {
    const guarded = `  config = lib.mkIf config.services.svc.enable {\n  ${use('svc', 'kye')}  };\n`;
    const more = { 'modules/own.nix': `{ ... }:\n{\n${generator('svc', 'key')}\n}\n`, ...module(guarded) };
    const both = '  imports = [ ../../modules/svc.nix ../../modules/own.nix ];\n';
    expect(told(clan(both + computed, both, more))).toEqual([]);
  });

  it('is missing in a module that no machine has switched on', () => {
    const off = `  options.svc.enable = lib.mkEnableOption "svc";\n  config = lib.mkIf config.svc.enable {\n${generator('svc', 'key')}${use('svc', 'kye')}  };\n`;
    expect(told(clan(importing, importing, module(off)))).toEqual([
      expect.stringMatching(/^error use\/undefined-file: .*Did you mean "key"\?$/),
    ]);
  });

  it('is a slip of one that a service brings', () => {
    const peer = 'inventory.instances.sync = { module.name = "syncthing"; roles.peer.machines.lea = { }; };';
    const found = (file: string) => told(clan(use('syncthing', file), '', {}, peer));
    expect(found('key')).toEqual([]);
    expect(found('nothing-like-it')).toEqual([]);
    expect(found('kye')).toEqual([
      expect.stringMatching(/^warning use\/undefined-file: .*Did you mean "key"\?$/),
    ]);
  });
});

describe('a machine of which not all modules are known', () => {
  const importing = '  imports = [ ../../modules/common.nix ];\n';
  const open = '  imports = [ ../../modules/common.nix inputs.some.modulePath ];\n';

  it('leaves certain what others are without', () => {
    const common = { 'modules/common.nix': `{ config, ... }:\n{\n${use('nothing')}}\n` };
    expect(told(clan(open, importing, common))).toEqual([
      expect.stringMatching(/^error use\/undefined-generator: .*\(machine noa\)/),
    ]);
  });

  it('may have what is read under a condition', () => {
    const guarded = `  config = lib.mkIf config.services.svc.enable {\n  ${use('nothing')}  };\n`;
    const common = { 'modules/common.nix': `{ config, lib, ... }:\n{\n${guarded}}\n` };
    expect(told(clan(open, importing, common))).toEqual([]);
  });
});

describe('a stored value', () => {
  const lies = 'vars/per-machine/noa/database/password/value';

  it('is no plaintext of a generator that the machine does not have, but left over', () => {
    expect(told(clan(generator('database'), '', { [lies]: 'x\n' }))).toEqual([
      expect.stringMatching(/^info store\/orphan-generator: The machine noa does not have/),
    ]);
  });

  it('is not left over where the machine may have the generator', () => {
    expect(told(clan(generator('database'), WILDCARD, { [lies]: 'x\n' }))).toEqual([]);
  });
});
