// What the fleet explorer shows: counts, filters, registry keys, and the way from a file to it.
import { beforeEach, describe, expect, test } from 'vitest';
import { stateOverall, storedStates } from '../../server/src/checks/facts/store/generated.ts';
import { fleetEntry, generatorEntries, stateOn } from '../../server/src/editor/explorer/explorer.ts';
import { itemAt } from '../../server/src/editor/explorer/explorer-at.ts';
import { EVERYTHING, type ExplorerFilter } from '../../server/src/editor/explorer/explorer-filter.ts';
import { keyDetail, keyEntries } from '../../server/src/editor/explorer/explorer-keys.ts';
import { graphOf } from '../../server/src/editor/graph/graph.ts';
import type { Snapshot } from '../../server/src/editor/snapshot.ts';
import { tallyText } from '../../server/src/store/vars/tally.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { folder } from '../workspace/support.ts';
import { inExample } from './support.ts';

const engine = await loadEngine();

const FLEET = {
  '.clan-flake': '',
  'flake.nix':
    '{ outputs = { clan-core, self, ... }: { clan = clan-core.lib.clan { inherit self; inventory.machines.lea.tags = [ "home" ]; inventory.machines.tove = { }; }; }; }',
  'machines/lea/configuration.nix':
    '{ imports = [ ../../common.nix ]; clan.core.vars.generators.mail = { files.password = { }; validation = 2; }; }',
  'machines/tove/configuration.nix': '{ imports = [ ../../common.nix ]; }',
  'common.nix':
    '{ clan.core.vars.generators.ca = { share = true; files.key = { }; files.crt.secret = false; }; }',
  'vars/per-machine/lea/mail/password/secret': '{}',
  'vars/per-machine/lea/mail/.validation-hash': 'of something else',
  'vars/shared/ca/crt/value': 'x',
};

function snapshotOf(texts: Readonly<Record<string, string>>): Snapshot {
  return createWorkspace({ root: folder(texts), engine }).snapshot();
}

const filter = (some: Partial<ExplorerFilter>): ExplorerFilter => ({ ...EVERYTHING, ...some });

test('of a machine with modules from elsewhere it is not said that it has all its generators', () => {
  const foreign = '{ inputs, ... }: { imports = [ ../../common.nix inputs.other.nixosModules.default ]; }';
  const { machines } = fleetEntry(
    snapshotOf({ ...FLEET, 'machines/tove/configuration.nix': foreign }),
    EVERYTHING,
  );
  expect(machines.map(({ name, generators, complete }) => [name, generators, complete])).toEqual([
    ['lea', 2, true],
    ['tove', 1, false],
  ]);
});

test('what services of clan-core bring is there, with its files, and counts like in inspect', () => {
  const instance =
    'inventory.instances.sshd = { roles.server.machines.lea = { }; roles.client.machines.lea = { }; }; inventory.machines.tove';
  const snapshot = snapshotOf({
    ...FLEET,
    'flake.nix': FLEET['flake.nix'].replace('inventory.machines.tove', instance),
  });
  const [lea] = fleetEntry(snapshot, EVERYTHING).machines;
  const entries = generatorEntries(snapshot, 'lea', EVERYTHING);
  const openssh = entries.find(({ name }) => name === 'openssh');
  expect(openssh).toMatchObject({ service: 'sshd', at: { file: 'flake.nix' } });
  expect(openssh?.files.map(({ name }) => name)).toContain('ssh.id_ed25519');
  expect(entries.filter(({ service }) => service === null).map(({ name }) => name)).toEqual(['ca', 'mail']);
  expect(lea?.generators).toBe(entries.length);
  expect(generatorEntries(snapshot, 'tove', EVERYTHING).map(({ name }) => name)).not.toContain('openssh');
  const named = generatorEntries(snapshot, 'lea', filter({ text: 'id_ed25519' })).map(({ name }) => name);
  expect(named).toContain('openssh');
  expect(named).not.toContain('mail');
});

test.each([
  [
    'a name with holes',
    {
      'machines/tove/configuration.nix':
        '{ config, ... }: { imports = [ ../../common.nix ]; clan.core.vars.generators."vpn-${config.my.net}".files.key = { }; }',
    },
  ],
  [
    'a service of another flake',
    {
      'flake.nix': FLEET['flake.nix'].replace(
        'inventory.machines.tove',
        'inventory.instances.vpn = { module = { name = "vpn"; input = "other"; }; roles.peer.machines.tove = { }; }; inventory.machines.tove',
      ),
    },
  ],
])('of a machine with %s, and of no other, it is not said that it has all its generators', (_, texts) => {
  const { machines } = fleetEntry(snapshotOf({ ...FLEET, ...texts }), EVERYTHING);
  expect(machines.map(({ name, complete }) => [name, complete])).toEqual([
    ['lea', true],
    ['tove', false],
  ]);
});

