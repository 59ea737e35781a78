// The rules about hosts and their folders, where it is less plain than in their examples.

import { describe, expect, it } from 'vitest';
import { applyFix, findingsOf, fixOf, judging, onlyFinding, type Texts } from './harness.ts';

const { check } = judging('host/missing', 'host/unregistered');

const flake = (outputs: string, more: Texts = {}): Texts => ({
  'flake.nix': `{
  outputs = { nixpkgs, inputs, self, ... }: {
${outputs}
  };
}
`,
  ...more,
});

const found = (texts: Texts, rule: string) => findingsOf(rule, texts).map(({ message }) => message);

describe('host/missing', () => {
  const lea = (modules: string, more: Texts = {}) =>
    flake(`    nixosConfigurations.lea = nixpkgs.lib.nixosSystem { modules = ${modules}; };`, more);
  const there = { 'hosts/lea/default.nix': '{ }' };

  it('mends the last name of the path', () => {
    const texts = lea('[ ./hosts/leah ]', there);
    const finding = onlyFinding(check(texts), 'host/missing');
    expect(finding.machines).toEqual(['lea']);
    const after = applyFix(texts, fixOf(finding, 'Replace with "lea"'));
    expect(after['flake.nix']).toContain('[ ./hosts/lea ]');
    expect(found(after, 'host/missing')).toEqual([]);
  });

  it.each([
    ['a file', lea('[ ./lea.nix ]'), 'imports lea.nix, which does not exist.'],
    [
      'a folder without a default.nix',
      lea('[ ./hosts/lea ]', { 'hosts/lea/configuration.nix': '{ }' }),
      'imports the folder hosts/lea, which has no default.nix.',
    ],
    ['a file that a module in place imports', lea('[ { imports = [ ./lea.nix ]; } ]'), 'imports lea.nix'],
    [
      'the module of a machine of clan',
      flake('    clan = { meta.name = "x"; machines.lea = { imports = [ ./hosts/leo ]; }; };', there),
      'imports hosts/leo, which does not exist. Did you mean "lea"?',
    ],
  ])('is found for %s', (_, texts, message) => {
    expect(found(texts, 'host/missing')).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    ['a file that is there', lea('[ ./hosts/lea ]', there)],
    ['a submodule', lea('[ ./private/lea.nix ]', { '.gitmodules': '[submodule "p"]\n\tpath = private\n' })],
    ['a condition', lea('[ { imports = nixpkgs.lib.optional inputs.x ./lea.nix; } ]')],
    [
      'a question whether it is there',
      lea('[ { imports = nixpkgs.lib.optional (builtins.pathExists ./lea.nix) ./lea.nix; } ]'),
    ],
    ['what is outside', lea('[ ../lea.nix /etc/nixos/lea.nix ]')],
    ['what another flake has', lea('[ inputs.x.nixosModules.lea (inputs.x + "/lea.nix") ]')],
  ])('is silent for %s', (_, texts) => {
    expect(found(texts, 'host/missing')).toEqual([]);
  });
});

describe('host/unregistered', () => {
  const host = (name: string) => `{\n  networking.hostName = "${name}";\n}\n`;
  const hosts = (more: Texts = {}, outputs = '') =>
    flake(
      `    nixosConfigurations = {
      emily = nixpkgs.lib.nixosSystem { modules = [ ./hosts/emily/configuration.nix ]; };
      lea = nixpkgs.lib.nixosSystem { modules = [ ./hosts/lea/configuration.nix ]; };
    };
${outputs}`,
      {
        'hosts/emily/configuration.nix': host('emily'),
        'hosts/lea/configuration.nix': host('lea'),
        ...more,
      },
    );
  const nora = { 'hosts/nora/configuration.nix': host('nora') };

  it('is found by the name that a host gives itself, and by its hardware', () => {
    expect(found(hosts(nora), 'host/unregistered')).toEqual([
      'No configuration uses the host "nora": nobody evaluates what is in hosts/nora. Add it to the flake, or remove the folder.',
    ]);
    expect(
      found(
        hosts({ 'hosts/nora/configuration.nix': '{ }', 'hosts/nora/hardware-configuration.nix': '{ }' }),
        'host/unregistered',
      ),
    ).toHaveLength(1);
  });

  it.each([
    ['a folder that says it is somebody else', hosts({ 'hosts/nora/configuration.nix': host('other') })],
    ['a folder that begins otherwise', hosts({ 'hosts/nora/default.nix': host('nora') })],
    ['a name in a comment', hosts({ 'hosts/nora/configuration.nix': '# hostName = "nora"\n{ }\n' })],
    [
      'a folder that another file names',
      hosts({ ...nora, 'images.nix': '[ ./hosts/nora/configuration.nix ]' }),
    ],
    ['folders that somebody lists', hosts({ ...nora, 'images.nix': 'builtins.readDir ./hosts' })],
    ['a name that the flake has', hosts(nora, '    image = self.lib.image "nora";')],
    ['configurations that are not all known', hosts(nora, '    darwinConfigurations = inputs.x.macs;')],
    [
      'a single host',
      flake('    nixosConfigurations.lea = nixpkgs.lib.nixosSystem { modules = [ ./hosts/lea ]; };', {
        'hosts/lea/default.nix': host('lea'),
        'hosts/nora/default.nix': host('nora'),
      }),
    ],
  ])('is silent for %s', (_, texts) => {
    expect(found(texts, 'host/unregistered')).toEqual([]);
  });
});
