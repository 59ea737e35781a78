// What is offered for sops-nix and agenix where the cursor stands.
import { describe, expect, test } from 'vitest';
import { completion } from '../../server/src/editor/complete/completion.ts';
import { OPTION_WORDS } from '../../server/src/editor/secrets/words.ts';
import { SECRET_OPTIONS } from '../../server/src/fleet/secrets/secrets-schema.ts';
import { AGENIX, inFleet, SOPS } from './secret-fleets.ts';

/** What is offered at `|`, as labels; and the texts that two of them would write. */
function offered(marked: string, fleet = SOPS, file = 'hosts/server/wg.nix') {
  const offset = marked.indexOf('|');
  const text = marked.slice(0, offset) + marked.slice(offset + 1);
  const { snapshot } = inFleet({ ...fleet, [file]: text }, file, '');
  const found = completion(snapshot, file, offset);
  return {
    labels: found?.items.map(({ label }) => label) ?? null,
    ranked: found?.items.map(({ label, rank }) => `${rank} ${label}`) ?? null,
    inserts: found?.items.map(({ insert }) => insert) ?? null,
    details: found?.items.map(({ detail }) => detail) ?? null,
    replaced: found === null ? null : text.slice(found.at.start, found.at.end),
  };
}

const module = (inside: string) => `{ config, ... }:\n{\n  ${inside}\n}\n`;

describe('uses', () => {
  test('names of secrets, those of the machine first', () => {
    const { ranked, inserts, replaced } = offered(module('x = config.sops.secrets.a|;'));
    expect(ranked).toEqual(['1 ada-password', '1 api/token', '2 git', '1 gone', '1 mistake']);
    expect(inserts?.slice(0, 2)).toEqual(['ada-password', '"api/token"']);
    expect(replaced).toBe('a');
  });

  test('in quotes, with slashes', () => {
    const { labels, inserts, replaced } = offered(module('x = config.sops.secrets."api/t|";'));
    expect(labels).toContain('api/token');
    expect(inserts).toContain('api/token');
    expect(replaced).toBe('api/t');
  });

  test('placeholders inside of a template, templates, and what can be read of both', () => {
    const content = 'sops.templates.x.content = "A=${config.sops.placeholder.|}";';
    expect(offered(module(content)).labels).toContain('api/token');
    expect(offered(module('x = config.sops.templates.|;')).labels).toEqual(['app.env']);
    expect(offered(module('x = config.sops.templates."app.env".|;')).labels?.[0]).toBe('path');
    expect(offered(module('x = config.sops.secrets."api/token".pa|;'))).toMatchObject({ replaced: 'pa' });
    expect(offered(module('x = config.sops.secrets.mistake.|;')).labels).toContain('path');
  });

  test('of agenix', () => {
    const { labels } = offered(module('x = config.age.secrets.|;'), AGENIX, 'hosts/mail.nix');
    expect(labels).toEqual(['db']);
  });
});

