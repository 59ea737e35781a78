/** Sets that hold each other several times are a tree that doubles with each level: a few calls are gigabytes, unfolded. */
import { expect, it } from 'vitest';
import type { Setting } from '../../server/src/modules/settings.ts';
import { fleetWorkspace } from './workspace.ts';

const CALLS = 9;
const DOUBLED = Array.from({ length: CALLS }).reduce((inner: string) => `d (${inner})`, 'a');
const HOST = 'machines/ada/configuration.nix';
const TEXTS = {
  'flake.nix': '{ outputs = { clan-core, ... }: clan-core.lib.clan { meta.name = "fleet"; }; }\n',
  [HOST]: `{ lib, ... }: {
  clan.core.vars.generators =
    let
      a = { x = 1; };
      d = s: s // builtins.mapAttrs (n: v: s) s // { "\${toString (builtins.length (builtins.attrNames s))}" = s; };
    in { g = { files.f = { }; script = "true"; validation = ${DOUBLED}; }; };
}
`,
};

function partsOf(setting: Setting): Setting[] {
  if (setting.kind === 'set') return [setting, ...[...setting.entries.values()].flatMap(partsOf)];
  return setting.kind === 'list' ? [setting, ...setting.items.flatMap(partsOf)] : [setting];
}

it('are read up to a limit, and the others are said to be unknown', () => {
  const [definition] = fleetWorkspace(TEXTS).fleet().units.get(HOST)?.definitions ?? [];
  const option = definition
    ?.body()
    .options()
    .find(({ name }) => name === 'validation');
  const parts = option === undefined ? [] : partsOf(option.value);
  const unknown = parts.filter(({ kind }) => kind === 'unknown');
  expect(parts.length - unknown.length).toBe(10_000);
  expect(new Set(unknown.map(part => part.kind === 'unknown' && part.reason))).toEqual(
    new Set(['it has more than 10000 parts']),
  );
});
