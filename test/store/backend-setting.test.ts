// Which backend a fleet uses: what its machines set comes before what the clan sets for those that set nothing.
import { expect, test } from 'vitest';
import {
  commonSetting,
  keeperOf,
  setBackend,
  shownBackend,
  usedSettings,
} from '../../server/src/store/backend-setting.ts';
import { fleetWorkspace } from '../fleet/workspace.ts';

const SETTING = 'clan.core.vars.settings.secretStore';

/** A clan with this setting, and machines with a setting each, as Nix; null for none. */
function fleetWith(clan: string | null, machines: Readonly<Record<string, string | null>>) {
  const rows = Object.entries(machines).map(
    ([name, setting]) =>
      `machines.${name} = { config, ... }: {${setting === null ? '' : ` ${SETTING} = ${setting};`} };`,
  );
  const own = clan === null ? '' : `vars.settings.secretStore = ${clan};`;
  const workspace = fleetWorkspace({
    'flake.nix': `{ outputs = { clan-core, ... }: clan-core.lib.clan { ${own} ${rows.join(' ')} }; }`,
  });
  const fleet = workspace.fleet();
  expect(fleet.machines.map(({ name }) => name)).toEqual(Object.keys(machines));
  return { fleet, files: workspace.files };
}

test('what all machines set is the setting, whatever the clan says', () => {
  const { fleet, files } = fleetWith('"sops"', { lea: '"age"', noa: '"age"' });
  expect(commonSetting(fleet)).toBe('age');
  expect(setBackend(fleet)).toBe('age');
  expect(usedSettings(fleet, files)).toEqual(['age']);
  expect(shownBackend(fleet, files, null, false)).toBe('age');
});

test('machines that set nothing have that of the clan', () => {
  expect(commonSetting(fleetWith('"age"', { lea: null, noa: '"age"' }).fleet)).toBe('age');
});

test('where machines differ there is no common setting', () => {
  const { fleet, files } = fleetWith('"sops"', { lea: '"age"', noa: null });
  expect(commonSetting(fleet)).toBeNull();
  expect(usedSettings(fleet, files)).toEqual(['age', 'sops']);
});

test("a machine of which it cannot be told does not pass for one with the clan's", () => {
  const { fleet } = fleetWith('"sops"', { lea: '"sops"', noa: 'config.store' });
  expect(commonSetting(fleet)).toBeNull();
  expect(setBackend(fleet)).toBeNull();
});

test('one that sets nothing anywhere has what clan does by default', () => {
  const { fleet, files } = fleetWith(null, { lea: '"age"', noa: null });
  expect(usedSettings(fleet, files)).toEqual(['age', 'sops']);
  expect(usedSettings(fleet, files, 'custom')).toEqual(['age', 'custom']);
});

test('what keeps the secrets of each machine is told as a run tells it; shared ones are where all agree', () => {
  const keepers = (clan: string | null, noa: string | null, fallback: string | null = null) => {
    const { fleet, files } = fleetWith(clan, { lea: null, noa });
    const keeper = keeperOf(fleet, files, fallback);
    return [keeper('lea'), keeper('noa'), keeper(null)];
  };
  expect(keepers(null, null)).toEqual(['sops', 'sops', 'sops']);
  expect(keepers('"age"', null)).toEqual(['age', 'age', 'age']);
  expect(keepers('"password-store"', null)).toEqual(['outside', 'outside', 'outside']);
  expect(keepers(null, null, 'custom')).toEqual(['outside', 'outside', 'outside']);
  expect(keepers('"sops"', '"vm"')).toEqual(['sops', 'outside', 'outside']);
});

test('of a store of another kind no backend is shown, unless a machine sets one', () => {
  const custom = fleetWith('"custom"', { lea: null, noa: '"age"' });
  expect(shownBackend(custom.fleet, custom.files, 'lea', false)).toBeNull();
  expect(shownBackend(custom.fleet, custom.files, 'noa', true)).toBe('age');
  const unset = fleetWith(null, { lea: null });
  expect(shownBackend(unset.fleet, unset.files, 'lea', false)).toBe('sops');
  expect(shownBackend(unset.fleet, unset.files, 'lea', true)).toBeNull();
});
