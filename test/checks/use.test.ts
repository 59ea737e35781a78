// The rules about uses of generators, where it is less plain than in their examples.

import { describe, expect, it } from 'vitest';
import { FLAKE, LOCK } from '../../server/src/checks/examples/inventory-examples.ts';
import { hostOf, PIPELINE } from '../../server/src/checks/examples/pipeline-examples.ts';
import { applyFix, findingsOf, fixOf, judging, onlyFinding, type Texts } from './harness.ts';

const { check, expectMarked, expectSilent } = judging(
  'option/type',
  'use/undefined-file',
  'use/undefined-generator',
  'use/unknown-attribute',
  'use/unknown-machine',
  'use/value-of-secret',
);

const MATRIX = '{\n  emily = [ "anthropic" ];\n  lea = [ "gmail" ];\n}\n';
const fleet = (body: string, more: Texts = {}): Texts => ({
  ...PIPELINE,
  'lib/machine-env-matrix.nix': MATRIX,
  'machines/emily/configuration.nix': hostOf('emily'),
  'machines/lea/configuration.nix': hostOf('lea', body),
  ...more,
});

describe('use/value-of-secret', () => {
  const read =
    '  services.mail.password = config.clan.core.vars.generators.gmail-app-password.files.password.value;\n';

  it('replaces the attribute alone', () => {
    const texts = fleet(read);
    const finding = onlyFinding(check(texts), 'use/value-of-secret');
    const after = applyFix(texts, fixOf(finding, 'Replace with .path'));
    expect(after['machines/lea/configuration.nix']).toContain('gmail-app-password.files.password.path;');
    expectSilent(after);
  });

  it('is silent for a public file', () => {
    expectSilent(
      fleet(read, {
        'lib/secret-registry.nix': (PIPELINE['lib/secret-registry.nix'] as string).replace(
          '    fileAttr = "password";',
          '    fileAttr = "password";\n    secret = false;',
        ),
      }),
    );
  });

  it('is found for a secret of clan-core itself', () => {
    const value = (file: string) =>
      fleet(`  a.b = config.clan.core.vars.generators.openssh.files."${file}".value;\n`);
    expect(check(value('ssh.id_ed25519')).findings.map(({ rule }) => rule)).toEqual(['use/value-of-secret']);
    expectSilent(value('ssh.id_ed25519.pub'));
  });

  it('is silent where another module makes the file public', () => {
    expectSilent(
      fleet(read, {
        'modules/public.nix':
          '{ lib, ... }:\n{\n  clan.core.vars.generators.gmail-app-password.files.password.secret = lib.mkForce false;\n}\n',
      }),
    );
  });
});

describe('use/undefined-generator', () => {
  it('is found for a generator that only other machines have', () => {
    const { findings } = expectMarked(
      fleet(`\
  services.ai.keyFile = config.clan.core.vars.generators.anthropic-api-key.files.key.path;
  #                                                      ^^^^^^^^^^^^^^^^^ use/undefined-generator: is defined here (machine lea)
`),
    );
    expect(findings[0]?.machines).toEqual(['lea']);
  });

  const read = (name: string) =>
    `  services.mail.keyFile = config.clan.core.vars.generators.${name}.files.key.path;\n`;

  it.each([
    [
      'that another module defines',
      read('own'),
      { 'modules/own.nix': '{\n  clan.core.vars.generators.own.files.key = { };\n}\n' },
    ],
    [
      'of an opaque collection',
      read('own'),
      { 'modules/own.nix': '{ more, ... }:\n{\n  clan.core.vars.generators = more.generators;\n}\n' },
    ],
    ["of clan-core's own services", read('user-password-ada'), {}],
    ['whose name is not known', read(`"\${config.networking.hostName}-key"`), {}],
    [
      'that is asked for with a fallback',
      '  services.mail.keyFile = config.clan.core.vars.generators.own.files.key.path or "/dev/null";\n',
      {},
    ],
    [
      'in a module of which the generators are not known',
      '',
      { 'modules/other.nix': `{ config, ... }:\n{\n${read('own')}}\n` },
    ],
  ])('is silent for a generator %s', (_, body, more) => {
    expectSilent(fleet(body, more as Texts));
  });
});

