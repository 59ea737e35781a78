// What Verify Vars has found, over the protocol: every view shows it until a file changes.
import { expect, test } from 'vitest';
import type { FleetGenerator, FleetRoot } from '../../client/src/protocol/fleet.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { folder, write } from '../workspace/support.ts';
import { startSession } from './support.ts';

const engine = await loadEngine();
const MODULE = 'machines/web/configuration.nix';
const TEXT = '{ clan.core.vars.generators.ca = { files.key = { }; files.pin = { }; }; }';
const FILES = {
  'flake.nix': `{
    outputs = { self, clan-core, ... }:
      let clan = clan-core.lib.clan { inherit self; meta.name = "test"; }; in
      { inherit (clan.config) nixosConfigurations clanInternals; };
  }`,
  'clan.nix': '{ vars.settings.secretStore = "password-store"; }',
  [MODULE]: TEXT,
};

async function openFleet(more: Readonly<Record<string, string>> = {}) {
  const path = folder({ ...FILES, ...more });
  const session = await startSession({
    root: path,
    engine,
    capabilities: { experimental: { varsmith: true } },
  });
  const root = session.uri('').replace(/\/$/, '');
  const filter = { text: '', lacking: false };
  return {
    session,
    path,
    /** The state of the generator, of its files, and the counts of the fleet. */
    async shown() {
      const params = { root, machine: 'web', filter };
      const [ca]: FleetGenerator[] = await session.connection.sendRequest('varsmith/machine', params);
      const [fleet]: FleetRoot[] = await session.connection.sendRequest('varsmith/fleet', { filter });
      return [ca?.state, ca?.files.map(({ stored }) => stored), fleet?.summary];
    },
    tell: (state: FleetGenerator['state'], missing: readonly string[]) =>
      session.connection.sendRequest('varsmith/verified', {
        root,
        states: [{ key: 'per-machine/web/ca', state, missing }],
      }),
    tellNothing: () => session.connection.sendRequest('varsmith/verified', { root, states: [] }),
  };
}

test('what a store outside of the repository has said is shown in every view', async () => {
  const { shown, tell } = await openFleet();
  expect(await shown()).toEqual(['unknown', [null, null], '1 of 1 generator unknown']);
  await tell('partial', ['pin']);
  expect(await shown()).toEqual(['partial', [true, false], '1 of 1 generator partly generated']);
  await tell('present', []);
  expect(await shown()).toEqual(['present', [true, true], '1 of 1 generator generated']);
  await tell('outdated', []);
  expect(await shown()).toEqual(['outdated', [true, true], '1 of 1 generator outdated']);
});

test('what nobody could tell stays unknown', async () => {
  const { shown, tell } = await openFleet();
  await tell('unknown', []);
  expect((await shown())[0]).toBe('unknown');
});

test('it holds until a file changes, and looking at one changes nothing', async () => {
  const { session, shown, tell } = await openFleet();
  await tell('present', []);
  session.open(MODULE, TEXT);
  expect((await shown())[0]).toBe('present');
  session.edit(MODULE, 2, { text: TEXT.replace('pin', 'pins') });
  expect((await shown())[0]).toBe('unknown');
});

test('what a run has stored is shown though no watcher of files has seen it', async () => {
  const { path, shown, tellNothing } = await openFleet({
    'clan.nix': '{ }',
    [MODULE]: TEXT.replace('files.key = { }; files.pin = { }', 'files.key.secret = false'),
    'vars/per-machine/web/other/key/value': 'of another generator',
  });
  expect((await shown())[0]).toBe('missing');
  write(path, 'vars/per-machine/web/ca/key/value', 'made');
  expect((await shown())[0]).toBe('missing');
  await tellNothing();
  expect(await shown()).toEqual(['present', [true], '1 of 1 generator generated']);
});

test('a run without results leaves what a store outside of the repository has said', async () => {
  const { shown, tell, tellNothing } = await openFleet();
  await tell('partial', ['pin']);
  await tellNothing();
  expect((await shown())[0]).toBe('partial');
});

test('the views are told to ask anew', async () => {
  const { session, tell } = await openFleet();
  const told = new Promise<void>(resolve => session.connection.onNotification('varsmith/changed', resolve));
  await tell('missing', ['key', 'pin']);
  await told;
});
