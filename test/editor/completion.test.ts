// What is offered where the cursor stands.
import { describe, expect, test } from 'vitest';
import { completion } from '../../server/src/editor/complete/completion.ts';
import type { CompletionItem } from '../../server/src/editor/complete/completion-items.ts';
import { filledIn, TEMPLATES } from '../../server/src/editor/scaffold/templates.ts';
import { foldings } from '../../server/src/editor/shown/folding.ts';
import { check } from '../checks/harness.ts';
import { sourceFile } from '../nix/support.ts';
import { exampleFiles, inExample } from './support.ts';

const FILE = 'modules/hosts/lea/ca.nix';
const MATRIX = 'lib/machine-env-matrix.nix';

/** What is offered at `|` in a module of a host of the example fleet. */
function offered(
  marked: string,
  file = FILE,
  others: Readonly<Record<string, string>> = {},
): readonly CompletionItem[] {
  const offset = marked.lastIndexOf('|');
  const text = marked.slice(0, offset) + marked.slice(offset + 1);
  const { snapshot } = inExample(file, '', { ...others, [file]: text });
  return completion(snapshot, file, offset)?.items ?? [];
}

const labels = (items: readonly CompletionItem[]) => items.map(({ label }) => label);

/** A module with two generators, and something in the second. */
const module = (inside: string, after = '') => `{ config, pkgs, ... }:
{
  clan.core.vars.generators."house-ca" = {
    files."ca.key" = { };
    files.crt.secret = false;
  };
  clan.core.vars.generators.leaf = {
    ${inside}
  };
  ${after}
}
`;

describe('paths', () => {
  const others = {
    'modules/ssh.nix': '{ }\n',
    'modules/web/default.nix': '{ }\n',
    'modules/key.pub': 'ssh-ed25519 AAAA\n',
  };
  const at = (typed: string, file = 'hosts/a.nix') => offered(typed, file, others);

  test.each([
    ['in imports', '{ imports = [ ../modules/|'],
    ['with a name that is begun', '{ imports = [ ../modules/w|'],
    ['after import', 'let x = import ../modules/|'],
    ['of a file that is read', '{ a = builtins.readFile ../modules/ke|'],
  ])('are offered %s', (_, typed) => {
    expect(labels(at(typed))).toEqual(expect.arrayContaining(['key.pub', 'ssh.nix', 'web']));
  });

  test('modules come first, and the name that is typed is replaced', () => {
    const items = at('{ imports = [ ../modules/s|');
    const rankOf = (name: string) => items.find(({ label }) => label === name)?.rank;
    expect([rankOf('ssh.nix'), rankOf('web'), rankOf('key.pub')]).toEqual([0, 1, 2]);
    const text = '{ imports = [ ../modules/ssh.n';
    const { snapshot } = inExample('hosts/a.nix', '', { ...others, 'hosts/a.nix': text });
    const { at: range } = completion(snapshot, 'hosts/a.nix', text.length) ?? {};
    expect(text.slice(range?.start, range?.end)).toBe('ssh.n');
  });

  test('of the file itself, in texts and in comments are not', () => {
    expect(labels(at('{ imports = [ ./|'))).not.toContain('a.nix');
    expect(labels(at('{ x = "../modules/|'))).not.toContain('ssh.nix');
    expect(labels(at('{ x = 1; # ../modules/|'))).not.toContain('ssh.nix');
    expect(at('{ imports = [ ../../../|')).toEqual([]);
  });
});

describe('options', () => {
  test('of a generator are offered but those that it has', () => {
    expect(labels(offered(module('share = true;\n    |')))).toEqual([
      'files',
      'prompts',
      'script',
      'runtimeInputs',
      'dependencies',
      'validation',
    ]);
  });

  test('of a file, of a prompt and their values', () => {
    expect(labels(offered(module('files.x = { own|')))).toContain('owner');
    expect(labels(offered(module('files.x.|')))).toContain('neededFor');
    expect(labels(offered(module('prompts.p = { t|')))).toEqual([
      'description',
      'type',
      'persist',
      'display',
    ]);
    expect(labels(offered(module('prompts.p.type = "hi|')))).toEqual([
      'line',
      'hidden',
      'multiline',
      'multiline-hidden',
    ]);
    expect(labels(offered(module('prompts.p.display.|')))).toEqual([
      'label',
      'group',
      'helperText',
      'required',
    ]);
    expect(labels(offered(module('prompts.p.display.required = |')))).toEqual(['true', 'false']);
    expect(offered(module('files.x.neededFor = |'))[1]?.insert).toBe('"users"');
    expect(labels(offered(module('share = |')))).toEqual(['true', 'false']);
  });

  test('come with their type and default', () => {
    const [files] = offered(module('|'));
    expect(files?.documentation).toMatch(/Type: attribute set of files\. Default: `\{ \}`\./);
  });

  test('of other sets are not ours', () => {
    expect(offered('{ services.nginx = { | }; }')).toEqual([]);
    expect(offered('{ a = |')).toEqual([]);
  });
});

