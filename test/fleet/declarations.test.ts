/**
 * Every way in which repositories declare generators, by the catalogue of forms D1 to D21: names and how well they are
 * known, files, and where a definition stands.
 */
import { describe, expect, test } from 'vitest';
import type { Generator } from '../../server/src/fleet/model/generators.ts';
import { fleetWorkspace } from './workspace.ts';

type Others = Readonly<Record<string, string>>;

function generatorsIn(module: string, others: Others = {}): readonly Generator[] {
  return fleetWorkspace({ 'module.nix': module, ...others }).fleet().generators;
}

/** Generators as `name: files`, with a question mark where one is conditional and dots where there may be more files. */
function declared(module: string, others: Others = {}): string[] {
  return generatorsIn(module, others).map(({ name, conditional, body }) => {
    const { files, completeness } = body();
    const names = files.map(file => file.name).join(' ');
    return `${name}${conditional ? '?' : ''}: ${names}${completeness === 'full' ? '' : ' …'}`;
  });
}

const GENERATOR = `{ files.key = { }; script = ''x > "$out/key"''; }`;

test.each([
  ['D1: one attribute path', `{ clan.core.vars.generators.mail = ${GENERATOR}; }`],
  ['D1: a quoted name', `{ clan.core.vars.generators."mail" = ${GENERATOR}; }`],
  ['D2: grouped', `{ clan.core.vars.generators = { mail = ${GENERATOR}; }; }`],
  ['D2: nested further', `{ clan.core = { vars = { generators.mail = ${GENERATOR}; }; }; }`],
  [
    'D3: a flake-parts module',
    `{ flake.modules.nixos.mail = { pkgs, ... }: { clan.core.vars.generators.mail = ${GENERATOR}; }; }`,
  ],
  [
    'D3: a list of inline modules',
    `{ modules = [ ({ pkgs, ... }: { clan.core.vars.generators.mail = ${GENERATOR}; }) ]; }`,
  ],
  [
    'D4: a service',
    `{ roles.server.perInstance = { settings, ... }: { nixosModule = { ... }: { clan.core.vars.generators.mail = ${GENERATOR}; }; }; }`,
  ],
  [
    'D9: a constant name',
    `let name = "ma" + "il"; in { clan.core.vars.generators.\${name} = ${GENERATOR}; }`,
  ],
  [
    'D9: a name from a function',
    `let nameOf = x: "m\${x}"; in { clan.core.vars.generators.\${nameOf "ail"} = ${GENERATOR}; }`,
  ],
  [
    'D10: a helper function',
    `let make = description: { prompts.key = { inherit description; }; files.key = { }; script = "x"; };
    in { clan.core.vars.generators.mail = make "Key"; }`,
  ],
  [
    'D10: a helper function with defaults',
    `let make = { file ? "key", more ? { } }: { files.\${file} = { }; script = "x"; } // more;
    in { clan.core.vars.generators.mail = make { }; }`,
  ],
  ['D14: a variable for the body', `let mail = ${GENERATOR}; in { clan.core.vars.generators.mail = mail; }`],
  [
    'D14: a variable for the collection',
    `let all = { mail = ${GENERATOR}; }; in { clan.core.vars.generators = all; }`,
  ],
  [
    "D15: mapAttrs'",
    `{ lib, ... }: { clan.core.vars.generators = lib.mapAttrs' (n: v: lib.nameValuePair "m\${n}" ${GENERATOR}) { ail = 1; }; }`,
  ],
  [
    'D16: listToAttrs',
    `{ clan.core.vars.generators = builtins.listToAttrs (map (name: { inherit name; value = ${GENERATOR}; }) [ "mail" ]); }`,
  ],
  [
    'D16: genAttrs',
    `{ lib, ... }: { clan.core.vars.generators = lib.genAttrs [ "mail" ] (_: ${GENERATOR}); }`,
  ],
  [
    "D16: foldl'",
    `{ lib, ... }: { clan.core.vars.generators = lib.foldl' (all: name: all // { \${name} = ${GENERATOR}; }) { } [ "mail" ]; }`,
  ],
  [
    'D16: mkMerge over a set',
    `{ lib, ... }: { clan.core.vars.generators = lib.mkMerge (lib.mapAttrsToList (n: _: { \${n} = ${GENERATOR}; }) { mail = 1; }); }`,
  ],
  [
    'D16: pipe',
    `{ lib, ... }: { clan.core.vars.generators = lib.pipe [ "mail" ] [ (map (n: lib.nameValuePair n ${GENERATOR})) builtins.listToAttrs ]; }`,
  ],
  [
    'D17: names inside from genAttrs',
    '{ lib, ... }: { clan.core.vars.generators.mail = { files = lib.genAttrs [ "key" ] (_: { }); script = "x"; }; }',
  ],
  [
    'D18: shared pieces',
    'let files.key = { }; common = "x"; in { clan.core.vars.generators.mail = { inherit files; script = "y" + common; }; }',
  ],
  ['D20: the option without clan', `{ vars.generators.mail = ${GENERATOR}; }`],
  [
    'a module as a generator',
    '{ clan.core.vars.generators.mail = { lib, config, ... }: { options.x = lib.mkOption { }; config.files.key = { }; }; }',
  ],
])('%s', (_form, module) => {
  expect(declared(module)).toEqual(['mail: key']);
});

