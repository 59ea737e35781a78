import { expect, test } from 'vitest';
import { statusesIn } from '../../../server/src/cli/output/use-status.ts';
import { fleetWorkspace } from '../../fleet/workspace.ts';

/** The status of each use in a module, by the generator it names. */
function statuses(module: string, others: Readonly<Record<string, string>> = {}): Record<string, string> {
  const workspace = fleetWorkspace({ ...others, 'module.nix': module });
  const fleet = workspace.fleet();
  const statusOf = statusesIn(fleet, workspace.files);
  const uses = fleet.units.get('module.nix')?.uses ?? [];
  return Object.fromEntries(uses.map(use => [use.generator, statusOf(use)]));
}

test('a name that fits a name with holes is resolved', () => {
  expect(
    statuses(`{ config, settings, ... }: {
      clan.core.vars.generators."oidc-\${settings.id}" = { files.secret = { }; script = ""; };
      a = config.clan.core.vars.generators.oidc-grafana.files.secret.path;
      b = config.clan.core.vars.generators."oidc-\${settings.client}".files.secret.path;
    }`),
  ).toEqual({ 'oidc-grafana': 'resolved', 'oidc-${settings.client}': 'resolved' });
});

test('a file that the generator does not have is not known', () => {
  expect(
    statuses(`{ config, settings, ... }: {
      clan.core.vars.generators."oidc-\${settings.id}" = { files.secret = { }; script = ""; };
      a = config.clan.core.vars.generators.oidc-grafana.files.other.path;
      b = config.clan.core.vars.generators.\${settings.any}.files.other.path;
    }`),
  ).toEqual({ '${settings.any}': 'unknown', 'oidc-grafana': 'unknown' });
});

test('holes on both sides meet where one name could be both', () => {
  expect(
    statuses(`{ config, settings, ... }: {
      clan.core.vars.generators.palworld-one = { files.admin = { }; script = ""; };
      clan.core.vars.generators."cert-\${settings.domain}" = {
        files."\${settings.domain}.key" = { };
        script = "";
      };
      a = config.clan.core.vars.generators."palworld-\${settings.a}".files.admin.path;
      b = config.clan.core.vars.generators."cert-\${settings.b}".files."\${settings.b}.key".path;
      c = config.clan.core.vars.generators."\${settings.c}-one".files.\${settings.file}.path;
      d = config.clan.core.vars.generators."\${settings.d}-two".files.admin.path;
      e = config.clan.core.vars.generators."cert-\${settings.e}".files."\${settings.e}.pem".path;
    }`),
  ).toEqual({
    'palworld-${settings.a}': 'resolved',
    'cert-${settings.b}': 'resolved',
    '${settings.c}-one': 'resolved',
    '${settings.d}-two': 'unknown',
    'cert-${settings.e}': 'unknown',
  });
});

test('a name that only settings give is resolved where a generator has the file', () => {
  expect(
    statuses(`{ config, settings, ... }: {
      clan.core.vars.generators.mail = { files.password = { }; script = ""; };
      a = config.clan.core.vars.generators.\${settings.generator}.files.password.path;
    }`),
  ).toEqual({ '${settings.generator}': 'resolved' });
});

test("a generator of clan-core's own services is one of the catalogue", () => {
  expect(
    statuses(
      '{ config, ... }: { a = config.clan.core.vars.generators.openssh.files."ssh.id_ed25519".path; }',
    ),
  ).toEqual({ openssh: 'catalogue' });
});

test('a generator that only the locked clan-core has is one of the catalogue', () => {
  const locked = { url: 'https://git.clan.lol/clan/clan-core', lastModified: Date.UTC(2026, 4, 1) / 1000 };
  const lock = {
    nodes: {
      root: { inputs: { 'clan-core': 'clan-core' } },
      'clan-core': { locked, original: { url: 'https://git.clan.lol/clan/clan-core', ref: 'main' } },
    },
    root: 'root',
  };
  const uses = `{ config, ... }: {
    a = config.clan.core.vars.generators.zerotier.files.zerotier-ip.value;
    b = config.clan.core.vars.generators.zerotier-controller.files.zerotier-secret.path;
  }`;
  expect(
    statuses(uses, {
      'flake.nix': `{ outputs = { self, clan-core }: clan-core.lib.clan {
        inherit self;
        inventory.machines.ada = { };
        inventory.instances.net = { module.name = "zerotier"; roles.controller.machines.ada = { }; };
      }; }`,
      'flake.lock': JSON.stringify(lock),
    }),
  ).toEqual({ zerotier: 'catalogue', 'zerotier-controller': 'unknown' });
});

test('a file that none of its services declares makes a name no part of the catalogue, an added one changes nothing', () => {
  expect(
    statuses(`{ config, ... }: {
      clan.core.vars.generators.openssh.files.extra = { };
      a = config.clan.core.vars.generators.openssh.files."ssh.id_ed25519".path;
      b = config.clan.core.vars.generators.matrix-password-ada.files.token.path;
    }`),
  ).toEqual({ openssh: 'catalogue', 'matrix-password-ada': 'unknown' });
});
