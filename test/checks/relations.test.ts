// The rules about what generators are to each other and to machines, where it is less plain than in their examples.

import { describe, expect, it } from 'vitest';
import { FLAKE, LOCK } from '../../server/src/checks/examples/inventory-examples.ts';
import { applyFix, fixOf, judging, onlyFinding, type Texts } from './harness.ts';

const { check, expectSilent } = judging(
  'generator/dependency-cycle',
  'generator/shared-depends-on-machine',
  'generator/shared-differs',
  'generator/shared-machine-specific',
  'generator/unknown-dependency',
);

const FILE = 'modules/keys.nix';
const CLAN = '{ meta.name = "example"; inventory.machines.lea = { }; inventory.machines.emily = { }; }\n';

/** A generator whose script reads all that it depends on. */
function generator(name: string, dependencies: readonly string[] = [], more = ''): string {
  const reads = dependencies.map(one => `"$in/${one}/key"`).join(' ');
  return `\
  clan.core.vars.generators."${name}" = {
    ${more}
    dependencies = [ ${dependencies.map(one => `"${one}"`).join(' ')} ];
    files.key = { };
    script = ''
      ${reads === '' ? 'head -c 32 /dev/urandom | base64' : `cat ${reads}`} > "$out/key"
    '';
  };
`;
}

const moduleOf = (...parts: readonly string[]) => `{ config, lib, ... }:\n{\n${parts.join('')}}\n`;

describe('generator/unknown-dependency', () => {
  it('is an error where all modules of the machine are known', () => {
    const texts = {
      [FILE]: moduleOf(generator('outer', ['nothing-like-it'])),
      'machines/lea/configuration.nix': '{ imports = [ ../../modules/keys.nix ]; }\n',
      'clan.nix': CLAN,
    };
    const finding = onlyFinding(check(texts), 'generator/unknown-dependency');
    expect([finding.severity, finding.machines]).toEqual(['error', ['lea']]);
  });

  it.each([
    ['nothing-like-it', []],
    ['iner', ['warning']],
  ])('a fork of clan-core may bring %s, unless it is a slip', (name, expected) => {
    const found = (owner: string) =>
      check({
        [FILE]: moduleOf(generator('outer', [name]), generator('inner')),
        'machines/lea/configuration.nix': '{ imports = [ ../../modules/keys.nix ]; }\n',
        'clan.nix': CLAN,
        'flake.nix': FLAKE,
        'flake.lock': LOCK.replace('clan-lol', owner),
      }).findings.flatMap(one => (one.rule === 'generator/unknown-dependency' ? [one.severity] : []));
    expect(found('clan-lol')).toEqual(['error']);
    expect(found('somebody')).toEqual(expected);
  });

  it.each([
    ["a generator of clan-core's services", moduleOf(generator('outer', ['openssh-ca']))],
    [
      'a name that is not known',
      moduleOf(generator('outer', [`\${config.my.name}`]).replace(/"\$in[^ ]*"/, '/dev/null')),
    ],
    [
      'generators that are not known',
      moduleOf(
        generator('outer', ['nothing-like-it']),
        generator('inner'),
        '  imports = [ { clan.core.vars.generators = config.my.generators; } ];\n',
      ),
    ],
    ['modules that are not known', moduleOf(generator('outer', ['nothing-like-it']))],
  ])('is silent for %s', (_, text) => {
    expectSilent({ [FILE]: text });
  });

  it('is a warning for a slip beside generators that are not known', () => {
    const text = moduleOf(
      generator('outer', ['iner']),
      generator('inner'),
      '  imports = [ { clan.core.vars.generators = config.my.generators; } ];\n',
    );
    const finding = onlyFinding(check({ [FILE]: text }), 'generator/unknown-dependency');
    expect([finding.severity, finding.message]).toEqual([
      'warning',
      expect.stringContaining('Did you mean "inner"?'),
    ]);
  });

  it('lets a shared generator use what one of its machines has', () => {
    const importing = '{ imports = [ ../../modules/keys.nix ]; }\n';
    expectSilent({
      [FILE]: moduleOf(generator('network', ['identity'], 'share = true;')),
      'modules/identity.nix': moduleOf(generator('identity', [], 'share = true;')),
      'machines/lea/configuration.nix': importing,
      'machines/emily/configuration.nix':
        '{ imports = [ ../../modules/keys.nix ../../modules/identity.nix ]; }\n',
      'clan.nix': CLAN,
    });
  });
});

