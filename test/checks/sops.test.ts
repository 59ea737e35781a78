// The rules about sops-nix and `.sops.yaml`, where it is less plain than in their examples.

import { describe, expect, it } from 'vitest';
import {
  ADMIN,
  encryptedYaml,
  LEA,
  moduleWith,
  SOPS_YAML,
  VALUE,
} from '../../server/src/checks/examples/sops-examples.ts';
import { applyFix, findingsOf, fixOf, judging, onlyFinding, type Texts, type World } from './harness.ts';

const { check } = judging(
  'sops/no-creation-rule',
  'sops/plaintext',
  'sops/recipient-drift',
  'sops/undeclared-secret',
  'sops/unknown-key',
  'sops/unused-key',
  'sops/no-file',
  'sops/rule-without-file',
);

const FILE = 'secrets/lea.yaml';

function fleet(body: string, keys: string, more: Texts = {}): Texts {
  return { 'configuration.nix': moduleWith(body), [FILE]: encryptedYaml(keys), ...more };
}

const found = (rule: string, texts: Texts, world: World = {}) => findingsOf(rule, texts, world);

const messages = (rule: string, texts: Texts, world: World = {}) =>
  found(rule, texts, world).map(({ severity, message }) => `${severity}: ${message}`);

describe('sops/unknown-key', () => {
  it.each([
    ['"newt/token"', `newt: ${VALUE}\n`, '"newt" is a value there, with nothing below it'],
    ['newt', `newt:\n    token: ${VALUE}\n`, 'contains further keys'],
    ['"newt/tokn"', `newt:\n    token: ${VALUE}\n`, '"newt" there has "token". Did you mean "newt/token"?'],
  ])('says what is wrong with %s', (name, keys, words) => {
    const [message] = messages('sops/unknown-key', fleet(`  sops.secrets.${name} = { };\n`, keys));
    expect(message).toContain(words);
    expect(message).toMatch(/^error/);
  });

  it('is a warning under a condition', () => {
    const conditional = `{ lib, config, ... }:\n{\n  sops.defaultSopsFile = ./secrets/lea.yaml;\n  sops.secrets = lib.mkIf config.a { mail = { }; };\n}\n`;
    const texts = { 'configuration.nix': conditional, [FILE]: encryptedYaml(`other: ${VALUE}\n`) };
    expect(messages('sops/unknown-key', texts)[0]).toMatch(/^warning/);
  });

  it('is a warning in a module that no machine has', () => {
    const flake = (modules: string) => `{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.lea = nixpkgs.lib.nixosSystem { modules = [ ${modules} ]; };
  };
}
`;
    const texts = (modules: string) =>
      fleet('  sops.secrets.mail = { };\n', `other: ${VALUE}\n`, {
        'flake.nix': flake(modules),
        'b.nix': '{ }',
      });
    expect(messages('sops/unknown-key', texts('./configuration.nix'))[0]).toMatch(/^error/);
    expect(messages('sops/unknown-key', texts('./b.nix'))[0]).toMatch(/^warning/);
  });

  it('mends the key where it is written', () => {
    const texts = fleet('  sops.secrets.mail.key = "vpn/kee";\n', `vpn:\n    key: ${VALUE}\n`);
    const finding = onlyFinding(check(texts), 'sops/unknown-key');
    const after = applyFix(texts, fixOf(finding, 'Replace with "vpn/key"'));
    expect(after['configuration.nix']).toContain('key = "vpn/key";');
    expect(found('sops/unknown-key', after)).toEqual([]);
  });

  it.each([
    ['the file has no keys', '  sops.secrets.mail = { format = "dotenv"; };\n', {}],
    ['the format is not known', '  sops.secrets.mail.format = config.a;\n', {}],
    ['the whole file is taken', '  sops.secrets.mail.key = "";\n', {}],
    [
      'another module may name another file',
      '  sops.secrets.mail = { };\n',
      { 'more.nix': '{ x, ... }: { sops.secrets.mail.sopsFile = x; }\n' },
    ],
    [
      'another default file is stronger',
      '  sops.secrets.mail = { };\n',
      {
        'more.nix': '{ lib, ... }: { sops.defaultSopsFile = lib.mkForce ./secrets/b.yaml; }\n',
        'secrets/b.yaml': encryptedYaml(`mail: ${VALUE}\n`),
      },
    ],
    ['the file is not there', '  sops.secrets.mail.sopsFile = ./gone.yaml;\n', {}],
    ['the file is broken', '  sops.secrets.mail = { };\n', { [FILE]: 'a: [\n' }],
    ['clan declares it', '  sops.secrets."vars/shared/mail/password".owner = "mail";\n', {}],
  ])('is silent where %s', (_, body, more) => {
    const texts = fleet(body, `other: ${VALUE}\n`, more);
    expect(found('sops/unknown-key', texts)).toEqual([]);
  });
});

