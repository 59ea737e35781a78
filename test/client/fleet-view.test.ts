// The fleet views: what they ask, filter and reveal, and what they say where they are empty.
import { beforeEach, expect, test, vi } from 'vitest';
import type { Server } from '../../client/src/language/server.ts';
import type { FleetGenerator, FleetRoot } from '../../client/src/protocol/fleet.ts';
import { createFleetViews } from '../../client/src/views/fleet-view.ts';
import { emptyState, filterText, lackingBadge } from '../../client/src/views/fleet-words.ts';
import type { FleetNode } from '../../client/src/views/tree-nodes.ts';
import { commands, views, window } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
const where = { uri: 'file:///fleet/a.nix', range };
const key = {
  ...{ key: 'mail', registry: 'lib/registry.nix', generator: 'mail', variable: null },
  ...{ machines: ['lea'], where },
};
const root: FleetRoot = {
  name: 'fleet',
  uri: 'file:///fleet',
  machines: [
    {
      name: 'lea',
      class: null,
      system: null,
      tags: [],
      generators: 1,
      complete: true,
      lacking: 1,
      state: 'missing',
      summary: '1 generator missing',
      progress: 'all missing',
      nix: null,
      where,
    },
  ],
  unassigned: 0,
  askable: false,
  keys: [key],
  lacking: 3,
  summary: '2 of 5 generators missing · 1 outdated',
  isFleet: true,
  secrets: 0,
};
const generator: FleetGenerator = {
  ...{
    name: 'mail',
    share: false,
    state: 'missing',
    outdated: null,
    where,
    files: [],
    prompts: [],
    dependencies: [],
  },
  ...{ stateText: 'missing', stateSentence: 'Missing.', nix: null },
};
const detail = {
  machines: [{ name: 'lea', state: 'missing', stateText: 'missing', where }],
  uses: [{ file: 'a.nix', where }],
};
const answers: Record<string, unknown> = {};
const server = { request: vi.fn(async (method: string, _params?: unknown) => answers[method]) };

beforeEach(() => {
  vi.clearAllMocks();
  Object.assign(answers, {
    'varsmith/fleet': [root],
    'varsmith/machine': [generator],
    'varsmith/key': detail,
    'varsmith/at': null,
  });
  window.activeTextEditor = undefined;
  createFleetViews(server as unknown as Server);
});

const fleet = () => views.get('varsmith.fleet') as typeof views extends Map<string, infer V> ? V : never;
const keys = () => views.get('varsmith.keys') as ReturnType<typeof fleet>;
const children = (view: ReturnType<typeof fleet>, node?: FleetNode) =>
  view.options.treeDataProvider.getChildren(node) as Promise<FleetNode[]>;
const lastFilter = () =>
  server.request.mock.calls.filter(([method]) => method === 'varsmith/fleet').at(-1)?.[1];

test('two views are filled by one answer', async () => {
  const [machines] = await Promise.all([children(fleet()), children(keys())]);
  expect(machines).toMatchObject([{ kind: 'machine', machine: { name: 'lea' } }]);
  expect(server.request).toHaveBeenCalledTimes(1);
});

test('the badge counts what is missing and outdated', async () => {
  await children(fleet());
  expect(fleet().badge).toEqual({
    value: 3,
    tooltip: '2 of 5 generators missing · 1 outdated',
  });
  expect(lackingBadge([{ ...root, lacking: 0 }])).toBeUndefined();
  // A number of thousands would be shown as "5K+".
  expect(lackingBadge([{ ...root, lacking: 5100 }])).toEqual({
    value: 1,
    tooltip: 'Machines with something to generate\n2 of 5 generators missing · 1 outdated',
  });
});

test('a key has its machines and its uses', async () => {
  const [node] = await children(keys());
  expect((await children(keys(), node)).map(({ kind }) => kind)).toEqual(['selected', 'use']);
  expect(server.request).toHaveBeenLastCalledWith('varsmith/key', {
    ...{ root: 'file:///fleet', registry: 'lib/registry.nix', key: 'mail' },
  });
});

test('the filter goes to the server, and is shown', async () => {
  window.showInputBox.mockResolvedValueOnce(' mail ');
  await commands.executeCommand('varsmith.filterFleet');
  await commands.executeCommand('varsmith.showLacking');
  await children(fleet());
  expect(lastFilter()).toEqual({ filter: { text: 'mail', lacking: true } });
  expect(fleet().message).toBe('Shown: "mail", missing, outdated or not readable');
  await commands.executeCommand('varsmith.clearFilter');
  await children(fleet());
  expect(lastFilter()).toEqual({ filter: { text: '', lacking: false } });
  expect(fleet().message).toBe('');
});

test('the cursor leads to the generator of its machine', async () => {
  window.activeTextEditor = editorAt('file:///fleet/a.nix');
  answers['varsmith/at'] = { root: root.uri, machine: 'lea', generator: 'mail', registry: null, key: null };
  await commands.executeCommand('varsmith.revealInFleet');
  const [node] = fleet().reveal.mock.calls.at(-1) ?? [];
  expect(node).toMatchObject({ kind: 'generator', machine: 'lea', generator: { name: 'mail' } });
  expect(fleet().options.treeDataProvider.getParent(node)).toMatchObject({ kind: 'machine' });
});

test('the cursor leads to a registry key', async () => {
  window.activeTextEditor = editorAt('file:///fleet/a.nix');
  answers['varsmith/at'] = {
    ...{ root: root.uri, machine: 'lea', generator: 'mail' },
    ...{ registry: 'lib/registry.nix', key: 'mail' },
  };
  await commands.executeCommand('varsmith.revealInFleet');
  expect(keys().reveal.mock.calls.at(-1)?.[0]).toMatchObject({ kind: 'key', key: { key: 'mail' } });
});

test('it is said where nothing of a fleet stands at the cursor', async () => {
  await commands.executeCommand('varsmith.revealInFleet');
  expect(window.showInformationMessage).toHaveBeenCalledWith('Nothing at the cursor belongs to a fleet.');
});

test('an item leads back to where it is written', async () => {
  await commands.executeCommand('varsmith.revealInSource', { kind: 'key', root: root.uri, key });
  expect(window.showTextDocument).toHaveBeenCalledOnce();
});

test('an empty view says why', async () => {
  server.request.mockRejectedValueOnce(new Error('not running'));
  expect(await children(fleet())).toEqual([]);
  expect(commands.executeCommand).toHaveBeenCalledWith('setContext', 'varsmith.empty', 'failed');
  const all = { text: '', lacking: false };
  expect(emptyState([], all, false)).toBe('noFleet');
  expect(emptyState([root], all, false)).toBe('noMachines');
  expect(emptyState([root], { ...all, text: 'x' }, false)).toBe('filtered');
  expect(filterText(all)).toBe('');
});

function editorAt(uri: string) {
  return {
    document: { uri: { toString: () => uri } },
    selection: { active: { line: 1, character: 2 } },
  };
}
