import { expect, test } from 'vitest';
import { statusesIn } from '../../server/src/cli/use-status.ts';
import { fleetWorkspace } from '../fleet/workspace.ts';

/** The status of each use in a module, by the generator it names. */
function statuses(module: string): Record<string, string> {
  const workspace = fleetWorkspace({ 'module.nix': module });
  const fleet = workspace.fleet();
  const statusOf = statusesIn({ version: 1, fleet, findings: new Map(), files: workspace.files });
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

test('a name that is all hole, or has another file, is not known', () => {
  expect(
    statuses(`{ config, settings, ... }: {
      clan.core.vars.generators."oidc-\${settings.id}" = { files.secret = { }; script = ""; };
      a = config.clan.core.vars.generators.\${settings.any}.files.secret.path;
      b = config.clan.core.vars.generators.oidc-grafana.files.other.path;
    }`),
  ).toEqual({ '${settings.any}': 'unknown', 'oidc-grafana': 'unknown' });
});

test("a generator of clan-core's own services is one of the catalogue", () => {
  expect(
    statuses(
      '{ config, ... }: { a = config.clan.core.vars.generators.openssh.files."ssh.id_ed25519".path; }',
    ),
  ).toEqual({ openssh: 'catalogue' });
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
