/**
 * Every way in which modules read files of generators, by the catalogue of forms C1 to C10: what is used, where its
 * names are written, and whether something provides for its absence.
 */
import { describe, expect, test } from 'vitest';
import type { Use } from '../../server/src/fleet/model/uses.ts';
import { fleetWorkspace } from './workspace.ts';

const GENERATORS = 'config.clan.core.vars.generators';

function usesIn(module: string, others: Readonly<Record<string, string>> = {}) {
  const workspace = fleetWorkspace({ 'module.nix': module, ...others });
  const uses = workspace.fleet().units.get('module.nix')?.uses ?? [];
  return { uses, textAt: workspace.textAt };
}

/** Uses as `generator/file.attribute`, with a question mark where they are guarded. */
function read(body: string, parameters = 'config, lib, pkgs, ...', others = {}): string[] {
  return usesIn(`{ ${parameters} }: ${body}`, others).uses.map(shown);
}

function shown(use: Use): string {
  return `${use.generator}/${use.fileName}.${use.attribute}${use.guarded ? '?' : ''}`;
}

describe('C1: a selection', () => {
  test('as a value, inside strings and lists', () => {
    const path = `${GENERATORS}.mail.files.password.path`;
    expect(read(`{ a = ${path}; }`)).toEqual(['mail/password.path']);
    expect(read(`{ a = "id:\${${GENERATORS}.mail.files."a.b".value}"; }`)).toEqual(['mail/a.b.value']);
    expect(read(`{ a = ''\n  cat \${${path}}\n''; }`)).toEqual(['mail/password.path']);
    expect(read(`{ a = [ "id:\${${path}}" ]; }`)).toEqual(['mail/password.path']);
  });

  test('with each name at its place', () => {
    const { uses, textAt } = usesIn(`{ config, ... }: { a = ${GENERATORS}.mail.files."a.b".path; }`);
    const [use] = uses as [Use];
    expect(use.by).toBe('option');
    expect([use.at, use.generatorAt, use.fileAt, use.attributeAt].map(at => at && textAt(at))).toEqual([
      `${GENERATORS}.mail.files."a.b".path`,
      'mail',
      '"a.b"',
      'path',
    ]);
  });
});

test.each([
  ['the set', `let gen = ${GENERATORS}; in { a = gen.mail.files.password.path; }`],
  ['a generator', `let mail = ${GENERATORS}.mail; in { a = mail.files.password.path; }`],
  ['its files', `let f = ${GENERATORS}.mail.files; in { a = f.password.path; }`],
  ['a file', `let file = ${GENERATORS}.mail.files.password; in { a = file.path; }`],
  [
    'what leads there',
    'let core = config.clan.core; in { a = core.vars.generators.mail.files.password.path; }',
  ],
])('C2: an alias of %s', (_what, body) => {
  expect(read(body)).toEqual(['mail/password.path']);
});

test.each([
  ['a constant', `let g = "mail"; in { a = ${GENERATORS}.\${g}.files.password.path; }`, 'mail/password.path'],
  [
    'a parameter that is given',
    `let at = g: ${GENERATORS}.\${g}.files.password.path; in { a = at "mail"; }`,
    'mail/password.path',
  ],
  [
    'items of a list',
    `{ a = map (g: ${GENERATORS}.\${g}.files.password.path) [ "mail" ]; }`,
    'mail/password.path',
  ],
])('C3: a name from %s', (_what, body, use) => {
  expect(read(body)).toContain(use);
});

test('C3: a name that only settings give keeps its hole', () => {
  expect(
    read(`{ a = ${GENERATORS}."x-\${settings.name}".files.password.path; }`, 'config, settings, ...'),
  ).toEqual(['x-${settings.name}/password.path']);
});

test.each([
  ['files', `let inherit (${GENERATORS}.mail) files; in { a = files.password.path; }`],
  [
    'generators',
    'let inherit (config.clan.core.vars) generators; in { a = generators.mail.files.password.path; }',
  ],
  ['path', `let inherit (${GENERATORS}.mail.files.password) path; in { a = path; }`],
  ['path into a set', `{ a = { inherit (${GENERATORS}.mail.files.password) path; }; }`],
])('C4: inherit (…) %s', (_what, body) => {
  expect(read(body)).toEqual(['mail/password.path']);
});

test('C4: with', () => {
  expect(read(`with ${GENERATORS}.mail; { a = files.password.path; }`)).toEqual(['mail/password.path']);
});

