// The rules about evaluation, where it is less plain than in their examples.

import { describe, expect, it } from 'vitest';
import { hostOf, PIPELINE } from '../../server/src/checks/examples/pipeline-examples.ts';
import { applyFix, findingsOf, fixOf, judging, onlyFinding, type Texts } from './harness.ts';

const { check, expectMarked, expectSilent } = judging(
  'eval/generators-in-imports',
  'eval/path-in-let',
  'eval/pkgs-in-metadata',
);

const MATRIX = '{\n  lea = [ "gmail" "anthropic" ];\n}\n';
const fleet = (more: Texts): Texts => ({ ...PIPELINE, 'lib/machine-env-matrix.nix': MATRIX, ...more });

describe('eval/generators-in-imports', () => {
  const imported = (imports: string) => `\
{ lib, pkgs, ... }:
{
  imports = ${imports};

  networking.firewall.enable = true;
}
`;
  const applied =
    '(lib.modules.importApply ../../lib/vars-generators.nix { keys = [ "gmail" ]; inherit pkgs; })';
  const texts = (imports: string) =>
    fleet({
      'machines/lea/configuration.nix': imported(imports),
      'machines/lea/hardware.nix': '{ nixpkgs.hostPlatform = "x86_64-linux"; }\n',
    });
  const mended = (imports: string): string => {
    const before = texts(imports);
    const finding = onlyFinding(check(before), 'eval/generators-in-imports');
    const after = applyFix(before, fixOf(finding, 'Assign clan.core.vars.generators'));
    expectSilent(after);
    return after['machines/lea/configuration.nix'] as string;
  };

  it('is a warning in a fleet of one architecture', () => {
    expect(onlyFinding(check(texts(`[ ${applied} ]`)), 'eval/generators-in-imports').severity).toBe(
      'warning',
    );
  });

  it('moves the only import, with a let for the value', () => {
    expect(mended(`[ ${applied} ]`)).toBe(`\
{ lib, pkgs, ... }:
let
  varsGenerators = import ../../lib/vars-generators.nix { keys = [ "gmail" ]; inherit pkgs; };
in
{
  clan.core.vars.generators = varsGenerators;

  networking.firewall.enable = true;
}
`);
  });

  it('leaves the other imports and what is said about them', () => {
    expect(mended(`[\n    ./hardware.nix # the disks\n    ${applied}\n  ]`)).toContain(`\
  imports = [
    ./hardware.nix # the disks
  ];
  clan.core.vars.generators = varsGenerators;
`);
  });

  const FILE = '../../lib/vars-generators.nix';
  const ARGS = '{ keys = [ "gmail" ]; inherit pkgs; }';
  const CALL = `lib.modules.importApply ${FILE} ${ARGS}`;
  /** A machine's module, with what stands in its `let`. */
  const moduleWith = (bindings: string, imports: string, formals = '') => `\
{ lib, pkgs, config, ${formals}... }:
let
  ${bindings}
in
{
  imports = ${imports};
}
`;
  const foundIn = (module: string, more: Texts = {}) =>
    check(fleet({ 'machines/lea/configuration.nix': module, ...more })).findings.map(
      ({ rule, at }) => `${rule} ${module.slice(at.start, at.end)}`,
    );
  const ASSIGNING = `{ keys, pkgs }:
{ ... }: {
  clan.core.vars.generators = import ../lib/vars-generators.nix { inherit keys pkgs; };
}
`;

  it.each([
    ['a module bound by let', `m = ${CALL};`, '[ m ]', CALL],
    ['a list bound by let', `all = [ (${CALL}) ];`, 'all', CALL],
    ['a list that is joined', `all = [ (${CALL}) ];`, '[ ./hardware.nix ] ++ all', CALL],
    [
      'map',
      `f = k: lib.modules.importApply ${FILE} { keys = [ k ]; inherit pkgs; };`,
      'map f [ "gmail" ]',
      'map f [ "gmail" ]',
    ],
    [
      'a function of its own',
      `f = keys: lib.modules.importApply ${FILE} { inherit keys pkgs; };`,
      '[ (f [ "gmail" ]) ]',
      'f [ "gmail" ]',
    ],
    ['partial application', `f = lib.modules.importApply ${FILE};`, `[ (f ${ARGS}) ]`, `f ${ARGS}`],
    ['import in the place of importApply', `m = import ${FILE} ${ARGS};`, '[ m ]', `import ${FILE} ${ARGS}`],
    ['an attribute', `all = { vars = ${CALL}; };`, '[ all.vars ]', CALL],
    ['an attribute with a fallback', `all = { vars = ${CALL}; };`, '[ (all.vars or { }) ]', CALL],
    ['all attributes', `all = { vars = ${CALL}; };`, 'lib.attrValues all', CALL],
    ['with', `all = { vars = ${CALL}; };`, 'with all; [ vars ]', CALL],
    ['inherit', `all = { vars = ${CALL}; }; inherit (all) vars;`, '[ vars ]', CALL],
    [
      'an inherited importApply',
      'inherit (lib.modules) importApply;',
      `[ (importApply ${FILE} ${ARGS}) ]`,
      `importApply ${FILE} ${ARGS}`,
    ],
    ['a let inside', '', `let m = ${CALL}; in [ m ]`, CALL],
    ['a condition that is not known', '', `lib.optional config.a.enable (${CALL})`, CALL],
    ['conditional lists', `m = ${CALL};`, '[ ] ++ lib.optionals my.isLinux [ m ]', CALL],
    ['if', '', `[ (if my.isLinux then ${CALL} else { }) ]`, CALL],
    ['functions of lists', `m = ${CALL};`, 'lib.flatten [ [ m ] ]', CALL],
    ['a module in a module', '', `[ ({ ... }: { imports = [ (${CALL}) ]; }) ]`, CALL],
    [
      'what every caller shares',
      '',
      '[ (import ../../lib/all.nix { inherit pkgs; }) ]',
      'import ../../lib/all.nix { inherit pkgs; }',
    ],
    [
      'what every caller shares, by name',
      'm = import ../../lib/all.nix { inherit pkgs; };',
      '[ m ]',
      'import ../../lib/all.nix { inherit pkgs; }',
    ],
    [
      'a module that assigns them',
      'm = lib.modules.importApply ../../modules/assigning.nix { keys = [ "gmail" ]; inherit pkgs; };',
      '[ m ]',
      'lib.modules.importApply ../../modules/assigning.nix { keys = [ "gmail" ]; inherit pkgs; }',
    ],
    [
      'a module that imports them',
      `f = ks: { imports = [ (lib.modules.importApply ${FILE} { keys = ks; inherit pkgs; }) ]; };`,
      '[ (f [ "gmail" ]) ]',
      `lib.modules.importApply ${FILE} { keys = ks; inherit pkgs; }`,
    ],
    [
      'a module with a location',
      '',
      `[ (lib.modules.setDefaultModuleLocation ./x.nix (import ${FILE} ${ARGS})) ]`,
      `lib.modules.setDefaultModuleLocation ./x.nix (import ${FILE} ${ARGS})`,
    ],
    [
      'keys that are not known',
      '',
      `[ (lib.modules.importApply ${FILE} { keys = my.keys; inherit pkgs; }) ]`,
      `lib.modules.importApply ${FILE} { keys = my.keys; inherit pkgs; }`,
    ],
    [
      'a module that is handed them',
      'f = all: { imports = all; };',
      `[ (f [ (${CALL}) ]) ]`,
      `f [ (${CALL}) ]`,
    ],
    [
      'what is made elsewhere',
      'inherit (import ../../lib/made.nix { inherit lib pkgs; }) vars;',
      '[ vars ]',
      'vars',
    ],
    [
      'flake-parts',
      '',
      `[ (flake-parts-lib.importApply ${FILE} ${ARGS}) ]`,
      `flake-parts-lib.importApply ${FILE} ${ARGS}`,
    ],
    [
      'a library that is not known',
      '',
      `[ (my.lib.importApply ${FILE} ${ARGS}) ]`,
      `my.lib.importApply ${FILE} ${ARGS}`,
    ],
    [
      'the generators of the configuration',
      'm = lib.modules.importApply ../../modules/reader.nix { at = config.clan.core.vars.generators.gmail-app-password.files.password.path; };',
      '[ m ]',
      'lib.modules.importApply ../../modules/reader.nix { at = config.clan.core.vars.generators.gmail-app-password.files.password.path; }',
    ],
  ])('sees %s', (_, bindings, imports, expected) => {
    const module = moduleWith(bindings, imports, 'flake-parts-lib, my, ');
    const found = foundIn(module, {
      'machines/lea/hardware.nix': '{ }\n',
      'modules/assigning.nix': ASSIGNING,
      'modules/reader.nix': '{ at }: { ... }: { services.mail.passwordFile = at; }\n',
      'lib/all.nix': '{ pkgs }: import ./vars-generators.nix { keys = [ "gmail" ]; inherit pkgs; }\n',
      'lib/made.nix': `{ lib, pkgs }: { vars = lib.modules.importApply ./vars-generators.nix ${ARGS}; }\n`,
    });
    expect(found).toEqual([`eval/generators-in-imports ${expected}`]);
  });

  it.each([
    ['a condition that does not hold', '', `lib.optional false (${CALL})`],
    ['a file that is imported without being applied', '', '[ (import ../../modules/lea-vars.nix) ]'],
    ['its value', 'm = import ../../modules/lea-vars.nix;', '[ m ]'],
    [
      'generators assigned in a module in place',
      `g = import ${FILE} ${ARGS};`,
      '[ ({ ... }: { clan.core.vars.generators = g; }) ]',
    ],
    [
      'generators assigned in a set in place',
      '',
      `[ { clan.core.vars.generators = import ${FILE} ${ARGS}; } ]`,
    ],
    [
      'what is given something else of the configuration',
      '',
      '[ (lib.modules.importApply ../../modules/user.nix { name = config.a.name; }) ]',
    ],
    ['what writes its generators down', '', '[ (import ../../modules/written.nix { name = "a"; }) ]'],
  ])('is silent for %s', (_, bindings, imports) => {
    expectSilent(
      fleet({
        'machines/lea/configuration.nix': moduleWith(bindings, imports),
        'modules/lea-vars.nix': hostOf('lea').replaceAll('../../lib', '../lib'),
        'modules/user.nix': '{ name }:\n{ ... }:\n{\n  users.users.ada.description = name;\n}\n',
        'modules/written.nix': `{ name }:
{ pkgs, ... }:
{
  clan.core.vars.generators.\${name} = {
    files.key = { };
    runtimeInputs = [ pkgs.openssl ];
    script = ''openssl rand -hex 32 | tr -d '\\\\n' > "$out/key"'';
  };
}
`,
      }),
    );
  });

  it('shows where a module is made that another file gives', () => {
    const module = moduleWith('inherit (import ../../lib/made.nix { inherit lib pkgs; }) vars;', '[ vars ]');
    const made = `{ lib, pkgs }: { vars = lib.modules.importApply ./vars-generators.nix ${ARGS}; }\n`;
    const found = check(fleet({ 'machines/lea/configuration.nix': module, 'lib/made.nix': made }));
    const [related] = onlyFinding(found, 'eval/generators-in-imports').related;
    expect(made.slice(related?.at.start, related?.at.end)).toBe(
      `lib.modules.importApply ./vars-generators.nix ${ARGS}`,
    );
  });

  describe('where the call fails', () => {
    const literal = '(lib.modules.importApply ../../lib/vars-generators.nix { keys = [ "gmail" ]; })';
    it.each([
      [literal, 'asks for the argument "pkgs", which is not passed'],
      [
        `(${CALL.replace('keys', 'system = 1; keys')})`,
        'is passed the argument "system", which it does not take',
      ],
      [`(lib.importApply ${FILE} ${ARGS})`, 'lib has no importApply; it is lib.modules.importApply'],
      [
        '(lib.importApply ../../lib/vars-generators.nix { keys = [ "gmail" ]; })',
        '"pkgs", which is not passed',
      ],
    ])('says why: %s', (item, why) => {
      const finding = onlyFinding(check(texts(`[ ${item} ]`)), 'eval/generators-in-imports');
      expect(finding.message).toContain(why);
      expect(finding.severity).toBe('error');
    });

    it('is silent for calls of other functions, which fail as well', () => {
      expectSilent(
        fleet({
          'machines/lea/configuration.nix': imported('[ (import ../../modules/user.nix { }) ]'),
          'modules/user.nix': '{ name }:\n{ ... }:\n{\n  users.users.ada.description = name;\n}\n',
        }),
      );
    });

    it('gives the argument that is in scope', () => {
      expect(mended(`[ ${literal} ]`)).toContain(
        'varsGenerators = import ../../lib/vars-generators.nix { keys = [ "gmail" ]; inherit pkgs; };',
      );
      expect(
        mended(
          '[\n    (lib.modules.importApply ../../lib/vars-generators.nix {\n      keys = [ "gmail" ];\n    })\n  ]',
        ),
      ).toContain(
        '  varsGenerators = import ../../lib/vars-generators.nix {\n    keys = [ "gmail" ];\n    inherit pkgs;\n  };\n',
      );
    });

    it('has no fix where the argument is not in scope', () => {
      const before = texts(`[ ${literal} ]`);
      const module = (before['machines/lea/configuration.nix'] as string).replace('lib, pkgs,', 'lib,');
      const checked = check({ ...before, 'machines/lea/configuration.nix': module });
      expect(onlyFinding(checked, 'eval/generators-in-imports').fixes).toEqual([]);
    });
  });

  describe('the fix', () => {
    const mend = (bindings: string, imports: string): string => {
      const before = fleet({
        'machines/lea/configuration.nix': moduleWith(bindings, imports),
        'machines/lea/hardware.nix': '{ }\n',
      });
      const finding = onlyFinding(check(before), 'eval/generators-in-imports');
      const after = applyFix(before, fixOf(finding, 'Assign clan.core.vars.generators'));
      expectSilent(after);
      return after['machines/lea/configuration.nix'] as string;
    };

    it('assigns a module that a name is bound to', () => {
      expect(mend(`m = ${CALL};`, '[ m ]')).toBe(`\
{ lib, pkgs, config, ... }:
let
  m = import ${FILE} ${ARGS};
in
{
  clan.core.vars.generators = m;
}
`);
    });

    it('takes the call out of a list that a name is bound to', () => {
      expect(mend(`all = [ ./hardware.nix (${CALL}) ];`, 'all')).toBe(`\
{ lib, pkgs, config, ... }:
let
  all = [ ./hardware.nix ];
  varsGenerators = import ${FILE} ${ARGS};
in
{
  imports = all;
  clan.core.vars.generators = varsGenerators;
}
`);
    });

    it('works for importApply of wherever', () => {
      expect(mend('', `[ ./hardware.nix ] ++ [ (lib.importApply ${FILE} ${ARGS}) ]`)).toContain(
        `varsGenerators = import ${FILE} ${ARGS};`,
      );
    });

    it.each([
      ['other uses', `m = ${CALL}; again = m;`, '[ m ]'],
      [
        'a function',
        `f = keys: lib.modules.importApply ${FILE} { inherit keys pkgs; };`,
        '[ (f [ "gmail" ]) ]',
      ],
      ['a condition', '', `lib.optional config.a.enable (${CALL})`],
      ['map', `f = k: lib.modules.importApply ${FILE} { keys = [ k ]; inherit pkgs; };`, 'map f [ "gmail" ]'],
    ])('is not offered with %s', (_, bindings, imports) => {
      const texts = fleet({ 'machines/lea/configuration.nix': moduleWith(bindings, imports) });
      expect(onlyFinding(check(texts), 'eval/generators-in-imports').fixes).toEqual([]);
    });
  });

  describe('a host module that is given constants', () => {
    const ASSIGNED = `{
  clan.core.vars.generators = import ../lib/vars-generators.nix {
    keys = (import ../lib/machine-env-matrix.nix).\${NAME};
    inherit pkgs;
  };
  system.name = toString [ MORE ];
}
`;
    const more: Texts = {
      'hosts/node.nix': `name:\n{ pkgs, ... }:\n${ASSIGNED.replace('NAME', 'name').replace('MORE', '')}`,
      'hosts/host.nix': `{ hostName, tags ? [ ] }:\n{ pkgs, ... }:\n${ASSIGNED.replace('NAME', 'hostName').replace('MORE', 'tags')}`,
      'hosts/with-pkgs.nix': `{ hostName, pkgs }:\n{ ... }:\n${ASSIGNED.replace('NAME', 'hostName').replace('MORE', '')}`,
      'hosts/with-keys.nix':
        '{ keys }:\n{ pkgs, ... }:\n{ clan.core.vars.generators = import ../lib/vars-generators.nix { inherit keys pkgs; }; }\n',
      'hosts/with-config.nix': `{ hostName, config }:\n{ pkgs, ... }:\n${ASSIGNED.replace('NAME', 'hostName').replace('MORE', 'config.a')}`,
      'hosts/wrapped.nix':
        '{ lib, name }: { imports = [ (lib.modules.importApply ./host.nix { hostName = name; }) ]; }\n',
      'flake.nix': `{
  outputs = { self, clan-core, ... }:
    clan-core.lib.clan {
      inherit self;
      inventory.machines = { lea.machineClass = "nixos"; emily.machineClass = "darwin"; };
    };
}
`,
    };
    const found = (bindings: string, imports: string) => {
      const module = moduleWith(bindings, imports, 'my, ');
      return check(fleet({ 'machines/lea/configuration.nix': module, ...more }))
        .findings.filter(({ rule }) => rule === 'eval/generators-in-imports')
        .map(({ severity, at }) => `${severity} ${at.file}`);
    };
    const HERE = 'machines/lea/configuration.nix';

    it.each([
      ['import', '', '[ (import ../../hosts/node.nix "lea") ]'],
      ['a function of its own', 'mkHost = name: import ../../hosts/node.nix name;', '[ (mkHost "lea") ]'],
      [
        'a function that makes a module with imports',
        'mkHost = name: { imports = [ (import ../../hosts/host.nix { hostName = name; }) ]; };',
        '[ (mkHost "lea") ]',
      ],
      [
        'a module in place that uses its own package set',
        'mk = name: { pkgs, ... }: { clan.core.vars.generators = import ../../lib/vars-generators.nix { keys = (import ../../lib/machine-env-matrix.nix).${name}; inherit pkgs; }; };',
        '[ (mk "lea") ]',
      ],
      [
        'a list of constants',
        '',
        '[ (import ../../hosts/host.nix { hostName = "lea"; tags = [ "server" "web" ]; }) ]',
      ],
      ['map', '', 'map (import ../../hosts/node.nix) [ "lea" ]'],
    ])('is silent for %s', (_, bindings, imports) => {
      expect(found(bindings, imports)).toEqual([]);
    });

    it.each([
      ['importApply', '', '[ (lib.modules.importApply ../../hosts/host.nix { hostName = "lea"; }) ]'],
      [
        'importApply in a function',
        'mkHost = name: lib.modules.importApply ../../hosts/host.nix { hostName = name; };',
        '[ (mkHost "lea") ]',
      ],
    ])('names the rule of the house for %s', (_, bindings, imports) => {
      expect(found(bindings, imports)).toEqual([`info ${HERE}`]);
    });

    it.each([
      ['pkgs', '', '[ (import ../../hosts/with-pkgs.nix { hostName = "lea"; inherit pkgs; }) ]'],
      [
        'pkgs, of a function of its own',
        'mk = name: lib.modules.importApply ../../hosts/with-pkgs.nix { hostName = name; inherit pkgs; };',
        '[ (mk "lea") ]',
      ],
      [
        'pkgs of the module around',
        'mk = name: { ... }: { clan.core.vars.generators = import ../../lib/vars-generators.nix { keys = [ "gmail" ]; inherit pkgs; }; };',
        '[ (mk "lea") ]',
      ],
      ['keys', '', '[ (lib.modules.importApply ../../hosts/with-keys.nix { keys = [ "gmail" ]; }) ]'],
      [
        'the row of a matrix',
        '',
        '[ (import ../../hosts/with-keys.nix { keys = (import ../../lib/machine-env-matrix.nix).lea; }) ]',
      ],
      ['config', '', '[ (import ../../hosts/with-config.nix { hostName = "lea"; inherit config; }) ]'],
      ['another argument', '', '[ (import ../../hosts/host.nix { hostName = "lea"; tags = my.tags; }) ]'],
    ])('is the mistake that it is with %s', (_, bindings, imports) => {
      expect(found(bindings, imports)).toEqual([`error ${HERE}`]);
    });
  });

  describe('imports and settings that need what the configuration makes', () => {
    const flake = (given: string) => `{
  outputs = { self, nixpkgs, ... }: {
    nixosConfigurations.lea = nixpkgs.lib.nixosSystem {
      specialArgs = { ${given} };
      modules = [ ./lea.nix ];
    };
  };
}
`;
    const found = (module: string, given = '') =>
      check({ 'flake.nix': flake(given), 'lea.nix': module, 'web.nix': '{ }\n' }).findings.map(
        ({ at, severity }) => `${severity} ${module.slice(at.start, at.end)}`,
      );

    it.each([
      [
        '{ pkgs, ... }: { imports = if pkgs.stdenv.isLinux then [ ./web.nix ] else [ ]; }',
        'pkgs.stdenv.isLinux',
      ],
      [
        '{ lib, pkgs, ... }: { imports = lib.optionals pkgs.stdenv.isDarwin [ ./web.nix ]; }',
        'pkgs.stdenv.isDarwin',
      ],
      [
        '{ lib, pkgs, ... }: { imports = [ ./web.nix ] ++ lib.optional pkgs.stdenv.hostPlatform.isAarch64 ./web.nix; }',
        'pkgs.stdenv.hostPlatform.isAarch64',
      ],
      [
        '{ pkgs, ... }: let linux = pkgs.stdenv.isLinux; in { imports = [ (if linux then ./web.nix else { }) ]; }',
        'if linux then ./web.nix else { }',
      ],
      [
        '{ pkgs, ... }: let inherit (pkgs) lib; in { imports = lib.optional false ./web.nix; }',
        'lib.optional false ./web.nix',
      ],
      ['{ pkgs, ... }: if pkgs.stdenv.isLinux then { } else { }', 'pkgs.stdenv.isLinux'],
      [
        '{ lib, pkgs, ... }: { config = lib.optionalAttrs pkgs.stdenv.isLinux { y = 1; }; }',
        'pkgs.stdenv.isLinux',
      ],
      [
        '{ lib, config, ... }: { config = lib.mkMerge [ { } (lib.optionalAttrs config.a.enable { y = 1; }) ]; }',
        'config.a.enable',
      ],
      [
        '{ lib, config, ... }: { config = lib.mkIf true (lib.optionalAttrs config.a.enable { y = 1; }); }',
        'config.a.enable',
      ],
    ])('is endless recursion: %s', (module, at) => {
      expect(found(module)).toEqual([`error ${at}`]);
    });

    it.each([
      ['{ lib, pkgs, ... }: { config = lib.mkIf pkgs.stdenv.isLinux { y = 1; }; }', ''],
      ['{ lib, config, ... }: lib.mkMerge [ { } (lib.mkIf config.a.enable { y = 1; }) ]', ''],
      ['{ lib, options, ... }: { config = lib.optionalAttrs (options ? services.x) { y = 1; }; }', ''],
      ['{ lib, config, pkgs, ... }: { y = lib.optionalAttrs config.a.enable { x = pkgs.hello; }; }', ''],
      [
        '{ lib, pkgs, ... }: { imports = lib.optionals pkgs.stdenv.isDarwin [ ./web.nix ]; }',
        'pkgs = nixpkgs.legacyPackages.x86_64-linux;',
      ],
      [
        '{ lib, pkgs, ... }: { imports = lib.optionals pkgs.stdenv.isDarwin [ ./web.nix ]; }',
        'inherit (self) pkgs;',
      ],
    ])('evaluates: %s', (module, given) => {
      expect(found(module, given)).toEqual([]);
    });

    it('evaluates with arguments of which not all are known', () => {
      const module = '{ lib, pkgs, ... }: { imports = lib.optionals pkgs.stdenv.isDarwin [ ./web.nix ]; }';
      const unknown = flake('').replace('{  }', 'self.arguments');
      expect(unknown).toContain('self.arguments');
      expectSilent({ 'flake.nix': unknown, 'lea.nix': module, 'web.nix': '{ }\n' });
    });
  });

  it('is silent for a module that is given nothing of generators', () => {
    expectSilent(
      fleet({
        'machines/lea/configuration.nix': imported(
          '[ (lib.modules.importApply ../../modules/user.nix { name = "ada"; }) ]',
        ),
        'modules/user.nix': `{ name }:\n{ ... }:\n{\n  users.users.\${name}.isNormalUser = true;\n}\n`,
      }),
    );
  });

  it('is silent for generators that are imported without being applied', () => {
    expectSilent(
      fleet({
        'machines/lea/configuration.nix': imported('[ ../../modules/lea-vars.nix ]'),
        'modules/lea-vars.nix': hostOf('lea').replaceAll('../../lib', '../lib'),
      }),
    );
  });
});