describe('use/undefined-generator, in modules that machines import', () => {
  const CLAN = `{
  outputs = { self, clan-core, ... }:
    let clan = clan-core.lib.clan { inherit self; inventory.machines = { ada = { }; bob = { }; }; };
    in { inherit (clan.config) nixosConfigurations; };
}
`;
  const GENERATOR =
    '{ clan.core.vars.generators.mail-password = { files.key = { }; script = "echo > $out/key"; }; }\n';
  const clan = (body: string, imports = '', more: Texts = {}): Texts => ({
    'flake.nix': CLAN,
    'machines/ada/configuration.nix': '{ imports = [ ../../mail.nix ]; }\n',
    'machines/bob/configuration.nix': `{ config, lib, inputs, modulesPath, ... }:
{
  imports = [ ${imports} ];
${body}
}
`,
    'mail.nix': GENERATOR,
    ...more,
  });
  const of = (texts: Texts) => findingsOf('use/undefined-generator', texts);
  const read = (name: string) =>
    `  services.a.keyFile = config.clan.core.vars.generators.${name}.files.key.path;`;

  it('is found where the machine does not import what defines it', () => {
    const [finding] = of(clan(read('mail-password')));
    expect([finding?.severity, finding?.machines, finding?.message]).toEqual([
      'error',
      ['bob'],
      'No generator "mail-password" is defined here (machine bob). Correct the name, or import the module that defines it.',
    ]);
  });

  it('is found beside modules that know nothing of vars', () => {
    const imports = '"${modulesPath}/profiles/minimal.nix" inputs.disko.nixosModules.disko';
    expect(of(clan(read('mail-password'), imports))).toHaveLength(1);
  });

  it('is silent with a fork of clan-core, which may bring it to every machine', () => {
    const locked = (owner: string) =>
      clan(read('mail-password'), '', { 'flake.lock': LOCK.replace('clan-lol', owner) });
    expect(of(locked('clan-lol'))).toHaveLength(1);
    expect(of(locked('somebody'))).toEqual([]);
  });

  it('is surely a mistake where a name is nearly that of a generator', () => {
    const [finding] = of(clan(read('mail-pasword'), 'inputs.other.nixosModules.mail'));
    expect([finding?.severity, finding?.fixes.map(({ title }) => title)]).toEqual([
      'warning',
      ['Replace with "mail-password"'],
    ]);
  });

  it('is found for each machine that lacks it, of those that import the module', () => {
    const [finding] = of(
      clan('', '../../use.nix', {
        'use.nix': `{ config, ... }: {\n${read('mail-password')}\n}\n`,
        'mail.nix': GENERATOR.replace('{ ', '{ imports = [ ./use.nix ]; '),
      }),
    );
    expect([finding?.severity, finding?.at.file, finding?.machines]).toEqual(['error', 'use.nix', ['bob']]);
  });

  it.each([
    ['another flake may define it', clan(read('mail-password'), 'inputs.other.nixosModules.mail')],
    [
      'a module that is perhaps imported does',
      clan(read('mail-password'), '(lib.mkIf config.a ../../mail.nix)'),
    ],
    ['what is imported is not known', clan(read('mail-password'), '] ++ config.more ++ [')],
    [
      'it stands under a condition',
      clan(`  services.a = lib.mkIf config.b {\n${read('mail-password')}\n  };`),
    ],
    [
      'it is the next of a series',
      clan(read('key2'), 'inputs.other.nixosModules.mail', {
        'key.nix': GENERATOR.replace('mail-password', 'key1'),
      }),
    ],
    [
      "it is of another machine's configuration",
      clan(
        '  a = config.self.nixosConfigurations.ada.config.clan.core.vars.generators.mail-password.files.key.path;',
      ),
    ],
  ])('is silent where %s', (_, texts) => {
    expect(of(texts)).toEqual([]);
  });
});

