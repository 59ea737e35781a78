// Seed 004, a portable fleet with sops-nix. Each title begins with the number of its statement.
import { describe, expect, test } from 'vitest';
import { completion } from '../../server/src/editor/completion.ts';
import { definition } from '../../server/src/editor/definition.ts';
import { hover } from '../../server/src/editor/hover.ts';
import { behind, edit, findingsIn, found, inspect, run, seedFleet, snapshotOf } from './support.ts';

const MISTAKES = 'hosts/server/mistakes.nix';
const SECRETS = 'nixos/modules/secrets.nix';

/** What is found in the file with one mistake a line, as `rule text`. */
const mistakes = () =>
  findingsIn(seedFleet('sops'))
    .filter(({ at }) => at.file === MISTAKES)
    .map(({ rule }) => rule);

describe('layout', () => {
  test('4.1: two machines; a configuration of home-manager is none', async () => {
    const { machines } = await inspect(seedFleet('sops'));
    expect(machines.map(({ name }: { name: string }) => name).sort()).toEqual(['laptop', 'server']);
  });

  test('4.2: `.sops.yaml` beside the secrets is the one that counts there, and says when it fits nothing', () => {
    const root = seedFleet('sops');
    expect(found(root, /^sops\//).join('\n')).toMatch(/sops\/rule-without-file/);
  });
});

describe('encryption', () => {
  test('4.3: a file that is not encrypted is an error, with and without `.sops.yaml`', () => {
    for (const name of ['sops', 'sops-plain'] as const) {
      const plain = findingsIn(seedFleet(name)).filter(({ rule }) => rule === 'sops/plaintext');
      expect(plain.map(({ severity, at }) => [severity, at.file.split('/').at(-1)])).toEqual([
        ['error', 'secrets.yaml'],
      ]);
    }
  });

  test('4.4: declarations and uses against the keys of the file', () => {
    const findings = findingsIn(seedFleet('sops')).filter(({ at }) => at.file === SECRETS);
    expect(findings.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['sops/unknown-key', 'sops/undeclared-secret']),
    );
    expect(findings.map(({ message }) => message).join()).toContain('Did you mean "ssh/key"?');
  });

  test('4.5: a file that is not there', () => expect(mistakes()).toContain('sops/missing-file'));

  test('4.6: nothing of it gets into the store', () => {
    expect(mistakes()).toEqual(expect.arrayContaining(['sops/read-at-eval', 'sops/unreplaced-placeholder']));
  });

  test('4.7: passwords have to be there before users', () =>
    expect(mistakes()).toContain('sops/password-needs-users'));

  test('4.8: options and attributes that secrets do not have, and values they cannot have', () => {
    expect(mistakes()).toEqual(
      expect.arrayContaining(['sops/option-type', 'sops/unknown-option', 'sops/unknown-attribute']),
    );
    const messages = findingsIn(seedFleet('sops'))
      .map(({ message }) => message)
      .join('\n');
    expect(messages).toContain('Did you mean "restartUnits"?');
    expect(messages).toContain('Did you mean "path"?');
  });
});

describe('in the editor', () => {
  test('4.9: a secret is explained, led to where it is declared, and completed', () => {
    const root = seedFleet('sops');
    const snapshot = snapshotOf(root);
    const use = behind(root, MISTAKES, 'readFile config.sops.secrets."api/tok');
    expect(hover(snapshot, MISTAKES, use)?.markdown).toContain('secrets/secrets.yaml');
    expect(definition(snapshot, MISTAKES, use)?.targets.map(({ file }) => file)).toContain(SECRETS);
    const at = behind(root, MISTAKES, 'readFile config.sops.secrets."');
    expect(completion(snapshot, MISTAKES, at)?.items.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['api/token']),
    );
  });

  test('4.10: a secret is added to an encrypted file', async () => {
    const { stdout } = await run(seedFleet('sops'), ['add', '--help']);
    expect(stdout).toContain('varsmith add sops');
  });
});

describe('options of the fleet', () => {
  test('4.11: an option that nothing declares, and one that is misspelt', () => {
    const messages = findingsIn(seedFleet('sops'))
      .filter(({ at }) => at.file === MISTAKES)
      .map(({ message }) => message)
      .join('\n');
    expect(messages).toContain('custom.feature.enabel');
    expect(messages).toContain('custom.nothere');
    const root = seedFleet('sops');
    const snapshot = snapshotOf(root);
    const at = behind(root, 'hosts/server/default.nix', 'custom.feature.enab');
    expect(hover(snapshot, 'hosts/server/default.nix', at)?.markdown).toContain('feature');
    expect(definition(snapshot, 'hosts/server/default.nix', at)?.targets.map(({ file }) => file)).toEqual([
      'nixos/modules/feature.nix',
    ]);
  });

  test('4.12: a host has to be registered in the flake', () => {
    const root = seedFleet('sops');
    edit(root, 'flake.nix', './hosts/server ', './hosts/sevrer ');
    expect(
      findingsIn(root)
        .map(({ message }) => message)
        .join(),
    ).toContain('hosts/sevrer');
  });
});

describe('on', () => {
  test('4.13: secrets become vars, with their values', async () => {
    const { stdout } = await run(seedFleet('sops'), ['convert', '--help']);
    expect(stdout).toContain('--dry-run');
  });

  test('4.14: rebuild, test and take back', async () => {
    const { stdout } = await run(seedFleet('sops'), ['deploy', '--help']);
    for (const word of ['nixos-rebuild', '--test', '--rollback', '--target-host'])
      expect(stdout).toContain(word);
  });
});
