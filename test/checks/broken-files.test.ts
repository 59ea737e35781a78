// Files that Nix stumbles over: what is an error, what is less, and what is silent.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { declarationsOf } from '../../server/src/generate/plan/declarations.ts';
import { createParser } from '../../server/src/nix/parse/parse.ts';
import { refusedIn } from '../../server/src/nix/refused.ts';
import { judging, type Texts } from './harness.ts';

const { check } = judging(
  'host/duplicate-attribute',
  'host/missing',
  'host/missing-file',
  'host/undefined-variable',
  'host/unreadable',
);

const flake = (modules = '[ ./web.nix ]', more: Texts = {}): Texts => ({
  'flake.nix': `{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.web = nixpkgs.lib.nixosSystem { modules = ${modules}; };
  };
}
`,
  ...more,
});

const BROKEN = '{ a = 1;\n';

const found = (texts: Texts) =>
  check(texts).findings.map(({ rule, severity, at }) => `${severity} ${rule} ${at.file}`);

describe('host/unreadable', () => {
  it.each([
    ['the flake', { 'flake.nix': '{ outputs = { ... }: { ; }; }\n' }, 'error host/unreadable flake.nix'],
    ['a module of a machine', flake(undefined, { 'web.nix': BROKEN }), 'error host/unreadable web.nix'],
    [
      'what a module imports, however deep',
      flake(undefined, {
        'web.nix': '{ imports = [ ./a ]; }',
        'a/default.nix': '{ lib, ... }: let x = import ../lib/x.nix; in { y = x; }',
        'lib/x.nix': BROKEN,
      }),
      'error host/unreadable lib/x.nix',
    ],
    [
      'what is imported under a condition',
      flake(undefined, {
        'web.nix': '{ lib, x, ... }: { y = lib.optionals x (import ./y.nix); }',
        'y.nix': BROKEN,
      }),
      'warning host/unreadable y.nix',
    ],
    [
      'a folder that import-tree reads',
      {
        'flake.nix':
          '{ outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } (inputs.import-tree ./modules); }',
        'modules/a/b.nix': BROKEN,
        'modules/_c.nix': BROKEN,
      },
      'error host/unreadable modules/a/b.nix',
    ],
    [
      'a file with generators that nobody imports',
      flake('[ ]', { 'x.nix': '{ clan.core.vars.generators.a = { ; }; }' }),
      'info host/unreadable x.nix',
    ],
    [
      'a file with nothing in it',
      flake(undefined, { 'web.nix': '# to do\n' }),
      'error host/unreadable web.nix',
    ],
  ])('is found in %s', (_, texts: Texts, finding) => {
    expect(found(texts)).toEqual([finding]);
  });

  it.each([
    ['templates and fixtures', flake('[ ]', { 'templates/x.nix': BROKEN, 'tests/y.nix': '{ @name@ }' })],
    [
      'templates with generators, in flakes of their own',
      flake('[ ]', {
        'templates/t/flake.nix': '{ }',
        'templates/t/x.nix': '{ clan.core.vars.generators.@name@ = { }; }',
      }),
    ],
    ['a path that only a comment and a text name', flake('[ ] /* ./x.nix */', { 'x.nix': BROKEN })],
    ['pipe operators', flake(undefined, { 'web.nix': '{ x = 1 |> (y: y); }' })],
    [
      'what is nested more deeply than this reader goes',
      flake(undefined, { 'web.nix': `{ x = ${'['.repeat(2000)}${']'.repeat(2000)}; }` }),
    ],
  ])('is silent for %s', (_, texts: Texts) => {
    expect(found(texts)).toEqual([]);
  });

  it('is named by what is planned and verified', () => {
    const { fleet } = check(flake('[ ./web.nix ./x.nix ]', { 'web.nix': BROKEN, 'x.nix': '{ }' }));
    expect(declarationsOf(fleet, () => null).refused).toEqual([{ file: 'web.nix', machines: ['web'] }]);
  });

  it('is listed as not analysable, and the rest of the file stays known', () => {
    const { fleet } = check(
      flake(undefined, { 'web.nix': '{ clan.core.vars.generators.a = { files.x = { ; }; }; }' }),
    );
    expect(fleet.notAnalysable.map(({ reason }) => reason)).toContain('Nix cannot read it');
    expect(fleet.generators.map(({ name }) => name)).toEqual(['a']);
  });
});

describe('a name that is not typed yet', () => {
  it('is no generator, and no secret', () => {
    const { fleet } = check(
      flake(undefined, {
        'web.nix': `{
  clan.core.vars.generators.a.files.x = { };
  clan.core.vars.generators. = { };
  sops.secrets.b = { };
  sops.secrets. = { };
}
`,
      }),
    );
    expect(fleet.generators.map(({ name }) => name)).toEqual(['a']);
    expect(fleet.secrets.flatMap(({ definitions }) => definitions).map(({ name }) => name)).toEqual(['b']);
  });

  it('leaves the set open', () => {
    const { fleet } = check(flake(undefined, { 'web.nix': '{ clan.core.vars.generators. = { }; }' }));
    expect(fleet.modules.get('web')?.gaps.map(({ what }) => what)).toEqual(['generators']);
  });
});