describe('sops/unknown-key, with several default files', () => {
  const module = (file: string, body: string) =>
    `{ flake, ... }: { sops.defaultSopsFile = flake.inputs.self + "/secrets/${file}.yaml"; ${body} }\n`;
  const texts = (name: string): Texts => ({
    'a.nix': module('a', `sops.secrets.${name} = { };`),
    'b.nix': module('b', ''),
    'secrets/a.yaml': encryptedYaml(`mail: ${VALUE}\n`),
    'secrets/b.yaml': encryptedYaml(`mial: ${VALUE}\n`),
  });

  it('takes the default of the module that declares the secret', () => {
    expect(messages('sops/unknown-key', texts('mail'))).toEqual([]);
    expect(messages('sops/unknown-key', texts('mial'))).toEqual([
      'error: There is no key "mial" in secrets/a.yaml; it has "mail". Did you mean "mail"?',
    ]);
  });

  it('does not where the default stands in another module of the file', () => {
    const two = `{ flake.modules.nixos = { a = ${module('a', '').trim()}; b = { sops.secrets.mial = { }; }; }; }\n`;
    expect(messages('sops/unknown-key', { ...texts('mail'), 'a.nix': two })).toEqual([]);
  });
});

describe('sops/unknown-key, machine by machine', () => {
  const machine = (name: string) =>
    `${name} = nixpkgs.lib.nixosSystem { modules = [ ./share.nix { networking.hostName = "${name}"; } ]; };`;
  const texts = (noa: string): Texts => ({
    'flake.nix': `{ outputs = { nixpkgs, ... }: { nixosConfigurations = { ${machine('lea')} ${machine('noa')} }; }; }\n`,
    'share.nix': `{ config, lib, ... }:
let file = ./hosts + "/\${config.networking.hostName}.yaml";
in { sops.defaultSopsFile = lib.mkIf (builtins.pathExists file) file; sops.secrets.mail = { }; }
`,
    'hosts/lea.yaml': encryptedYaml(`mail: ${VALUE}\n`),
    'hosts/noa.yaml': encryptedYaml(`${noa}: ${VALUE}\n`),
  });
  const lacking = (all: Texts) =>
    found('sops/unknown-key', all).map(({ machines, message }) => `${machines.join()}: ${message}`);

  it('looks into the file of each machine', () => {
    expect(lacking(texts('mail'))).toEqual([]);
    expect(lacking(texts('mial'))).toEqual([
      'noa: There is no key "mail" in hosts/noa.yaml; it has "mial". Did you mean "mial"?',
    ]);
  });

  it('is silent where a secret of an unknown name may say otherwise', () => {
    const more = { 'any.nix': '{ config, ... }: { sops.secrets.${config.a}.sopsFile = ./b.yaml; }\n' };
    const flake = texts('mial')['flake.nix']?.replace('./share.nix {', './share.nix ./any.nix {') as string;
    const all = { ...texts('mial'), ...more, 'flake.nix': flake };
    expect(
      lacking({ ...all, 'flake.nix': flake.replaceAll('./share.nix {', './share.nix ./any.nix {') }),
    ).toEqual([]);
  });
});