describe('use/undefined-file', () => {
  const body =
    '  services.mail.keyFile = config.clan.core.vars.generators.gmail-app-password.files.salt.path;\n';

  it('says what files there are', () => {
    expect(onlyFinding(check(fleet(body)), 'use/undefined-file').message).toBe(
      'The generator "gmail-app-password" has no file "salt"; it has "password".',
    );
  });

  it.each([
    ['another module adds it', '  clan.core.vars.generators.gmail-app-password.files.salt = { };\n'],
    ['another module may add it', '  clan.core.vars.generators.gmail-app-password.files = import <more>;\n'],
    [
      'it is a persisted prompt',
      '  clan.core.vars.generators.gmail-app-password.prompts.salt.persist = true;\n',
    ],
  ])('is silent where %s', (_, more) => {
    expectSilent(fleet(body, { 'modules/more.nix': `{\n${more}}\n` }));
  });
});

describe('use/undefined-file beside a guard', () => {
  const findingsOf = (uses: string, more = '') => {
    const texts = {
      'modules/app.nix': `{ config, lib, ... }:
let
  inherit (config.clan.core.vars) generators;
in
{
  clan.core.vars.generators.app = { files.key = { }; script = "echo > $out/key"; };
${more}${uses}
}
`,
    };
    const { findings } = judging('use/undefined-file', 'use/unknown-attribute').check(texts);
    return findings.map(
      ({ severity, at }) => `${severity} ${texts['modules/app.nix'].slice(at.start, at.end)}`,
    );
  };

  it.each([
    ['its own file', '  a = generators.app.files.kye.path or null;'],
    ['its own path', '  a = lib.attrByPath [ "app" "files" "kye" "path" ] null generators;'],
    ['its own attribute', '  a = generators.app.files.key.pth or null;'],
    [
      'a file that is asked for',
      '  a = if generators.app.files ? kye then generators.app.files.kye.path else null;',
    ],
    ['the whole generator by another', '  a = (generators.app or { files.kye.path = 1; }).files.kye.path;'],
  ])('is silent for %s', (_, uses) => {
    expect(findingsOf(uses)).toEqual([]);
  });

  it.each([
    [
      'another file',
      '  a = generators.app.files.b.path or null; c = generators.app.files.kye.path;',
      'error kye',
    ],
    [
      'another file, by a path',
      '  a = lib.attrByPath [ "app" "files" "b" "path" ] null generators; c = generators.app.files.kye.path;',
      'error kye',
    ],
    [
      'another use',
      '  a = (generators.app or { }).files or null; c = generators.app.files.kye.path;',
      'error kye',
    ],
    [
      'a file of a generator that may be missing',
      '  a = let g = generators.app or null; in if g == null then null else g.files.kye.path;',
      'warning kye',
    ],
    [
      'one that is asked for',
      '  a = lib.mkIf (generators ? app) generators.app.files.kye.path;',
      'warning kye',
    ],
    ['what it has', '  a = lib.mkIf (generators ? app) generators.app.files.key.pth;', 'error pth'],
    [
      'what it has instead of files',
      '  a = lib.mkIf (generators ? app) generators.app.key.path;',
      'error key',
    ],
  ])('is found for %s', (_, uses, found) => {
    expect(findingsOf(uses)).toEqual([found]);
  });
});

