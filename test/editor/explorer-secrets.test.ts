// The view of sops-nix and agenix: machines with their secrets, encrypted files with their keys.
import { beforeEach, expect, test } from 'vitest';
import { fleetEntry } from '../../server/src/editor/explorer/explorer.ts';
import { itemAt } from '../../server/src/editor/explorer/explorer-at.ts';
import { EVERYTHING } from '../../server/src/editor/explorer/explorer-filter.ts';
import {
  keysOfFile,
  secretEntries,
  secretsEntry,
} from '../../server/src/editor/explorer/explorer-secrets.ts';
import type { Snapshot } from '../../server/src/editor/snapshot.ts';
import { AGENIX, inFleet, SOPS } from './secret-fleets.ts';
import type { At } from './support.ts';

let snapshot: Snapshot;
beforeEach(() => {
  snapshot = inFleet(SOPS, 'flake.nix', '').snapshot;
});

test('machines say how many secrets they have; the fleet says whether there are any', () => {
  const { machines, unassigned } = secretsEntry(snapshot, EVERYTHING);
  expect(machines.map(({ name, secrets }) => [name, secrets])).toEqual([
    ['laptop', 3],
    ['server', 4],
  ]);
  expect(unassigned).toBe(0);
  expect(fleetEntry(snapshot, EVERYTHING).secrets).toBe(5);
  expect(fleetEntry(inFleet({ 'a.nix': '{ }' }, 'a.nix', '').snapshot, EVERYTHING).secrets).toBe(0);
});

test('files say whether they are encrypted, for whom, and how many keys they have', () => {
  const shown = (fleet: Readonly<Record<string, string>>) =>
    secretsEntry(inFleet(fleet, 'flake.nix', '').snapshot, EVERYTHING).files.map(
      ({ path, state, keys, recipients }) => [path, state, keys, recipients],
    );
  expect(shown({ ...SOPS, 'secrets/users.yaml': 'git: hunter2\n' })).toEqual([
    ['hosts/server/nothing.yaml', 'missing', null, []],
    ['secrets/common.yaml', 'encrypted', 2, ['admin', 'server']],
    ['secrets/users.yaml', 'plain', 1, []],
  ]);
  expect(shown(AGENIX)).toEqual([
    ['secrets/db.age', 'encrypted', null, ['ada', 'web']],
    ['secrets/mail.age', 'encrypted', null, ['ada']],
  ]);
});

test('a secret knows its key, its uses and whether it is there; a key what takes it', () => {
  const server = secretEntries(snapshot, 'server', EVERYTHING);
  expect(server.map(({ name, found, uses }) => [name, found, uses.length])).toEqual([
    ['ada-password', true, 1],
    ['api/token', true, 2],
    ['gone', false, 0],
    ['mistake', false, 0],
  ]);
  expect(server[0]?.sources).toMatchObject([
    { file: 'secrets/users.yaml', key: 'users/ada', at: { file: 'secrets/users.yaml' } },
  ]);
  expect(keysOfFile(snapshot, 'secrets/common.yaml').map(({ key, secrets }) => [key, secrets])).toEqual([
    ['api/token', ['api/token']],
    ['wg', []],
  ]);
});

test('the filter looks for names, machines and recipients, and for what is amiss', () => {
  const names = (text: string, lacking = false) => {
    const { machines, files } = secretsEntry(snapshot, { text, lacking });
    return [...machines.map(({ name, secrets }) => `${name} ${secrets}`), ...files.map(({ path }) => path)];
  };
  expect(names('TOKEN')).toEqual(['laptop 1', 'server 1']);
  expect(names('laptop')).toEqual(['laptop 3', 'server 2']);
  expect(names('users.yaml')).toEqual(['secrets/users.yaml']);
  expect(names('', true)).toEqual(['server 2', 'hosts/server/nothing.yaml']);
});

test('a place in a file leads to its secret on the machine of the file', () => {
  const itemOf = ({ snapshot: own, file, offset }: At) => itemAt(own, file, offset);
  expect(itemOf(inFleet(SOPS, 'hosts/server/default.nix', 'placeholder."api/'))).toEqual({
    ...{ machine: 'server', generator: null, registry: null, key: null },
    secret: { keeper: 'sops', name: 'api/token' },
  });
  expect(itemOf(inFleet(SOPS, 'modules/secrets.nix', 'defaultSopsFile = ../sec'))).toBeNull();
});