describe('declarations', () => {
  test('keys of the encrypted file, first those that nothing takes', () => {
    const { ranked, inserts } = offered(module('sops.secrets.|'));
    expect(ranked).toEqual(['2 api/token', '1 wg']);
    expect(inserts).toEqual(['"api/token" = { $0};', 'wg = { $0};']);
  });

  test('in quotes, and in a set of secrets', () => {
    const quoted = offered(module('sops.secrets."api/|" = { };'));
    expect(quoted).toMatchObject({ replaced: 'api/', inserts: ['api/token', 'wg'] });
    expect(offered(module('sops.secrets = {\n    w|\n  };')).labels).toContain('wg');
    expect(offered(module('sops = { secrets."|" = { }; };')).inserts).toEqual(['api/token', 'wg']);
    expect(offered(module('sops.secrets.w| = { };')).inserts).toEqual(['"api/token"', 'wg']);
  });

  test('the default file of the file itself counts before others', () => {
    const body = 'sops.defaultSopsFile = ../../secrets/users.yaml;\n  sops.secrets.|';
    expect(offered(module(body)).labels).toEqual(['users/ada', 'git']);
  });

  test('encrypted files of agenix that nothing takes yet', () => {
    const { labels, inserts } = offered(module('age.secrets.|'), AGENIX, 'hosts/mail.nix');
    expect(labels).toEqual(['mail']);
    expect(inserts).toEqual(['mail.file = ../secrets/mail.age;']);
  });

  test("in agenix' rules: files without one, and what a rule says", () => {
    const rules = 'let ada = "ssh-ed25519 AAAA"; in {\n  "db.age".publicKeys = [ ada ];\n  |\n}\n';
    const at = (text: string) => offered(rules.replace('|', text), AGENIX, 'secrets/secrets.nix');
    expect(at('|')).toMatchObject({ labels: ['mail.age'], inserts: ['"mail.age".publicKeys = [ $0 ];'] });
    expect(at('"ma|".publicKeys = [ ];')).toMatchObject({ inserts: ['mail.age'], replaced: 'ma' });
    expect(at('"mail.age".|').labels).toEqual(['publicKeys', 'armor']);
    expect(
      offered(rules.replace('let ', 'let |').replace('\n  |', ''), AGENIX, 'secrets/secrets.nix').labels,
    ).toBeNull();
  });

  test('options of a secret but those that it has, of a template, of sops-nix, of agenix', () => {
    const { labels } = offered(module('sops.secrets.wg = { owner = "ada"; | };'));
    expect(labels).toContain('restartUnits');
    expect(labels).not.toContain('owner');
    expect(offered(module('sops.secrets."wg".ne|')).labels).toContain('neededForUsers');
    expect(offered(module('sops.templates.x = { | };')).labels).toContain('content');
    expect(offered(module('sops = { | };')).labels).toContain('defaultSopsFile');
    expect(offered(module('sops.age.|')).labels).toEqual(['keyFile', 'generateKey', 'sshKeyPaths']);
    expect(offered(module('age.secrets.x.|')).labels).toContain('symlink');
    expect(offered(module('age = { | };')).labels).toContain('identityPaths');
    expect(offered(module('inputs.sops.|')).labels).toBeNull();
  });
});

test('a module for home-manager is not offered what only machines have', () => {
  const { labels } = offered('{ sops.secrets.x = { | }; }', SOPS, 'home/ada.nix');
  expect(labels).toContain('mode');
  expect(labels).not.toContain('owner');
  expect(labels).not.toContain('neededForUsers');
});

test('every option that is offered is one that the rules know', () => {
  for (const keeper of ['sops', 'age'] as const)
    for (const owner of ['secret', 'template', 'keeper'] as const)
      for (const { name } of OPTION_WORDS[keeper][owner])
        expect(SECRET_OPTIONS[keeper][owner].has(name), `${keeper} ${owner} ${name}`).toBe(true);
});

describe('values', () => {
  test('keys of the file that the secret is taken from', () => {
    const own = 'sops.secrets.x = { sopsFile = ../../secrets/users.yaml; key = "us|"; };';
    expect(offered(module(own))).toMatchObject({ labels: ['users/ada', 'git'], replaced: 'us' });
    expect(offered(module('sops.secrets.x.key = "users/|";')).labels).toEqual(['api/token', 'wg']);
  });

  test('encrypted files, as paths from here', () => {
    const files = ['../../secrets/common.yaml', '../../secrets/users.yaml'];
    expect(offered(module('sops.secrets.x.sopsFile = |;')).labels).toEqual(files);
    expect(offered(module('sops.secrets.x.sopsFile = ../../se|;'))).toMatchObject({
      labels: files,
      replaced: '../../se',
    });
    expect(offered(module('sops.defaultSopsFile = |;')).labels).toEqual(files);
    expect(offered(module('age.secrets.x.file = |;'), AGENIX, 'hosts/mail.nix').labels).toEqual([
      '../secrets/db.age',
      '../secrets/mail.age',
    ]);
  });

  test('choices', () => {
    expect(offered(module('sops.secrets.x.format = "|";')).labels).toContain('dotenv');
    expect(offered(module('sops.secrets.x.mode = |;')).inserts).toContain('"0440"');
    expect(offered(module('sops.secrets.x.neededForUsers = |;')).labels).toEqual(['true', 'false']);
  });

  test('nothing of an encrypted value is offered', () => {
    for (const body of ['sops.secrets.|', 'sops.secrets.x.key = "|";', 'x = config.sops.secrets.|;'])
      expect(JSON.stringify(offered(module(body)))).not.toContain('ENC[');
  });
});
