// Files other than Nix that cannot be read: said at the place, with the way out, and nothing is concluded from them.

import { describe, expect, it } from 'vitest';
import {
  ADMIN,
  encryptedYaml,
  moduleWith,
  SOPS_YAML,
  VALUE,
} from '../../server/src/checks/examples/sops-examples.ts';
import { judging, type Texts } from './harness.ts';

const { check } = judging(
  'host/unreadable',
  'sops/age-unused-rule',
  'sops/missing-file',
  'sops/plaintext',
  'sops/recipient-drift',
  'sops/unknown-key',
  'sops/unused-file',
  'sops/unused-key',
  'store/malformed',
);

const FILE = 'secrets/lea.yaml';
const MODULE = { 'configuration.nix': moduleWith('  sops.secrets.mail = { };\n') };
const SECRET = encryptedYaml(`mail: ${VALUE}\n`);

const shown = (texts: Texts) =>
  check(texts).findings.map(({ severity, rule, at, message }) => ({
    what: `${severity} ${rule} ${at.file}`,
    text: (texts[at.file] ?? '').slice(at.start, at.end),
    message,
  }));

const whats = (texts: Texts) => shown(texts).map(({ what }) => what);

function merged(ours: string, theirs: string): string {
  return `<<<<<<< HEAD\n${ours}=======\n${theirs}>>>>>>> other\n`;
}

describe('.sops.yaml', () => {
  const withConfig = (config: string) => ({ ...MODULE, [FILE]: SECRET, '.sops.yaml': config });

  it.each([
    ['an alias', SOPS_YAML.replace(`- ${ADMIN}`, '- *admin'), '*admin', 'no'],
    ['a tab', SOPS_YAML.replace('    key_groups', '\tkey_groups'), '', 'begins with a tab'],
    [
      'a key twice',
      `${SOPS_YAML}creation_rules: []\n`,
      'creation_rules',
      'has the key "creation_rules" twice',
    ],
    ['a merge', merged(SOPS_YAML, SOPS_YAML), '<<<<<<< HEAD', 'a merge in it is not finished'],
  ])('with %s is reported where it goes wrong', (_, config, text, words) => {
    const [finding, ...others] = shown(withConfig(config));
    expect(others).toEqual([]);
    expect(finding?.what).toBe('warning host/unreadable .sops.yaml');
    expect(finding?.text).toContain(text);
    expect(finding?.message).toContain(words);
  });

  it('is silent for what sops reads', () => {
    for (const config of [
      SOPS_YAML,
      SOPS_YAML.replace('path_regex: ', 'path_regex: !re '),
      `a: &a { age: [${ADMIN}] }\nb: { <<: *a, <<: *a }\n${SOPS_YAML}`,
    ])
      expect(whats(withConfig(config))).toEqual([]);
  });
});

describe('an encrypted file', () => {
  it.each([
    ['with a key twice', `mail: ${VALUE}\n${SECRET}`, 'has the key "mail" twice'],
    [
      'with an unfinished merge',
      merged(SECRET, SECRET),
      'git restore --source=HEAD --staged --worktree -- secrets/lea.yaml',
    ],
    ['that is cut off', SECRET.slice(0, SECRET.indexOf('    lastmodified')), 'it is cut off'],
  ])('%s', (_, text, words) => {
    const [finding, ...others] = shown({ ...MODULE, '.sops.yaml': SOPS_YAML, [FILE]: text });
    expect(others).toEqual([]);
    expect(finding?.what).toBe(`error host/unreadable ${FILE}`);
    expect(finding?.message).toContain(words);
    expect(finding?.message).not.toContain('updatekeys');
  });

  it('of variables that is cut off', () => {
    const texts = {
      'configuration.nix': '{\n  sops.secrets.web = { sopsFile = ./web.env; format = "dotenv"; };\n}\n',
      'web.env': `A=${VALUE}\nsops_age__list_0__map_recipient=${ADMIN}\n`,
    };
    expect(whats(texts)).toEqual(['error host/unreadable web.env']);
  });

  it('is a warning where nothing uses it', () => {
    const texts = {
      ...MODULE,
      '.sops.yaml': SOPS_YAML,
      [FILE]: SECRET,
      'secrets/b.yaml': merged(SECRET, SECRET),
    };
    expect(whats(texts)).toEqual(['warning host/unreadable secrets/b.yaml']);
  });

  it('of age with an unfinished merge is not called plain text', () => {
    const [finding, ...others] = shown({
      'configuration.nix': '{\n  age.secrets.mail.file = ./mail.age;\n}\n',
      'mail.age': merged('age-encryption.org/v1\n', 'age-encryption.org/v1\n'),
    });
    expect(others).toEqual([]);
    expect(finding?.what).toBe('error host/unreadable mail.age');
    expect(finding?.message).not.toContain('agenix -e');
  });

  it('is left alone where equals signs underline a title', () => {
    expect(
      whats({ ...MODULE, [FILE]: `# Title\n# =======\n${SECRET}`, 'README.md': 'Title\n=======\n' }),
    ).toEqual([]);
  });
});

