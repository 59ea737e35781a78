import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { folder } from '../../workspace/support.ts';
import { varsmith } from '../support.ts';

const CLEAN = join(__dirname, '../../../examples/fleet');
const BROKEN = join(__dirname, '../../../examples/broken-fleet');
const SCHEMA = join(__dirname, '../../../docs/schemas/inspect.schema.json');

const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(SCHEMA, 'utf8')),
);

async function inspectJson(root: string) {
  const { code, stdout } = await varsmith(['inspect', root, '--format', 'json']);
  expect(code).toBe(0);
  const output = JSON.parse(stdout);
  validate(output);
  expect(validate.errors).toBeNull();
  return output;
}

test('machines with what they are and what they have', async () => {
  const { machines } = await inspectJson(CLEAN);
  expect(machines.map(({ name }: { name: string }) => name)).toEqual(['emily', 'lea', 'noa', 'tove']);
  expect(machines[1]).toEqual({
    name: 'lea',
    class: 'nixos',
    system: 'x86_64-linux',
    tags: ['laptop', 'mail'],
    generators: expect.arrayContaining(['gmail-app-password', 'icloud-app-password']),
    file: 'flake.nix',
    line: expect.any(Number),
    column: expect.any(Number),
  });
});

test('a generator with files, prompts, script and the way it came', async () => {
  const { generators } = await inspectJson(CLEAN);
  const wireguard = generators.find(({ name }: { name: string }) => name === 'wireguard');
  expect(wireguard).toMatchObject({
    nameKind: 'literal',
    completeness: 'full',
    share: false,
    machines: ['emily', 'lea', 'noa', 'tove'],
    files: [
      { name: 'private', secret: true, from: 'files' },
      { name: 'public', secret: false, from: 'files' },
    ],
    runtimeInputs: ['openssl'],
    script: { known: true },
    validation: null,
  });
  expect(wireguard.definitions[0].via[0].file).toBe('modules/hosts/emily/default.nix');
});

test('the registry with the machines that select each key', async () => {
  const { registry } = await inspectJson(CLEAN);
  expect(registry.file).toBe('lib/secret-registry.nix');
  expect(registry.keys.find(({ key }: { key: string }) => key === 'ntfy-topic')).toMatchObject({
    generator: 'ntfy',
    envVar: 'NTFY_TOPIC',
    fileAttr: 'topic',
    secret: false,
    machines: ['tove'],
  });
});

test('uses, and whether what they name exists', async () => {
  const { references } = await inspectJson(BROKEN);
  const statusOf = (generator: string, fileName: string) =>
    references.find(
      (use: { generator: string; fileName: string }) =>
        use.generator === generator && use.fileName === fileName,
    )?.status;
  expect(statusOf('cloudflare-account', 'id')).toBe('resolved');
  expect(statusOf('restic-pasword', 'password')).toBe('undefined');
  expect(statusOf('wireguard', 'privkey')).toBe('undefined');
});

test("uses of clan-core's own generators, and uses with a fallback", async () => {
  const module = `{ config, lib, ... }:
let vars = config.clan.core.vars.generators; in
{
  environment.etc.a.source = vars.openssh.files."ssh.id_ed25519.pub".path;
  environment.etc.b.text = vars.nobody-knows.files.value.value or "";
}
`;
  const { references } = await inspectJson(folder({ 'flake.nix': '{ }', 'modules/a.nix': module }));
  expect(
    references.map(({ generator, status }: { generator: string; status: string }) => [generator, status]),
  ).toEqual([
    ['openssh', 'catalogue'],
    ['nobody-knows', 'guarded'],
  ]);
});

test('what is stored, by name only', async () => {
  const secret = '{ "data": "ENC[…]" }';
  const root = folder({
    'flake.nix': '{ }',
    'vars/shared/ca/cert/value': 'public',
    'vars/shared/ca/key/secret': secret,
    'vars/per-machine/lea/wireguard/private/secret': secret,
    'vars/per-machine/lea/wireguard/.validation-hash': '0',
    'sops/machines/lea/key.json': '[]',
  });
  const { store } = await inspectJson(root);
  expect(store).toEqual({
    backend: 'sops',
    machineBackends: [],
    entries: [
      { placement: 'shared', machine: null, generator: 'ca', file: 'cert', kind: 'public' },
      { placement: 'shared', machine: null, generator: 'ca', file: 'key', kind: 'secret' },
      { placement: 'per-machine', machine: 'lea', generator: 'wireguard', file: 'private', kind: 'secret' },
    ],
  });
});

test('the store of age', async () => {
  const root = folder({
    'flake.nix': '{ }',
    'secrets/clan-vars/per-machine/lea/wireguard/private/private.age': 'age-encryption.org/v1',
    'secrets/age-keys/machines/lea/pub': 'age1…',
  });
  const { store } = await inspectJson(root);
  expect(store).toEqual({
    backend: 'age',
    machineBackends: [],
    entries: [
      { placement: 'per-machine', machine: 'lea', generator: 'wireguard', file: 'private', kind: 'secret' },
    ],
  });
});