describe('sops/no-file', () => {
  const clan = (body: string, more: Texts = {}): Texts => ({
    'flake.nix': '{ outputs = { self, clan-core, ... }: { c = clan-core.lib.clan { inherit self; }; }; }\n',
    'machines/lea/configuration.nix': `{ config, lib, inputs, ... }:\n{\n${body}}\n`,
    'machines/noa/configuration.nix': '{ }\n',
    'sops/machines/lea/key.json': '[ { "publickey": "age1lea", "type": "age" } ]',
    'sops/machines/noa/key.json': '[ { "publickey": "age1noa", "type": "age" } ]',
    ...Object.fromEntries(
      ['mail', 'other'].map(name => [
        `sops/secrets/${name}/secret`,
        JSON.stringify({ data: 'ENC[]', sops: { age: [{ recipient: 'age1lea' }] } }),
      ]),
    ),
    ...more,
  });
  const links = {
    'sops/secrets/mail/machines/lea': '../../../machines/lea',
    'sops/secrets/other/machines/noa': '../../../machines/noa',
  };
  const withoutFile = (body: string, more: Texts = {}) =>
    messages('sops/no-file', clan(body, more), { links });

  it('knows the secrets that clan gives to machines', () => {
    expect(withoutFile('  sops.secrets.mail.owner = "a";\n')).toEqual([]);
    expect(withoutFile('  sops.secrets.mial.owner = "a";\n')).toEqual([
      'error: The secret "mial" is taken from no file (machine lea): it has no `sopsFile`, and there is no `sops.defaultSopsFile`. Did you mean "mail"?',
    ]);
    expect(withoutFile('  sops.secrets.other.owner = "a";\n')).toEqual([
      'error: The secret "other" is taken from no file (machine lea): it has no `sopsFile`, and there is no `sops.defaultSopsFile`; the one below sops/secrets is given to other machines only. Run `clan secrets machines add-secret lea other`.',
    ]);
  });

  it('knows the secrets of generators', () => {
    const body = (file: string) =>
      `  clan.core.vars.generators.web = { files.token = { }; script = "echo a > $out/token"; };\n  sops.secrets."vars/per-machine/lea/web/${file}".owner = "a";\n`;
    expect(withoutFile(body('token'))).toEqual([]);
    expect(withoutFile(body('tokn'))).toHaveLength(1);
  });

  it.each([
    [
      'another module names the file',
      '  sops.secrets = lib.mkMerge [ { a.owner = "a"; } { a.sopsFile = ./a.yaml; } ];\n',
    ],
    ['a part of it is not known', '  sops.secrets.a = inputs.x.a;\n'],
    [
      'the names of others are not known',
      '  sops.secrets = lib.mkMerge [ { a.owner = "a"; } inputs.x.secrets ];\n',
    ],
    ['there is a default', '  sops.defaultSopsFile = ./a.yaml;\n  sops.secrets.a.owner = "a";\n'],
    ['it stands under a condition', '  sops.secrets.a = lib.mkIf config.x { owner = "a"; };\n'],
    ['modules are not known', '  imports = [ (import ./x.nix inputs) ];\n  sops.secrets.a.owner = "a";\n'],
    [
      'another flake may give a default',
      '  imports = [ inputs.x.nixosModules.a ];\n  sops.secrets.a.owner = "a";\n',
    ],
  ])('is silent where %s', (_, body) => {
    expect(withoutFile(body)).toEqual([]);
  });

  it('is a warning where another flake may declare it', () => {
    const body = '  imports = [ inputs.x.nixosModules.a ];\n  sops.secrets.mial.owner = "a";\n';
    expect(withoutFile(body)[0]).toMatch(/^warning: .*Did you mean "mail"\?$/);
  });
});