describe('eval/pkgs-in-metadata', () => {
  it('replaces whatever is passed', () => {
    const texts = fleet({
      'lib/names.nix': `\
{ pkgs, lib }:
let
  registry = import ./secret-registry.nix { pkgs = pkgs; };
  #                                         ^^^^ eval/pkgs-in-metadata
in
registry.gmail.envVar
`,
    });
    const finding = onlyFinding(check(texts), 'eval/pkgs-in-metadata');
    const after = applyFix(texts, fixOf(finding, 'Import the registry with pkgs = null'));
    expect(after['lib/names.nix']).toContain('import ./secret-registry.nix { pkgs = null; };');
    expectSilent(after);
  });

  it('is silent for a package set that may be null', () => {
    expectSilent(
      fleet({
        'lib/names.nix': '{ pkgs ? null }:\n(import ./secret-registry.nix { inherit pkgs; }).gmail.envVar\n',
      }),
    );
  });
});

describe('eval/pkgs-in-metadata, where the registry makes more than names', () => {
  const reading = (body: string) =>
    fleet({
      'lib/reader.nix': `\
{ pkgs, keys }:
let
  registry = import ./secret-registry.nix { inherit pkgs; };
in
${body}
`,
    });

  it.each([
    ['{ inherit (registry.gmail) files prompts script; }'],
    ['{ files = registry.gmail.files; script = registry.gmail.script; }'],
    ['map (key: registry.${key}.runtimeInputs or [ ]) keys'],
    ['builtins.mapAttrs (_: entry: removeAttrs entry [ "envVar" ]) registry'],
    ['map (name: builtins.getAttr name registry.gmail) [ "files" "script" ]'],
    ['let inherit (registry.gmail) script; in { x = script; }'],
  ])('is silent for %s', body => {
    expectSilent(reading(body));
  });

  it.each([
    ['{ services.mail = { name = registry.gmail.generator; script = "true"; }; }'],
    ['{ systemd.services.mail.script = registry.gmail.envVar; }'],
    ['# script\n{ x = "reads no script"; y = registry.gmail.envVar; }'],
  ])('sees through %s', body => {
    expect(onlyFinding(check(reading(body)), 'eval/pkgs-in-metadata').at.file).toBe('lib/reader.nix');
  });
});

