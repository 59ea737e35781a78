// The example fleet is real and without a mistake: Nix evaluates every machine of it.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { fleetRoot, nixFiles } from './folders.ts';
import {
  at,
  type Entry,
  evaluateMachines,
  inLib,
  type Machine,
  machineNames,
  readMatrix,
  readRegistry,
} from './machines.ts';
import { describeWithNix, evaluate, parse } from './nix.ts';

/** What modules/shared/vars/certificates.nix gives to each machine. */
const CERTIFICATES = ['host-certificate', 'intermediate-ca', 'root-ca'];

describeWithNix('the example fleet', () => {
  let registry: Record<string, Entry>;
  let matrix: Record<string, readonly string[]>;
  let machines: Record<string, Machine>;

  beforeAll(async () => {
    registry = await readRegistry();
    matrix = await readMatrix();
    machines = await evaluateMachines();
  });

  it.each(nixFiles(fleetRoot))('%s is valid Nix', async file => {
    await expect(parse(join(fleetRoot, file))).resolves.toBeUndefined();
  });

  it('has the same machines in the flake, in the matrix and as hosts', async () => {
    const inventory = await evaluate<Record<string, { readonly machineClass: string }>>(
      `{ root }:
       let flake = import (/. + "\${root}/flake.nix");
       in (flake.outputs {
         self = { };
         clan-core.lib.clan = arguments: {
           config = { inherit (arguments) inventory; nixosConfigurations = { }; darwinConfigurations = { }; clanInternals = { }; };
         };
       }).clan.inventory.machines`,
      { root: fleetRoot },
    );
    expect(Object.keys(inventory).sort()).toEqual(machineNames);
    expect(Object.keys(matrix).sort()).toEqual(machineNames);
    expect(readdirSync(join(fleetRoot, 'modules', 'hosts')).sort()).toEqual(machineNames);
    for (const name of machineNames) {
      const platform = at(machines, name).body.nixpkgs.hostPlatform;
      const expected = at(inventory, name).machineClass === 'darwin' ? 'aarch64-darwin' : 'x86_64-linux';
      expect(`${name}: ${platform}`).toBe(`${name}: ${expected}`);
    }
  });

  it('selects every key of the registry somewhere, and no key twice on one machine', () => {
    expect([...new Set(Object.values(matrix).flat())].sort()).toEqual(Object.keys(registry).sort());
    for (const keys of Object.values(matrix)) expect(keys).toEqual([...new Set(keys)]);
  });

  it('gives each key a generator, a variable and a file of its own', () => {
    const entries = Object.values(registry);
    const generators = entries.map(entry => entry.generator);
    const variables = entries.map(entry => entry.envVar).filter(name => name !== null);
    expect(generators).toHaveLength(17);
    expect(generators).toEqual([...new Set(generators)]);
    expect(variables).toEqual([...new Set(variables)]);
    for (const name of variables) expect(name).toMatch(/^[A-Z_][A-Z0-9_]*$/);
    for (const entry of entries) {
      expect(at(entry.files, entry.fileAttr).secret).toBe(entry.secret);
    }
  });

  it('gives each machine exactly the generators and files of its keys', () => {
    for (const name of machineNames) {
      const generators = at(machines, name).body.clan.core.vars.generators;
      const entries = at(matrix, name).map(key => at(registry, key));
      expect(Object.keys(generators).sort()).toEqual(
        [...CERTIFICATES, ...entries.map(entry => entry.generator)].sort(),
      );
      for (const { generator, files, prompts, script, share, dependencies } of entries) {
        expect(at(generators, generator)).toMatchObject({
          files,
          script,
          share,
          ...(prompts && { prompts }),
          ...(dependencies && { dependencies }),
        });
      }
    }
  });

  it('keeps the travel laptop minimal', () => {
    const generators = at(machines, 'lea').body.clan.core.vars.generators;
    expect(
      Object.entries(generators).map(([name, generator]) => [name, Object.keys(generator.files)]),
    ).toEqual([
      ['cloudflare-account', ['id']],
      ['deepseek-api-key', ['key']],
      ['gmail-app-password', ['password']],
      ['hindsight-api-key', ['key']],
      ['host-certificate', ['cert', 'chain', 'key']],
      ['icloud-app-password', ['password']],
      ['intermediate-ca', ['cert', 'key']],
      ['mesh-address', ['address']],
      ['mesh-network', ['prefix']],
      ['root-ca', ['cert', 'key']],
      ['wireguard', ['private', 'public']],
    ]);
  });

  it('makes certificates, keys and addresses from one another', () => {
    const generators = at(machines, 'tove').body.clan.core.vars.generators;
    const edges = Object.entries(generators).flatMap(([name, { dependencies }]) =>
      (dependencies ?? []).map(dependency => `${dependency} -> ${name}`),
    );
    expect(edges.sort()).toEqual([
      'intermediate-ca -> host-certificate',
      'mesh-network -> mesh-address',
      'root-ca -> intermediate-ca',
      'wireguard -> mesh-address',
    ]);
  });

  it('shares what all machines have in common, and takes packages only where a script needs them', () => {
    const generators = at(machines, 'tove').body.clan.core.vars.generators;
    const shared = Object.entries(generators).filter(([, generator]) => generator.share);
    expect(shared.map(([name]) => name)).toEqual([
      'github-token',
      'intermediate-ca',
      'mesh-network',
      'root-ca',
    ]);
    expect(
      Object.entries(generators).flatMap(([name, { runtimeInputs }]) =>
        runtimeInputs === undefined || runtimeInputs.length === 0 ? [] : [`${name}: ${runtimeInputs}`],
      ),
    ).toEqual([
      'host-certificate: /packages/openssl',
      'intermediate-ca: /packages/openssl',
      'login-password: /packages/openssl',
      'mesh-network: /packages/openssl',
      'restic-password: /packages/openssl',
      'root-ca: /packages/openssl',
      'wireguard: /packages/openssl',
    ]);
  });

  it.each(['null', '[ ]'])('takes the whole registry for keys = %s', async keys => {
    const names = await inLib(
      'vars-generators.nix',
      `builtins.attrNames (it { keys = ${keys}; pkgs = null; })`,
    );
    expect(names).toEqual(
      Object.values(registry)
        .map(entry => entry.generator)
        .sort(),
    );
  });

  it('refuses a key that the registry has not', async () => {
    await expect(
      inLib('vars-generators.nix', 'builtins.attrNames (it { keys = [ "anthropc" ]; pkgs = null; })'),
    ).rejects.toThrow('Unknown secret key in envMatrix: anthropc');
  });

  it('resolves what the hosts use', () => {
    expect(at(machines, 'lea').body).toMatchObject({
      programs: {
        msmtp: {
          accounts: {
            default: {
              passwordeval: '/packages/coreutils/bin/cat /run/secrets/vars/gmail-app-password/password',
            },
          },
        },
      },
      environment: { etc: { 'cloudflare/account-id': { text: '<cloudflare-account/id>' } } },
      systemd: {
        services: {
          'hindsight-sync': {
            serviceConfig: { LoadCredential: 'key:/run/secrets/vars/hindsight-api-key/key' },
          },
        },
      },
    });
    expect(at(machines, 'tove').body).toMatchObject({
      environment: { etc: { 'wireguard/public-key': { text: '<wireguard/public>' } } },
      networking: {
        'wg-quick': {
          interfaces: {
            wg0: {
              address: ['<mesh-address/address>/64'],
              privateKeyFile: '/run/secrets/vars/wireguard/private',
              peers: ['emily', 'lea', 'noa'].map(name => ({
                publicKey: `<${name}/wireguard/public>`,
                allowedIPs: [`<${name}/mesh-address/address>/128`],
                endpoint: `${name}.orchard.internal:51820`,
              })),
            },
          },
        },
      },
      security: { pki: { certificateFiles: ['/nix/store/root-ca-cert'] } },
      microvm: {
        vms: {
          agent: {
            config: {
              environment: {
                sessionVariables: { ANTHROPIC_API_KEY_FILE: '/run/agent-secrets/anthropic-api-key/key' },
              },
            },
          },
        },
      },
    });
    const mail = at(at(at(machines, 'emily').users, 'ada').files, '.mbsyncrc');
    expect(mail).toContain(
      'PassCmd "/packages/coreutils/bin/cat /run/secrets/vars/icloud-app-password/password"',
    );
  });

  it('refuses an accessor for a key that the machine has not', async () => {
    const bare = '{ osConfig.clan.core.vars.generators = { }; key = "gmail"; }';
    await expect(inLib('secrets.nix', `(it { }).getPath ${bare}`)).rejects.toThrow(
      "Generator 'gmail-app-password' not configured for secret key 'gmail'",
    );
  });
});