describe('sops/undeclared-secret, of names that clan gives', () => {
  const locked = (lastModified: number, owner = 'clan-lol', ref = 'main') =>
    JSON.stringify({
      nodes: {
        root: { inputs: { 'clan-core': 'clan-core' } },
        'clan-core': {
          locked: { type: 'github', owner, repo: 'clan-core', lastModified },
          original: { type: 'github', owner, repo: 'clan-core', ref },
        },
      },
    });
  const BEFORE = 1_780_000_000;
  const AFTER = 1_790_000_000;
  const messagesFor = (name: string, lock: string | null, share = false) =>
    messages('sops/undeclared-secret', {
      'flake.nix': '{ outputs = { self, clan-core, ... }: { c = clan-core.lib.clan { inherit self; }; }; }\n',
      ...(lock === null ? {} : { 'flake.lock': lock }),
      'machines/lea/configuration.nix': `{ config, ... }:
{
  clan.core.vars.generators.web = { share = ${share}; files.token = { }; script = "echo a > $out/token"; };
  sops.templates.env.content = config.sops.placeholder."${name}";
}
`,
    });

  it('knows that the older name is gone with a clan-core of main', () => {
    expect(messagesFor('vars/web/token', locked(AFTER))).toEqual([
      'warning: The clan-core that flake.lock has calls the secret "vars/web/token" of sops-nix "vars/per-machine/lea/web/token" (machine lea); reading it by the old name fails. Use the .path of the generator\'s file, or the current name.',
    ]);
    expect(messagesFor('vars/web/token', locked(AFTER), true)[0]).toContain('"vars/shared/web/token"');
  });

  it.each([
    ['a clan-core of before', 'vars/web/token', locked(BEFORE)],
    ['a release of before', 'vars/web/token', locked(AFTER, 'clan-lol', '26.05')],
    ['a fork', 'vars/web/token', locked(AFTER, 'somebody')],
    ['nothing locked', 'vars/web/token', null],
    ['the name of today', 'vars/per-machine/lea/web/token', locked(AFTER)],
  ])('is silent with %s', (_, name, lock) => {
    expect(messagesFor(name, lock)).toEqual([]);
  });
});

describe('sops/undeclared-secret', () => {
  const use = '  services.mail.passwordFile = config.sops.secrets.mail.path;\n';
  const undeclared = (body: string, more: Texts = {}, world: World = {}) =>
    found('sops/undeclared-secret', fleet(body, `mail: ${VALUE}\n`, more), world).length;

  it('is found for placeholders too', () => {
    expect(undeclared(use)).toBe(1);
    expect(undeclared('  sops.templates.a.content = config.sops.placeholder.mail;\n')).toBe(1);
  });

  it.each([
    ['another module declares it', use, { 'more.nix': '{ sops.secrets.mail = { }; }\n' }],
    ['a name with holes may be it', use, { 'more.nix': '{ n, ... }: { sops.secrets."${n}il" = { }; }\n' }],
    ['secrets of unknown names are declared', use, { 'more.nix': '{ x, ... }: { sops.secrets = x; }\n' }],
    ['there is something to fall back on', '  a = config.sops.secrets.mail.path or null;\n', {}],
    ['the name is not known', '  a = config.sops.secrets.${config.name}.path;\n', {}],
    ['a generator makes it', '  a = config.sops.secrets."vars/shared/mail/password".path;\n', {}],
  ])('is silent where %s', (_, body, more) => {
    expect(undeclared(body, more)).toBe(0);
  });

  it('is silent for what clan gives to machines', () => {
    const more = {
      'sops/machines/lea/key.json': '[ { "publickey": "age1lea", "type": "age" } ]',
      'sops/secrets/mail/secret': JSON.stringify({
        data: 'ENC[]',
        sops: { age: [{ recipient: 'age1lea' }] },
      }),
    };
    const links = { 'sops/secrets/mail/machines/lea': '../../../machines/lea' };
    expect(undeclared(use, more, { links })).toBe(0);
  });

  it.each([
    ['is silent in a file that was taken out of the imports', '', 0],
    ['looks at a module of a machine', '  imports = [ ../../modules/share.nix ];\n', 1],
    [
      'looks at a file that something else than a machine takes in',
      '  home-manager.users.ada = import ../../modules/share.nix;\n',
      1,
    ],
  ])('%s', (_, imports, count) => {
    const texts = {
      'flake.nix': '{ outputs = { clan-core, ... }: { c = clan-core.lib.clan { machines.lea = { }; }; }; }\n',
      'machines/lea/configuration.nix': moduleWith(imports),
      'modules/share.nix':
        '{ config, ... }:\n{\n  services.share.file = config.sops.secrets.share.path;\n}\n',
      [FILE]: encryptedYaml(`mail: ${VALUE}\n`),
    };
    expect(found('sops/undeclared-secret', texts)).toHaveLength(count);
  });
});

