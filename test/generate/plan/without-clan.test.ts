// Fleets without clan: what is generated in clan's layout, nothing there reads.
import { describe, expect, it } from 'vitest';
import { backendOf } from '../../../server/src/generate/backends/served-backend.ts';
import type { RunEnvironment } from '../../../server/src/generate/run-environment.ts';
import { check, type Texts } from '../../checks/harness.ts';

const FLEET: Texts = {
  'flake.nix': `{
  outputs = { nixpkgs, vars, ... }: {
    nixosConfigurations.web = nixpkgs.lib.nixosSystem { modules = [ vars.nixosModules.default ./web.nix ]; };
  };
}
`,
  'web.nix': '{ vars.generators.key = { files.key = { }; script = "date > $out/key"; }; }\n',
};

function backendIn(more: Texts, chosen: Partial<RunEnvironment> = {}): string {
  const { fleet, files } = check({ ...FLEET, ...more });
  return backendOf(fleet, { files, storeCommand: null, ...chosen } as unknown as RunEnvironment);
}

describe('a fleet without clan', () => {
  it('is asked for a store', () => {
    expect(() => backendIn({})).toThrow(/this fleet does not use clan.*"store": \{ "backend": "sops" \}/);
  });

  it('has the one that varsmith.json names', () => {
    expect(backendIn({}, { storeBackend: 'age' })).toBe('age');
    expect(backendIn({}, { storeCommand: ['./store'] })).toBe('custom');
  });

  it.each<[string, Texts]>([
    ['something is of clan', { 'web.nix': '{ clan.core.vars.generators.key.files.key = { }; }' }],
    ['the flake has clan', { 'flake.nix': `# made for clan\n${FLEET['flake.nix']}` }],
    ['something is stored', { 'vars/per-machine/web/key/key/value': 'x' }],
    ['there are keys', { 'sops/users/ada/key.json': '{}' }],
  ])('is not what it is where %s', (_, more) => {
    expect(backendIn(more)).toBe('sops');
  });
});
