// What secrets of sops-nix and agenix say of themselves, and how they are used, where that is less plain than in examples.

import { describe, expect, it } from 'vitest';
import {
  encryptedYaml,
  moduleWith,
  SOPS_YAML,
  VALUE,
} from '../../server/src/checks/examples/sops-examples.ts';
import { applyFix, findingsOf, fixOf, judging, onlyFinding, type Texts, type World } from './harness.ts';

const { check } = judging(
  'sops/conflict',
  'sops/missing-file',
  'sops/option-type',
  'sops/password-needs-users',
  'sops/plaintext',
  'sops/read-at-eval',
  'sops/unknown-attribute',
  'sops/unknown-option',
  'sops/unreplaced-placeholder',
);

const FILE = 'secrets/lea.yaml';

function fleet(body: string, more: Texts = {}): Texts {
  return { 'configuration.nix': moduleWith(body), [FILE]: encryptedYaml(`mail: ${VALUE}\n`), ...more };
}

const found = (rule: string, texts: Texts, world: World = {}) =>
  findingsOf(rule, texts, world).map(({ severity, message }) => `${severity}: ${message}`);

const LOCK = (owner: string, time: number) =>
  JSON.stringify({
    nodes: {
      root: { inputs: { 'sops-nix': 'sops-nix' } },
      'sops-nix': { locked: { type: 'github', owner, repo: 'sops-nix', lastModified: time } },
    },
  });

describe('sops/unknown-option', () => {
  const SLIP = '  sops.secrets.mail.restartUnit = [ "a.service" ];\n';
  const STRANGER = '  sops.secrets.mail.colour = "red";\n';

  it('replaces the name', () => {
    const texts = fleet(SLIP);
    const finding = onlyFinding(check(texts), 'sops/unknown-option');
    const after = applyFix(texts, fixOf(finding, 'Replace with "restartUnits"'));
    expect(found('sops/unknown-option', after)).toEqual([]);
  });

  it('does not replace a name where the value would be wrong', () => {
    const finding = onlyFinding(
      check(fleet('  sops.secrets.mail.neededFor = "users";\n')),
      'sops/unknown-option',
    );
    expect(finding.message).toContain('"neededForUsers"');
    expect(finding.fixes).toEqual([]);
  });

  it('knows less where another sops-nix is locked', () => {
    const locked = (body: string, owner: string, time: number) =>
      found('sops/unknown-option', fleet(body, { 'flake.lock': LOCK(owner, time) }));
    expect(locked(STRANGER, 'Mic92', 1_700_000_000)).toHaveLength(1);
    expect(locked(STRANGER, 'somebody', 1_700_000_000)).toEqual([]);
    expect(locked(STRANGER, 'Mic92', 1_900_000_000)).toEqual([]);
    expect(locked(SLIP, 'Mic92', 1_900_000_000)[0]).toMatch(/^warning/);
  });

  it.each([
    [
      'the workspace declares it',
      STRANGER,
      { 'a.nix': '{ lib, ... }: { options.sops.x.colour = lib.mkOption { }; }\n' },
    ],
    [
      'a module is written in its place',
      '  sops.secrets.mail = { imports = [ ./a.nix ]; colour = 1; };\n',
      {},
    ],
    ['it is something else of that name', '  services.keeper.sops.secrets.mail.colour = 1;\n', {}],
    ['agenix-rekey has it', '  age.secrets.mail.intermediary = true;\n', {}],
    ['it is somebody else’s age', '', { 'people.nix': '{ age.years = 12; }\n' }],
  ])('is silent where %s', (_, body, more) => {
    expect(found('sops/unknown-option', fleet(body, more))).toEqual([]);
  });

  it('tells users’ modules from machines’', () => {
    const home = '  home-manager.users.ada.sops.secrets.mail = { mode = "0400"; group = "ada"; };\n';
    expect(found('sops/unknown-option', fleet(home))).toEqual([
      expect.stringContaining('no option "group" in the module for home-manager'),
    ]);
  });
});