describe('sops/undeclared-secret, machine by machine', () => {
  const WEB =
    '{ config, ... }:\n{\n  services.web.file = config.sops.secrets.web.path;\n  services.mail.file = config.age.secrets.mail.path;\n}\n';
  const DECLARED = '{ x, ... }: { sops.secrets.web = { }; age.secrets.mail.file = ./mail.age; }\n';
  const machines = (lea: string, noa: string, more: Texts = {}): Texts => ({
    'flake.nix': `{ outputs = { nixpkgs, ... }: { nixosConfigurations = {
      lea = nixpkgs.lib.nixosSystem { modules = [ ./web.nix ${lea} ]; };
      noa = nixpkgs.lib.nixosSystem { modules = [ ./web.nix ${noa} ]; };
    }; }; }\n`,
    'web.nix': WEB,
    'declared.nix': DECLARED,
    'mail.age': 'age-encryption.org/v1\n',
    [FILE]: encryptedYaml(`web: ${VALUE}\n`),
    ...more,
  });
  const lacking = (texts: Texts) =>
    findingsOf('sops/undeclared-secret', texts).map(
      ({ machines: on, message }) => `${on.join()}: ${message}`,
    );

  it('names the machines without the module that declares it', () => {
    expect(lacking(machines('./declared.nix', ''))).toEqual([
      'noa: Nothing declares the secret "web" of sops-nix (machine noa); reading it fails. Import the module that declares it, or declare it here.',
      'noa: Nothing declares the secret "mail" of agenix (machine noa); reading it fails. Import the module that declares it, or declare it here.',
    ]);
    expect(lacking(machines('./declared.nix', './declared.nix'))).toEqual([]);
  });

  it('lets unknown names silence only the machines that may have them', () => {
    const more = {
      'any.nix': '{ config, ... }: { sops.secrets = config.my.secrets; age.secrets = config.my.age; }\n',
    };
    expect(lacking(machines('./any.nix ./declared.nix', '', more)).map(text => text.slice(0, 4))).toEqual([
      'noa:',
      'noa:',
    ]);
    expect(lacking(machines('./declared.nix', './any.nix', more))).toEqual([]);
  });

  it('takes a name that nearly is that of a secret of the machine for misspelt, whatever else there may be', () => {
    const near = (declared: string) => ({
      'any.nix': `{ config, ... }: { sops.secrets = config.my.secrets; age.secrets.mail.file = ./mail.age; }\n`,
      'near.nix': `{ sops.secrets.${declared} = { }; }\n`,
      'web.nix': '{ config, ... }:\n{\n  services.web.file = config.sops.secrets.web-password1.path;\n}\n',
      'declared.nix': '{ }\n',
    });
    const all = (declared: string) =>
      lacking(machines('./any.nix ./near.nix', './any.nix ./near.nix', near(declared)));
    expect(all('web-pasword1')).toEqual([
      'lea,noa: Nothing declares the secret "web-password1" of sops-nix (machines lea and noa); reading it fails. Did you mean "web-pasword1"?',
    ]);
    expect(all('web-password2')).toEqual([]);
    expect(all('mail')).toEqual([]);
  });

  it('knows the files of generators', () => {
    const body = (file: string): Texts => ({
      'flake.nix': '{ outputs = { self, clan-core, ... }: { c = clan-core.lib.clan { inherit self; }; }; }\n',
      'machines/lea/configuration.nix': `{ config, ... }:
{
  clan.core.vars.generators.web = { files.token = { }; script = "echo a > $out/token"; };
  a = config.sops.secrets."vars/per-machine/lea/web/${file}".path;
}
`,
    });
    expect(lacking(body('token'))).toEqual([]);
    expect(lacking(body('tokn'))).toHaveLength(1);
  });

  it('lets a name with holes silence only the names that it may be', () => {
    const holes = (name: string) => ({
      'any.nix': `{ config, ... }: { sops.secrets."${'$'}{config.x}${name}" = { }; age.secrets.mail.file = ./mail.age; }\n`,
    });
    expect(lacking(machines('./declared.nix', './any.nix', holes('eb')))).toEqual([]);
    expect(lacking(machines('./declared.nix', './any.nix', holes('ail')))).toHaveLength(1);
  });

  it.each([
    ['a module is written in place', '{ sops.secrets.web = { }; age.secrets.mail.file = ./mail.age; }', {}],
    ['modules are not all known', '(import ./x.nix inputs)', {}],
    [
      'a function makes the module',
      '(import ./make.nix { })',
      { 'make.nix': '{ }: { sops.secrets.web = { }; age.secrets.mail.file = ./mail.age; }\n' },
    ],
  ])('is silent where %s', (_, module, more) => {
    expect(lacking(machines('./declared.nix', module, more))).toEqual([]);
  });

  it('knows a name that the options of a machine give', () => {
    const more = {
      'any.nix': `{ config, lib, ... }: {
        options.my.secret = lib.mkOption { default = "other"; };
        config.sops.secrets.\${config.my.secret} = { };
        config.age.secrets.mail.file = ./mail.age;
      }\n`,
    };
    expect(lacking(machines('./any.nix', './any.nix', more))).toEqual([
      'lea,noa: Nothing declares the secret "web" of sops-nix (machines lea and noa); reading it fails. Import the module that declares it, or declare it here.',
    ]);
    expect(lacking(machines('./any.nix { my.secret = "web"; }', './any.nix', more))).toEqual([
      'noa: Nothing declares the secret "web" of sops-nix (machine noa); reading it fails. Import the module that declares it, or declare it here.',
    ]);
  });

  it('looks at modules that are outputs of the flake', () => {
    const module = (secret: string) =>
      `{ flake.modules.nixos.web = { config, ... }: { sops.secrets.${secret} = { }; a = config.sops.secrets.web.path; }; }\n`;
    const texts = (secret: string): Texts => ({
      'flake.nix':
        '{ outputs = inputs@{ flake-parts, self, nixpkgs, ... }: flake-parts.lib.mkFlake { inherit inputs; } {\n  imports = [ ./web.nix ./any.nix ];\n  flake.nixosConfigurations.lea = nixpkgs.lib.nixosSystem { modules = [ self.modules.nixos.web ]; };\n}; }\n',
      'web.nix': module(secret),
      'any.nix':
        '{ flake.modules.nixos.any = { config, ... }: { sops.secrets.${config.my.name} = { }; }; }\n',
    });
    expect(lacking(texts('wbe'))).toEqual([
      'lea: Nothing declares the secret "web" of sops-nix (machine lea); reading it fails. Did you mean "wbe"?',
    ]);
    expect(lacking(texts('web'))).toEqual([]);
  });

  it('keeps what home-manager has apart from what the system has', () => {
    const home = (name: string) => ({
      'any.nix': '{ flake.nixosModules.any = { config, ... }: { sops.secrets.${config.my.name} = { }; }; }\n',
      'home.nix': `{ config, ... }: { home.stateVersion = "25.11"; sops.secrets.web = { }; home.file.a.source = config.sops.secrets.${name}.path; }\n`,
    });
    const flake =
      '{ outputs = { nixpkgs, ... }: { homeConfigurations.lea = nixpkgs.lib.homeManagerConfiguration { modules = [ ./home.nix ]; }; }; }\n';
    expect(lacking({ 'flake.nix': flake, ...home('wbe') })).toHaveLength(1);
    expect(lacking({ 'flake.nix': flake, ...home('web') })).toEqual([]);
  });

  it('is silent where a condition may leave it out', () => {
    const web = '{ config, lib, ... }:\n{\n  a = lib.mkIf config.x config.sops.secrets.web.path;\n}\n';
    expect(lacking(machines('./declared.nix', '', { 'web.nix': web }))).toEqual([]);
  });

  it('knows templates', () => {
    const texts = fleet('  a = config.sops.templates.x.path;\n  sops.templates.y.content = "";\n', '');
    expect(messages('sops/undeclared-secret', texts)).toEqual([
      'warning: Nothing declares the template "x" of sops-nix; reading it fails.',
    ]);
  });
});