describe('eval/path-in-let', () => {
  const BUILDER = `\
{ config }:
let
  registry = import ./secret-registry.nix { pkgs = null; };
in
{
  GMAIL_FILE = config.clan.core.vars.generators.${'${registry.gmail.generator}'}.files.${'${registry.gmail.fileAttr}'}.path;
  OTHER = "x";
}
`;
  const built = (bindings: string, body: string) =>
    fleet({
      'machines/lea/configuration.nix': hostOf('lea', body, bindings),
      'lib/builder.nix': BUILDER,
    });
  const BUILD = '  builder = import ../../lib/builder.nix;\n  vars = builder { inherit config; };\n';

  it('sees what a function of another file reads, whoever calls it besides', () => {
    const texts = {
      ...built(BUILD, '  environment.variables = vars;\n'),
      'machines/ada/configuration.nix': hostOf('lea', '  environment.variables = vars;\n', BUILD),
    };
    const found = findingsOf('eval/path-in-let', texts);
    expect(found.map(({ at }) => at.file)).toEqual([
      'machines/ada/configuration.nix',
      'machines/lea/configuration.nix',
    ]);
    expect(found.map(({ related }) => related.map(({ at }) => at.file))).toEqual([
      ['lib/builder.nix'],
      ['lib/builder.nix'],
    ]);
  });

  it('sees it through further bindings', () => {
    const { findings } = check(
      built(`${BUILD}  all = vars // { A = "b"; };\n`, '  environment.variables = all // { C = "d"; };\n'),
    );
    const names = findings.filter(({ rule }) => rule === 'eval/path-in-let').map(({ message }) => message);
    expect(names.map(message => message.split(' ')[0])).toEqual(['"vars"', '"all"']);
  });

  it('is silent where the session takes something else of what is built', () => {
    expectSilent(built(BUILD, '  environment.variables.OTHER = vars.OTHER;\n'));
  });

  it('is silent in a module of the user environment', () => {
    expectSilent(
      fleet({
        'machines/lea/configuration.nix': hostOf(
          'lea',
          '  hjem.users.ada.imports = [ ../../modules/session.nix ];\n',
        ),
        'modules/session.nix': `\
{ osConfig, ... }:
let
  vars = import ../lib/builder.nix { config = osConfig; };
in
{
  environment.sessionVariables = vars;
}
`,
        'lib/builder.nix': BUILDER,
      }),
    );
  });

  const binding =
    '  paths.GMAIL = config.clan.core.vars.generators.gmail-app-password.files.password.path;\n';

  it('is silent for a let that builds something else', () => {
    expectSilent(
      fleet({
        'machines/lea/configuration.nix': hostOf(
          'lea',
          '  services.mail.passwordFile = paths.GMAIL;\n',
          binding,
        ),
      }),
    );
  });

  it('is silent in a workspace without a registry', () => {
    expectSilent({
      'machines/lea/configuration.nix': `\
{ config, ... }:
let
${binding}in
{
  clan.core.vars.generators.gmail-app-password.files.password = { };
  environment.variables = paths;
}
`,
    });
  });

  it('counts every read', () => {
    const { findings } = expectMarked(
      fleet({
        'machines/lea/configuration.nix': hostOf(
          'lea',
          '  environment.sessionVariables = vars;\n',
          `\
  vars = {
# ^^^^ eval/path-in-let
    A_FILE = config.clan.core.vars.generators.gmail-app-password.files.password.path;
    B_FILE = config.clan.core.vars.generators.anthropic-api-key.files.key.path;
  };
`,
        ),
      }),
    );
    expect(findings[0]?.related).toHaveLength(2);
  });
});

