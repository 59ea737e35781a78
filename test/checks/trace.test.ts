/** What an edit computes again, as `varsmith lsp --trace-queries` tells it. */
import { expect, it } from 'vitest';
import { runRules } from '../../server/src/checks/engine/run.ts';
import { beginRun, createMemory, currentRun } from '../../server/src/checks/memory/memory.ts';
import { perUnit } from '../../server/src/checks/memory/per-unit.ts';
import { watching } from '../../server/src/checks/memory/watched.ts';
import type { CheckContext } from '../../server/src/checks/rule.ts';
import { noEffect } from '../../server/src/checks/rules/option/no-effect.ts';
import { query, type TraceEvent } from '../../server/src/query/database.ts';
import { finish } from '../../server/src/query/steps.ts';
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
    return all(finish(beginRun(memory, given, changed, watching)).memory.database, '');
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

it('runs no rule again that only compares places of a text that has moved', () => {
  const generator = (name: string, option: string) =>
    `{ clan.core.vars.generators.${name} = { files.key = { ${option} }; script = "true"; }; }\n`;
  const text = generator('secret', 'owner = "api";');
  const workspace = fleetWorkspace({
    'modules/public.nix': generator('public', 'secret = false; owner = "api";'),
    'modules/secret.nix': text,
  });
  const events: TraceEvent[] = [];
  const memory = createMemory(event => events.push(event));
  const found = (changed: readonly string[] | null) => {
    const since = { memory, changed };
    const [finding] = runRules([noEffect], workspace.fleet(), workspace.files, { severities: {} }, { since });
    return finding?.at.file;
  };
  expect(found(null)).toBe('modules/public.nix');
  for (const comment of ['# moved', '# moved further']) {
    events.length = 0;
    workspace.write({ 'modules/secret.nix': `${comment}\n${text}` });
    expect(found(['modules/secret.nix'])).toBe('modules/public.nix');
  }
  expect(recomputed(events)).not.toContain('reports(option/no-effect)');
});