test('secrets of a store outside of the repository are not said to be missing', () => {
  const clan = 'inherit self; vars.settings.secretStore = "custom";';
  const snapshot = snapshotOf({ ...FLEET, 'flake.nix': FLEET['flake.nix'].replace('inherit self;', clan) });
  const { machines } = fleetEntry(snapshot, EVERYTHING);
  expect(machines.map(({ name, tally }) => [name, tallyText(tally)])).toEqual([
    ['lea', '1 of 2 generators outdated · 1 unknown'],
    ['tove', '1 of 1 generator unknown'],
  ]);
});

describe('before anything is stored', () => {
  const nothing = Object.fromEntries(Object.entries(FLEET).filter(([path]) => !path.startsWith('vars/')));

  test('all of it is missing, in every view', () => {
    const snapshot = snapshotOf(nothing);
    const { machines, tally } = fleetEntry(snapshot, EVERYTHING);
    expect(machines.map(one => tallyText(one.tally))).toEqual([
      '2 of 2 generators missing',
      '1 of 1 generator missing',
    ]);
    expect(tallyText(tally)).toBe('2 of 2 generators missing');
    const { nodes } = graphOf(snapshot.fleet, snapshot);
    expect(nodes.map(({ id, state }) => [id, state])).toEqual([
      ['ca', 'missing'],
      ['mail', 'missing'],
    ]);
  });

  test('and after a key was made', () => {
    const snapshot = snapshotOf({ ...nothing, 'sops/users/ada/key.json': '[]' });
    expect(tallyText(fleetEntry(snapshot, EVERYTHING).tally)).toBe('2 of 2 generators missing');
  });

  test('nothing is claimed of a fleet without clan, in which nobody reads what is stored', () => {
    const snapshot = snapshotOf({ 'a.nix': '{ vars.generators.mail.files.password = { }; }' });
    expect(snapshot.fleet.generators).toHaveLength(1);
    expect(stateOverall(storedStates(snapshot), snapshot.fleet.generators)).toBe('unknown');
  });
});

describe('of a store outside of the repository', () => {
  const setting = (name: string) => ({
    'flake.nix': FLEET['flake.nix'].replace(
      'inherit self;',
      `inherit self; vars.settings.secretStore = "${name}";`,
    ),
  });
  const command = { 'varsmith.json': '{ "store": { "command": ["./tools/our-store"] } }' };
  /** Public values are in the repository whatever keeps the secrets; a folder of keys may be left of another time. */
  const begun = {
    'vars/per-machine/lea/mail/password/secret': null,
    'vars/per-machine/lea/mail/.validation-hash': null,
    'vars/per-machine/lea/seen/value/value': 'x',
    'vars/per-machine/tove/seen/value/value': 'x',
    'common.nix': `{ clan.core.vars.generators = {
      ca = { share = true; files.key = { }; files.crt.secret = false; };
      seen = { files.value.secret = false; };
    }; }`,
  };
  const left = { 'sops/users/ada/key.json': '[]', 'sops/machines/lea/key.json': '[]' };

  test.each([
    ['a password store', setting('password-store')],
    ['a custom store that the configuration names', { ...setting('custom'), ...command }],
    ['a custom store that varsmith.json alone names', command],
  ])('%s, views and rules say nothing is missing', (_, how) => {
    const texts = Object.entries({ ...FLEET, ...begun, ...left, ...how }).flatMap(([path, text]) =>
      text === null ? [] : [[path, text] as const],
    );
    const snapshot = snapshotOf(Object.fromEntries(texts));
    const { machines } = fleetEntry(snapshot, EVERYTHING);
    expect(machines.map(({ tally }) => tallyText(tally))).toEqual([
      '2 of 3 generators unknown',
      '1 of 2 generators unknown',
    ]);
    expect(stateOn(snapshot, 'mail', 'lea')).toBe('unknown');
    const { nodes } = graphOf(snapshot.fleet, snapshot, { machine: null, generator: null });
    expect(nodes.filter(({ state }) => state === 'missing' || state === 'partial')).toEqual([]);
    const findings = [...snapshot.findings.values()].flat();
    expect(findings.filter(({ rule }) => /missing|access/.test(rule))).toEqual([]);
  });
});