describe('imports that need the configuration', () => {
  const RULE = 'eval/generators-in-imports';
  const FLAKE = `\
{
  outputs =
    { self, clan-core, ... }:
    clan-core.lib.clan {
      inherit self;
      inventory.machines.lea = { };
    };
}
`;
  const machine = (module: string, more: Texts = {}): Texts => ({
    'flake.nix': FLAKE,
    'machines/lea/configuration.nix': module,
    'modules/extra.nix': '{ }\n',
    ...more,
  });
  /** `IMPORTS` stands for the value of `imports`. */
  const importing = (imports: string) =>
    machine(`{ config, lib, options, ... }:\n{\n  imports = ${imports}\n}\n`);

  it.each([
    [
      'optional',
      '  imports = lib.optional config.a.enable ../../modules/extra.nix;\n  #                      ^^^^^^^^^^^^^^^',
    ],
    [
      'optionals',
      '  imports = lib.optionals (config ? a) [ ../../modules/extra.nix ];\n  #                                 ^',
    ],
    [
      'an if',
      '  imports = if config.a.enable then [ ../../modules/extra.nix ] else [ ];\n  #            ^^^^^^^^^^^^^^^',
    ],
    [
      'an item',
      '  imports = [ (if config.a.enable then ../../modules/extra.nix else { }) ];\n  #               ^^^^^^^^^^^^^^^',
    ],
    [
      'a list that goes on',
      '  imports = [ ./b.nix ] ++ lib.optional config.a.enable ./c.nix;\n  #                                     ^^^^^^^^^^^^^^^',
    ],
    [
      'options',
      '  imports = lib.optional (options.a.b ? c) ../../modules/extra.nix;\n  #                       ^^^^^^^^^^^',
    ],
    [
      'a set whose names depend',
      '  imports = [ (lib.optionalAttrs config.a.enable { b = 1; }) ];\n  #                              ^^^^^^^^^^^^^^^',
    ],
    [
      'a module inside',
      '  imports = [ ({ ... }: { imports = lib.optional config.a.enable ../../modules/extra.nix; }) ];\n  #                                              ^^^^^^^^^^^^^^^',
    ],
  ])('are found in %s', (_, lines) => {
    expectMarked(
      machine(`{ config, lib, options, ... }:\n{\n${lines} eval/generators-in-imports: (machine lea)\n}\n`, {
        'machines/lea/b.nix': '{ }\n',
        'machines/lea/c.nix': '{ }\n',
      }),
    );
  });

  it.each([
    ['modules that read it below', '[ ({ ... }: { b = config.a.enable; }) ];'],
    ['functions that are given it', '[ (import ../../modules/given.nix { inherit config; }) ];'],
    [
      'functions that are applied to it',
      '[ (lib.modules.importApply ../../modules/given.nix { inherit config; }) ];',
    ],
    ['what is under a condition', '[ (lib.mkIf config.a.enable { b = 1; }) ];'],
    [
      'what something else decides first',
      'lib.optionals unknown.x (lib.optional config.a.enable ../../modules/extra.nix);',
    ],
  ])('are not seen in %s', (_, imports) => {
    const texts = importing(imports);
    expectSilent({
      ...texts,
      'machines/lea/configuration.nix': (texts['machines/lea/configuration.nix'] as string).replace(
        'options,',
        'options, unknown,',
      ),
      'modules/given.nix':
        '{ config }: { lib, ... }: { b = lib.optionalAttrs config.a.enable { c = 1; }; }\n',
    });
  });

  const partsOf = (outer: string, inner: string): Texts => ({
    'flake.nix': `\
{
  outputs =
    inputs@{ flake-parts, ... }:
    flake-parts.lib.mkFlake { inherit inputs; } {
      imports = [ ./modules/web.nix ];
      clan.inventory.machines.lea = { };
    };
}
`,
    'modules/web.nix': `\
{ ${outer}lib, ... }:
{
  flake.nixosModules.web = { ${inner}... }: {
    imports = lib.optional config.a.enable ./extra.nix;
  };
}
`,
    'modules/extra.nix': '{ }\n',
    'machines/lea/configuration.nix': `\
{ self, ... }:
{
  imports = [ self.nixosModules.web ];
  home-manager.users.ada = { osConfig, lib, ... }: {
    imports = lib.optional osConfig.a.enable ../../modules/extra.nix;
  };
}
`,
  });

  it('are not claimed for the configuration of another module system', () => {
    expectSilent(partsOf('config, ', ''));
    expect(onlyFinding(check(partsOf('', 'config, ')), RULE).machines).toEqual(['lea']);
  });

  it('are found in modules of the flake, for each machine that has them', () => {
    const { findings } = expectMarked({
      'flake.nix': FLAKE.replace(
        'inventory.machines.lea = { };',
        'inventory.machines = { lea = { }; ada = { }; };\n      nixosModules.web = ./modules/web.nix;',
      ),
      'machines/lea/configuration.nix': '{ imports = [ ../../modules/web.nix ]; }\n',
      'machines/ada/configuration.nix': '{ imports = [ ../../modules/web.nix ]; }\n',
      'modules/web.nix': `\
{ config, lib, ... }:
let
  isWeb = config.services.web.enable;
in
{
  imports = lib.optional isWeb ./extra.nix;
  #         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ eval/generators-in-imports: config.services.web.enable
}
`,
      'modules/extra.nix': '{ }\n',
    });
    expect(findings[0]?.machines).toEqual(['ada', 'lea']);
    expect(findings[0]?.related.map(({ at }) => at.start)).toEqual([36]);
  });

  describe('with _module.args', () => {
    const carried = (args: string, more: Texts = {}, module = '{ imports = [ carried ]; }'): Texts => ({
      'flake.nix': FLAKE,
      'machines/lea/configuration.nix': `{ carried, lib, ... }: ${module}\n`,
      'machines/lea/hardware-configuration.nix': `{ lib, ... }: { ${args} }\n`,
      'modules/given.nix': '{ name }: { ... }: { networking.hostName = name; }\n',
      ...more,
    });
    const BY_ARGS = '_module.args.carried = lib.modules.importApply ../../modules/given.nix { name = "a"; };';

    it('are found in a module that it carries', () => {
      const finding = onlyFinding(check(carried(BY_ARGS)), RULE);
      expect(finding.message).toContain('This import depends on carried, which _module.args gives');
      expect(finding.machines).toEqual(['lea']);
    });

    it('are found in a condition', () => {
      const condition = '{ imports = lib.optional carried.enable ./web.nix; }';
      const args = '_module.args.carried = { enable = true; };';
      const finding = onlyFinding(check(carried(args, { 'machines/lea/web.nix': '{ }\n' }, condition)), RULE);
      expect(finding.message).toContain('on carried.enable');
    });

    it.each([
      [
        'what specialArgs give as well',
        {
          'flake.nix': FLAKE.replace('inherit self;', 'inherit self; specialArgs = { carried = ./x.nix; };'),
        },
      ],
      [
        'specialArgs that are not known',
        { 'flake.nix': FLAKE.replace('inherit self;', 'inherit self; specialArgs = clan-core.args;') },
      ],
      [
        'a machine that does not set it',
        {
          'machines/lea/hardware-configuration.nix': '{ }\n',
          'other.nix': `{ lib, ... }: { ${BY_ARGS.replace('../../', './')} }\n`,
        },
      ],
    ])('are not claimed for %s', (_, more) => {
      expect(findingsOf(RULE, carried(BY_ARGS, more))).toEqual([]);
    });

    it('are not seen in what a module reads below', () => {
      expectSilent(carried(BY_ARGS, {}, '{ imports = [ { networking.domain = carried.name; } ]; }'));
    });
  });

  it('are not claimed where modules are given a configuration of their own', () => {
    const given = (name: string): Texts => ({
      'flake.nix': `\
{
  outputs = { self, nixpkgs, ... }: {
    nixosConfigurations.lea = nixpkgs.lib.nixosSystem {
      specialArgs.${name} = import ./settings.nix;
      modules = [ ./lea.nix ];
    };
  };
}
`,
      'settings.nix': '{ web = builtins.getEnv "WEB" == "1"; }\n',
      'lea.nix': '{ config, lib, ... }: { imports = lib.optional config.web ./extra.nix; }\n',
      'extra.nix': '{ }\n',
    });
    expectSilent(given('config'));
    expect(onlyFinding(check(given('settings')), RULE).machines).toEqual(['lea']);
  });
});
