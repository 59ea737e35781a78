// Generation from the editor: what is asked, and what is run in the terminal.
import { beforeEach, expect, test, vi } from 'vitest';
import { isOnPath } from '../../client/src/engine.ts';
import { commandLine, registerGenerateCommands } from '../../client/src/generate-commands.ts';
import type { FleetGenerator, FleetRoot } from '../../client/src/protocol.ts';
import type { Server } from '../../client/src/server.ts';
import { folder } from '../workspace/support.ts';
import { commands, env, set, type Task, tasks, window, workspace } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const machine = {
  name: 'lea',
  class: null,
  system: null,
  tags: [],
  generators: 2,
  missing: 1,
  outdated: 0,
  where: null,
};
const root: FleetRoot = {
  name: 'fleet',
  uri: 'file:///fleet',
  machines: [machine],
  unassigned: 0,
  keys: [],
  lacking: { missing: 1, outdated: 0 },
  isFleet: true,
};
const generator = (name: string, state: FleetGenerator['state']): FleetGenerator => ({
  name,
  share: false,
  state,
  where: null,
  files: [{ name: 'key', secret: true, stored: false, value: null, where: null }],
  prompts: [],
  dependencies: [],
});
const server = {
  request: vi.fn(async (method: string) =>
    method === 'varsmith/fleet' ? [root] : [generator('ca', 'missing'), generator('leaf', 'present')],
  ),
};

beforeEach(() => {
  vi.clearAllMocks();
  workspace.isTrusted = true;
  set['varsmith.engine'] = { globalValue: 'embedded' };
  registerGenerateCommands(server as unknown as Server, '/ext/dist/cli.js');
});

/** The program's arguments of the task that ran. */
function ran(): readonly string[] | undefined {
  const [task] = tasks.executeTask.mock.calls.at(-1) ?? [];
  return (task as Task | undefined)?.execution.args;
}

test('machine and generators are picked; what is not generated is picked already', async () => {
  window.showQuickPick.mockImplementationOnce(async items => items[1]);
  window.showQuickPick.mockImplementationOnce(async items =>
    (items as { picked: boolean }[]).filter(({ picked }) => picked),
  );
  await commands.executeCommand('varsmith.generate');
  expect(ran()).toEqual(['/ext/dist/cli.js', 'generate', '/fleet', '--machine', 'lea', '-g', 'ca']);
});

test('whoever picks nothing runs nothing', async () => {
  await commands.executeCommand('varsmith.generate');
  expect(tasks.executeTask).not.toHaveBeenCalled();
});

test('an item of the view needs no question', async () => {
  await commands.executeCommand('varsmith.regenerate', { kind: 'machine', root: root.uri, machine });
  expect(ran()).toEqual(['/ext/dist/cli.js', 'generate', '/fleet', '--machine', 'lea', '--regenerate']);
  const node = { kind: 'generator', root: root.uri, machine: 'lea', generator: generator('ca', 'missing') };
  await commands.executeCommand('varsmith.tryGenerator', node);
  expect(ran()).toEqual(['/ext/dist/cli.js', 'try', 'ca', '/fleet', '--machine', 'lea']);
  expect(window.showQuickPick).not.toHaveBeenCalled();
});

test('a value is set in the terminal, and a secret is never copied', async () => {
  const file = {
    kind: 'file',
    root: root.uri,
    machine: 'lea',
    generator: 'ca',
    file: generator('', 'missing').files[0],
  };
  await commands.executeCommand('varsmith.setValue', file);
  expect(ran()).toEqual(['/ext/dist/cli.js', 'set', 'lea', 'ca/key', '/fleet']);
  await commands.executeCommand('varsmith.copyPublicValue', file);
  expect(env.clipboard.writeText).not.toHaveBeenCalled();
  expect(window.showWarningMessage).toHaveBeenCalledWith('"key" is secret. Only public values are copied.');
});

test('nothing runs in an untrusted workspace', async () => {
  workspace.isTrusted = false;
  await commands.executeCommand('varsmith.verify');
  expect(server.request).not.toHaveBeenCalled();
  expect(tasks.executeTask).not.toHaveBeenCalled();
  expect(window.showWarningMessage.mock.calls[0]?.[0]).toContain('only when you trust it');
});

test('clan is told the same', () => {
  const target = { root: '/fleet', machine: 'lea', generators: ['ca'] };
  expect(commandLine('clan', target, true, '/cli')).toEqual([
    'clan',
    'vars',
    'generate',
    '--flake',
    '/fleet',
    'lea',
    '--generator',
    'ca',
    '--regenerate',
  ]);
});

test('a program is found on the path', async () => {
  expect(await isOnPath('node', `${folder({})}:${process.env.PATH}`)).toBe(true);
  expect(await isOnPath('no-such-program')).toBe(false);
});