const REGISTRY = 'lib/secret-registry.nix';

/** The registry of the example fleet with a further entry. */
const registry = (entry: string) =>
  exampleFiles()[REGISTRY]?.replace(/\n}\s*$/, `\n\n  added = ${entry}`) ?? '';

describe("the arguments of a registry's own functions", () => {
  test('are those that the function takes, first those that have to be given', () => {
    const items = offered(registry('mkPromptedSecret {\n    envVar = "A";\n    |\n  };\n}\n'), REGISTRY);
    const sorted = [...items].sort((a, b) => a.rank - b.rank);
    expect(sorted.map(({ label, detail }) => `${label}: ${detail}`)).toEqual([
      'generator: required',
      'description: required',
      'domain: required',
      'kind: required',
      'fileAttr: optional, else "key"',
      'promptAttr: optional, else fileAttr',
      'secret: optional, else true',
      'share: optional, else false',
    ]);
    expect(sorted[0]?.insert).toBe('generator = "$0";');
    expect(sorted.at(-1)?.insert).toBe('share = $0;');
  });

  test('are offered while a name is begun, in the middle of the entries', () => {
    const text = (exampleFiles()[REGISTRY] ?? '')
      .replaceAll('|', ';')
      .replace('    envVar = "ANTHROPIC_API_KEY";\n', '    sh|\n    envVar = "ANTHROPIC_API_KEY";\n');
    expect(labels(offered(text, REGISTRY))).toContain('share');
  });

  test('are given what several entries give', () => {
    const domain = offered(registry('mkPromptedSecret { domain = "|"; };\n}\n'), REGISTRY);
    expect(domain.find(({ label }) => label === 'ai')?.detail).toMatch(/^domain of \d+ keys$/);
    const kind = offered(registry('mkPromptedSecret { kind = |'), REGISTRY);
    expect(kind.find(({ label }) => label === 'api-key')?.insert).toBe('"api-key"');
    expect(labels(offered(registry('mkPromptedSecret { share = |'), REGISTRY))).toEqual(['true', 'false']);
    expect(labels(offered(registry('mkPromptedSecret { description = "|"; };\n}\n'), REGISTRY))).toEqual([]);
  });

  test('are those that the other entries give where the function is elsewhere', () => {
    const text = `{ pkgs ? null }:
let
  inherit (import ./make.nix) mk;
in
{
  a = mk { generator = "a-key"; envVar = "A"; fileAttr = "key"; files.key = { }; share = true; };
  b = mk { generator = "b-key"; envVar = "B"; fileAttr = "key"; files.key = { }; };
  c = { generator = "c-key"; envVar = "C"; fileAttr = "key"; files.key = { }; };
  d = mk { | };
}
`;
    const items = offered(text, REGISTRY, { 'lib/make.nix': '{ mk = entry: entry; }' });
    expect(items.map(({ label, detail }) => `${label}: ${detail}`)).toEqual([
      'generator: required',
      'envVar: required',
      'fileAttr: required',
      'files: required',
      'share: optional',
    ]);
  });

  test('are not those of other functions', () => {
    const text = `{ x = lib.mkIf true { | }; }`;
    expect(offered(text, FILE)).toEqual([]);
  });
});

