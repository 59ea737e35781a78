// Uses count where evaluation reaches them: under conditions that hold as any other, under those that do not hold not at
// all, and under those that are not known as guarded, by themselves. In the file that assigns generators and in others.

import { describe, expect, it } from 'vitest';
import { hostOf, PIPELINE } from '../../server/src/checks/examples/pipeline-examples.ts';
import { encryptedYaml, VALUE } from '../../server/src/checks/examples/sops-examples.ts';
import { judging, type Texts } from './harness.ts';

const { check } = judging(
  'registry/accessor-not-selected',
  'use/undefined-generator',
  'use/undefined-file',
  'sops/undeclared-secret',
);

const MATRIX = '{\n  brig = [ "anthropic" ];\n  lea = [ "anthropic" "gmail" ];\n}\n';
const OPTION = 'config.clan.core.vars.generators.gmail-app-password.files.password.path';
const ACCESSOR = 'secrets.getPath { osConfig = config; key = "gmail"; }';
const BINDINGS = `  secrets = import ../../lib/secrets.nix;
  lib = pkgs.lib;
  matrix = import ../../lib/machine-env-matrix.nix;
  has = key: builtins.elem key matrix.brig;
  isSet = has "gmail";
  when = condition: value: if condition then value else { };
  generators = config.clan.core.vars.generators;
`;

const FLAKE = `{
  outputs = { self, clan-core, ... }:
    clan-core.lib.clan { inherit self; inventory.machines = { brig = { }; lea = { }; }; };
}
`;

/** The fleet with settings in the module of brig that assigns its generators. */
const inHost = (body: string, bindings = ''): Texts => ({
  ...PIPELINE,
  'flake.nix': FLAKE,
  'lib/machine-env-matrix.nix': MATRIX,
  'machines/lea/configuration.nix': hostOf('lea'),
  'machines/brig/configuration.nix': hostOf('brig', body, BINDINGS + bindings),
});

/** The fleet with the same settings in another module of brig. */
const inModule = (body: string, bindings = ''): Texts => ({
  ...inHost('  imports = [ ../../modules/mail.nix ];\n'),
  'modules/mail.nix': `{ config, pkgs, ... }:\nlet\n${(BINDINGS + bindings).replaceAll('../../lib', '../lib')}in\n{\n${body}}\n`,
});

/** Severities and machines, once each: a function that is called may be reported where it reads and where it is called. */
const found = (texts: Texts) => [
  ...new Set(check(texts).findings.map(({ severity, machines }) => `${severity} ${machines}`)),
];

const SHAPES: readonly (readonly [string, (condition: string, use: string) => string])[] = [
  ['if', (condition, use) => `  a.b = if ${condition} then ${use} else null;\n`],
  ['if not', (condition, use) => `  a.b = if !(${condition}) then null else ${use};\n`],
  ['mkIf', (condition, use) => `  a.b = lib.mkIf (${condition}) ${use.includes(' ') ? `(${use})` : use};\n`],
  ['mkIf around a set', (condition, use) => `  a = lib.mkIf (${condition}) { b.c = ${use}; };\n`],
  ['optionalString', (condition, use) => `  a.b = lib.optionalString (${condition}) "x \${${use}}";\n`],
  ['optionalAttrs', (condition, use) => `  a = lib.optionalAttrs (${condition}) { b = ${use}; };\n`],
  ['optionals', (condition, use) => `  a.b = [ 1 ] ++ lib.optionals (${condition}) [ (${use}) ];\n`],
  ['a function of its own', (condition, use) => `  a = when (${condition}) { b = ${use}; };\n`],
  ['two conditions', (condition, use) => `  a.b = lib.mkIf true (lib.mkIf (${condition}) (${use}));\n`],
  ['and', (condition, use) => `  a.b = (${condition}) && (${use}) != "";\n`],
];

const FALSE = [
  'builtins.elem "gmail" matrix.brig',
  'has "gmail"',
  'isSet',
  'false',
  'isSet && config.a.enable',
  'matrix ? nobody',
];
const TRUE = ['builtins.elem "anthropic" matrix.brig', '!has "gmail"', 'true', 'matrix ? brig'];
const UNKNOWN = [
  'config.services.x.enable',
  'generators ? gmail-app-password',
  'builtins.hasAttr "gmail-app-password" generators',
];

