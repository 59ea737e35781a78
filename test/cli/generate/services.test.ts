/** Generators that clan-core's services bring, run with the real tools as the locked clan-core has them. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findCommand } from '../../../server/src/host/programs/commands.ts';
import { findSandbox } from '../../../server/src/host/sandbox/find-sandbox.ts';
import { fleet } from '../generating-fleet.ts';

const FOLDERS = ['/usr/bin', '/bin', '/usr/sbin'];
const BOX = 'sandbox' in (await findSandbox(process.platform, FOLDERS)) ? [] : ['--no-sandbox'];
const hasKeygen =
  (await findCommand('ssh-keygen', FOLDERS)) !== null && (await findCommand('jq', FOLDERS)) !== null;

const SSHD = `{
  meta.domain = "example.org";
  inventory.machines = { ada = { }; eva = { }; };
  inventory.instances.ssh = {
    module = { name = "sshd"; input = "clan-core"; };
    roles.server.machines = { ada = { }; eva = { }; };
    roles.server.settings.certificate.searchDomains = [ "home.arpa" ];
  };
}`;

const FLAKE = `{
  inputs.clan-core.url = "https://git.clan.lol/clan/clan-core/archive/main.tar.gz";
  outputs = { self, clan-core, ... }:
    let clan = clan-core.lib.clan { inherit self; meta.name = "test"; imports = [ ./clan.nix ]; }; in
    { inherit (clan.config) nixosConfigurations clanInternals; };
}`;

it.skipIf(!hasKeygen)(
  'the host keys of sshd, and their certificates for the domains of the clan',
  async () => {
    const made = await fleet({ ada: '', eva: '' }, { more: { 'flake.nix': FLAKE, 'clan.nix': SSHD } });
    const plan = await made.run(['plan', '--format', 'json']);
    const { steps } = JSON.parse(plan.stdout);
    expect(
      steps.map(({ generator, machines }: { generator: string; machines: string[] }) => [
        generator,
        machines,
      ]),
    ).toEqual([
      ['openssh-ca', ['ada', 'eva']],
      ['openssh', ['ada']],
      ['openssh', ['eva']],
      ['openssh-cert', ['ada']],
      ['openssh-cert', ['eva']],
    ]);
    const run = await made.run(['generate', ...BOX]);
    expect(run.code, run.stderr).toBe(0);
    const certificate = join(made.root, 'vars/per-machine/eva/openssh-cert/ssh.id_ed25519-cert.pub/value');
    expect(readFileSync(certificate, 'utf8')).toMatch(/^ssh-ed25519-cert-v01@openssh\.com /);
    const shown = execFileSync('ssh-keygen', ['-L', '-f', certificate], { encoding: 'utf8' });
    expect(shown).toContain('Key ID: "eva"');
    expect([...shown.matchAll(/^ +(eva\.\S+)$/gm)].map(([, name]) => name)).toEqual([
      'eva.example.org',
      'eva.home.arpa',
    ]);
    const again = await made.run(['verify']);
    expect(again.code).toBe(0);
  },
);