describe('the matrix', () => {
  const matrix = (lea: string, more = '') =>
    `let\n  core = [ "gmail" ];\nin\n{\n  emily = core ++ [ "anthropic" ];\n  lea = core ++ [ ${lea} ];\n  ${more}\n}\n`;

  test('names machines that have no row', () => {
    const items = offered(matrix('"icloud"', '|'), MATRIX);
    expect(items.map(({ label, insert }) => [label, insert])).toEqual([
      ['noa', 'noa = [ $0 ];'],
      ['tove', 'tove = [ $0 ];'],
    ]);
    expect(labels(offered(matrix('"icloud"', 'to|'), MATRIX))).toContain('tove');
    expect(offered(matrix('"icloud"', '"|'), MATRIX).map(({ insert }) => insert)).toContain('tove');
  });

  test('takes keys outside of quotes as well', () => {
    const item = offered(matrix('"icloud" |'), MATRIX).find(({ label }) => label === 'deepseek');
    expect(item?.insert).toBe('"deepseek"');
    expect(offered(matrix('"icloud" deep|'), MATRIX).map(({ label }) => label)).toContain('deepseek');
  });

  test('ranks the keys that the row has last, but for the one that is written', () => {
    const items = offered(matrix('"icloud" "deepseek|"'), MATRIX);
    const last = items.filter(({ rank }) => rank > 1).map(({ label }) => label);
    expect(last.sort()).toEqual(['gmail', 'icloud']);
    expect(items.find(({ label }) => label === 'gmail')?.detail).toBe('in the row already');
  });
});

describe('names', () => {
  test('of generators, in dependencies and in uses, quoted as Nix needs it', () => {
    const inList = labels(offered(module('dependencies = [ "|" ];')));
    expect(inList).toContain('house-ca');
    expect(inList).not.toContain('leaf');
    const use = 'x = config.clan.core.vars.generators.|';
    expect(labels(offered(module('', use)))).toEqual(
      expect.arrayContaining(['house-ca', 'leaf', 'wireguard']),
    );
  });

  test('of files and of what can be read of them', () => {
    const files = offered(module('', 'x = config.clan.core.vars.generators.house-ca.files.|'));
    expect(files.map(({ label, insert }) => [label, insert])).toEqual([
      ['ca.key', '"ca.key"'],
      ['crt', 'crt'],
    ]);
    const attributes = offered(module('', 'x = config.clan.core.vars.generators.house-ca.files."ca.key".|'));
    // What a secret holds is not known while Nix evaluates.
    expect(attributes.map(({ label, deprecated, rank }) => [label, deprecated, rank])).toEqual([
      ['path', false, 0],
      ['value', true, 9],
      ['exists', true, 9],
      ['flakePath', true, 9],
    ]);
    const ofPublic = offered(module('', 'x = config.clan.core.vars.generators.house-ca.files.crt.|'));
    expect(ofPublic.map(({ label, deprecated }) => [label, deprecated])).toEqual([
      ['path', false],
      ['value', false],
      ['exists', false],
      ['flakePath', false],
    ]);
  });

  test('of the options on the way to them', () => {
    const behind = (path: string) => labels(offered(module('', `x = config.clan.core.vars.${path}|`)));
    expect(behind('')).toEqual(['generators']);
    expect(behind('gen')).toEqual(['generators']);
    expect(behind('generators.house-ca.')).toEqual(['files']);
    expect(behind('generators."house-ca".f')).toEqual(['files']);
  });

  test('of files that the script writes and nobody declares', () => {
    const script = `script = "a > $out/new; b > $out/old";\n    files.old = { };\n    files.|`;
    expect(labels(offered(module(script)))).toEqual(['new']);
  });

  test('of keys, in the matrix and for accessors', () => {
    expect(labels(offered('{ lea = [ "anthropic" "|" ]; }', MATRIX))).toContain('gmail');
    const accessor = `{ config, pkgs, ... }:
let
  secrets = import ../../../lib/secrets.nix { inherit pkgs; };
in
{
  x = secrets.mkPasswordCmd { osConfig = config; key = "g|"; };
}
`;
    expect(labels(offered(accessor))).toContain('gmail');
  });

  test('of generators that this machine has not are marked and come last', () => {
    const use = module('', 'x = config.clan.core.vars.generators.|');
    const items = offered(use, 'modules/hosts/lea/default.nix');
    const named = (name: string) => items.find(({ label }) => label === name);
    expect(named('leaf')).toMatchObject({ rank: 1, detail: 'per machine' });
    expect(named('login-password')).toMatchObject({
      rank: 5,
      detail: expect.stringMatching(/^not on lea; /),
    });
  });

  test('of generators that this machine may have from a module that nobody can read are not marked', () => {
    const use = module(
      '',
      'imports = [ inputs.other.nixosModules.login ]; x = config.clan.core.vars.generators.|',
    );
    const items = offered(use.replace('pkgs, ...', 'pkgs, inputs, ...'), 'modules/hosts/lea/default.nix');
    const login = items.find(({ label }) => label === 'login-password');
    expect(login?.detail).not.toContain('not on');
  });

  test('of packages: first those whose commands the script calls', () => {
    const items = offered(module('script = "jq . > $out/x";\n    runtimeInputs = [ |'));
    const [first] = [...items].sort((a, b) => a.rank - b.rank);
    expect(first).toMatchObject({ label: 'jq', insert: 'pkgs.jq', detail: 'the script calls jq' });
    expect(offered(module('runtimeInputs = with pkgs; [ |'))[0]?.insert).not.toContain('pkgs.');
  });

  test.each([
    ['a program of a package that is listed already', 'jq . > $out/x', 'pkgs.jq '],
    ['a program that every script has', 'cat x > $out/x', ''],
  ])('no package is put first for %s', (_, script, listed) => {
    const items = offered(module(`script = "${script}";\n    runtimeInputs = [ ${listed}|`));
    expect(items.length).toBeGreaterThan(0);
    expect(items.filter(({ detail }) => detail.startsWith('the script calls'))).toEqual([]);
  });
});