describe('sops/option-type', () => {
  it.each([
    ['mode = "440"', 0],
    ['mode = "0440"', 0],
    ['mode = "u=r"', 1],
    ['mode = "0888"', 1],
    ['mode = ""', 1],
    ['owner = null', 0],
    ['uid = null', 0],
    ['uid = "5"', 1],
    ['restartUnits = [ "a.service" 5 ]', 1],
    ['restartUnits = lib.optional true "a.service"', 0],
    ['sopsFile = "${./secrets}/lea.yaml"', 0],
    ['sopsFile = builtins.fetchurl "https://x.example/a.yaml"', 0],
    ['owner = config.users.users.ada.name', 0],
  ])('%s: %i', (option, count) => {
    const texts = fleet(`  sops.secrets.mail = { ${option}; };\n`);
    const module = (texts['configuration.nix'] ?? '').replace('{ config, ... }', '{ config, lib, ... }');
    expect(found('sops/option-type', { ...texts, 'configuration.nix': module })).toHaveLength(count);
  });

  it('looks at templates and at sops itself', () => {
    const body =
      '  sops.secrets.mail = { };\n  sops.templates.a = { content = 5; };\n  sops.age.generateKey = "yes";\n  sops.log = [ "keys" ];\n';
    expect(found('sops/option-type', fleet(body))).toHaveLength(3);
  });

  it('is silent where a stronger definition counts', () => {
    const body = '  sops.secrets.mail.owner = lib.mkDefault 5;\n';
    const more = { 'more.nix': '{ sops.secrets.mail.owner = "ada"; }\n' };
    const texts = fleet(body, more);
    const module = (texts['configuration.nix'] ?? '').replace('{ config, ... }', '{ config, lib, ... }');
    expect(found('sops/option-type', { ...texts, 'configuration.nix': module })).toEqual([]);
  });
});

describe('sops/unknown-attribute', () => {
  it.each([
    ['config.sops.secrets.mail.pth', 1],
    ['config.sops.secrets.mail.value', 1],
    ['config.sops.templates.a.pth', 1],
    ['config.age.secrets.mail.pth', 1],
    ['config.sops.secrets.mail.pth or null', 0],
    ['config.my.sops.secrets.mail.pth', 0],
    ['config.sops.secrets.mail.sopsFileHash', 0],
    ['config.sops.secrets.mail.${config.x}', 0],
  ])('%s: %i', (use, count) => {
    expect(found('sops/unknown-attribute', fleet(`  services.a.b = ${use};\n`))).toHaveLength(count);
  });
});

describe('sops/missing-file', () => {
  const missing = (body: string, more: Texts = {}, world: World = {}) =>
    found('sops/missing-file', fleet(body, more), world);

  it('is an error where machines fail, and a warning where nothing is taken', () => {
    const gone = (body: string): Texts => ({
      'configuration.nix': `{\n  sops.defaultSopsFile = ./gone.yaml;\n${body}}\n`,
      [FILE]: encryptedYaml(`mail: ${VALUE}\n`),
    });
    const taken = found('sops/missing-file', gone('  sops.secrets.mail = { };\n'));
    expect(taken).toEqual([expect.stringMatching(/^error: There is no gone.yaml. Evaluating/)]);
    const own = found('sops/missing-file', gone('  sops.secrets.mail.sopsFile = ./secrets/lea.yaml;\n'));
    expect(own).toEqual(['warning: There is no gone.yaml.']);
    // Whether the condition ever holds is not known: nothing fails as long as it does not.
    const perhaps = found('sops/missing-file', {
      'configuration.nix': `{ config, lib, ... }:
{
  config = lib.mkIf config.services.backups.enable { sops.secrets.mail.sopsFile = ./gone.yaml; };
}
`,
    });
    expect(perhaps).toEqual([
      'warning: There is no gone.yaml. Evaluating a machine on which the condition holds fails.',
    ]);
  });

  it('finds a path that is a text outside of the store', () => {
    const body = '  sops.secrets.mail.sopsFile = "/home/ada/mail.yaml";\n';
    expect(missing(body)).toEqual([expect.stringContaining('is not in the Nix store')]);
    expect(missing(`${body}  sops.validateSopsFiles = false;\n`)).toEqual([]);
  });

  it.each([
    [
      'of a submodule',
      { '.gitmodules': '[submodule "s"]\n\tpath = private\n\turl = x\n' },
      './private/a.yaml',
    ],
    ['of another flake', {}, 'inputs.secrets + "/a.yaml"'],
    ['of which the path is not known', {}, './hosts/${config.x}/a.yaml'],
    ['of which git is not asked', {}, './secrets/lea.yaml'],
  ])('is silent for files %s', (_, more, path) => {
    expect(missing(`  sops.secrets.mail.sopsFile = ${path};\n`, more)).toEqual([]);
  });

  it('is silent for what agenix-rekey makes', () => {
    expect(missing('  age.secrets.mail.rekeyFile = ./gone.age;\n')).toEqual([]);
  });
});

