/** What the questions of an editor compute again after an edit: names in files, and how much of a machine is generated. */
import { describe, expect, it } from 'vitest';
import { fleetEntry } from '../../server/src/editor/explorer/explorer.ts';
import { EVERYTHING } from '../../server/src/editor/explorer/explorer-filter.ts';
import { indexOf } from '../../server/src/editor/names/fleet-index.ts';
import type { TraceEvent } from '../../server/src/query/database.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { recomputed } from '../query/recomputed.ts';
import { folder } from '../workspace/support.ts';

const LEA = 'machines/lea/configuration.nix';
const TOVE = 'machines/tove/configuration.nix';
const SHARED = 'shared.nix';
const FILES: Readonly<Record<string, string>> = {
  'flake.nix':
    '{ outputs = { clan-core, self, ... }: { clan = clan-core.lib.clan { inherit self; meta.name = "fleet"; inventory.machines.lea = { }; inventory.machines.tove = { }; }; }; }\n',
  [LEA]: '{ imports = [ ../../shared.nix ]; }\n',
  [TOVE]: '{ clan.core.vars.generators.own = { files.key = { }; script = "true"; }; }\n',
  [SHARED]: '{ clan.core.vars.generators.shared = { files.key = { }; script = "true"; }; }\n',
};

/** Edits a file after a first edit, and returns what is computed again for the answers, in the order of the names. */
async function askedAgain(file: string, from: string, to: string, which: RegExp): Promise<string[]> {
  const events: TraceEvent[] = [];
  const engine = await loadEngine({ trace: event => events.push(event) });
  const workspace = createWorkspace({ root: folder(FILES), engine, followsEdits: true });
  const ask = () => {
    const snapshot = workspace.snapshot();
    return {
      uses: indexOf(snapshot).occurrencesOf({ kind: 'generator', name: 'shared' }),
      entry: fleetEntry(snapshot, EVERYTHING),
    };
  };
  const text = `# First\n${FILES[file]}`;
  ask();
  workspace.open(file, text);
  ask();
  events.length = 0;
  workspace.open(file, text.replace(from, to));
  ask();
  return recomputed(events)
    .filter(name => which.test(name))
    .sort();
}

const NAMES = /^targets\(/;
const STATES = /^(stored states|outdated values|keepers|are stores|stale generator\(|tally of)/;

describe('an edit looks for names again', () => {
  it('in its own file', async () => {
    expect(await askedAgain(TOVE, 'First', 'Second ', NAMES)).toEqual([`targets(${TOVE})`]);
    expect(await askedAgain(SHARED, 'shared', 'other', NAMES)).toEqual([`targets(${SHARED})`]);
  });
});

describe('an edit counts again what is generated', () => {
  it('nowhere, for a comment', async () => {
    expect(await askedAgain(SHARED, 'First', 'Second ', STATES)).toEqual([]);
  });

  it('on the machines that have the generator, and in the fleet', async () => {
    expect(await askedAgain(SHARED, 'files.key', 'files.other', STATES)).toEqual([
      'tally of a machine(lea)',
      'tally of the fleet',
    ]);
  });
});