test('nothing but what cannot be read', async () => {
  const root = folder({ 'flake.nix': '{ }', 'huge.nix': ' '.repeat(3 * 1024 * 1024) });
  const output = await inspectJson(root);
  expect(output.notAnalysable).toEqual([
    {
      file: 'huge.nix',
      line: 1,
      column: 1,
      reason: 'it is larger than 2 MB',
      what: 'unread',
      message:
        'This file or folder was left out: it is larger than 2 MB. Its declarations are unknown. Varsmith reads unencrypted text files of up to 2 MB in the workspace.',
    },
  ]);
  expect(output).toMatchObject({ machines: [], generators: [], references: [], registry: null });
});

test("a machine's generators are also those that clan-core's services bring it", async () => {
  const root = folder({
    'flake.nix': `{ outputs = { clan-core, ... }: clan-core.lib.clan {
      inventory.machines = { lea = { }; tove = { }; };
      inventory.instances.sshd = {
        module = { name = "sshd"; input = "clan-core"; };
        roles.server.machines.lea = { };
      };
    }; }`,
  });
  const { machines } = await inspectJson(root);
  const generators = Object.fromEntries(
    machines.map(({ name, generators: names }: { name: string; generators: string[] }) => [name, names]),
  );
  expect(generators.lea).toContain('openssh');
  expect(generators.tove).not.toContain('openssh');
});

test('a summary for people', async () => {
  const { stdout } = await varsmith(['inspect', CLEAN]);
  expect(stdout.replace(CLEAN, 'FLEET').replace(/^\d+ uses: .*/m, 'Uses: …')).toMatchInlineSnapshot(`
    "FLEET

    4 machines: 2 NixOS, 2 nix-darwin
      emily  aarch64-darwin      16 generators
      lea    x86_64-linux        12 generators
      noa    aarch64-darwin      13 generators
      tove   x86_64-linux        17 generators

    20 generators: 20 known in full
      25 files: 16 secret, 9 public
      13 prompts
      and 1 generator of clan-core's own services and modules

    Registry lib/secret-registry.nix: 17 keys, 17 of them on a machine

    Uses: …

    0 stored files
    "
  `);
});

test('the backend that the configuration sets, with the machines that differ, whatever lies on disk', async () => {
  const { store } = await inspectJson(
    folder({
      'flake.nix': `{ outputs = { clan-core, ... }: clan-core.lib.clan {
        vars.settings.secretStore = "password-store";
        machines.lea = { };
        machines.noa = { clan.core.vars.settings.secretStore = "vm"; };
      }; }`,
      'sops/machines/lea/key.json': '[]',
      'vars/shared/ca/cert/value': 'pem',
    }),
  );
  expect(store.backend).toBe('password-store');
  expect(store.machineBackends).toEqual([{ machine: 'noa', backend: 'vm' }]);
});

test('the store that varsmith.json names, whatever lies on disk', async () => {
  const { store } = await inspectJson(
    folder({
      'flake.nix': '{ outputs = { clan-core, ... }: clan-core.lib.clan { machines.lea = { }; }; }',
      'varsmith.json': '{ "store": { "command": ["./my-store"] } }',
      'sops/machines/lea/key.json': '[]',
    }),
  );
  expect([store.backend, store.machineBackends]).toEqual(['custom', []]);
});

test('the summary counts machines, generators, uses, and by reason what was given up', async () => {
  const root = folder({
    'flake.nix': `{ outputs = { clan-core, ... }: clan-core.lib.clan {
      machines.lea = ./lea.nix;
      machines.noa = ./lea.nix;
    }; }`,
    'lea.nix': `{ config, settings, ... }: {
      clan.core.vars.generators = settings.one;
      home.a = { clan.core.vars.generators = settings.two; };
      a = config.clan.core.vars.generators.openssh.files."ssh.id_ed25519".path;
    }`,
  });
  const { code, stdout } = await varsmith(['inspect', root]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^2 machines: /m);
  expect(stdout).toMatch(/^\d+ generators?: /m);
  expect(stdout).toMatch(/^1 use: 1 of clan-core's services$/m);
  expect(stdout).toMatch(
    /places? not analysable without Nix\n {4}2 {2}Which generators are declared here cannot be determined without Nix: it depends on the argument `settings`\.\n {9}lea\.nix:2:/,
  );
});

test("generators of exports, which are no machine's and whose values are no leftovers", async () => {
  const root = folder({
    'flake.nix': `{
      outputs = { self, clan-core, ... }: {
        clan = clan-core.lib.clan {
          inherit self;
          inventory.machines.lea = { };
          exports.":::" = {
            generators.root-ca = { config, ... }: { files.key.secret = false; script = "true > $out/key"; };
          };
        };
      };
    }`,
    'machines/lea/configuration.nix': '{ }',
    'vars/per-export/:::/root-ca/key/value': 'x',
  });
  const { exports, generators, machines } = await inspectJson(root);
  expect(exports).toEqual([
    { key: ':::', generator: 'root-ca', file: 'flake.nix', line: 7, column: expect.any(Number) },
  ]);
  expect(generators.map(({ name }: { name: string }) => name)).not.toContain('root-ca');
  expect(machines[0].generators).toEqual(['state-version']);
  expect((await varsmith(['inspect', root])).stdout).toContain('1 generator of exports: root-ca');
  expect((await varsmith(['check', root])).stdout).not.toContain('per-export');
  expect((await inspectJson(CLEAN)).exports).toEqual([]);
});
