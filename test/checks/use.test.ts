// The rules about uses of generators, where it is less plain than in their examples.

import { describe, expect, it } from 'vitest';
import { hostOf, PIPELINE } from '../../server/src/checks/examples.ts';
import { applyFix, check, expectMarked, expectSilent, fixOf, onlyFinding, type Texts } from './harness.ts';

const MATRIX = '{\n  emily = [ "anthropic" ];\n  lea = [ "gmail" ];\n}\n';
const fleet = (body: string, more: Texts = {}): Texts => ({
  ...PIPELINE,
  'lib/machine-env-matrix.nix': MATRIX,
  'machines/emily/configuration.nix': hostOf('emily'),
  'machines/lea/configuration.nix': hostOf('lea', body),
  ...more,
});

describe('use/value-of-secret', () => {
  const read =
    '  services.mail.password = config.clan.core.vars.generators.gmail-app-password.files.password.value;\n';

  it('replaces the attribute alone', () => {
    const texts = fleet(read);
    const finding = onlyFinding(check(texts), 'use/value-of-secret');
    const after = applyFix(texts, fixOf(finding, 'Replace with .path'));
    expect(after['machines/lea/configuration.nix']).toContain('gmail-app-password.files.password.path;');
    expectSilent(after);
  });

  it('is silent for a public file', () => {
    expectSilent(
      fleet(read, {
        'lib/secret-registry.nix': (PIPELINE['lib/secret-registry.nix'] as string).replace(
          '    fileAttr = "password";',
          '    fileAttr = "password";\n    secret = false;',
        ),
      }),
    );
  });

  it('is silent where another module makes the file public', () => {
    expectSilent(
      fleet(read, {
        'modules/public.nix':
          '{ lib, ... }:\n{\n  clan.core.vars.generators.gmail-app-password.files.password.secret = lib.mkForce false;\n}\n',
      }),
    );
  });
});

describe('use/undefined-generator', () => {
  it('is found for a generator that only other machines have', () => {
    const { findings } = expectMarked(
      fleet(`\
  services.ai.keyFile = config.clan.core.vars.generators.anthropic-api-key.files.key.path;
  #                                                      ^^^^^^^^^^^^^^^^^ use/undefined-generator: is defined here (machine lea)
`),
    );
    expect(findings[0]?.machines).toEqual(['lea']);
  });

  const read = (name: string) =>
    `  services.mail.keyFile = config.clan.core.vars.generators.${name}.files.key.path;\n`;

  it.each([
    [
      'that another module defines',
      read('own'),
      { 'modules/own.nix': '{\n  clan.core.vars.generators.own.files.key = { };\n}\n' },
    ],
    [
      'of an opaque collection',
      read('own'),
      { 'modules/own.nix': '{ more, ... }:\n{\n  clan.core.vars.generators = more.generators;\n}\n' },
    ],
    ["of clan-core's own services", read('user-password-ada'), {}],
    ['whose name is not known', read(`"\${config.networking.hostName}-key"`), {}],
    [
      'that is asked for with something to fall back on',
      '  services.mail.keyFile = config.clan.core.vars.generators.own.files.key.path or "/dev/null";\n',
      {},
    ],
    [
      'in a module of which the generators are not known',
      '',
      { 'modules/other.nix': `{ config, ... }:\n{\n${read('own')}}\n` },
    ],
  ])('is silent for a generator %s', (_, body, more) => {
    expectSilent(fleet(body, more as Texts));
  });
});

describe('use/undefined-file', () => {
  const body =
    '  services.mail.keyFile = config.clan.core.vars.generators.gmail-app-password.files.salt.path;\n';

  it('says what files there are', () => {
    expect(onlyFinding(check(fleet(body)), 'use/undefined-file').message).toBe(
      'The generator "gmail-app-password" has no file "salt"; it has "password".',
    );
  });

  it.each([
    ['another module adds it', '  clan.core.vars.generators.gmail-app-password.files.salt = { };\n'],
    ['another module may add it', '  clan.core.vars.generators.gmail-app-password.files = import <more>;\n'],
    [
      'it is a persisted prompt',
      '  clan.core.vars.generators.gmail-app-password.prompts.salt.persist = true;\n',
    ],
  ])('is silent where %s', (_, more) => {
    const { findings } = check(fleet(body, { 'modules/more.nix': `{\n${more}}\n` }));
    expect(findings.filter(({ rule }) => rule.startsWith('use/'))).toEqual([]);
  });
});
