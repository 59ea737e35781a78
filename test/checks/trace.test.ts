/** What an edit computes again, as `varsmith lsp --trace-queries` tells it. */
import { expect, it } from 'vitest';
import { runRules } from '../../server/src/checks/engine/run.ts';
import { beginRun, createMemory, currentRun, type Memory } from '../../server/src/checks/memory/memory.ts';
import { inBodies } from '../../server/src/checks/memory/per-body.ts';
import { perUnit } from '../../server/src/checks/memory/per-unit.ts';
import { watching } from '../../server/src/checks/memory/watched.ts';
import type { CheckContext } from '../../server/src/checks/rule.ts';
import { noEffect } from '../../server/src/checks/rules/option/no-effect.ts';
import { type Database, query, type TraceEvent } from '../../server/src/query/database.ts';
import { finish } from '../../server/src/query/steps.ts';
import { readContents } from '../../server/src/store/vars/read.ts';
import { type FleetWorkspace, fleetWorkspace } from '../fleet/workspace.ts';
import { recomputed } from '../query/recomputed.ts';

/** Begins a run over the fleet as it is now, and returns the database that has its answers. */
function databaseOf(workspace: FleetWorkspace, memory: Memory, changed: readonly string[] | null): Database {
  const sources = workspace.files;
  const context: CheckContext = {
    fleet: workspace.fleet(),
    sources,
    stored: () => readContents(sources, { backend: null }),
  };
  return finish(beginRun(memory, context, changed, watching)).memory.database;
}

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
  const run = (changed: readonly string[] | null) => all(databaseOf(workspace, memory, changed), '');
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

it('looks only at generators near those whose text has moved or changed', () => {
  const generators = (prefix: string, count: number) =>
    Array.from(
      { length: count },
      (_, index) =>
        `  clan.core.vars.generators.${prefix}${index} = { files.key = { }; script = "true"; };\n`,
    );
  const moduleOf = (lines: readonly string[]) => `{\n${lines.join('')}}\n`;
  const workspace = fleetWorkspace({
    'modules/many.nix': moduleOf(generators('a', 500)),
    'modules/own.nix': moduleOf(generators('b', 1)),
  });
  const events: TraceEvent[] = [];
  const memory = createMemory(event => events.push(event));
  const starts = inBodies((_, { files }) => files.map(({ at }) => at.start));
  const all = query<string, readonly number[]>('all', database =>
    [...starts(currentRun(database).watched)].flatMap(({ found }) => found),
  );
  const run = (changed: readonly string[] | null) => all(databaseOf(workspace, memory, changed), '');
  const edit = (lines: readonly string[]) => {
    workspace.write({ 'modules/own.nix': moduleOf(lines) });
    events.length = 0;
    const offsets = run(['modules/own.nix']);
    return { offsets, groups: recomputed(events).filter(name => name.startsWith('in bodies(')).length };
  };
  const before = run(null);
  const groups = events.filter(({ name }) => name.startsWith('in bodies(')).length;
  expect(groups).toBeGreaterThan(3);
  expect(before).toHaveLength(501);
  // From the first edit on, places follow.
  edit(['  # first\n', ...generators('b', 1)]);
  const moved = edit(['  # first\n  # second\n', ...generators('b', 1)]);
  expect(moved.groups).toBe(1);
  expect(moved.offsets.at(-1)).toBe((before.at(-1) as number) + '  # first\n  # second\n'.length);
  const added = edit(generators('b', 3));
  expect(added.groups).toBeLessThanOrEqual(2);
  expect(added.offsets).toHaveLength(503);
  expect(edit([]).offsets).toHaveLength(500);
});
