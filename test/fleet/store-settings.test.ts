import { expect, test } from 'vitest';
import type { StoreSettings } from '../../server/src/fleet/model/secrets.ts';
import type { Texts } from '../nix/support.ts';
import { fleetWorkspace } from './workspace.ts';

function settings(texts: Texts): StoreSettings {
  return fleetWorkspace({ 'flake.nix': '{ }', ...texts }).fleet().storeSettings;
}

test.each([
  ['in the arguments of the clan', 'clan-core.lib.clan { vars.settings.secretStore = "age"; }'],
  ['in a module of the clan', '{ clan.vars.settings = { secretStore = "age"; }; }'],
  ['by a name', 'let store = "age"; in { vars = { settings.secretStore = store; }; }'],
  ['with a priority', '{ lib, ... }: { vars.settings.secretStore = lib.mkForce "age"; }'],
])('the setting of the clan, %s, holds for every machine', (_where, text) => {
  const found = settings({ 'clan.nix': text });
  expect(found.clan).toBe('age');
  expect(found.of('lea')).toBe('age');
});

test('a machine that differs: by its name, or by the folder it is in', () => {
  const found = settings({
    'clan.nix': `{
      vars.settings.secretStore = "sops";
      machines.lea = { clan.core.vars.settings.secretStore = "age"; };
    }`,
    'machines/noa/configuration.nix': '{ clan.core.vars.settings.secretStore = "password-store"; }',
  });
  expect(['lea', 'noa', 'tove'].map(found.of)).toEqual(['age', 'password-store', 'sops']);
});

test('a module that any machine may have is worth a guess and no more', () => {
  const found = settings({ 'modules/store.nix': '{ clan.core.vars.settings.secretStore = "age"; }' });
  expect(found).toMatchObject({ clan: null, likely: 'age' });
  expect(found.of('lea')).toBeNull();
});

test.each([
  ['under a condition alone', '{ lib, c, ... }: { vars.settings.secretStore = lib.mkIf c "age"; }'],
  ['to what is not known', '{ config, ... }: { vars.settings.secretStore = config.store; }'],
  ['in two ways', '{ lib, c, ... }: { vars.settings.secretStore = lib.mkMerge [ "age" "sops" ]; }'],
  [
    'as an option',
    '{ lib, ... }: { options.vars.settings.secretStore = lib.mkOption { default = "age"; }; }',
  ],
  ['for facts', '{ clan.core.facts.secretStore = "age"; }'],
  ['for something else', '{ services.x.settings.secretStore = "age"; }'],
])('set %s, nothing is known', (_how, text) => {
  expect(settings({ 'clan.nix': text })).toMatchObject({ clan: null, likely: null });
});

test('templates of the repository are worlds of their own', () => {
  const found = settings({
    'clan.nix': '{ vars.settings.secretStore = "sops"; }',
    'templates/x/flake.nix': '{ }',
    'templates/x/clan.nix': '{ vars.settings.secretStore = "age"; }',
  });
  expect(found.clan).toBe('sops');
});

test('a changed setting is read again', () => {
  const workspace = fleetWorkspace({ 'clan.nix': '{ vars.settings.secretStore = "sops"; }' });
  expect(workspace.fleet().storeSettings.clan).toBe('sops');
  workspace.write({ 'clan.nix': '{ vars.settings.secretStore = "age"; }' });
  expect(workspace.fleet().storeSettings.clan).toBe('age');
});
