/** That answers which nobody asked for during many edits are still kept current. */
import { expect, it } from 'vitest';
import { fleetWorkspace } from './workspace.ts';

const module = (name: string) => `{ clan.core.vars.generators.${name}.files.key = { }; }\n`;

it('a file is read again when it changes after hundreds of edits of another', () => {
  const workspace = fleetWorkspace({ 'a.nix': module('first'), 'b.nix': module('second') });
  const names = () => workspace.fleet().generators.map(({ name }) => name);
  expect(names()).toEqual(['first', 'second']);
  for (let edit = 0; edit < 250; edit++) {
    workspace.write({ 'a.nix': `# ${edit}\n${module('first')}` });
    workspace.fleet();
  }
  workspace.write({ 'b.nix': module('third') });
  expect(names()).toEqual(['first', 'third']);
});

it('a module is followed again for the machines that import it', () => {
  const flake = `{ outputs = { nixpkgs, ... }: { nixosConfigurations.tern = nixpkgs.lib.nixosSystem { modules = [ ./b.nix ]; }; }; }\n`;
  const workspace = fleetWorkspace({
    'flake.nix': flake,
    'a.nix': module('first'),
    'b.nix': module('second'),
  });
  const names = () =>
    workspace.fleet().generators.flatMap(({ name, machines }) => (machines?.includes('tern') ? [name] : []));
  expect(names()).toEqual(['second']);
  for (let edit = 0; edit < 250; edit++) {
    workspace.write({ 'a.nix': `# ${edit}\n${module('first')}` });
    workspace.fleet();
  }
  workspace.write({ 'b.nix': module('third') });
  expect(names()).toEqual(['third']);
});

it('a file that comes back is read again', () => {
  const workspace = fleetWorkspace({ 'a.nix': module('first'), 'b.nix': module('second') });
  const names = () => workspace.fleet().generators.map(({ name }) => name);
  workspace.fleet();
  workspace.write({ 'b.nix': null });
  expect(names()).toEqual(['first']);
  workspace.write({ 'b.nix': module('third') });
  expect(names()).toEqual(['first', 'third']);
});
