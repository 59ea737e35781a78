/** What an edit computes again, as `varsmith lsp --trace-queries` tells it. */
import { expect, it } from 'vitest';
import { beginRun, createMemory, currentRun } from '../../server/src/checks/memory/memory.ts';
import { perUnit } from '../../server/src/checks/memory/per-unit.ts';
import { watching } from '../../server/src/checks/memory/watched.ts';
import type { CheckContext } from '../../server/src/checks/rule.ts';
import { query, type TraceEvent } from '../../server/src/query/database.ts';
import { readContents } from '../../server/src/store/vars/read.ts';
import { fleetWorkspace } from '../fleet/workspace.ts';
import { recomputed } from '../query/recomputed.ts';

it('names the files in which is looked again, and what changed there', () => {
  const workspace = fleetWorkspace({
    'modules/a.nix': '{ clan.core.vars.generators.a = { files.key = { }; script = "true"; }; }\n',
    'modules/b.nix': '{ clan.core.vars.generators.b = { files.key = { }; script = "true"; }; }\n',
  });
  const events: TraceEvent[] = [];
  const memory = createMemory(event => events.push(event));
  const files = perUnit(function* (unit) {
    yield unit.file;
  });
  const all = query<string, number>('all', database => [...files(currentRun(database).watched)].length);
  const run = (changed: readonly string[] | null) => {
    const sources = workspace.files;
    const given: CheckContext = {
      fleet: workspace.fleet(),
      sources,
      stored: () => readContents(sources, { backend: null }),
    };
    return all(beginRun(memory, given, changed, watching).memory.database, '');
  };
  expect(run(null)).toBe(2);
  events.length = 0;
  workspace.write({
    'modules/b.nix': '{ clan.core.vars.generators.c = { files.key = { }; script = "true"; }; }\n',
  });
  expect(run(['modules/b.nix'])).toBe(2);
  expect(recomputed(events)).toEqual(['in unit(modules/b.nix)']);
  expect(events[0]).toMatchObject({ outcome: 'unchanged', because: 'unit(modules/b.nix)' });
});
