// The broken fleet holds exactly one of each mistake, each is marked, and where a mistake stops an evaluation,
// Nix itself says so. What Varsmith says about them is tested with the rules.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { brokenFleetRoot, markedMistakes, nixFiles } from './folders.ts';
import { describeWithNix, evaluate, parse } from './nix.ts';

const rules = [
  'eval/generators-in-imports',
  'eval/path-in-let',
  'eval/pkgs-in-metadata',
  'registry/accessor-not-selected',
  'registry/duplicate-env-var',
  'registry/duplicate-generator',
  'registry/duplicate-key',
  'registry/file-attr-mismatch',
  'registry/invalid-env-var',
  'registry/missing-machine',
  'registry/unknown-key',
  'registry/unknown-machine',
  'registry/unused-key',
  'use/undefined-file',
  'use/undefined-generator',
  'use/value-of-secret',
];

describe('the marks in the broken fleet', () => {
  const mistakes = markedMistakes(brokenFleetRoot);

  it('name each rule exactly once', () => {
    expect(mistakes.map(mistake => mistake.rule).sort()).toEqual(rules);
  });

  it('agree with the table in its README', () => {
    const readme = readFileSync(join(brokenFleetRoot, 'README.md'), 'utf8');
    const rows = [...readme.matchAll(/^\| `([a-z-]+\/[a-z-]+)` \| `([^`]+)` \|/gm)];
    expect(rows.map(([, rule, file]) => `${rule} ${file}`).sort()).toEqual(
      mistakes.map(mistake => `${mistake.rule} ${mistake.file}`).sort(),
    );
  });
});

describeWithNix('Nix on the broken fleet', () => {
  const harness = readFileSync(join(import.meta.dirname, 'evaluate-machine.nix'), 'utf8');

  const bodyOf = (machine: string, attribute: string): Promise<unknown> =>
    evaluate(`{ root, machine }: ((${harness}) { inherit root machine; }).body.${attribute}`, {
      root: brokenFleetRoot,
      machine,
    });

  const withoutKey = (machine: string, attribute: string, key: string): Promise<unknown> =>
    evaluate(
      `{ root, machine }:
       let
         lib = file: import (/. + "\${root}/lib/\${file}");
         keys = builtins.filter (key: key != "${key}") (lib "machine-env-matrix.nix").\${machine};
         generators = lib "vars-generators.nix" { inherit keys; pkgs = null; };
       in ${attribute}`,
      { root: brokenFleetRoot, machine },
    );

  it.each(nixFiles(brokenFleetRoot))('%s is valid Nix', async file => {
    await expect(parse(join(brokenFleetRoot, file))).resolves.toBeUndefined();
  });

  it.each([
    ['registry/unknown-key', 'lea', 'clan.core.vars.generators', 'Unknown secret key in envMatrix: anthropc'],
    ['registry/missing-machine', 'lea2', 'clan.core.vars.generators', "attribute 'lea2' missing"],
    ['use/undefined-generator', 'tove', 'services.restic', "attribute 'restic-pasword' missing"],
    ['use/undefined-file', 'tove', 'networking.wireguard', "attribute 'privkey' missing"],
    [
      'registry/accessor-not-selected',
      'tove',
      'programs.msmtp',
      "Generator 'gmail-app-password' not configured for secret key 'gmail'",
    ],
  ])('%s stops the evaluation of %s', async (_rule, machine, attribute, message) => {
    await expect(bodyOf(machine, attribute)).rejects.toThrow(message);
  });

  it('use/value-of-secret: lea would read a file that is secret', async () => {
    expect(await withoutKey('lea', 'generators.gmail-app-password.files.password.secret', 'anthropc')).toBe(
      true,
    );
  });

  it('registry/unknown-key is the only mistake in the row of lea', async () => {
    expect(await withoutKey('lea', 'builtins.attrNames generators', 'anthropc')).toEqual([
      'cloudflare-account',
      'gmail-app-password',
    ]);
  });

  it('registry/duplicate-generator: five keys of emily make four generators', async () => {
    expect(
      await withoutKey(
        'emily',
        '[ (builtins.length keys) (builtins.length (builtins.attrNames generators)) ]',
        '',
      ),
    ).toEqual([5, 4]);
  });

  it('registry/file-attr-mismatch: the named file is not there', async () => {
    expect(
      await evaluate(
        `{ root }:
         let entry = (import (/. + "\${root}/lib/secret-registry.nix") { }).restic-password;
         in entry.files ? \${entry.fileAttr}`,
        { root: brokenFleetRoot },
      ),
    ).toBe(false);
  });

  it('eval/path-in-let: the machine itself evaluates on its own', async () => {
    expect(await bodyOf('emily', 'environment')).toEqual({
      variables: { GH_TOKEN_FILE: '/run/secrets/vars/github-token/token' },
      extraInit:
        'export ANTHROPIC_API_KEY="$(cat "$ANTHROPIC_API_KEY_FILE")"\nexport DEEPSEEK_API_KEY="$(cat "$DEEPSEEK_API_KEY_FILE")"\n',
    });
  });
});
