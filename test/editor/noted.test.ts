// What runs have noted to be made anew, in the views: read beside git's own files, told with its reason.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fleetEntry, generatorEntries, stateOn } from '../../server/src/editor/explorer/explorer.ts';
import { EVERYTHING } from '../../server/src/editor/explorer/explorer-filter.ts';
import { graphOf } from '../../server/src/editor/graph/graph.ts';
import { pictureOf } from '../../server/src/editor/graph/graph-picture.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { folder } from '../workspace/support.ts';

const engine = await loadEngine();

const FLEET = {
  '.clan-flake': '',
  'flake.nix':
    '{ outputs = { clan-core, self, ... }: { clan = clan-core.lib.clan { inherit self; inventory.machines.lea = { }; inventory.machines.tove = { }; }; }; }',
  'machines/lea/configuration.nix': '{ imports = [ ../../leaf.nix ]; }',
  'machines/tove/configuration.nix': '{ imports = [ ../../leaf.nix ]; }',
  'leaf.nix': `{
  clan.core.vars.generators.ca = { share = true; files.key = { }; };
  clan.core.vars.generators.leaf = { dependencies = [ "ca" ]; files.key = { }; };
}
`,
  'vars/shared/ca/key/secret': '{}',
  'vars/per-machine/lea/leaf/key/secret': '{}',
  'vars/per-machine/tove/leaf/key/secret': '{}',
};

/** A fleet in a folder of a repository, and the note that runs leave of it. */
function fleetWithNote() {
  const top = folder(
    Object.fromEntries(Object.entries(FLEET).map(([path, text]) => [`fleet/${path}`, text])),
  );
  const root = join(top, 'fleet');
  execFileSync('git', ['init', '-q', top]);
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  const note = join(top, '.git/varsmith', name, 'stale');
  mkdirSync(dirname(note), { recursive: true });
  return { root, note, workspace: createWorkspace({ root, engine }) };
}

describe('what is noted to be made anew', () => {
  test('is outdated in the explorer and the graph, with what it was made from, as long as it is noted', () => {
    const { note, workspace } = fleetWithNote();
    const snapshot = workspace.snapshot();
    const seen = () => ({
      states: ['lea', 'tove'].map(machine => stateOn(snapshot, 'leaf', machine)),
      why: generatorEntries(snapshot, 'lea', EVERYTHING).map(({ name, outdated }) => [name, outdated]),
      count: fleetEntry(snapshot, EVERYTHING).tally.outdated,
    });
    const fresh = {
      states: ['present', 'present'],
      why: [
        ['ca', null],
        ['leaf', null],
      ],
      count: 0,
    };
    expect(seen()).toEqual(fresh);
    writeFileSync(note, 'per-machine/lea/leaf\tca/key');
    expect(seen()).toEqual({
      states: ['outdated', 'present'],
      why: [
        ['ca', null],
        ['leaf', { reason: 'superseded', older: ['ca/key'] }],
      ],
      count: 1,
    });
    const graph = graphOf(snapshot.fleet, snapshot);
    expect(graph.nodes.map(({ id, state }) => [id, state])).toEqual([
      ['ca', 'present'],
      ['leaf', 'outdated'],
    ]);
    expect(pictureOf(graph).svg).toContain('made from an older ca/key');
    writeFileSync(note, 'shared/ca');
    expect(generatorEntries(snapshot, 'tove', EVERYTHING)[0]).toMatchObject({
      ...{ name: 'ca', state: 'outdated', outdated: { reason: 'interrupted', older: [] } },
    });
    rmSync(note);
    expect(seen()).toEqual(fresh);
  });

  test('is a reason to look again', () => {
    const { workspace } = fleetWithNote();
    workspace.snapshot();
    workspace.changedOnDisk(['.git/varsmith/0123456789abcdef/stale']);
    expect(workspace.isStale()).toBe(true);
  });

  test('is nothing where the note is no file, and without git', () => {
    const { note, workspace } = fleetWithNote();
    mkdirSync(note);
    expect(workspace.snapshot().noted()).toEqual(new Map());
    expect(
      createWorkspace({ root: folder(FLEET), engine })
        .snapshot()
        .noted(),
    ).toEqual(new Map());
  });
});
