// Files that sops writes in other formats than YAML, and without one of the usual endings.

import { describe, expect, it } from 'vitest';
import {
  ADMIN,
  encryptedYaml,
  LEA,
  moduleWith,
  SOPS_YAML,
  VALUE,
} from '../../server/src/checks/examples/sops-examples.ts';
import { applyFix, findingsOf, fixOf, judging, onlyFinding, type Texts } from './harness.ts';

const { check } = judging('sops/file-format', 'sops/plaintext', 'sops/recipient-drift');

const lines = (recipients: readonly string[]) =>
  `PASSWORD=${VALUE}\n${recipients
    .map((key, i) => `sops_age__list_${i}__map_recipient=${key}\n`)
    .join('')}sops_mac=${VALUE}\nsops_version=3.13.2\n`;

const ini = `[mail]\npassword = ${VALUE}\n\n[sops]\nage__list_0__map_recipient = ${ADMIN}\nmac = ${VALUE}\n`;

const json = (recipients: readonly string[]) =>
  JSON.stringify({
    data: VALUE,
    sops: { age: recipients.map(recipient => ({ recipient, enc: '' })), mac: VALUE },
  });

const found = (rule: string, texts: Texts) => findingsOf(rule, texts);

const RULES = SOPS_YAML.replace('secrets/[^/]+\\.yaml$', '^secrets/');

describe('sops/file-format', () => {
  const wrong = (options: string, path: string, text: string) =>
    found('sops/file-format', {
      'configuration.nix': moduleWith(`  sops.secrets.mail = { sopsFile = ./${path}; ${options} };\n`),
      [path]: text,
    }).map(({ message }) => message);

  it.each([
    ['', 'a.env', lines([ADMIN]), 'dotenv'],
    ['', 'a.ini', ini, 'ini'],
    ['format = "dotenv";', 'a.ini', ini, 'ini'],
    ['format = "json";', 'a.yaml', encryptedYaml(`mail: ${VALUE}\n`), 'yaml'],
    ['format = "binary";', 'a', encryptedYaml(`mail: ${VALUE}\n`), 'yaml'],
    ['format = "dotenv";', 'a.json', json([ADMIN]), 'json'],
  ])('%s %s', (options, path, text, format) => {
    expect(wrong(options, path, text)).toEqual([expect.stringContaining(`Set format = "${format}".`)]);
  });

  it.each([
    ['', 'a.json', json([ADMIN])],
    ['format = "binary";', 'a', json([ADMIN])],
    ['format = "ini";', 'a.ini', ini],
    ['format = config.x;', 'a.ini', ini],
    ['format = "json";', 'a.yaml', 'mail: plain\n'],
  ])('is silent for %s %s', (options, path, text) => {
    expect(wrong(options, path, text)).toEqual([]);
  });

  it('sets the format', () => {
    const texts = {
      'configuration.nix': '{\n  sops.secrets.mail = { sopsFile = ./a.env; };\n}\n',
      'a.env': lines([ADMIN]),
    };
    const finding = onlyFinding(check(texts), 'sops/file-format');
    const after = applyFix(texts, fixOf(finding, 'Set format'));
    expect(after['configuration.nix']).toContain('{ format = "dotenv"; sopsFile = ./a.env; }');
  });
});

describe('what .sops.yaml says of files of any name', () => {
  const drift = (files: Texts) =>
    found('sops/recipient-drift', { '.sops.yaml': RULES, ...files }).map(({ at }) => at.file);

  it('is compared with their recipients', () => {
    const files = {
      'secrets/a.env': lines([ADMIN]),
      'secrets/tunnel': json([ADMIN]),
      'secrets/mail.txt': json([LEA, ADMIN]),
      'secrets/web.sops': encryptedYaml(`a: ${VALUE}\n`, [LEA]),
    };
    expect(drift(files)).toEqual(['secrets/a.env', 'secrets/tunnel', 'secrets/web.sops']);
  });

  it('says nothing of files that are there to be read', () => {
    const files = { 'secrets/README.md': `# Secrets\n\n    a: ${VALUE}\n`, 'secrets/lea.pub': 'age1lea\n' };
    expect(drift(files)).toEqual([]);
    expect(found('sops/plaintext', { '.sops.yaml': RULES, ...files })).toEqual([]);
  });
});