describe('sops/plaintext', () => {
  const plain = (body: string, files: Texts, world: World = {}) =>
    findingsOf('sops/plaintext', { 'configuration.nix': moduleWith(body), ...files }, world).map(
      ({ at }) => at.file,
    );
  const BINARY = '  sops.secrets.mail = { sopsFile = ./secrets/mail; format = "binary"; };\n';

  it.each([
    ['a file without an ending', { 'secrets/mail': 'correct horse\n' }, ['secrets/mail']],
    ['one that sops wrote', { 'secrets/mail': `{ "data": "${VALUE}", "sops": { "mac": "x" } }\n` }, []],
    ['a pointer of git-lfs', { 'secrets/mail': 'version https://git-lfs.github.com/spec/v1\noid x\n' }, []],
    ['an empty file', { 'secrets/mail': '\n' }, []],
  ])('looks into what is named: %s', (_, files, paths) => {
    expect(plain(BINARY, files)).toEqual(paths);
  });

  it('finds a file that no rule fits, and one below two configurations', () => {
    const files = { '.sops.yaml': SOPS_YAML, 'secrets/.sops.yaml': SOPS_YAML, [FILE]: 'mail: x\n' };
    expect(plain('  sops.secrets.mail = { };\n', files)).toEqual([FILE]);
  });

  it('is silent for a file that git does not know', () => {
    const files = { [FILE]: 'mail: x\n' };
    expect(plain('  sops.secrets.mail = { };\n', files, { tracked: ['configuration.nix'] })).toEqual([]);
  });
});

describe('sops/conflict', () => {
  const conflicts = (body: string, more: Texts = {}) => found('sops/conflict', fleet(body, more));

  it.each([
    ['sops.secrets.mail = { neededForUsers = true; uid = 5; }', /^error: .*refuses "uid"/],
    ['sops.secrets.mail = { neededForUsers = true; group = "ada"; }', /^warning: .*"group" does nothing/],
    ['sops.secrets.mail = { group = "ada"; gid = 5; }', /^error: .*exactly one/],
    ['sops.templates.mail = { owner = "ada"; uid = 5; content = ""; }', /^error: .*exactly one/],
    ['sops.templates.mail = { file = ./a; content = ""; }', /^warning: .*ignored/],
  ])('finds %s', (option, message) => {
    expect(conflicts(`  ${option};\n`)).toEqual([expect.stringMatching(message)]);
  });

  it('finds another name beside a template', () => {
    const body = '  sops.secrets.mail.name = "post";\n';
    expect(conflicts(body)).toEqual([]);
    expect(conflicts(`${body}  sops.templates.a.content = "";\n`)).toHaveLength(1);
  });

  it.each([
    ['sops.secrets.mail = { neededForUsers = true; owner = "root"; uid = 0; }', {}],
    ['sops.secrets.mail = { neededForUsers = true; owner = config.x; }', {}],
    ['sops.secrets.mail = { owner = "ada"; uid = 0; }', {}],
    [
      'sops.secrets.mail = { owner = "ada"; uid = 5; }',
      { 'a.nix': '{ lib, ... }: { sops.secrets.mail.uid = lib.mkForce 0; }\n' },
    ],
  ])('is silent for %s', (option, more) => {
    expect(conflicts(`  ${option};\n`, more)).toEqual([]);
  });
});