test.each([
  ['mkIf', 'lib.mkIf config.a'],
  ['optionalAttrs', 'lib.optionalAttrs config.a'],
])('D5: %s makes it conditional', (_form, wrap) => {
  const [named] = declared(
    `{ lib, config, ... }: { clan.core.vars.generators = ${wrap} { mail = ${GENERATOR}; }; }`,
  );
  expect(named).toBe('mail?: key');
});

test('D5: mkMerge and mkForce do not', () => {
  expect(
    declared(`{ lib, ... }: {
      clan.core.vars.generators = lib.mkMerge [ { mail = ${GENERATOR}; } { web = lib.mkForce ${GENERATOR}; } ];
    }`),
  ).toEqual(['mail: key', 'web: key']);
});

test('D6: files in every mixture of spellings', () => {
  expect(
    declared(`{ clan.core.vars.generators.mail = {
      files.a.secret = false;
      files."b.c" = { };
      files.d = let mode = "0440"; in { inherit mode; };
      prompts.e = { persist = true; };
      prompts.f = { };
      script = "x";
    }; }`),
  ).toEqual(['mail: a b.c d e']);
});

test('D7: what other modules add is merged', () => {
  const [generator] = generatorsIn(`{ clan.core.vars.generators.mail = ${GENERATOR}; }`, {
    'other.nix': '{ clan.core.vars.generators.mail.files.key.owner = "mail"; }',
  });
  expect(generator?.definitions.map(one => [one.at.file, one.kind])).toEqual([
    ['module.nix', 'full'],
    ['other.nix', 'partial'],
  ]);
  expect(generator?.body().files.map(file => [file.name, file.owner])).toEqual([['key', 'mail']]);
});

test('D8: a name that only an instance gives is a pattern', () => {
  const [generator] = generatorsIn(`{ roles.a.perInstance = { instanceName, ... }: {
    nixosModule.clan.core.vars.generators."svc-\${instanceName}" = ${GENERATOR};
  }; }`);
  expect([generator?.name, generator?.nameKind]).toEqual(['svc-${instanceName}', 'pattern']);
});

describe('D11: a helper from another file', () => {
  const UTILS = `{ pkgs }: {
    env = names: {
      files.envfile = { };
      prompts = pkgs.lib.genAttrs names (_: { persist = false; });
      script = "x";
    };
  }`;
  const module = '{ utils, ... }: { clan.core.vars.generators.mail = utils.env [ "A" "B" ]; }';

  test.each([
    [
      'specialArgs',
      '{ outputs = { nixpkgs, ... }: { a = nixpkgs.lib.nixosSystem { specialArgs.utils = import ./utils.nix { pkgs = 1; }; }; }; }',
    ],
    ['_module.args', '{ pkgs, ... }: { _module.args.utils = import ./utils.nix { inherit pkgs; }; }'],
  ])('through %s', (_form, giver) => {
    expect(
      declared(module, {
        'utils.nix': UTILS.replace('pkgs.lib', '(pkgs.lib or { genAttrs = n: f: { }; })'),
        'giver.nix': giver,
      }),
    ).toEqual(['mail: envfile']);
  });

  test('that several files give alike is what they give; else it is a guess', () => {
    const giver = '{ pkgs, ... }: { _module.args.utils = import ./utils.nix { inherit pkgs; }; }';
    const others = { 'utils.nix': UTILS, 'one.nix': giver, 'home/two.nix': giver.replace('./', '../') };
    expect(declared(module, others)).toEqual(['mail: envfile']);
    const differing = {
      ...others,
      'home/two.nix': '{ _module.args.utils.env = names: { files.other = { }; }; }',
    };
    expect(declared(module, differing)).toEqual(['mail: other envfile …']);
  });
});