test.each([
  ['osConfig', 'osConfig, ...', 'osConfig.clan'],
  ['nodes', 'nodes, ...', 'nodes.lea.config.clan'],
  ['self', 'self, ...', 'self.nixosConfigurations.lea.config.clan'],
  ['inputs.self', 'inputs, ...', 'inputs.self.nixosConfigurations.lea.config.clan'],
])('C5: another root, %s', (_what, parameters, root) => {
  expect(read(`{ a = ${root}.core.vars.generators.mail.files.password.path; }`, parameters)).toEqual([
    'mail/password.path',
  ]);
});

describe('C6: getPublicValue', () => {
  test('from any library, with the names at their places', () => {
    const { uses, textAt } = usesIn(`{ clanLib, config, ... }: {
      a = clanLib.getPublicValue { flake = config.dir; machine = "lea"; generator = "zt"; file = "ip"; };
    }`);
    const [use] = uses as [Use];
    expect([use.by, use.generator, use.fileName, use.attribute, use.guarded]).toEqual([
      'function',
      'zt',
      'ip',
      'value',
      false,
    ]);
    expect([textAt(use.generatorAt), use.fileAt && textAt(use.fileAt)]).toEqual(['"zt"', '"ip"']);
  });

  test('is guarded by a default that is there', () => {
    const call = (more: string) =>
      `{ a = inputs.clan-core.lib.getPublicValue { flake = 1; generator = "zt"; file = "ip"; ${more} }; }`;
    expect(read(call('default = null;'), 'inputs, ...')).toEqual(['zt/ip.value?']);
    expect(read(call('default = throw "no";'), 'inputs, ...')).toEqual(['zt/ip.value']);
  });

  test('says nothing in a function that hands on all it is given, but where that is called', () => {
    const body = `let
      inherit (clanLib) getPublicValue;
      ask = generator: file: getPublicValue { flake = self; inherit generator file; };
    in { a = ask "zt" "ip"; }`;
    expect(read(body, 'clanLib, self, ...')).toEqual(['zt/ip.value']);
  });
});

describe('C7: a path below vars/', () => {
  test.each([
    ['builtins.readFile ./vars/per-machine/lea/zt/ip/value', 'zt/ip.value'],
    ['builtins.readFile "${self}/vars/per-machine/${host}/zt/ip/value"', 'zt/ip.value'],
    ['self + "/vars/shared/zt/key.pub/value"', 'zt/key.pub.value'],
    [
      'lib.fileContents (config.clan.core.settings.directory + "/vars/per-machine/lea/zt/ip/value")',
      'zt/ip.value',
    ],
    ['"${self}/vars/shared/zt-${host}/ip/value"', 'zt-${host}/ip.value'],
    ['let dir = "${self}/vars/shared"; in "${dir}/zt/ip/value"', 'zt/ip.value'],
  ])('%s', (expression, use) => {
    expect(read(`{ a = ${expression}; }`, 'self, lib, config, host, ...')).toEqual([use]);
  });

  test('with each name at its place, escapes and all', () => {
    const { uses, textAt } = usesIn(
      "{ self, ... }: { a = ''\n    ''$x \\${self}/vars/shared/zt/key.pub/value\n  ''; }".replace('\\$', '$'),
    );
    const [use] = uses as [Use];
    expect(use.by).toBe('name');
    expect([use.at, use.generatorAt, use.fileAt].map(at => at && textAt(at))).toEqual([
      'vars/shared/zt/key.pub/value',
      'zt',
      'key.pub',
    ]);
  });

  test('is guarded where its presence is asked for', () => {
    const body = `let p = ./vars/shared/zt/ip/value; in {
      a = if builtins.pathExists p then builtins.readFile p else null;
    }`;
    expect(read(body)).toEqual(['zt/ip.value?']);
  });

  test('is not any path that looks a little like one', () => {
    for (const text of [
      'vars/shared',
      'my-vars/shared/a/b/value',
      'vars/shared/$gen/$file/value',
      'vars/shared/a/b/c',
    ])
      expect(read(`{ a = "${text}"; }`)).toEqual([]);
  });
});