describe('sops/rule-without-file', () => {
  const RULES = (regex: string) =>
    `creation_rules:\n  - path_regex: ^hosts/web1\\.yaml$\n    age: ${ADMIN}\n  - path_regex: ${regex}\n    age: ${ADMIN}\n`;
  const misspelt = (regex: string, more: Texts = {}) =>
    messages('sops/rule-without-file', {
      '.sops.yaml': RULES(regex),
      'hosts/web1.yaml': encryptedYaml(`a: ${VALUE}\n`),
      'terraform/state.enc': encryptedYaml(`a: ${VALUE}\n`),
      ...more,
    });

  it('finds a word that is misspelt, if that leaves an encrypted file without a rule', () => {
    expect(misspelt('terraform/.*')).toEqual([]);
    expect(misspelt('teraform/.*')).toEqual([
      'warning: No file fits teraform/.*, and terraform/state.enc has no rule in .sops.yaml: paths are relative to the folder that it lies in. Write terraform/.*.',
    ]);
  });

  it.each([
    ['a rule for a machine that is to come', 'hosts/web2\\.yaml', {}],
    ['a rule for what is not encrypted yet', 'dosc/.*', { 'docs/a.md': 'a\n' }],
    [
      'a rule for vars',
      'vars/.*',
      { 'vars/shared/a/b/secret': '{}', 'var/state.enc': encryptedYaml(`a: ${VALUE}\n`) },
    ],
    ['an expression that is read otherwise in Go', '(?i)teraform/.*', {}],
  ])('is silent for %s', (_, regex, more) => {
    const files = regex.includes('teraform') ? more : { 'terraform/state.enc': 'a\n', ...more };
    expect(misspelt(regex, files)).toEqual([]);
  });
});

