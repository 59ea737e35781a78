// What is known of imports that need the configuration, from one edit to the next.

import { expect, it } from 'vitest';
import { judging } from '../checks/harness.ts';

it('comes and goes with each edit, of the module and of what it is given', () => {
  const flake = (given: string) => `\
{
  outputs = { self, nixpkgs, ... }: {
    nixosConfigurations.lea = nixpkgs.lib.nixosSystem {
      specialArgs.${given} = { };
      modules = [ ./lea.nix ];
    };
  };
}
`;
  const condition = (of: string) => `{ config, lib, ... }:\n{ imports = lib.optional ${of} ./extra.nix; }\n`;
  const fleet = judging('eval/generators-in-imports').living({
    'flake.nix': flake('other'),
    'lea.nix': '{ imports = [ ./web.nix ]; }\n',
    'web.nix': condition('config.a'),
    'extra.nix': '{ }\n',
  });
  const found = () => fleet.findings().map(({ at }) => `${at.file} ${at.start}`);
  expect(found()).toEqual(['web.nix 47']);
  fleet.write({ 'web.nix': condition('true') });
  expect(found()).toEqual([]);
  fleet.write({ 'web.nix': `\n${condition('config.a')}` });
  expect(found()).toEqual(['web.nix 48']);
  fleet.write({ 'flake.nix': flake('config') });
  expect(found()).toEqual([]);
  fleet.write({ 'flake.nix': flake('other') });
  expect(found()).toEqual(['web.nix 48']);
  fleet.write({ 'lea.nix': '{ }\n' });
  expect(found()).toEqual([]);
});
