// Why generators belong to no known machine, and whether Nix would know.

import { expect, test } from 'vitest';
import { fleetEntry, generatorEntries } from '../../server/src/editor/explorer/explorer.ts';
import { EVERYTHING } from '../../server/src/editor/explorer/explorer-filter.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { folder } from '../workspace/support.ts';

const engine = await loadEngine();

const FLAKE =
  '{ outputs = { clan-core, self, ... }: { clan = clan-core.lib.clan { inherit self; inventory.machines.lea = { }; }; }; }';

test.each([
  [
    'a file that nothing imports',
    {
      'machines/lea/configuration.nix': '{ }',
      'modules/db.nix': '{ clan.core.vars.generators.db.files.key = { }; }',
    },
    { file: 'modules/db.nix', why: 'on no machine', sentence: 'No machine has the module that declares it.' },
    false,
  ],
  [
    'a file that may be imported',
    {
      'machines/lea/configuration.nix': '{ config, lib, ... }: { imports = config.my.modules; }',
      'modules/db.nix': '{ clan.core.vars.generators.db.files.key = { }; }',
    },
    { file: 'modules/db.nix', why: 'import not known' },
    true,
  ],
  [
    'an import under a condition',
    {
      'machines/lea/configuration.nix':
        '{ site, lib, ... }: { imports = lib.optional site.hasDatabase ../../modules/db.nix; }',
      'modules/db.nix': '{ clan.core.vars.generators.db.files.key = { }; }',
    },
    { file: 'modules/db.nix', why: 'perhaps on lea' },
    true,
  ],
])('%s', (_, texts, loose, askable) => {
  const snapshot = createWorkspace({
    root: folder({ '.clan-flake': '', 'flake.nix': FLAKE, ...texts }),
    engine,
  }).snapshot();
  expect(fleetEntry(snapshot, EVERYTHING)).toMatchObject({ unassigned: 1, askable });
  expect(generatorEntries(snapshot, null, EVERYTHING)).toMatchObject([{ name: 'db', loose }]);
});
