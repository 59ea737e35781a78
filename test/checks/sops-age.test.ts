// The rules about agenix, where it is less plain than in their examples.

import { describe, expect, it } from 'vitest';
import { ageStanzas, sshTag } from '../../server/src/store/age/age-header.ts';
import { findingsOf, type Texts } from './harness.ts';

const LEA = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPJDyIr/FSz1cJdcoW69R+NrWzwGK/+3gJpqD1t8L2zE';
const ADA = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIL0idNvgGiucWgup/mP78zyC23uFjYq0evcWdjGQUaBH';

/** Encrypted to both. */
const MAIL = `age-encryption.org/v1
-> ssh-ed25519 V3XmEA pdYSQVbijTDpQBRGF/nvjS4P5iKWcRC9vjMop6cECy0
mS0mV8xWlAYjSBqzbKV/4gtLtMCrrirsu0jn23DuZGI
-> ssh-ed25519 KLPP8w cX3HPH/q0cYgb14orVzdzNrlPgDk42YKrHVDoxBV6D8
wAHdiNGAJe288yDa60GApTblGkfiyBuWAnCYF6qoPxs
-> X25519 pdYSQVbijTDpQBRGF/nvjS4P5iKWcRC9vjMop6cECy0
mS0mV8xWlAYjSBqzbKV/4gtLtMCrrirsu0jn23DuZGI
--- b9qME4ueKsMN0tCNhGRZ9PR6q108h6yE7TNemRZmvOQ
`;

const ARMORED = `-----BEGIN AGE ENCRYPTED FILE-----\n${Buffer.from(MAIL)
  .toString('base64')
  .replace(/.{64}/g, '$&\n')}\n-----END AGE ENCRYPTED FILE-----\n`;

const MODULE = '{ config, ... }:\n{\n  age.secrets.mail.file = ./mail.age;\n}\n';

const rules = (keys: string, more = '') => `{ "mail.age".publicKeys = [ ${keys} ]; ${more} }\n`;

const found = (rule: string, texts: Texts) =>
  findingsOf(rule, { 'configuration.nix': MODULE, 'mail.age': MAIL, ...texts }).map(
    ({ severity, message }) => `${severity}: ${message}`,
  );

describe('the header of an age file', () => {
  it('names SSH keys by a part of their hash', () => {
    expect(ageStanzas(MAIL)?.map(({ type, args }) => `${type} ${args[0]}`)).toEqual([
      'ssh-ed25519 V3XmEA',
      'ssh-ed25519 KLPP8w',
      'X25519 pdYSQVbijTDpQBRGF/nvjS4P5iKWcRC9vjMop6cECy0',
    ]);
    expect(sshTag(ADA)).toEqual({ type: 'ssh-ed25519', tag: 'V3XmEA' });
    expect(sshTag(`${LEA} lea@laptop`)).toEqual({ type: 'ssh-ed25519', tag: 'KLPP8w' });
    expect(sshTag('age1lea')).toBeNull();
  });

  it('is read in armor, and not where it is cut off', () => {
    expect(ageStanzas(ARMORED)).toHaveLength(3);
    expect(ageStanzas(MAIL.slice(0, 120))).toBeNull();
    expect(ageStanzas('correct horse')).toBeNull();
  });
});

describe('sops/age-recipient-drift', () => {
  const drift = (text: string, file = MAIL) =>
    found('sops/age-recipient-drift', { 'secrets.nix': text, 'mail.age': file });

  it('says which keys are missing and how many are left', () => {
    const other = LEA.replace('2zE', '2zF');
    const [message] = drift(rules(`"${ADA}" "${other}"`));
    expect(message).toContain(
      'warning: mail.age is not encrypted to ssh-ed25519 …D1t8L2zF, which this rule names, and ',
    );
    expect(message).toContain(
      'can still be decrypted by 1 SSH key that this rule does not name. Run `agenix -r`.',
    );
    expect(drift(rules(`"${ADA}"`), ARMORED)).toHaveLength(1);
  });

  it.each([
    ['recipients of age are others', rules(`"${ADA}" "${LEA}" "age1else"`)],
    ['further keys are not known', rules(`"${ADA}"`).replace('];', '] ++ import <keys>;')],
    ['a recipient is of a kind that is not known', rules(`"${ADA}" "somebody"`)],
    ['the rules are of another folder', rules(`"${ADA}"`).replace('mail', 'other/mail')],
  ])('is silent where %s', (_, text) => {
    expect(drift(text)).toEqual([]);
  });
});

describe('sops/undeclared-secret', () => {
  const use = (name: string) => `  services.${name}.file = config.age.secrets.${name}.path;\n`;
  const undeclared = (body: string) =>
    found('sops/undeclared-secret', { 'configuration.nix': `{ config, ... }:\n{\n${body}}\n` });

  it('is silent where all of them are declared in another flake', () => {
    expect(undeclared(use('mail'))).toEqual([]);
    const mixed = `  age.secrets.mail.file = ./mail.age;\n${use('mail')}${use('vpn')}`;
    expect(undeclared(mixed)).toEqual([expect.stringContaining('"vpn" of agenix')]);
  });
});

describe('sops/age-no-rule', () => {
  const ruleless = (texts: Texts) => found('sops/age-no-rule', texts);
  const OTHERS = { 'vpn.age': MAIL, 'secrets.nix': rules(`"${ADA}"`).replace('mail', 'vpn') };

  it('names the file as agenix wants it', () => {
    expect(ruleless(OTHERS)).toEqual([
      expect.stringContaining('Add `"mail.age".publicKeys = [ … ];` there.'),
    ]);
  });

  it.each([
    ['there may be more rules', { 'secrets.nix': `${OTHERS['secrets.nix'].trim()} // import <more>\n` }],
    ['another folder has rules for it', { 'a/secrets.nix': '{ "../mail.age".publicKeys = [ ]; }\n' }],
    ['agenix-rekey keeps secrets', { 'more.nix': '{ age.secrets.x.rekeyFile = ./x.age; }\n' }],
    ['nothing named by the rules is there', { 'secrets.nix': rules('').replace('mail', 'gone') }],
  ])('is silent where %s', (_, more) => {
    expect(ruleless({ ...OTHERS, ...more })).toEqual([]);
  });
});

describe('sops/age-unused-rule', () => {
  const unused = (texts: Texts) =>
    found('sops/age-unused-rule', {
      'secrets.nix': rules(`"${ADA}"`, `"vpn.age".publicKeys = [ "${ADA}" ];`),
      'vpn.age': MAIL,
      ...texts,
    });

  it('is a hint', () => {
    expect(unused({})).toEqual([expect.stringMatching(/^hint: No agenix secret here uses vpn.age/)]);
  });

  it.each([
    ['a secret takes it', { 'more.nix': '{ age.secrets.vpn.file = ./vpn.age; }\n' }],
    [
      'a secret is taken from what is not known',
      { 'more.nix': '{ x, ... }: { age.secrets.vpn.file = x; }\n' },
    ],
    ['secrets of any name are declared', { 'more.nix': '{ x, ... }: { age.secrets = x; }\n' }],
    ['another Nix file names it', { 'more.nix': '{ environment.etc.a.source = ./vpn.age; }\n' }],
    ['a script names it', { 'unlock.sh': 'agenix -d vpn.age\n' }],
  ])('is silent where %s', (_, more) => {
    expect(unused(more)).toEqual([]);
  });
});
