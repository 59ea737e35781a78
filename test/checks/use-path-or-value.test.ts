// Options that take the text of a file and get its path, or the other way round, where it is less plain than in the examples.

import { describe, expect, it } from 'vitest';
import { secretOption } from '../../server/src/checks/facts/use/secret-options.ts';
import { judging, type Texts } from './harness.ts';

const rule = 'use/path-or-value';
const { check, expectSilent } = judging(rule);

/** A module with a secret `g/key` and a public `g/pub`; `f` is its files. */
const module = (body: string): Texts => ({
  'modules/g.nix': `\
{ config, lib, ... }:
let
  f = config.clan.core.vars.generators.g.files;
  key = f.key.path;
in
{
  clan.core.vars.generators.g = {
    files.key = { };
    files.pub.secret = false;
    script = ''
      echo a > "$out/key"
      echo b > "$out/pub"
    '';
  };
  ${body}
}
`,
});

const messages = (body: string) => check(module(body)).findings.map(({ message }) => message);

describe(rule, () => {
  it.each([
    ['by a name', 'networking.wg-quick.interfaces.wg0.privateKey = key;', 'Set `privateKeyFile` instead.'],
    [
      'under a condition',
      'users.users.ada.hashedPassword = lib.mkIf true f.key.path;',
      'Set `hashedPasswordFile` instead.',
    ],
    ['in quotes', 'users.users."a.b".password = "${f.key.path}";', 'Set `hashedPasswordFile` instead.'],
    [
      'in a list of sets',
      'networking.wireguard.interfaces.wg0.peers = [ { presharedKey = f.key.path; } ];',
      'Set `presharedKeyFile` instead.',
    ],
    [
      'in sections of settings',
      'services.grafana.settings."auth.generic_oauth".client_secret = f.key.path;',
      'use `"$__file{${….path}}"`',
    ],
    ['of a public file', 'programs.ssh.knownHosts.ada.publicKey = f.pub.path;', 'Use its .value.'],
    [
      'of a public file, as text where a path belongs',
      'services.restic.backups.all.passwordFile = f.pub.value;',
      'Use its .path.',
    ],
  ])('reports a file %s', (_, body, advice) => {
    expect(messages(body)).toEqual([expect.stringContaining(advice)]);
  });

  it.each([
    ['an option that takes a path', 'users.users.ada.hashedPasswordFile = f.key.path;'],
    ['an option that takes a text', 'programs.ssh.knownHosts.ada.publicKey = f.pub.value;'],
    ['a path that is part of a text', 'services.grafana.settings.smtp.password = "$__file{${f.key.path}}";'],
    ['a path that goes through a function', 'users.users.ada.password = lib.removePrefix "/" f.key.path;'],
    ['an option of the same name elsewhere', 'services.mine.users.ada.password = f.key.path;'],
    ['an option one level deeper', 'users.users.ada.password.file = f.key.path;'],
    ['the text of a secret, which another rule reports', 'services.tailscale.authKeyFile = f.key.value;'],
  ])('leaves alone %s', (_, body) => {
    expectSilent(module(body));
  });
});

it('names of options match one by one, and any name where the table has a star', () => {
  const entry = (option: string) => secretOption(option.split('.'))?.takes ?? null;
  expect(entry('users.users.ada.password')).toBe('value');
  expect(entry('users.users.ada.hashedPasswordFile')).toBe('path');
  expect(entry('users.users.password')).toBeNull();
  expect(entry('users.users.ada.b.password')).toBeNull();
});