describe('what .sops.yaml says', () => {
  const MAIL = '  sops.secrets.mail = { };\n';
  const KEYS = `mail: ${VALUE}\n`;
  const drift = (more: Texts) => found('sops/recipient-drift', fleet(MAIL, KEYS, more)).length;
  const ruleless = (more: Texts) => found('sops/no-creation-rule', fleet(MAIL, KEYS, more)).length;

  it('is compared with the recipients of a file', () => {
    const texts = fleet(MAIL, KEYS, {
      '.sops.yaml': SOPS_YAML,
      [FILE]: encryptedYaml(KEYS, [ADMIN, 'age1old']),
    });
    expect(messages('sops/recipient-drift', texts)).toEqual([
      'warning: This file is not encrypted to age1lea000000000…, which its rule names, and can still be decrypted by age1old, which its rule does not name. Run `sops updatekeys secrets/lea.yaml`.',
    ]);
  });

  it.each([
    [
      'the first rule that fits counts',
      `creation_rules:\n  - path_regex: lea\\.yaml$\n    age: ${ADMIN},${LEA}\n  - age: age1other\n`,
    ],
    ['a rule has other kinds of keys alone', 'creation_rules:\n  - kms: arn:aws:kms:x\n'],
    [
      'a regular expression cannot be read as Go reads it',
      'creation_rules:\n  - path_regex: (?i)LEA\n    age: age1other\n',
    ],
    ['there are no rules', 'stores:\n  yaml:\n    indent: 2\n'],
    ['the configuration is broken', 'creation_rules: [\n'],
  ])('is read as sops does: %s', (_, config) => {
    expect(drift({ '.sops.yaml': config })).toBe(0);
    expect(ruleless({ '.sops.yaml': config })).toBe(0);
  });

  it('is not certain where there are two', () => {
    const other = SOPS_YAML.replace('secrets/[^/]+', 'lea').replace(LEA, 'age1other');
    expect(drift({ '.sops.yaml': SOPS_YAML, 'secrets/.sops.yaml': other })).toBe(0);
    expect(drift({ 'secrets/.sops.yaml': other })).toBe(1);
  });

  it('may lack a rule for a file that is in use', () => {
    expect(ruleless({ '.sops.yaml': SOPS_YAML.replace('yaml$', 'yml$') })).toBe(1);
    expect(ruleless({})).toBe(0);
  });
});

