// Seeds 000 and 002, "Vars concepts" and "Generators". Each title begins with the number of its statement.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { callerAt, dependentsOf } from '../../server/src/editor/graph/calls.ts';
import { hover } from '../../server/src/editor/hover/hover.ts';
import { behind, edit, findingsIn, found, inspect, run, seedFleet, snapshotOf, textOf } from './support.ts';

const CERTIFICATES = 'modules/certificates.nix';
const PASSWORD = 'modules/password.nix';
const MESH = 'modules/mesh.nix';
const TOKENS = 'modules/tokens.nix';

function foundAfter(path: string, from: string, to: string): string[] {
  const root = seedFleet('concepts');
  edit(root, path, from, to);
  return found(root);
}

function hovered(path: string, before: string): string {
  const root = seedFleet('concepts');
  return hover(snapshotOf(root), path, behind(root, path, before))?.markdown ?? '';
}

describe('dependencies', () => {
  test('0.1: authorities and certificates are a graph, and run in its order', async () => {
    const root = seedFleet('concepts');
    const graph = JSON.parse((await run(root, ['graph', '--format', 'json'])).stdout);
    const edges = graph.edges.map(({ from, to }: { from: string; to: string }) => `${from} → ${to}`);
    expect(edges).toEqual(
      expect.arrayContaining([
        'root-ca → intermediate-ca',
        'intermediate-ca → service-cert',
        'intermediate-ca → ocsp-responder',
      ]),
    );
    const { stdout } = await run(root, ['plan']);
    const at = (name: string) => stdout.indexOf(`/web/${name} `);
    expect(at('root-ca')).toBeGreaterThan(0);
    expect(at('intermediate-ca')).toBeGreaterThan(at('root-ca'));
    expect(at('service-cert')).toBeGreaterThan(at('intermediate-ca'));
    expect(at('ocsp-responder')).toBeGreaterThan(at('intermediate-ca'));
    for (const format of ['dot', 'mermaid', 'svg']) {
      const drawn = await run(root, ['graph', '--format', format]);
      expect(drawn.stdout).toContain('service-cert');
    }
    const again = await run(root, ['plan', '-g', 'root-ca', '--regenerate']);
    expect(again.stdout).toContain('root-ca');
  });

  test('0.1: the call hierarchy is the graph', () => {
    const root = seedFleet('concepts');
    const snapshot = snapshotOf(root);
    const at = behind(root, CERTIFICATES, 'intermediate-ca = ') - 5;
    expect(callerAt(snapshot, CERTIFICATES, at)?.name).toBe('intermediate-ca');
    expect(
      dependentsOf(snapshot, 'intermediate-ca')
        .map(({ other }) => other.name)
        .sort(),
    ).toEqual(['ocsp-responder', 'service-cert']);
  });

  test('0.1: a circle is an error', () => {
    expect(
      foundAfter(
        CERTIFICATES,
        '    root-ca = {\n',
        '    root-ca = {\n      dependencies = [ "service-cert" ];\n',
      ).join(),
    ).toContain('generator/dependency-cycle');
  });
});

describe('type safety', () => {
  test('0.2: a secret has `.path` alone, a public file `.path` or `.value`', () => {
    expect(found(seedFleet('concepts'))).toEqual([]);
    expect(foundAfter(MESH, 'files.psk.path;', 'files.psk.value;').join()).toContain('use/value-of-secret');
    expect(foundAfter(MESH, 'files.psk.path;', 'files.psk.exists;').join()).toContain('use/exists-of-secret');
    expect(
      foundAfter(CERTIFICATES, 'root-ca.files."root-ca.crt".value', 'root-ca.files."root-ca.crt".path'),
    ).toEqual([]);
  });

  test('0.3: where it is deployed', () => {
    expect(hovered(MESH, 'generators.mesh.files.ps')).toContain('/run/secrets/');
    expect(hovered(PASSWORD, 'user-password.files."user-password-ha')).toContain('/run/secrets-for-users/');
  });
});

describe('stores and runs', () => {
  test('0.4: sops, age, a password store and one of one’s own; a store that clan does not have is said', async () => {
    for (const store of ['sops', 'age', 'password-store']) {
      const root = seedFleet('concepts');
      edit(
        root,
        'flake.nix',
        'meta.name = "concepts";',
        `meta.name = "concepts";\n        vars.settings.secretStore = "${store}";`,
      );
      expect((await inspect(root)).store.backend).toBe(store);
      expect(found(root)).toEqual([]);
    }
    for (const store of ['vm', 'fs', 'sopss']) {
      const root = seedFleet('concepts');
      edit(
        root,
        'flake.nix',
        'meta.name = "concepts";',
        `meta.name = "concepts";\n        vars.settings.secretStore = "${store}";`,
      );
      expect(findingsIn(root).map(({ severity, at }) => [severity, at.file])).toEqual([
        ['error', 'flake.nix'],
      ]);
    }
  });
});