describe('sops/read-at-eval', () => {
  it.each([
    ['lib.fileContents config.sops.secrets.mail.path', 1],
    ['builtins.readFile config.age.secrets.mail.path', 1],
    ['builtins.readFile config.sops.templates.mail.path', 1],
    ['builtins.readFile config.sops.secrets.mail.sopsFile', 0],
    ['builtins.readFile config.my.sops.secrets.mail.path', 0],
    ['builtins.readFile (config.sops.secrets.mail.path or ./a)', 0],
    ['"cat ${config.sops.secrets.mail.path}"', 0],
  ])('%s: %i', (value, count) => {
    expect(found('sops/read-at-eval', fleet(`  services.a.b = ${value};\n`))).toHaveLength(count);
  });
});

describe('sops/unreplaced-placeholder', () => {
  const USE = '  services.mail.password = config.sops.placeholder.mail;\n';
  const placeholders = (body: string) => found('sops/unreplaced-placeholder', fleet(body));

  it('says what happens without any template, and with others', () => {
    expect(placeholders(USE)[0]).toContain('evaluating it fails');
    expect(placeholders(`${USE}  sops.templates.a.content = "x";\n`)[0]).toContain(
      'services.mail.password gets',
    );
  });

  it.each([
    [
      'a template takes up the option',
      `${USE}  sops.templates.a.content = lib.toJSON config.services.mail;\n`,
    ],
    ['a template is made by a function', `${USE}  sops.templates.a.content = import ./a.nix config;\n`],
    ['a file of a template is made', `${USE}  sops.templates.a.file = pkgs.writeText "a" "x";\n`],
    ['a function is given it', '  services.mail.password = my.template config.sops.placeholder.mail;\n'],
    ['it is no option of NixOS', '  my.mail.password = config.sops.placeholder.mail;\n'],
    [
      'a name leads into a template',
      '  sops.templates.a.content = let p = config.sops.placeholder.mail; in "x=${p}";\n',
    ],
    ['there may be secrets and templates of any name', `${USE}  sops.secrets = config.my.secrets;\n`],
  ])('is silent where %s', (_, body) => {
    expect(placeholders(body)).toEqual([]);
  });

  it('knows a template in which it stays', () => {
    const body =
      '  sops.secrets.mail.neededForUsers = true;\n  sops.templates.a.content = "x=${config.sops.placeholder.mail}";\n';
    expect(placeholders(body)).toHaveLength(1);
    expect(placeholders(body.replace('true', 'false'))).toEqual([]);
    const elsewhere = fleet(body, { 'other.nix': '{ sops.secrets.mail = { }; }\n' });
    expect(found('sops/unreplaced-placeholder', elsewhere)).toEqual([]);
  });
});

describe('sops/password-needs-users', () => {
  const USE = '  users.users.ada.hashedPasswordFile = config.sops.secrets.mail.path;\n';
  const tooLate = (body: string, more: Texts = {}) => found('sops/password-needs-users', fleet(body, more));

  it('declares the secret for users', () => {
    const texts = fleet(`  sops.secrets.mail = { };\n${USE}`);
    const finding = onlyFinding(check(texts), 'sops/password-needs-users');
    const after = applyFix(texts, fixOf(finding, 'Declare the secret'));
    expect(after['configuration.nix']).toContain('sops.secrets.mail = { neededForUsers = true; };');
    expect(found('sops/password-needs-users', after)).toEqual([]);
  });

  it.each([
    [
      'another module says so',
      `  sops.secrets.mail = { };\n${USE}`,
      { 'a.nix': '{ sops.secrets.mail.neededForUsers = true; }\n' },
    ],
    ['it may be said elsewhere', `  sops.secrets.mail = config.my.secret;\n${USE}`, {}],
    ['nothing declares it', USE, {}],
    ['clan makes it', USE.replace('mail', '"vars/shared/a/b"'), {}],
    [
      'it is no user of the machine',
      `  sops.secrets.mail = { };\n${USE.replace('users.users', 'mail.accounts')}`,
      {},
    ],
    ['agenix keeps it', `  age.secrets.mail.file = ./a.age;\n${USE.replace('sops', 'age')}`, {}],
  ])('is silent where %s', (_, body, more) => {
    expect(tooLate(body, more)).toEqual([]);
  });
});