describe('host/missing-file', () => {
  it.each([
    [
      'a flake module',
      {
        'flake.nix':
          '{ outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } { imports = [ ./x.nix ]; }; }',
      },
      'error host/missing-file flake.nix',
    ],
    [
      'an import in a module',
      flake(undefined, { 'web.nix': '{ x = import ./x.nix { }; }' }),
      'warning host/missing-file web.nix',
    ],
    [
      'a module that is named by a string',
      flake(undefined, { 'web.nix': '{ imports = [ (./. + "/${"x"}.nix") ]; }' }),
      'error host/missing-file web.nix',
    ],
    [
      'a package that the flake calls',
      {
        'flake.nix': '{ outputs = { pkgs, ... }: { packages.x = pkgs.callPackage ./x.nix { }; }; }',
      },
      'warning host/missing-file flake.nix',
    ],
  ])('is found for %s', (_, texts: Texts, finding) => {
    expect(found(texts)).toEqual([finding]);
  });

  it('in a module that nothing imports is found only where a name is misspelt', () => {
    const lost = (path: string) =>
      found(
        flake(undefined, {
          'web.nix': '{ }',
          'home/mac.nix': `{ config, ... }: { imports = [ ./apps/${path}.nix ]; x = config.clan.core.vars.generators.a.files.b.path; }`,
          'home/apps/editor.nix': '{ }',
          'home/apps/part-1.nix': '{ }',
        }),
      );
    expect(lost('edtior')).toEqual(['info host/missing-file home/mac.nix']);
    expect(lost('browser')).toEqual([]);
    expect(lost('part-2')).toEqual([]);
    expect(lost('editor')).toEqual([]);
  });

  it.each([
    ['a name in the path', './hosts/${config.networking.hostName}.nix'],
    ['a folder that is joined with a name', '(./hosts + "/${config.networking.hostName}.nix")'],
  ])('in a file that is perhaps imported, by %s, is found where a name is misspelt', (_, path) => {
    const lost = (name: string) =>
      found(
        flake(undefined, {
          'web.nix': `{ config, ... }: { x = import ${path}; }`,
          'hosts/lea.nix': `{ imports = [ ./parts/${name}.nix ]; }`,
          'hosts/parts/editor.nix': '{ }',
        }),
      );
    expect(lost('edtior')).toEqual(['warning host/missing-file hosts/lea.nix']);
    expect(lost('browser')).toEqual([]);
    expect(lost('editor')).toEqual([]);
  });

  const web = (text: string, more: Texts = {}) => flake(undefined, { 'web.nix': text, ...more });
  it.each([
    [
      'what is asked for',
      web('{ lib, ... }: { imports = lib.optional (builtins.pathExists ./x.nix) ./x.nix; }'),
    ],
    ['a filter', web('{ lib, ... }: { imports = lib.filter builtins.pathExists [ ./x.nix ]; }')],
    ['a condition', web('{ x, ... }: { y = if x then import ./x.nix else 1; }')],
    [
      'what git ignores',
      web('{ imports = [ ./hardware-configuration.nix ./secret/a.nix ]; }', {
        '.gitignore': '/hardware-*.nix\nsecret/\n',
      }),
    ],
    ['a submodule', web('{ imports = [ ./p/a.nix ]; }', { '.gitmodules': '[submodule "p"]\n\tpath = p\n' })],
    ['what is outside', web('{ imports = [ ../a.nix /etc/a.nix <nixpkgs/a.nix> ]; }')],
    ["the workspace's own folder", web('{ x = import ./.; imports = [ ./. ]; }', { 'default.nix': '{ }' })],
    ['what is read otherwise', web('{ x = builtins.readFile ./x; y = ./y.nix; }')],
  ])('is silent for %s', (_, texts: Texts) => {
    expect(found(texts)).toEqual([]);
  });
});

describe('host/undefined-variable', () => {
  it('is silent where files may be imported with names of their own', () => {
    const web = (how: string) => flake(undefined, { 'web.nix': `{ x = ${how} ./x.nix; }`, 'x.nix': 'a' });
    expect(found(web('builtins.scopedImport { a = 1; }'))).toEqual([]);
    expect(found(web('import'))).toEqual(['error host/undefined-variable x.nix']);
  });
});

describe('host/duplicate-attribute', () => {
  const twice = (more = '') =>
    `{ lib, ... }:\n{\n  clan.core.vars.generators.a = { share = true; share = true; };\n${more}}\n`;

  it.each<[string, Texts, string]>([
    ['comes to', flake('[ ./web.nix ]', { 'web.nix': twice() }), 'error'],
    [
      'perhaps comes to',
      flake('[ ./web.nix ]', {
        'web.nix': '{ lib, ... }: lib.optionalAttrs lib.x (import ./a.nix)\n',
        'a.nix': twice(),
      }),
      'warning',
    ],
    ['is never known to come to', flake('[ ]', { 'a.nix': twice() }), 'info'],
  ])('weighs by whether Nix %s the file', (_, texts, severity) => {
    const { findings } = check(texts);
    expect(findings.map(finding => `${finding.severity} ${finding.rule}`)).toEqual([
      `${severity} host/duplicate-attribute`,
    ]);
  });

  it('leaves names that nothing binds in such files alone', () => {
    const { findings } = check(flake('[ ]', { 'a.nix': twice('  b = unbound;\n') }));
    expect(findings.map(({ rule }) => rule)).toEqual(['host/duplicate-attribute']);
  });
});