describe('use/undefined-file of a generator whose name is computed', () => {
  const declared = `{ config, ... }: {
  clan.core.vars.generators."world-\${config.networking.hostName}" = { files.password = { }; script = "echo > $out/password"; };
  clan.core.vars.generators.world-one = { files.token = { }; script = "echo > $out/token"; };
`;
  const findingsOf = (use: string, more = '') =>
    judging('use/undefined-file').check({
      'modules/world.nix': `${declared}${more}  a = name: config.clan.core.vars.generators.${use}.path;\n}\n`,
    }).findings;

  it('is nearly a file of those that it may be', () => {
    const [finding, ...others] = findingsOf('"world-${name}".files.pasword');
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ severity: 'warning' });
    expect(finding?.message).toContain('it has "password" and "token". Did you mean "password"?');
  });

  it.each([
    ['a file of one of them', '"world-${name}".files.token'],
    ['a file that is like none', '"world-${name}".files.certificate'],
    ['a name that may be any', '"${name}".files.pasword'],
    ['names of which there are none', '"planet-${name}".files.pasword'],
    ['a name that clan-core has', '"user-password-${name}".files.pasword'],
  ])('is silent for %s', (_, use) => {
    expect(findingsOf(use)).toEqual([]);
  });

  it('is silent where another may be meant', () => {
    const more =
      '  clan.core.vars.generators."${config.prefix}-one" = { files = import <x>; script = ""; };\n';
    expect(findingsOf('"world-${name}".files.pasword', more)).toEqual([]);
  });
});

