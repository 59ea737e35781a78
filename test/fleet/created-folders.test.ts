/** Folders that are created or removed together with the file in them. */
import { expect, it } from 'vitest';
import { fleetWorkspace } from './workspace.ts';

const FLAKE = `{ outputs = { self, clan-core, ... }: { clan = clan-core.lib.clan { inherit self; }; }; }\n`;

it('machines appear with the first folder for them, and disappear with the last', () => {
  const file = 'deeper/machines/one/configuration.nix';
  const workspace = fleetWorkspace({ 'deeper/flake.nix': FLAKE, 'other.nix': '{ }\n' });
  const machines = () => workspace.fleet().machines.map(({ name, at }) => [name, at?.file]);
  expect(machines()).toEqual([]);
  workspace.write({ [file]: '{ }\n' });
  expect(machines()).toEqual([['one', file]]);
  workspace.write({ [file]: null });
  expect(machines()).toEqual([]);
});
