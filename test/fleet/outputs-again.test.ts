/** What is looked for in a flake whose files each add a module to its outputs, and what an edit of one has read again. */
import { expect, it } from 'vitest';
import type { TraceEvent } from '../../server/src/query/database.ts';
import { recomputed } from '../query/recomputed.ts';
import { fleetWorkspace, plainFleet } from './workspace.ts';

const NAMES = Array.from({ length: 12 }, (_, i) => `m${i}`);
const moduleOf = (name: string) =>
  `{ flake.modules.nixos.${name} = { clan.core.vars.generators.${name} = { files.key = { }; script = "true"; }; }; }\n`;
const TEXTS = {
  'flake.nix': `{
  outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } {
    imports = [ inputs.clan-core.flakeModules.default ./machines.nix ${NAMES.map(name => `./parts/${name}.nix`).join(' ')} ];
  };
}
`,
  'machines.nix': `{ config, ... }: {
  clan.machines.ada = { imports = with config.flake.modules.nixos; [ ${NAMES.join(' ')} ]; };
}
`,
  ...Object.fromEntries(NAMES.map(name => [`parts/${name}.nix`, moduleOf(name)])),
};

it('is each module in its own file, and after an edit those of the file alone', () => {
  const events: TraceEvent[] = [];
  const workspace = fleetWorkspace(TEXTS, undefined, event => events.push(event));
  const generators = () => workspace.fleet().generators.map(({ name }) => name);
  expect(generators()).toEqual([...NAMES].sort());
  const read = () => recomputed(events).filter(name => name.startsWith('modules of outputs('));
  // Every file was asked for every module once.
  expect(read()).toHaveLength(NAMES.length);
  events.length = 0;
  workspace.write({ 'parts/m3.nix': moduleOf('m3').replace('key', 'token') });
  expect(generators()).toEqual([...NAMES].sort());
  expect(read()).toEqual(['modules of outputs(parts/m3.nix\0modules\0nixos\0m3)']);
  // A module that comes is found, and one that goes is not: as in a fresh build.
  for (const text of [moduleOf('m3').replace('nixos.m3', 'nixos.other'), moduleOf('m3')]) {
    workspace.write({ 'parts/m3.nix': text });
    const fresh = fleetWorkspace({ ...TEXTS, 'parts/m3.nix': text });
    expect(plainFleet(workspace.fleet())).toEqual(plainFleet(fresh.fleet()));
  }
});
