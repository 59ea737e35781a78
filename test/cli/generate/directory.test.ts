/** Clans whose folder is not the root: what is stored lies below it. */
import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findSandbox } from '../../../server/src/host/sandbox/find-sandbox.ts';
import { generateKeyPair } from '../../../server/src/store/age/crypt.ts';
import { contentsOf } from '../../host/folders.ts';
import { write } from '../../workspace/support.ts';
import { fleet } from '../generating-fleet.ts';

const hasSandbox = 'sandbox' in (await findSandbox(process.platform, ['/usr/bin', '/bin']));
const BOX = hasSandbox ? [] : ['--no-sandbox'];

const flake = (directory: string) => `{
  inputs.clan-core.url = "https://example.org/clan-core.tar.gz";
  outputs = { self, clan-core, ... }:
    let clan = clan-core.lib.clan { inherit self; ${directory} meta.name = "test"; }; in
    { inherit (clan.config) nixosConfigurations clanInternals; };
}
`;
const MACHINE = `{
  clan.core.vars.generators.own = {
    files.key = { }; files.id.secret = false; validation = 1;
    script = "echo key > $out/key; echo id > $out/id";
  };
  clan.core.vars.generators.all = { share = true; files.token = { }; script = "echo token > $out/token"; };
}
`;

describe('a clan in a folder of its own', () => {
  it.each([
    ['clan.directory', { 'flake.nix': flake('directory = ./infra;') }],
    ['the folder of the only flake', { 'flake.nix': '', 'infra/flake.nix': flake('') }],
  ])('that is told by %s has its machines, its keys and its vars there', async (_, files) => {
    const made = await fleet(
      {},
      { user: null, more: { ...files, 'infra/machines/m/configuration.nix': MACHINE } },
    );
    if (files['flake.nix'] === '') made.git('rm', '-qf', 'flake.nix');
    made.git('commit', '-q', '--allow-empty', '-m', 'infra');
    expect((await made.run(['keygen', made.root])).code).toBe(0);
    const { code, stderr } = await made.run(['generate', made.root, ...BOX]);
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    const stored = Object.keys(contentsOf(made.root)).filter(path => /(^|\/)(vars|sops)\//.test(path));
    expect(stored.filter(path => !path.startsWith('.git/')).sort()).toEqual([
      'infra/sops/machines/m/key.json',
      'infra/sops/secrets/m-age.key/secret',
      'infra/sops/secrets/m-age.key/users/ada',
      'infra/sops/users/ada/key.json',
      'infra/vars/per-machine/m/own/.validation-hash',
      'infra/vars/per-machine/m/own/id/value',
      'infra/vars/per-machine/m/own/key/machines/m',
      'infra/vars/per-machine/m/own/key/secret',
      'infra/vars/per-machine/m/own/key/users/ada',
      'infra/vars/shared/all/token/machines/m',
      'infra/vars/shared/all/token/secret',
      'infra/vars/shared/all/token/users/ada',
    ]);
    // Links lead to the people and machines of that folder.
    const link = join(made.root, 'infra/vars/shared/all/token/users/ada');
    expect([lstatSync(link).isSymbolicLink(), readFileSync(join(link, 'key.json'), 'utf8')]).toEqual([
      true,
      expect.stringContaining('"age"'),
    ]);
    expect((await made.run(['get', 'm', 'own/key', made.root])).stdout).toBe('key\n');
    expect((await made.run(['verify', made.root])).stdout).toBe('All vars are present and valid.\n');
    expect((await made.run(['plan', made.root, '--machine', 'm'])).stdout).toBe('Nothing to generate.\n');
    expect((await made.run(['check', made.root])).stdout).not.toMatch(/store\/|sops\//);
    const { store } = JSON.parse((await made.run(['inspect', made.root, '--format', 'json'])).stdout);
    expect([store.backend, store.entries.length]).toEqual(['sops', 3]);
    expect(made.git('status', '--porcelain')).toBe('');
  });

  it('has the keys of the age backend there, too', async () => {
    const { recipient, secret } = await generateKeyPair();
    const made = await fleet(
      {},
      {
        user: null,
        more: {
          'flake.nix': flake(
            `directory = ./infra; vars.settings = { secretStore = "age"; recipients.default = [ "${recipient}" ]; };`,
          ),
          'infra/machines/m/configuration.nix': MACHINE,
        },
      },
    );
    write(made.home, '.config/age/identities', `${secret}\n`);
    expect((await made.run(['generate', ...BOX])).code).toBe(0);
    expect((await made.run(['get', 'm', 'all/token'])).stdout).toBe('token\n');
    expect((await made.run(['verify'])).code).toBe(0);
    expect(Object.keys(contentsOf(made.root)).filter(path => path.startsWith('secrets/'))).toEqual([]);
  });

  it('that only Nix can tell is not guessed', async () => {
    const made = await fleet(
      {},
      { user: null, more: { 'flake.nix': flake('directory = builtins.getEnv "X";') } },
    );
    const { code, stderr } = await made.run(['plan']);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("Only Nix can tell which folder is the clan's"),
    ]);
  });
});