describe('a service module that calls itself without end', () => {
  it('costs its own generators and no more', () => {
    const { fleet } = check({
      'flake.nix':
        '{ outputs = { self, clan-core, ... }: clan-core.lib.clan { inherit self; imports = [ ./clan.nix ]; }; }',
      'clan.nix': `{
  modules.x = ./x.nix;
  inventory.machines.a = { };
  inventory.instances.x = { module.input = "self"; roles.default.machines.a = { }; };
}
`,
      'x.nix': 'let f = n: { y = f (n + 1); } // f (n + 1); in f 1',
    });
    expect(fleet.generators).toEqual([]);
    expect(fleet.hasAllGenerators('a')).toBe(false);
  });
});

/** Whole files that Nix refuses when it parses them, or takes. */
const REFUSED: readonly (readonly [string, string])[] = [
  ['{ a = 1; a = 2; }', 'attribute a'],
  ['{ a.b = 1; a.b = 2; }', 'attribute b'],
  ['{ a.b = 1; a = 2; }', 'attribute a'],
  ['{ a = 2; a.b = 1; }', 'attribute a'],
  ['{ a = { b = 1; }; a.b = 2; }', 'attribute b'],
  ['{ a = { b = 1; }; a = { b = 2; }; }', 'attribute b'],
  ['{ "a" = 1; a = 2; }', 'attribute a'],
  ['{ ${"a"} = 1; a = 2; }', 'attribute a'],
  ['let b = 1; in { inherit b b; }', 'attribute b'],
  ['let b = { c = 1; }; in { c = 1; inherit (b) c; }', 'attribute c'],
  ['let a = 1; a = 2; in a', 'attribute a'],
  ['rec { a = 1; b = { a = 1; a = a; }; }', 'attribute a'],
  ['let b = 1; in { inherit b; b.c = 1; }', 'attribute b'],
  ['{ a, a }: a', 'argument a'],
  ['a@{ a, ... }: a', 'argument a'],
  ['x', 'variable x'],
  ['{ x }: { inherit y; }', 'variable y'],
  ['let a = b; in a', 'variable b'],
  ['{ a = 1; b = a; }', 'variable a'],
  ['rec { a = { b = 1; c = b; }; }', 'variable b'],
  ['rec { inherit a; }', 'variable a'],
  ['x: y: "${z}"', 'variable z'],
  ['{ x ? y }: x', 'variable y'],
  ['with x; x', 'variable x'],
  ['lib.mkIf', 'variable lib'],
];
const TAKEN = [
  '{ a.b = 1; a = { c = 2; }; }',
  '{ a = { c = 2; }; a.b = 1; }',
  '{ a.b.c = 1; a.b.d = 1; a.e = 2; }',
  '{ a = { b = 1; }; a = { c = 1; }; }',
  'x: { ${x} = 1; ${x + "b"} = 2; }',
  'x: { ${x} = 1; a = 2; }',
  'rec { a = b; b = 1; c.d = a; }',
  'let a = b; b = 1; in a',
  'let inherit (b) c; b = { c = 1; }; in c',
  '{ x ? y, y ? 1 }@z: [ x y z ]',
  'x: with x; y',
  'let { body = x; x = 1; }',
  'with { a = 1; }; let b = a; in rec { c = a; d = { inherit a; }; }',
  '[ true false null builtins import map toString baseNameOf dirOf removeAttrs fetchTarball derivation abort throw isNull __currentSystem __add ]',
  'x: x ? y.z',
  'x: x.y or x.z or 1',
  '[ <nixpkgs> ./a.nix http://example.org/a ]',
];

describe('what Nix refuses when it parses', () => {
  const look = async (text: string) => {
    const { parse } = await createParser();
    const tree = parse(text);
    expect(tree.errors).toEqual([]);
    return refusedIn({ path: 'x.nix', text, lineStarts: [0], ...tree }).map(
      ({ kind, name }) => `${kind} ${name}`,
    );
  };

  it.each(REFUSED)('%s', async (text, what) => {
    expect(await look(text)).toEqual([what]);
  });

  it.each(TAKEN)('takes %s', async text => {
    expect(await look(text)).toEqual([]);
  });

  it('is what the real Nix refuses', context => {
    const folder = mkdtempSync(join(tmpdir(), 'varsmith-refused-'));
    const refuses = (text: string): boolean => {
      writeFileSync(join(folder, 'x.nix'), text);
      try {
        execFileSync('nix-instantiate', ['--parse', join(folder, 'x.nix')], { stdio: 'pipe' });
        return false;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') context.skip();
        return true;
      }
    };
    try {
      expect(REFUSED.filter(([text]) => !refuses(text))).toEqual([]);
      expect(TAKEN.filter(refuses)).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
