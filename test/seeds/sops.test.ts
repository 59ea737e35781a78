// Seed 004, a portable fleet with sops-nix. Each title begins with the number of its statement.
import { describe, expect, test } from 'vitest';
import { completion } from '../../server/src/editor/complete/completion.ts';
import { hover } from '../../server/src/editor/hover/hover.ts';
import { definition } from '../../server/src/editor/navigate/definition.ts';
import { everyText, sopsFleet } from '../cli/sops-fleet.ts';
import { behind, edit, findingsIn, found, inspect, run, seedFleet, snapshotOf } from './support.ts';

const MISTAKES = 'hosts/server/mistakes.nix';
const SECRETS = 'nixos/modules/secrets.nix';

const CANARY = 'canary-41d0-do-not-print';
const FILE = 'secrets/secrets.yaml';
const MODULE = 'machines/lea/configuration.nix';

/** The document's module of secrets in a clan, whose file is encrypted to a person who has the key. */
const encryptedFleet = () =>
  sopsFleet(
    {
      [MODULE]: `{ config, ... }:
{
  sops.defaultSopsFile = ../../secrets/secrets.yaml;
  sops.secrets."myuser-password".neededForUsers = true;
  sops.secrets."api/token".owner = "myuser";
  services.x.tokenFile = config.sops.secrets."api/token".path;
}
`,
    },
    { [FILE]: { 'myuser-password': '$6$abc$def', 'api/token': 'old' } },
  );

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

  test('4.10: a secret is added to the encrypted file and declared beside the others, without plaintext on disk', async () => {
    const made = await encryptedFleet();
    const { code } = await made.run(['add', 'sops', 'github/token'], { input: CANARY });
    expect(code).toBe(0);
    expect(await made.values(FILE)).toMatchObject({ 'api/token': 'old', 'github/token': CANARY });
    expect(made.text(MODULE)).toContain('sops.secrets."github/token" = { };');
    expect(everyText(made.root)).not.toContain(CANARY);
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
  test('4.13: a secret becomes a var with its value, and a dry run shows it before', async () => {
    const made = await encryptedFleet();
    const dry = await made.run(['convert', 'api/token', '--dry-run']);
    expect(dry.stdout).toContain('clan.core.vars.generators.api-token');
    expect(made.git('status', '--porcelain')).toBe('');
    expect((await made.run(['convert', 'api/token'])).code).toBe(0);
    expect((await made.run(['get', 'lea', 'api-token/api-token'])).stdout).toBe('old');
    expect(made.text(MODULE)).toContain('config.clan.core.vars.generators.api-token.files.api-token.path');
    expect(Object.keys(await made.values(FILE))).toEqual(['myuser-password']);
  });

  test('4.14: rebuild, test and take back', async () => {
    const { stdout } = await run(seedFleet('sops'), ['deploy', '--help']);
    for (const word of ['nixos-rebuild', '--test', '--rollback', '--target-host'])
      expect(stdout).toContain(word);
  });
});