describe('machines', () => {
  let snapshot: Snapshot;
  beforeEach(() => {
    snapshot = snapshotOf(FLEET);
  });
  const names = (some: Partial<ExplorerFilter>) =>
    fleetEntry(snapshot, filter(some)).machines.map(({ name }) => name);

  test('say what is missing and what is outdated; the fleet counts shared generators once', () => {
    const { machines, tally } = fleetEntry(snapshot, EVERYTHING);
    expect(machines.map(({ name, generators, tally }) => [name, generators, tallyText(tally)])).toEqual([
      ['lea', 2, '1 of 2 generators partly generated · 1 outdated'],
      ['tove', 1, '1 of 1 generator partly generated'],
    ]);
    expect(tallyText(tally)).toBe('1 of 2 generators partly generated · 1 outdated');
  });

  test('are found by name, tag, generator and file', () => {
    expect(names({ text: 'LEA' })).toEqual(['lea']);
    expect(names({ text: 'home' })).toEqual(['lea']);
    expect(names({ text: 'mail' })).toEqual(['lea']);
    expect(names({ text: 'crt' })).toEqual(['lea', 'tove']);
    expect(names({ text: 'nothing' })).toEqual([]);
  });

  test('of a name have all their generators, of a generator that one', () => {
    const of = (some: Partial<ExplorerFilter>) =>
      generatorEntries(snapshot, 'lea', filter(some)).map(({ name, state }) => `${name} ${state}`);
    expect(of({ text: 'lea' })).toEqual(of({}));
    expect(of({}).sort()).toEqual(['ca partial', 'mail outdated']);
    expect(of({ text: 'password' })).toEqual(['mail outdated']);
    expect(of({ lacking: true })).toHaveLength(2);
  });

  test('without anything that lacks are left out if that is asked for', () => {
    const whole = snapshotOf({ ...FLEET, 'vars/shared/ca/key/secret': '{}' });
    const { machines, tally } = fleetEntry(whole, filter({ lacking: true }));
    expect(machines.map(({ name }) => name)).toEqual(['lea']);
    expect(tallyText(tally)).toBe('1 of 2 generators outdated');
  });

  test('name the file of a public value that is stored', () => {
    const [ca] = generatorEntries(snapshot, 'tove', EVERYTHING);
    expect(ca?.files.map(({ name, value }) => [name, value])).toEqual([
      ['key', null],
      ['crt', 'vars/shared/ca/crt/value'],
    ]);
  });

  test('are no fleet where nothing is declared', () => {
    expect(fleetEntry(snapshotOf({ 'a.nix': '{ }' }), EVERYTHING).isFleet).toBe(false);
    expect(fleetEntry(snapshot, EVERYTHING).isFleet).toBe(true);
  });
});

const REGISTRY = 'lib/secret-registry.nix';

describe('registry keys', () => {
  let snapshot: Snapshot;
  beforeEach(() => {
    ({ snapshot } = inExample(REGISTRY, ''));
  });

  test('are found by key, variable and machine', () => {
    const found = (text: string) => keyEntries(snapshot, filter({ text })).map(({ key }) => key);
    expect(found('deepseek')).toContain('deepseek');
    expect(found('DEEPSEEK_API')).toEqual(['deepseek']);
    expect(found('emily').length).toBeGreaterThan(1);
  });

  test('have the machines whose rows list them, and the places that use them', () => {
    const [entry] = keyEntries(snapshot, filter({ text: 'deepseek' }));
    const detail = keyDetail(snapshot, REGISTRY, 'deepseek');
    expect(detail?.machines.map(({ name }) => name)).toEqual(entry?.machines);
    for (const { at } of detail?.machines ?? []) expect(at?.file).not.toBe(REGISTRY);
    for (const { file } of detail?.uses ?? []) expect(file).not.toBe('lib/machine-env-matrix.nix');
    expect(keyDetail(snapshot, REGISTRY, 'no-such-key')).toBeNull();
  });
});

describe('from a file', () => {
  test('a name of a generator leads to it, on the machine of the file', () => {
    const snapshot = snapshotOf(FLEET);
    const file = 'machines/lea/configuration.nix';
    const at = (text: string) => itemAt(snapshot, file, FLEET[file].indexOf(text) + 1);
    expect(at('mail')).toMatchObject({ machine: 'lea', generator: 'mail', key: null });
    expect(at('password')).toMatchObject({ machine: 'lea', generator: 'mail' });
    expect(at('validation')).toMatchObject({ generator: 'mail' });
    expect(at('imports')).toBeNull();
  });

  test('a key in the matrix leads to the key and its generator', () => {
    const { snapshot, file, offset } = inExample('lib/machine-env-matrix.nix', '"deeps');
    expect(itemAt(snapshot, file, offset)).toMatchObject({ registry: REGISTRY, key: 'deepseek' });
  });
});
