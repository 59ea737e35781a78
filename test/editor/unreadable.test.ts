// A machine that cannot decrypt what is stored for it: the same state, in the same words, wherever it is shown.

import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  KEY_OF_ADA,
  KEY_OF_LEA,
  keyFile,
  linksOf,
  secretFor,
} from '../../server/src/checks/examples/store-examples.ts';
import { fleetEntry, generatorEntries, stateOn } from '../../server/src/editor/explorer/explorer.ts';
import { EVERYTHING } from '../../server/src/editor/explorer/explorer-filter.ts';
import { graphOf } from '../../server/src/editor/graph/graph.ts';
import { pictureOf } from '../../server/src/editor/graph/graph-picture.ts';
import { lensTitle } from '../../server/src/editor/shown/code-lens.ts';
import type { Snapshot } from '../../server/src/editor/snapshot.ts';
import { tallyText } from '../../server/src/store/vars/tally.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { folder } from '../workspace/support.ts';

const engine = await loadEngine();

const CA = 'vars/shared/ca/key';
const KEY_OF_TOVE = 'age1tove000000000000000000000000000000000000000000000000000000';
const TOVE = { 'sops/machines/tove/key.json': keyFile(KEY_OF_TOVE) };

/** A clan of two machines that share a secret, which is stored for ada and lea. */
const FLEET: Readonly<Record<string, string>> = {
  '.clan-flake': '',
  'flake.nix':
    '{ outputs = { clan-core, self, ... }: { clan = clan-core.lib.clan { inherit self; inventory.machines.lea = { }; inventory.machines.tove = { }; }; }; }',
  'machines/lea/configuration.nix': '{ imports = [ ../../common.nix ]; }',
  'machines/tove/configuration.nix': '{ imports = [ ../../common.nix ]; }',
  'common.nix': '{ clan.core.vars.generators.ca = { share = true; files.key = { }; }; }',
  'sops/users/ada/key.json': keyFile(KEY_OF_ADA),
  'sops/machines/lea/key.json': keyFile(KEY_OF_LEA),
  [`${CA}/secret`]: secretFor(KEY_OF_ADA, KEY_OF_LEA),
};

function snapshotOf(texts: Readonly<Record<string, string>>, links = linksOf(CA)): Snapshot {
  const root = folder(texts);
  for (const [path, target] of Object.entries(links)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(target, join(root, path));
  }
  return createWorkspace({ root, engine }).snapshot();
}

/** The state on both machines. */
function statesIn(snapshot: Snapshot): unknown[] {
  return ['lea', 'tove'].map(machine => stateOn(snapshot, 'ca', machine));
}

describe('a shared secret that a new machine cannot decrypt', () => {
  test.each([
    ['without a key', FLEET],
    ['with a key', { ...FLEET, ...TOVE }],
  ])('%s is not readable yet in tree, lens and graph', (_, texts) => {
    const snapshot = snapshotOf(texts);
    expect(statesIn(snapshot)).toEqual(['present', 'unreadable']);
    const { machines, tally } = fleetEntry(snapshot, EVERYTHING);
    expect(machines.map(machine => tallyText(machine.tally))).toEqual([
      '1 of 1 generator generated',
      '1 of 1 generator not readable yet',
    ]);
    expect(tallyText(tally)).toBe('1 of 1 generator not readable yet');
    const [entry] = generatorEntries(snapshot, 'tove', { ...EVERYTHING, lacking: true });
    expect(entry).toMatchObject({
      name: 'ca',
      state: 'unreadable',
      files: [{ stored: true, unreadable: true }],
    });
    expect(generatorEntries(snapshot, 'lea', { ...EVERYTHING, lacking: true })).toEqual([]);
    expect(lensTitle(snapshot, { kind: 'generator', generator: 'ca', key: null })).toBe(
      '2 machines · not readable yet',
    );
    const graph = graphOf(snapshot.fleet, snapshot);
    expect(graph.nodes.map(({ state }) => state)).toEqual(['unreadable']);
    expect(pictureOf(graph).svg).toContain('not readable yet');
  });

  test.each<[string, Readonly<Record<string, string>>, Readonly<Record<string, string>>]>([
    [
      'it has access',
      { ...FLEET, ...TOVE, [`${CA}/secret`]: secretFor(KEY_OF_ADA, KEY_OF_LEA, KEY_OF_TOVE) },
      linksOf(CA, ['lea', 'tove']),
    ],
    [
      'a recipient belongs to nobody of the repository, and may be its key',
      { ...FLEET, [`${CA}/secret`]: secretFor(KEY_OF_ADA, KEY_OF_LEA, KEY_OF_TOVE) },
      linksOf(CA),
    ],
    ['its key cannot be read', { ...FLEET, 'sops/machines/tove/key.json': '' }, linksOf(CA)],
    [
      'the file is not deployed',
      { ...FLEET, 'common.nix': FLEET['common.nix']?.replace('{ };', '{ deploy = false; };') ?? '' },
      linksOf(CA),
    ],
    [
      'the file may not be deployed',
      {
        ...FLEET,
        'common.nix':
          '{ config, ... }: { clan.core.vars.generators.ca = { share = true; files.key.deploy = config.a; }; }',
      },
      linksOf(CA),
    ],
    [
      'a condition may keep the generator from it',
      {
        ...FLEET,
        'common.nix':
          '{ config, lib, ... }: { clan.core.vars.generators = lib.mkIf config.a { ca = { share = true; files.key = { }; }; }; }',
      },
      linksOf(CA),
    ],
    ['the recipients cannot be seen', { ...FLEET, [`${CA}/secret`]: '{}' }, linksOf(CA)],
  ])('nothing is said where %s', (_, texts, links) => {
    const snapshot = snapshotOf(texts, links);
    expect(snapshot.fleet.generators.map(({ name }) => name)).toContain('ca');
    expect(statesIn(snapshot)).not.toContain('unreadable');
  });

  test("a machine's own secret that is not for it is one too", () => {
    const own = 'vars/per-machine/tove/ca/key';
    const snapshot = snapshotOf(
      {
        ...FLEET,
        ...TOVE,
        'common.nix': '{ clan.core.vars.generators.ca.files.key = { }; }',
        [`${own}/secret`]: secretFor(KEY_OF_ADA),
      },
      linksOf(own, []),
    );
    expect(statesIn(snapshot)).toEqual(['missing', 'unreadable']);
  });
});