test('D12: a library of another flake leaves a body that is not known', () => {
  expect(
    declared(
      '{ inputs, ... }: { clan.core.vars.generators.mail = inputs.library.password { name = "x"; }; }',
    ),
  ).toEqual(['mail:  …']);
});

test.each([
  ['a path', './key.nix'],
  ['the root of the flake', '(self + "/key.nix")'],
])('D13: a body imported by %s with arguments', (_form, path) => {
  const key =
    '{ pkgs, owner }: { files.key = { inherit owner; }; runtimeInputs = [ pkgs.openssl ]; script = "x"; }';
  const [generator] = generatorsIn(
    `{ pkgs, self, ... }: { clan.core.vars.generators.mail = import ${path} { inherit pkgs; owner = "mail"; }; }`,
    { 'key.nix': key },
  );
  expect(generator?.body()).toMatchObject({
    files: [{ name: 'key', owner: 'mail' }],
    runtimeInputs: ['openssl'],
  });
});

test('D15: over what is not known, names are patterns with known files', () => {
  expect(
    declared(`{ config, lib, ... }: {
      clan.core.vars.generators = builtins.listToAttrs (map (host: {
        name = "cert-\${host}";
        value = { files."\${host}.key" = { }; script = "x"; };
      }) (lib.concatLists (lib.mapAttrsToList (_: one: one.hosts or [ ]) config.some)));
    }`),
  ).toEqual(['cert-${host}?: ${host}.key …']);
});

describe('D19: a folder of generators, of which machines take those with their tags', () => {
  const others = {
    'registry/mail.nix': `{ mail = { files.key = { }; script = "x"; meta.tags = [ "lea" ]; }; }`,
    'registry/web.nix': `{ pkgs, ... }: [ { web = { files.cert = { }; runtimeInputs = [ pkgs.openssl ]; script = "x"; }; meta.tags = [ ]; } ]`,
    'registry/README.md': 'no generator',
  };

  test('each file declares its own, at its place', () => {
    const workspace = fleetWorkspace({
      'module.nix': '{ lib, ... }: { my.secrets = { discover.dir = lib.mkDefault ./registry; }; }',
      ...others,
    });
    expect(
      workspace
        .fleet()
        .generators.map(one => [
          one.name,
          one.conditional,
          one.definitions[0]?.at.file,
          one.body().files.map(file => file.name),
        ]),
    ).toEqual([
      ['mail', true, 'registry/mail.nix', ['key']],
      ['web', true, 'registry/web.nix', ['cert']],
    ]);
  });

  test('a file that changes, comes or goes is noticed', () => {
    const workspace = fleetWorkspace({
      'module.nix': '{ my.secrets.discover.dir = ./registry; }',
      ...others,
    });
    workspace.fleet();
    workspace.write({
      'registry/mail.nix': '{ post = { files.key = { }; }; }',
      'registry/web.nix': null,
      'registry/new.nix': '{ new = { files.key = { }; }; }',
    });
    expect(workspace.fleet().generators.map(one => one.name)).toEqual(['new', 'post']);
  });

  test('constructors of the library give what they add', () => {
    const [shared, user] = generatorsIn(`{ config, lib, pkgs, ... }: {
      my.secrets.declarations = [
        (config.my.secrets.mkUserSecret { name = "user"; files.key.promptType = "hidden"; script = "x"; })
      ] ++ map (n: config.my.secrets.mkSharedSecret { name = n; files.key = { }; script = "x"; }) [ "all" ];
    }`);
    expect([shared?.name, shared?.body().share, user?.name, user?.body().share]).toEqual([
      'all',
      true,
      'user',
      false,
    ]);
    expect(user?.body().files.map(file => [file.name, file.neededFor])).toEqual([
      ['key', 'users'],
      ['manifest.json', 'services'],
    ]);
    expect(user?.body().prompts.map(prompt => [prompt.name, prompt.type])).toEqual([['key', 'hidden']]);
    expect(user?.body().completeness).toBe('partial');
  });
});

test.each([
  ['no script', ''],
  ['a script that does nothing', 'script = ":";'],
  ['a script that fails', 'script = "exit 1";'],
])('D21: a placeholder with %s is a generator like any other', (_form, script) => {
  expect(declared(`{ clan.core.vars.generators.mail = { files.key = { }; ${script} }; }`)).toEqual([
    'mail: key',
  ]);
});

test('options that are declared are no generators', () => {
  expect(
    declared('{ lib, ... }: { options.clan.core.vars.generators = lib.mkOption { default = { }; }; }'),
  ).toEqual([]);
});