describe('generator/dependency-cycle', () => {
  it('shows the whole cycle, once', () => {
    const texts = {
      [FILE]: moduleOf(
        generator('a', ['b']),
        generator('b', ['c', 'd']),
        generator('c', ['a']),
        generator('d'),
      ),
    };
    const finding = onlyFinding(check(texts), 'generator/dependency-cycle');
    expect(finding.message).toContain('a → b → c → a');
    expect(finding.related.map(one => one.message)).toEqual(['"b" depends on "c".', '"c" depends on "a".']);
  });

  it('is silent where a condition decides', () => {
    expectSilent({
      [FILE]: moduleOf(
        generator('a', ['b']),
        generator('b').replace('[  ]', 'lib.optional config.my.ring "a"'),
      ),
    });
  });
});

describe('generator/shared-depends-on-machine', () => {
  const texts = {
    [FILE]: moduleOf(generator('network', ['identity'], 'share = true;'), generator('identity')),
  };
  const finding = () => onlyFinding(check(texts), 'generator/shared-depends-on-machine');

  it.each(['Share "identity" too', 'Do not share "network"'])('is mended by: %s', title => {
    expectSilent(applyFix(texts, fixOf(finding(), title)));
  });

  it.each([
    ['it is not known whether the dependency is shared', 'share = config.my.share;'],
    ['both are shared', 'share = true;'],
  ])('is silent where %s', (_, share) => {
    expectSilent({
      [FILE]: moduleOf(generator('network', ['identity'], 'share = true;'), generator('identity', [], share)),
    });
  });
});

describe('generators of several machines', () => {
  const imported = '{ imports = [ ../../modules/keys.nix ]; }\n';
  const fleet = (text: string, emily: string): Texts => ({
    [FILE]: text,
    'clan.nix': CLAN,
    'machines/lea/configuration.nix': imported,
    'machines/emily/configuration.nix': emily,
  });
  const shared = moduleOf(generator('key', [], 'share = true;'));
  const adding = (option: string) =>
    `{ config, lib, ... }: { imports = [ ../../modules/keys.nix ]; clan.core.vars.generators.key.${option} }\n`;

  it.each([
    ['a prompt', 'prompts.pin.persist = true;'],
    ['another secrecy', 'files.key.neededFor = "activation";'],
    ['validation', 'validation = "emily";'],
  ])('do not agree: %s', (_, option) => {
    const { severity, machines } = onlyFinding(
      check(fleet(shared, adding(option))),
      'generator/shared-differs',
    );
    expect([severity, machines]).toEqual(['error', ['lea', 'emily'].sort()]);
  });

  it.each([
    ['what may differ', adding('files.key.owner = "mail";')],
    ['what a condition decides', adding('files.more = lib.mkIf config.my.x { };')],
    ['nothing', imported],
  ])('agree in all but %s', (_, emily) => {
    expectSilent(fleet(shared, emily));
  });

  it('may be shared by one and not by the other where the names differ', () => {
    expectSilent(fleet(shared, moduleOf(generator('own'))));
  });
});

describe('generator/shared-machine-specific', () => {
  it.each([
    ['the script', `script = ''echo \${config.networking.hostName} > "$out/key"'';`],
    ['validation', `validation.host = config.networking.hostName; script = ''date > "$out/key"'';`],
    [
      'the description of a prompt',
      `prompts.pin = { persist = true; description = "PIN of \${config.networking.hostName}"; }; script = ''date > "$out/key"'';`,
    ],
  ])('finds the machine in %s', (_, body) => {
    const text = `{ config, ... }:\n{\n  clan.core.vars.generators.key = {\n    share = true;\n    files.key = { };\n    ${body}\n  };\n}\n`;
    onlyFinding(check({ [FILE]: text }), 'generator/shared-machine-specific');
  });

  it('is silent where one machine has it', () => {
    const text = `{ config, ... }:\n{\n  clan.core.vars.generators.key = {\n    share = true;\n    files.key = { };\n    script = ''echo \${config.networking.hostName} > "$out/key"'';\n  };\n}\n`;
    expectSilent({
      [FILE]: text,
      'clan.nix': CLAN,
      'machines/lea/configuration.nix': '{ imports = [ ../../modules/keys.nix ]; }\n',
    });
  });
});