describe('neededFor', () => {
  test('0.6: four phases, each with what it means; others are no values', () => {
    for (const [file, from] of [
      [TOKENS, 'neededFor = "partitioning"'],
      [TOKENS, 'neededFor = "activation"'],
      [PASSWORD, 'neededFor = "users"'],
    ] as const) {
      expect(textOf(seedFleet('concepts'), file)).toContain(from);
      const wrong = findingsAfter(file, from, 'neededFor = "sevices"');
      expect(wrong.map(({ rule }) => rule)).toContain('option/type');
      expect(wrong.map(({ message }) => message).join()).toContain('services');
    }
    const card = hovered(TOKENS, 'files.token.needed');
    for (const phase of ['partitioning', 'activation', 'users', 'services'])
      expect(card).toContain(`\`${phase}\``);
    // As clan does it: uploaded before the programs run.
    expect(card).toMatch(/nixos-rebuild|nixos-install/);
    expect(
      foundAfter(TOKENS, 'files.passphrase.neededFor = "partitioning";', 'files.passphrase = { };').join(),
    ).toContain('use/disk-needs-partitioning');
  });

  function findingsAfter(path: string, from: string, to: string) {
    const root = seedFleet('concepts');
    edit(root, path, from, to);
    return findingsIn(root);
  }

  test('0.7: a password hash that has to be there before its user', () => {
    expect(found(seedFleet('concepts'), /password/)).toEqual([]);
    const without = foundAfter(PASSWORD, 'neededFor = "users";', '');
    expect(without.join()).toContain('use/password-needs-users');
  });
});

describe('sharing and access', () => {
  test('0.8: one value for all machines that import it', async () => {
    const { generators } = await inspect(seedFleet('concepts'));
    const mesh = generators.find(({ name }: { name: string }) => name === 'mesh');
    expect([mesh.share, mesh.machines]).toEqual([true, ['db', 'web']]);
    const { stdout } = await run(seedFleet('concepts'), ['plan']);
    expect(stdout.match(/shared\/mesh +missing/g)).toHaveLength(1);
  });

  test('0.9: owner, group and mode are checked, and say so where they do nothing', () => {
    expect(foundAfter(MESH, 'mode = "0440"', 'mode = "0888"').join()).toContain('option/type');
    expect(foundAfter(MESH, 'group = "root"', 'group = 3').join()).toContain('option/type');
    expect(foundAfter(MESH, 'owner = "root";', 'owner = "root";\n      secret = false;').join()).toContain(
      'option/no-effect',
    );
  });
});

describe('generators', () => {
  test('2.1: prompts, script, files, dependencies and packages, each with its mistakes', () => {
    const rules = [
      foundAfter(CERTIFICATES, 'runtimeInputs = [ pkgs.openssl ];', 'runtimeInputs = [ ];'),
      foundAfter(CERTIFICATES, 'dependencies = [ issuer ];', 'dependencies = [ ];'),
      foundAfter(CERTIFICATES, 'dependencies = [ issuer ];', 'dependencies = [ "rot-ca" ];'),
      foundAfter(PASSWORD, '$prompts/user-password"', '$prompts/user-pasword"'),
      foundAfter(PASSWORD, '"$out/user-password-hash"', '"$out/user-password"'),
      foundAfter(MESH, 'files.psk = {', 'files.unused = { };\n    files.psk = {'),
    ].map(all => all.join('\n'));
    expect(rules[0]).toContain('generator/missing-tool');
    expect(rules[1]).toContain('generator/undeclared-dependency');
    expect(rules[2]).toContain('generator/unknown-dependency');
    expect(rules[3]).toContain('generator/undeclared-prompt');
    expect(rules[4]).toContain('generator/output-never-written');
    expect(rules[5]).toContain('generator/output-never-written');
  });

  test('2.2: the uses that the page names have templates, and what they write is right', async () => {
    const templates = [
      'password-and-hash',
      'ssh-key',
      'certificate-authority-and-certificate',
      'random-password',
      'from-a-prompt',
      'environment-file',
    ];
    for (const template of templates) {
      const root = seedFleet('concepts');
      const file = `modules/${template}.nix`;
      const { code } = await run(root, ['new', 'generator', 'fresh', '--template', template, '--file', file]);
      expect(code).toBe(0);
      edit(
        root,
        'machines/db/configuration.nix',
        '../../modules/mesh.nix',
        `../../modules/mesh.nix ../../${file}`,
      );
      expect(existsSync(join(root, file))).toBe(true);
      expect(
        findingsIn(root).filter(({ severity }) => severity === 'error' || severity === 'warning'),
      ).toEqual([]);
    }
  });

  test('2.3: an option explains itself, and leads to the reference', () => {
    const card = hovered(MESH, '  sha');
    expect(card).toContain('one value for all machines');
    expect(card).toContain('https://clan.lol/docs/unstable/reference/clan.core/vars');
  });
});