describe('sops/plaintext', () => {
  const plain = (
    path: string,
    text = 'mail: correct horse\n',
    config = SOPS_YAML,
    more: Texts = {},
    world: World = {},
  ) => messages('sops/plaintext', { '.sops.yaml': config, [path]: text, ...more }, world);

  it('shows nothing of the file', () => {
    const [message] = plain('secrets/a.yaml');
    expect(message).toMatch(/^error: This file is not encrypted/);
    expect(message).not.toContain('horse');
  });

  it.each([
    ['an environment file', 'secrets/a.env', 'A=correct horse\n', 'secrets/.*\\.env$'],
    ['JSON', 'hosts/lea/secrets.json', '{ "a": 1 }', 'secrets\\.json$'],
  ])('is found in %s', (_, path, text, regex) => {
    expect(plain(path, text, `creation_rules:\n  - path_regex: ${regex}\n    age: ${ADMIN}\n`)).toHaveLength(
      1,
    );
  });

  it.each([
    ['a file that no rule takes', 'other/a.yaml', 'a: 1\n', SOPS_YAML],
    [
      'a rule for every file of a format',
      'ci/build.yaml',
      'a: 1\n',
      `creation_rules:\n  - path_regex: .*\\.yaml$\n    age: ${ADMIN}\n`,
    ],
    ['a rule for every file', 'ci/build.yaml', 'a: 1\n', `creation_rules:\n  - age: ${ADMIN}\n`],
    ['an empty file', 'secrets/a.yaml', '# nothing yet\n', SOPS_YAML],
    ['an example', 'secrets/example.yaml', 'a: 1\n', SOPS_YAML],
    ['a file that cannot be read', 'secrets/a.yaml', 'a: [\n', SOPS_YAML],
    [
      'an encrypted environment file',
      'secrets/a.env',
      'A=ENC[]\nsops_mac=ENC[]\nsops_version=3.9\n',
      SOPS_YAML.replace('yaml$', 'env$'),
    ],
  ])('is silent for %s', (_, path, text, config) => {
    expect(plain(path, text, config)).toEqual([]);
  });

  it('is silent for a flake of its own below this one', () => {
    const more = { 'starter/flake.nix': '{ }\n' };
    expect(plain('starter/secrets/a.yaml', 'a: 1\n', SOPS_YAML, more)).toEqual([]);
  });

  it('is found for what a declaration names, whatever the rule', () => {
    const config = `creation_rules:\n  - age: ${ADMIN}\n`;
    const more = { 'configuration.nix': moduleWith('  sops.secrets.mail = { };\n') };
    expect(plain(FILE, 'mail: x\n', config, more)).toHaveLength(1);
  });
});

describe('sops/unused-key', () => {
  const keys = `mail: ${VALUE}\nold: ${VALUE}\n`;
  const unused = (body: string, more: Texts = {}) => found('sops/unused-key', fleet(body, keys, more)).length;

  it('is shown faded', () => {
    expect(found('sops/unused-key', fleet('  sops.secrets.mail = { };\n', keys))[0]?.unnecessary).toBe(true);
  });

  it.each([
    ['the whole file is taken', '  sops.secrets.mail = { };\n  sops.secrets.all.key = "";\n', {}],
    ['a key is not known', '  sops.secrets.mail = { };\n  sops.secrets.other.key = config.a;\n', {}],
    [
      'a file is not known',
      '  sops.secrets.mail = { };\n',
      { 'more.nix': '{ x, ... }: { sops.secrets.b.sopsFile = x; }\n' },
    ],
    [
      'secrets of unknown names are declared',
      '  sops.secrets.mail = { };\n',
      { 'more.nix': '{ x, ... }: { sops.secrets = x; }\n' },
    ],
    ['a key is wrong', '  sops.secrets.mail = { };\n  sops.secrets.odl = { };\n', {}],
    ['nothing of the file is declared', '', {}],
    [
      'a recipe reads it',
      '  sops.secrets.mail = { };\n',
      { justfile: 'unlock:\n  sops exec-env secrets/lea.yaml "echo $old"\n' },
    ],
    [
      'Terraform reads it',
      '  sops.secrets.mail = { };\n',
      { 'dns/main.tf': 'x = data.sops_file.lea.data["old"]\n# decrypted by sops\n' },
    ],
    [
      'a script in Nix reads it',
      '  sops.secrets.mail = { };\n',
      { 'app.nix': `{ p, ... }: p "\${p.sops}/bin/sops -d --extract '[\\"old\\"]' secrets/lea.yaml"\n` },
    ],
  ])('is silent where %s', (_, body, more) => {
    expect(unused(body, more)).toBe(0);
  });

  it.each([
    ['a script that has nothing to do with sops', { 'a.sh': 'echo old\n' }],
    ['part of another word', { 'a.sh': 'sops -d old-file\n' }],
    ['another encrypted file', { 'other.yaml': encryptedYaml(`old: ${VALUE}\n`) }],
  ])('is found in spite of %s', (_, more) => {
    expect(unused('  sops.secrets.mail = { };\n', more)).toBe(1);
  });
});