describe('C8: names on the machine', () => {
  test.each([
    ['/run/secrets/vars/mail/password', 'mail/password.path'],
    ['/run/secrets/vars/shared/mail/password', 'mail/password.path'],
    ['/run/secrets/vars/per-machine/lea/mail/password', 'mail/password.path'],
    ['/run/secrets-for-users/vars/shared/mail/password', 'mail/password.path'],
    ['/run/user-secrets/per-machine/lea/mail/password', 'mail/password.path'],
    ['/run/partitioning-secrets/shared/mail/password', 'mail/password.path'],
    ['/run/secrets/shared/mail/password', 'mail/password.path'],
  ])('%s', (path, use) => {
    expect(read(`{ a = "cat ${path}"; }`)).toEqual([use]);
  });

  test('of other secrets are none', () => {
    expect(read('{ a = "/run/secrets/mail/password /run/secrets/vars/shared"; }')).toEqual([]);
  });

  test('of secrets that clan-core makes for sops-nix', () => {
    const { uses, textAt } = usesIn(`{ config, ... }: {
      a = "\${config.sops.placeholder."vars/per-machine/lea/mail/password"}";
      b = config.sops.secrets."vars/shared/mail/token".path;
      c = config.sops.secrets."mail/token".path;
    }`);
    expect(uses.map(shown)).toEqual(['mail/password.placeholder', 'mail/token.path']);
    expect(uses.map(use => textAt(use.generatorAt))).toEqual(['mail', 'mail']);
  });
});

describe('C9: an accessor', () => {
  test('in the same file', () => {
    const body = `let secretPath = g: ${GENERATORS}.\${g}.files.password.path; in { a = secretPath "mail"; }`;
    const { uses, textAt } = usesIn(`{ config, ... }: ${body}`);
    const use = uses.find(one => one.generator === 'mail') as Use;
    expect([shown(use), textAt(use.generatorAt)]).toEqual(['mail/password.path', '"mail"']);
  });

  test('in another file', () => {
    const others = { 'lib.nix': 'config: g: f: config.clan.core.vars.generators.${g}.files.${f}.path' };
    expect(read('{ a = import ./lib.nix config "mail" "password"; }', 'config, ...', others)).toEqual([
      'mail/password.path',
    ]);
  });

  test('of a library that flakes take as an input', () => {
    const { uses, textAt } = usesIn(`{ config, ... }: let
      inherit (config.my.secrets) getValue;
    in {
      a = config.my.secrets.getPath "mail" "password";
      b = getValue "mail" "name";
      c = config.other.getPath "mail" "password";
    }`);
    expect(uses.map(shown)).toEqual(['mail/password.path', 'mail/name.value']);
    expect(uses.map(use => [textAt(use.generatorAt), use.fileAt && textAt(use.fileAt)])).toEqual([
      ['"mail"', '"password"'],
      ['"mail"', '"name"'],
    ]);
  });
});

describe('C10: what provides for absence', () => {
  test.each([
    ['or', `{ a = ${GENERATORS}.mail.files.password.path or null; }`],
    ['or on the way', `{ a = (${GENERATORS}.mail or { }).files.password.path; }`],
    ['?', `{ a = if ${GENERATORS} ? mail then ${GENERATORS}.mail.files.password.path else null; }`],
    ['mkIf', `{ a = lib.mkIf (${GENERATORS} ? mail) ${GENERATORS}.mail.files.password.path; }`],
    [
      'hasAttr',
      `{ a = lib.optional (builtins.hasAttr "mail" ${GENERATORS}) ${GENERATORS}.mail.files.password.path; }`,
    ],
    [
      'attrByPath',
      '{ a = lib.attrByPath [ "clan" "core" "vars" "generators" "mail" "files" "password" "path" ] null config; }',
    ],
    [
      'hasAttrByPath',
      `{ a = if lib.hasAttrByPath [ "clan" "core" "vars" "generators" "mail" ] config then ${GENERATORS}.mail.files.password.path else null; }`,
    ],
    ['tryEval', `{ a = (builtins.tryEval ${GENERATORS}.mail.files.password.path).value; }`],
  ])('%s', (_what, body) => {
    expect(read(body)).toEqual(['mail/password.path?']);
  });

  test('a fallback that fails is none, nor is a path without one', () => {
    expect(read(`{ a = ${GENERATORS}.mail.files.password.path or (throw "no"); }`)).toEqual([
      'mail/password.path',
    ]);
    expect(
      read(
        '{ a = lib.getAttrFromPath [ "clan" "core" "vars" "generators" "mail" "files" "password" "path" ] config; }',
      ),
    ).toEqual(['mail/password.path']);
  });

  test('walks over all files of a generator name it, with a hole for the file', () => {
    const [use, ...more] = usesIn(
      `{ config, lib, ... }: { a = lib.mapAttrsToList (n: f: f.path) ${GENERATORS}.mail.files; }`,
    ).uses;
    expect(more).toEqual([]);
    expect(use === undefined || use.fileKind === 'pattern').toBe(true);
  });
});
