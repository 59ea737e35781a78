/** Options of a generator that are asked for late: evaluation may give up there as well, and nobody fails by it. */
import { expect, test } from 'vitest';
import { fleetWorkspace } from './workspace.ts';

test('an option that nests too deeply leaves the options unread', () => {
  const { fleet } = fleetWorkspace({
    'modules/a.nix': `
      { ... }:
      let down = n: if n == 0 then "x" else down (n - 1);
      in { clan.core.vars.generators.x = { files.key = { }; script = "true"; odd = down 5000; }; }
    `,
  });
  const [generator] = fleet().generators;
  expect(generator?.body().files.map(({ name }) => name)).toEqual(['key']);
  expect(generator?.body().options()).toEqual([]);
});