describe('scripts', () => {
  const script = (words: string) =>
    module(`dependencies = [ "house-ca" ];
    files.key = { };
    prompts.pass = { };
    script = ''
      ${words}
    '';`);

  test.each([
    ['cat $|', ['out', 'in', 'prompts']],
    ['cat $out/|', ['key']],
    ['cat "$prompts/|"', ['pass']],
    ['cat $in/|', ['house-ca']],
    ['cat "$in/house-ca/|"', ['ca.key', 'crt']],
    ["cat ''${in}/house-ca/|", ['ca.key', 'crt']],
    ['cat /etc/|', []],
  ])('%s', (words, expected) => {
    expect(labels(offered(script(words)))).toEqual(expected);
  });
});

describe('the inventory', () => {
  const inventory = (inside: string) => `{
  inventory.instances.backup = {
    ${inside}
  };
}
`;

  test.each([
    ['roles.server.machines.|', 'tove'],
    ['roles.server.tags = [ "|" ];', 'all'],
    ['roles.server.tags.|', 'nixos'],
    ['roles.server = { | };', 'extraModules'],
    ['|', 'module'],
    ['module.name = "|";', 'borgbackup'],
  ])('%s', (inside, expected) => {
    expect(labels(offered(inventory(inside)))).toContain(expected);
  });

  test('roles are those of the service, with what brings them', () => {
    const items = offered(inventory('module.name = "borgbackup"; roles.|'));
    expect(items.filter(({ detail }) => detail === 'role of borgbackup').map(({ label }) => label)).toEqual([
      'client',
      'server',
    ]);
  });

  test('tags are offered to machines too', () => {
    expect(labels(offered('{ inventory.machines.lea.tags = [ "|" ]; }'))).toContain('laptop');
  });
});

describe('templates', () => {
  test('are offered among generators', () => {
    const items = offered('{ clan.core.vars.generators = {\n  | }; }');
    expect(items.map(({ kind }) => kind)).toEqual(TEMPLATES.map(() => 'template'));
    expect(items.every(({ snippet }) => snippet)).toBe(true);
  });

  test.each(TEMPLATES.map(({ label, body }) => [label, body]))('%s is valid', (_, body) => {
    const texts = {
      'a.nix': `{ pkgs, ... }:\n{\n  clan.core.vars.generators = {\n${filledIn(body)}\n  };\n}\n`,
    };
    expect(check(texts).files.parse('a.nix')?.errors).toEqual([]);
  });
});

test('sets, lists, scripts and comments of several lines can be folded, with their last line left', () => {
  const source = sourceFile(
    'a.nix',
    "# a\n# b\n{\n  x = ''\n    y\n    z\n  '';\n  l = [\n    1\n    2\n  ];\n}\n",
  );
  expect(foldings(source)).toEqual([
    { startLine: 0, endLine: 1, kind: 'comment' },
    { startLine: 2, endLine: 10, kind: 'region' },
    { startLine: 3, endLine: 5, kind: 'region' },
    { startLine: 7, endLine: 9, kind: 'region' },
  ]);
});
