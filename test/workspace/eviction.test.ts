/** What a workspace drops when memory is short, and what it keeps. */
import { expect, test } from 'vitest';
import { indexOf } from '../../server/src/editor/names/fleet-index.ts';
import type { TraceEvent } from '../../server/src/query/database.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace, type Workspace } from '../../server/src/workspace/workspace.ts';
import { exampleFiles } from '../editor/support.ts';
import { recomputed } from '../query/recomputed.ts';
import { folder, smallWorkspace } from './support.ts';

const HOST = 'modules/hosts/lea/default.nix';
const FILES = exampleFiles();

interface Traced {
  readonly workspace: Workspace;
  /** What was computed since the last call. */
  readonly computed: () => string[];
}

async function traced(): Promise<Traced> {
  const events: TraceEvent[] = [];
  const engine = await loadEngine({ trace: event => events.push(event) });
  const workspace = createWorkspace({ root: folder(FILES), engine, followsEdits: true });
  workspace.open(HOST, FILES[HOST] ?? '');
  workspace.snapshot();
  return { workspace, computed: () => recomputed(events.splice(0)) };
}

function edit({ workspace, computed }: Traced, comment: string): string[] {
  workspace.open(HOST, `${FILES[HOST]}# ${comment}\n`);
  computed();
  workspace.snapshot();
  return computed().sort();
}

test('trees of files that are not open are dropped, and parsed again when they are needed', () => {
  const workspace = smallWorkspace(folder({ 'a.nix': '0', 'b.nix': '1' }));
  workspace.open('a.nix', '0');
  const [opened, closed] = ['a.nix', 'b.nix'].map(path => {
    const file = workspace.files.parse(path);
    return { file, root: file?.root };
  });
  workspace.evict();
  expect(opened?.file?.root).toBe(opened?.root);
  expect(closed?.file?.root).not.toBe(closed?.root);
  expect(closed?.file?.root).toEqual(closed?.root);
});

test('an edit computes what it would have computed, however often something was dropped before', async () => {
  const [kept, dropped] = [await traced(), await traced()];
  for (const comment of ['one', 'two']) {
    expect(edit(dropped, comment)).toEqual(edit(kept, comment));
    dropped.workspace.evict();
    dropped.workspace.evict();
  }
  expect(edit(dropped, 'three')).toEqual(edit(kept, 'three'));
});

test('answers to earlier questions are dropped', async () => {
  const state = await traced();
  const ask = () => {
    state.computed();
    indexOf(state.workspace.snapshot()).occurrencesOf({ kind: 'machine', machine: 'lea' });
    return state.computed().filter(name => name === 'targets(flake.nix)').length;
  };
  ask();
  edit(state, 'one');
  expect(ask()).toBe(0);
  state.workspace.evict();
  expect(ask()).toBe(0);
  edit(state, 'two');
  state.workspace.evict();
  expect(ask()).toBe(1);
});