describe('what a function of clan-core is asked for', () => {
  const asked = (given: string) => ({
    'modules/zt.nix': `{ clanLib, pkgs, ... }:
{
  clan.core.vars.generators.network = {
    files.address.secret = false;
    files.key = { };
    script = "echo 1 > "$out/address"; echo 2 > "$out/key"";
  };
  a = clanLib.getPublicValue { flake = ./.; machine = "lea"; ${given} };
}
`,
  });
  const rules = (given: string) =>
    check(asked(given)).findings.map(({ rule, severity, message }) => `${severity} ${rule}: ${message}`);

  it('is a generator that is misspelt', () => {
    expect(rules('generator = "netwrok"; file = "address";')).toEqual([
      'warning use/undefined-generator: No generator "netwrok" is defined. Did you mean "network"?',
    ]);
  });

  it('is a file that the generator does not have', () => {
    const texts = asked('generator = "network"; file = "adress";');
    const finding = onlyFinding(check(texts), 'use/undefined-file');
    expect(finding.severity).toBe('warning');
    expect(applyFix(texts, fixOf(finding, 'Replace with "address"'))['modules/zt.nix']).toContain(
      'file = "address"',
    );
  });

  it.each([
    ['netwrok', 'address', 'use/undefined-generator'],
    ['network', 'adress', 'use/undefined-file'],
  ])('is a slip in %s or %s that its default hides', (generator, file, rule) => {
    expect(rules(`generator = "${generator}"; file = "${file}"; default = null;`)).toEqual([
      expect.stringMatching(`^warning ${rule}: `),
    ]);
  });

  it('is a file of a computed generator', () => {
    const texts = asked('generator = "${pkgs.x}-network"; file = "adress";');
    const text = texts['modules/zt.nix'].replace('.network =', '."${pkgs.x}-network" =');
    const { findings } = check({ 'modules/zt.nix': text });
    expect(findings.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual([
      'warning use/undefined-file',
    ]);
  });

  it.each([
    ['what is there', 'generator = "network"; file = "address";'],
    ['a default of something else', 'generator = "mail"; file = "address"; default = null;'],
    ['a default of another file', 'generator = "network"; file = "port"; default = null;'],
    ['a name that is computed', 'generator = "net${pkgs.x}"; file = "address";'],
    ['a generator of clan-core', 'generator = "zerotier"; file = "zerotier-ip";'],
  ])('is silent for %s', (_, given) => {
    expect(rules(given)).toEqual([]);
  });
});

describe('what a function of clan-core reads from the store', () => {
  const stored = (given: string) =>
    check({
      'modules/mesh.nix': `{ clanLib, pkgs, generator, ... }:
{
  a = clanLib.getPublicValue { flake = ./.; machine = "lea"; ${given} };
}
`,
      'vars/per-machine/lea/mesh-old/mesh-ip/value': 'fd00::1',
      'vars/per-machine/lea/mesh-old/key/secret': '{}',
    }).findings.flatMap(({ rule, message }) => (rule.startsWith('use/') ? [`${rule}: ${message}`] : []));

  it.each([
    ['mesh-odl', 'mesh-ip', 'use/undefined-generator', 'mesh-old'],
    ['mesh-old', 'mehs-ip', 'use/undefined-file', 'mesh-ip'],
    ['${pkgs.x}-${pkgs.y}', 'mesh-pi', 'use/undefined-file', 'mesh-ip'],
  ])('is misspelt: %s/%s', (generator, file, rule, meant) => {
    expect(stored(`generator = "${generator}"; file = "${file}";`)).toEqual([
      expect.stringMatching(`^${rule}: .*Did you mean "${meant}"\\?$`),
    ]);
  });

  it.each([
    ['what is stored', 'mesh-old', 'mesh-ip'],
    ['a generator that is like none', 'garage', 'mesh-ip'],
    ['a file that is like none', 'mesh-old', 'port'],
    ['a generator whose number is another', 'mesh-old2', 'mesh-ip'],
    ['what is stored encrypted', 'mesh-old', 'kye'],
    ['a short file of any generator', '${pkgs.x}', 'kye'],
  ])('is silent for %s', (_, generator, file) => {
    expect(stored(`generator = "${generator}"; file = "${file}";`)).toEqual([]);
  });
});

describe('a machine whose stored file is read', () => {
  const read = (flake: string, machine: string, more = '') =>
    check({
      'flake.nix': FLAKE,
      'clan.nix': '{ inventory.machines = { lea = { }; emily = { }; }; }',
      'machines/lea/configuration.nix': `{ clanLib, config, self, inputs, ... }:
{
  clan.core.vars.generators.mesh = { files.ip.secret = false; script = "echo 1 > $out/ip"; };
  a = clanLib.getPublicValue { flake = ${flake}; machine = ${machine}; generator = "mesh"; file = "ip"; ${more} };
}
`,
    }).findings.flatMap(({ rule, message }) => (rule === 'use/unknown-machine' ? [message] : []));

  it.each(['./.', 'self', 'config.clan.core.settings.directory'])('has to be one of the fleet: %s', flake => {
    expect(read(flake, '"emliy"')).toEqual([
      'There is no machine "emliy", and nothing is stored for it to be read. Did you mean "emily"?',
    ]);
  });

  it.each([
    ['it exists', './.', '"emily"', ''],
    ['it is of another flake', 'inputs.other', '"emliy"', ''],
    ['it is not known', './.', 'config.peer', ''],
    ['it is like none, and there is a default', './.', '"garage"', 'default = null;'],
  ])('is right where %s', (_, flake, machine, more) => {
    expect(read(flake, machine, more)).toEqual([]);
  });
});

describe('a file of what a service brings', () => {
  const texts = (file: string, more = '') => ({
    'flake.nix': `{
  outputs = { self, clan-core, ... }:
    let clan = clan-core.lib.clan {
      inherit self;
      inventory.machines.lea = { };
      inventory.instances.sshd.roles.server.machines.lea = { };
    };
    in { inherit (clan.config) nixosConfigurations; };
}
`,
    'machines/lea/configuration.nix': `{ clanLib, config, ... }:
{
  a = config.clan.core.vars.generators.openssh.files."${file}".path;
  b = clanLib.getPublicValue { flake = ./.; machine = "lea"; generator = "openssh"; file = "${file}"; };
  ${more}
}
`,
  });
  const told = (file: string, more = '') =>
    check(texts(file, more)).findings.map(({ rule, severity }) => `${severity} ${rule}`);

  it('is misspelt', () => {
    expect(told('ssh.id_ed25519.pbu')).toEqual(['warning use/undefined-file', 'warning use/undefined-file']);
  });

  it.each([
    ['there', 'ssh.id_ed25519.pub', ''],
    ['like none of them', 'host-key', ''],
    [
      'added here',
      'ssh.id_ed25519.pbu',
      'clan.core.vars.generators.openssh.files."ssh.id_ed25519.pbu" = { };',
    ],
  ])('is %s', (_, file, more) => {
    expect(told(file, more)).toEqual([]);
  });
});

describe('use/unknown-attribute', () => {
  const texts = (read: string, more: Readonly<Record<string, string>> = {}) => ({
    'modules/key.nix': `{ config, lib, pkgs, ... }:
let
  inherit (config.clan.core.vars) generators;
in
{
  clan.core.vars.generators.key = {
    files.private = { };
    prompts.pin = { };
    script = "cat "$prompts/pin" > "$out/private"";
  };
  a = ${read};
}
`,
    ...more,
  });
  const found = (read: string, more = {}) => findingsOf('use/unknown-attribute', texts(read, more));

  it.each([
    ['generators.key.files.private.paht', 'Did you mean "path"?'],
    ['generators."key".private.path', 'Did you mean "files.private"?'],
    ['generators.key.path', 'It is one of files: read files.<name>.path ("private").'],
    ['generators.key.prompts.pin.value', 'known to the script alone'],
    ['generators.key.prompts.pin.descripton', 'Did you mean "description"?'],
    ['generators.key.scrpt', 'Did you mean "script"?'],
  ])('finds %s', (read, message) => {
    expect(found(read).map(one => `${one.severity} ${one.message}`)).toEqual([
      expect.stringMatching(/^error .*: evaluating it fails\./),
    ]);
    expect(found(read)[0]?.message).toContain(message);
  });

  it('inserts the word that is missing', () => {
    const given = texts('generators.key.private.path');
    const finding = onlyFinding(check(given), 'use/unknown-attribute');
    expect(applyFix(given, fixOf(finding, 'Insert "files."'))['modules/key.nix']).toContain(
      'a = generators.key.files.private.path;',
    );
  });

  it.each([
    'generators.key.files.private.path',
    'generators.key.nothing or null',
    'generators.key ? nothing && generators.key.nothing == 1',
    'generators.key.prompts.pin.description',
    'generators.key.finalScript',
    'config.services.vars.generators.key.nothing',
    'lib.mapAttrs (_: one: one.nothing) { }',
  ])('is silent for %s', read => {
    expect(found(read)).toEqual([]);
  });
});

describe('containers', () => {
  const types = (option: string) =>
    findingsOf('option/type', {
      'modules/key.nix': `{ config, lib, pkgs, ... }: { clan.core.vars.generators.key = { ${option} }; }`,
    }).map(({ message }) => message);

  it.each([
    ['runtimeInputs = pkgs.openssl;', 'takes a list of packages, not a package'],
    ['runtimeInputs = with pkgs; openssl;', 'takes a list of packages, not a package'],
    ['runtimeInputs = "openssl";', 'takes a list of packages, not a string'],
    ['files = [ "key" ];', '"files" takes a set with a name for each, not a list'],
    ['files.key = "x";', '"files.key" takes a set of options, not a string'],
    ['files.key = true;', '"files.key" takes a set of options, not true or false'],
    ['prompts.pin = "Your pin";', '"prompts.pin" takes a set of options, not a string'],
    ['dependencies.ca = { };', '"dependencies" takes a list of strings, not a set'],
    ['validation = [ 1 ];', 'a list is none'],
  ])('%s', (option, message) => {
    expect(types(option)).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    'runtimeInputs = pkgs.myTools;',
    'runtimeInputs = pkgs.openssl.buildInputs;',
    'runtimeInputs = lib.optional true pkgs.openssl;',
    'files.key = { };',
    'files.key = lib.mkIf true { };',
    'files.key = config.other;',
    'files.key = _: { };',
    'files.key = ./key.nix;',
    'prompts.pin = lib.mkDefault { };',
  ])('is silent for %s', option => {
    expect(types(option)).toEqual([]);
  });
});
