// The rules about evaluation, where it is less plain than in their examples.

import { describe, expect, it } from 'vitest';
import { hostOf, PIPELINE } from '../../server/src/checks/examples.ts';
import { applyFix, check, expectMarked, expectSilent, fixOf, onlyFinding, type Texts } from './harness.ts';

const MATRIX = '{\n  lea = [ "gmail" "anthropic" ];\n}\n';
const fleet = (more: Texts): Texts => ({ ...PIPELINE, 'lib/machine-env-matrix.nix': MATRIX, ...more });

describe('eval/generators-in-imports', () => {
  const imported = (imports: string) => `\
{ lib, pkgs, ... }:
{
  imports = ${imports};

  networking.firewall.enable = true;
}
`;
  const applied =
    '(lib.modules.importApply ../../lib/vars-generators.nix { keys = [ "gmail" ]; inherit pkgs; })';
  const texts = (imports: string) =>
    fleet({
      'machines/lea/configuration.nix': imported(imports),
      'machines/lea/hardware.nix': '{ nixpkgs.hostPlatform = "x86_64-linux"; }\n',
    });
  const mended = (imports: string): string => {
    const before = texts(imports);
    const finding = onlyFinding(check(before), 'eval/generators-in-imports');
    const after = applyFix(before, fixOf(finding, 'Assign clan.core.vars.generators'));
    expectSilent(after);
    return after['machines/lea/configuration.nix'] as string;
  };

  it('is a warning in a fleet of one architecture', () => {
    expect(onlyFinding(check(texts(`[ ${applied} ]`)), 'eval/generators-in-imports').severity).toBe(
      'warning',
    );
  });

  it('moves the only import, with a let for the value', () => {
    expect(mended(`[ ${applied} ]`)).toBe(`\
{ lib, pkgs, ... }:
let
  varsGenerators = import ../../lib/vars-generators.nix { keys = [ "gmail" ]; inherit pkgs; };
in
{
  clan.core.vars.generators = varsGenerators;

  networking.firewall.enable = true;
}
`);
  });

  it('leaves the other imports and what is said about them', () => {
    expect(mended(`[\n    ./hardware.nix # the disks\n    ${applied}\n  ]`)).toContain(`\
  imports = [
    ./hardware.nix # the disks
  ];
  clan.core.vars.generators = varsGenerators;
`);
  });

  it('is silent for a module that is given nothing of generators', () => {
    expectSilent(
      fleet({
        'machines/lea/configuration.nix': imported(
          '[ (lib.modules.importApply ../../modules/user.nix { name = "ada"; }) ]',
        ),
        'modules/user.nix': `{ name }:\n{ ... }:\n{\n  users.users.\${name}.isNormalUser = true;\n}\n`,
      }),
    );
  });

  it('is silent for generators that are imported without being applied', () => {
    expectSilent(
      fleet({
        'machines/lea/configuration.nix': imported('[ ../../modules/lea-vars.nix ]'),
        'modules/lea-vars.nix': hostOf('lea').replaceAll('../../lib', '../lib'),
      }),
    );
  });
});

describe('eval/pkgs-in-metadata', () => {
  it('replaces whatever is passed', () => {
    const texts = fleet({
      'lib/names.nix': `\
{ pkgs, lib }:
let
  registry = import ./secret-registry.nix { pkgs = pkgs; };
  #                                         ^^^^ eval/pkgs-in-metadata
in
registry.gmail.envVar
`,
    });
    const finding = onlyFinding(check(texts), 'eval/pkgs-in-metadata');
    const after = applyFix(texts, fixOf(finding, 'Import the registry with pkgs = null'));
    expect(after['lib/names.nix']).toContain('import ./secret-registry.nix { pkgs = null; };');
    expectSilent(after);
  });

  it('is silent for a package set that may be null', () => {
    expectSilent(
      fleet({
        'lib/names.nix': '{ pkgs ? null }:\n(import ./secret-registry.nix { inherit pkgs; }).gmail.envVar\n',
      }),
    );
  });
});

describe('eval/path-in-let', () => {
  const binding =
    '  paths.GMAIL = config.clan.core.vars.generators.gmail-app-password.files.password.path;\n';

  it('is silent for a let that builds something else', () => {
    expectSilent(
      fleet({
        'machines/lea/configuration.nix': hostOf(
          'lea',
          '  services.mail.passwordFile = paths.GMAIL;\n',
          binding,
        ),
      }),
    );
  });

  it('is silent in a workspace without a registry', () => {
    expectSilent({
      'machines/lea/configuration.nix': `\
{ config, ... }:
let
${binding}in
{
  clan.core.vars.generators.gmail-app-password.files.password = { };
  environment.variables = paths;
}
`,
    });
  });

  it('counts every read', () => {
    const { findings } = expectMarked(
      fleet({
        'machines/lea/configuration.nix': hostOf(
          'lea',
          '  environment.sessionVariables = vars;\n',
          `\
  vars = {
# ^^^^ eval/path-in-let
    A_FILE = config.clan.core.vars.generators.gmail-app-password.files.password.path;
    B_FILE = config.clan.core.vars.generators.anthropic-api-key.files.key.path;
  };
`,
        ),
      }),
    );
    expect(findings[0]?.related).toHaveLength(2);
  });
});