describe.each([
  ['the module that assigns the generators', inHost],
  ['another module', inModule],
])('in %s', (_, texts) => {
  describe.each([
    ['a selection', OPTION],
    ['an accessor', ACCESSOR],
  ])('%s', (_kind, use) => {
    it.each(SHAPES)('counts as its condition says: %s', (_shape, written) => {
      const of = (condition: string) => found(texts(written(condition, use)));
      for (const condition of FALSE) expect([condition, of(condition)]).toEqual([condition, []]);
      for (const condition of UNKNOWN) expect([condition, of(condition)]).toEqual([condition, []]);
      for (const condition of TRUE) expect([condition, of(condition)]).toEqual([condition, ['error brig']]);
    });

    it.each([
      ['a name', 'pw = PLACE;', '  a.b = CONDITION pw;\n'],
      ['a name of a name', 'pw = PLACE; text = "x ${pw}";', '  a.b = CONDITION text;\n'],
      ['an attribute', 'pws = { mail = PLACE; other = 1; };', '  a.b = CONDITION pws.mail;\n'],
      ['what is inherited', 'pw = PLACE;', '  a = CONDITION { inherit pw; };\n'],
      ['a let inside', '', '  a.b = CONDITION (let pw = PLACE; in pw);\n'],
      ['a function', 'read = _: PLACE;', '  a.b = CONDITION (read null);\n'],
    ])('counts where %s is used', (_shape, bindings, body) => {
      const of = (condition: string) => {
        const written = body.replace('CONDITION', `lib.mkIf (${condition})`).replace('PLACE', use);
        return found(texts(written, `  ${bindings.replace('PLACE', use)}\n`));
      };
      expect(of('has "gmail"')).toEqual([]);
      expect(of('config.a.enable')).toEqual([]);
      expect(of('has "anthropic"')).toEqual(['error brig']);
    });

    it('is dead where nothing uses its name, or another attribute', () => {
      expect(found(texts('', `  pw = ${use};\n`))).toEqual([]);
      expect(found(texts('  a.b = pws.other;\n', `  pws = { mail = ${use}; other = 1; };\n`))).toEqual([]);
    });

    it('is guarded by its own condition, and by no other of the file', () => {
      const guarded = `  a.b = lib.mkIf (generators ? gmail-app-password) (${use});\n`;
      expect(found(texts(`${guarded}  a.c = ${use};\n`))).toEqual(['error brig']);
      expect(found(texts(`${guarded}  a.c = lib.mkIf config.a.enable (${use});\n`))).toEqual([]);
    });
  });

  it('is surely a mistake under a condition that is not known, where nothing defines the generator', () => {
    const use = OPTION.replace('gmail-app-password', 'gmial');
    expect(found(texts(`  a.b = lib.mkIf config.a.enable ${use};\n`))).toEqual(['warning brig']);
    expect(found(texts(`  a.b = lib.mkIf (has "gmail") ${use};\n`))).toEqual([]);
  });
});

describe('files, per machine', () => {
  const of = (condition: string) =>
    found({
      'flake.nix': FLAKE,
      'machines/brig/configuration.nix':
        '{ imports = [ ../../use.nix ]; clan.core.vars.generators.mail = { files.key = { }; script = "echo > $out/key"; }; }\n',
      'machines/lea/configuration.nix':
        '{ imports = [ ../../use.nix ]; clan.core.vars.generators.mail = { files.other = { }; files.key = { }; script = "echo | tee $out/key > $out/other"; }; }\n',
      'use.nix': `{ config, lib, ... }:\n{ a.b = lib.mkIf (${condition}) config.clan.core.vars.generators.mail.files.other.path; }\n`,
    });
  it.each([
    ['true', ['error brig']],
    ['config.a.enable', []],
    ['false', []],
  ])('of machines that have the generator: %s', (condition, expected) => {
    expect(of(condition)).toEqual(expected);
  });
});

describe('secrets of sops-nix and agenix, per machine', () => {
  const of = (use: string) =>
    found({
      'flake.nix': `{
  outputs = { nixpkgs, sops-nix, ... }: {
    nixosConfigurations.brig = nixpkgs.lib.nixosSystem { modules = [ sops-nix.nixosModules.sops ./use.nix ]; };
    nixosConfigurations.lea = nixpkgs.lib.nixosSystem { modules = [ sops-nix.nixosModules.sops ./use.nix ./lea.nix ]; };
  };
}
`,
      'lea.nix': '{ sops.secrets.mail.sopsFile = ./lea.yaml; }\n',
      'lea.yaml': encryptedYaml(`mail: ${VALUE}\n`),
      'use.nix': `{ config, lib, ... }:\nlet\n  secret = config.sops.secrets.mail.path;\nin\n{\n${use}}\n`,
    });
  it.each([
    ['  a.b = config.sops.secrets.mail.path;\n', ['error brig']],
    ['  a.b = lib.mkIf (1 < 2) config.sops.secrets.mail.path;\n', ['error brig']],
    ['  a.b = lib.mkIf (1 < 2) secret;\n', ['error brig']],
    ['  a.b = lib.mkIf (1 > 2) secret;\n', []],
    ['  a.b = lib.mkIf (1 > 2) config.sops.secrets.mail.path;\n', []],
    ['  a.b = lib.mkIf config.a.enable config.sops.secrets.mail.path;\n', []],
    ['  a.b = lib.mkIf (config.sops.secrets ? mail) config.sops.secrets.mail.path;\n', []],
    [
      '  a.b = lib.mkIf (config.sops.secrets ? mail) config.sops.secrets.mail.path;\n  a.c = config.sops.secrets.mail.path;\n',
      ['error brig'],
    ],
    ['  a.b = config.sops.secrets.mail.path or null;\n', []],
    [
      '  a.b = config.sops.secrets.mail.path or null;\n  a.c = config.sops.secrets.mail.path;\n',
      ['error brig'],
    ],
  ])('count where they are reached: %s', (use, expected) => {
    expect(of(use)).toEqual(expected);
  });
});

describe('bindings that use each other', () => {
  const chain = (length: number, last: string) => {
    const names = Array.from({ length }, (_, at) => `  a${at + 1} = [ a${at} a${at} ];\n`);
    return inModule(last.replace('LAST', `a${length}`), `  a0 = ${OPTION};\n${names.join('')}`);
  };

  it.each([
    ['are looked at once each, where none is used', 40, '', []],
    ['are looked at once each, where the last one is used', 40, '  a.b = LAST;\n', ['error brig']],
    ['may be thousands', 2000, '  a.b = if false then LAST else [ ];\n', []],
  ])('%s', (_, length, last, expected) => {
    expect(found(chain(length, last))).toEqual(expected);
  });

  it('are not used by each other alone', () => {
    const around = `  a = [ b c ${OPTION} ];\n  b = [ a c ];\n  c = [ a b ];\n`;
    expect(found(inModule('', around))).toEqual([]);
    expect(found(inModule('  x.y = c;\n', around))).toEqual(['error brig']);
  });
});