describe('other files', () => {
  it.each(['flake.lock', 'inventory.json'])('%s that is not JSON', path => {
    const flake = `{ outputs = { self, clan-core, ... }: clan-core.lib.clan { inherit self; inventory.machines.lea = { }; }; }\n`;
    const texts = { 'flake.nix': flake, [path]: `{\n${merged('  "a": 1\n', '  "a": 2\n')}}\n` };
    expect(whats(texts)).toEqual([`error host/unreadable ${path}`]);
  });

  it('a public value with both sides of a merge', () => {
    const texts = {
      'vars/shared/mesh/note/value': merged('a\n', 'b\n'),
      'vars/shared/mesh/motd/value': 'Title\n=======\n',
    };
    const [finding, ...others] = shown(texts);
    expect(others).toEqual([]);
    expect(finding?.what).toBe('error store/malformed vars/shared/mesh/note/value');
    expect(finding?.message).toContain('-- vars/shared/mesh`');
  });

  it('a Nix file', () => {
    const flake = `{ outputs = { nixpkgs, ... }: { nixosConfigurations.web = nixpkgs.lib.nixosSystem { modules = [ ./web.nix ]; }; }; }\n`;
    const [finding] = shown({ 'flake.nix': flake, 'web.nix': merged('{ a = 1; }\n', '{ a = 2; }\n') });
    expect(finding?.text).toBe('<<<<<<< HEAD');
    expect(finding?.message).toContain('a merge in it is not finished');
  });
});

describe('a file that holds no secrets', () => {
  const wrong = (path: string, content: string) => ({
    'configuration.nix': `{\n  sops.secrets.mail.sopsFile = ./${path};\n}\n`,
    '.sops.yaml': SOPS_YAML,
    [FILE]: SECRET,
    [path]: content,
  });

  it.each([
    ['.sops.yaml', SOPS_YAML, 'the configuration of sops'],
    ['flake.lock', '{ }\n', 'the lock of the flake'],
    ['keys/lea.pub', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA lea\n', 'a public key'],
    ['sops.yaml', SOPS_YAML, 'a configuration of sops'],
    ['keys.txt', 'AGE-SECRET-KEY-1QQQQ\n', 'a private key of age'],
  ])('%s is never to be encrypted, and nothing is called unused', (path, content, what) => {
    const [finding, ...others] = shown(wrong(path, content));
    expect(others).toEqual([]);
    expect(finding?.what).toBe('error sops/plaintext configuration.nix');
    expect(finding?.message).toContain(`${path} is ${what}, not a file of secrets`);
    expect(finding?.message).toContain('name secrets/lea.yaml, which has "mail",');
    expect(finding?.message).not.toMatch(/sops encrypt|change its contents/);
  });

  it('may be encrypted all the same', () => {
    expect(whats({ ...wrong('keys/lea.pub', SECRET) }).filter(what => what.includes('plaintext'))).toEqual(
      [],
    );
  });

  it('of agenix', () => {
    const texts = {
      'configuration.nix': '{\n  age.secrets.mail.file = ./secrets.nix;\n}\n',
      'secrets.nix': '{ "mail.age".publicKeys = [ "age1lea" ]; }\n',
      'mail.age': '-----BEGIN AGE ENCRYPTED FILE-----\n',
    };
    const [finding, ...others] = shown(texts);
    expect(others).toEqual([]);
    expect(finding?.message).toContain('secrets.nix is the rules of agenix');
  });
});

describe('a file whose name is misspelt', () => {
  it('keeps the one that is meant', () => {
    const texts = {
      '.sops.yaml': SOPS_YAML,
      [FILE]: SECRET,
      'configuration.nix': '{\n  sops.secrets.mail.sopsFile = ./secrets/lea.yml;\n}\n',
    };
    expect(whats(texts)).toEqual(['error sops/missing-file configuration.nix']);
  });

  it('keeps others too while a file of Nix code cannot be read', () => {
    const texts = {
      ...MODULE,
      '.sops.yaml': SOPS_YAML,
      [FILE]: encryptedYaml(`mail: ${VALUE}\nweb: ${VALUE}\n`),
      'secrets/old.yaml': SECRET,
    };
    expect(whats(texts)).toEqual([`hint sops/unused-key ${FILE}`, 'hint sops/unused-file secrets/old.yaml']);
    const broken = { ...texts, 'web.nix': '{ sops.secrets.web = ; }\n' };
    expect(whats(broken).filter(what => what.startsWith('hint'))).toEqual([]);
  });
});
