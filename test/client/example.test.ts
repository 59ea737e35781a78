// The example fleet: where it is copied to, and that nothing is overwritten.
import { beforeEach, expect, test, vi } from 'vitest';
import type { Uri } from 'vscode';
import { registerExample } from '../../client/src/start/example.ts';
import { commands, Uri as FakeUri, window, workspace } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const there = new Set<string>();

beforeEach(() => {
  vi.clearAllMocks();
  there.clear();
  workspace.fs.stat.mockImplementation(async uri => {
    if (!there.has(String(uri))) throw new Error('not there');
  });
  registerExample(FakeUri.parse('file:///ext') as unknown as Uri);
  window.showQuickPick.mockImplementationOnce(async items => items[0]);
  window.showOpenDialog.mockImplementationOnce(async () => [FakeUri.parse('file:///home/ada')]);
});

test('it is copied into a folder of its own, which is opened', async () => {
  await commands.executeCommand('varsmith.openExample');
  const [from, to] = workspace.fs.copy.mock.calls[0] ?? [];
  expect([String(from), String(to)]).toEqual([
    'file:///ext/examples/broken-fleet',
    'file:///home/ada/varsmith-broken-fleet',
  ]);
  expect(commands.executeCommand).toHaveBeenLastCalledWith('vscode.openFolder', to);
});

test('what is there stays', async () => {
  there.add('file:///home/ada/varsmith-broken-fleet');
  await commands.executeCommand('varsmith.openExample');
  expect(String(workspace.fs.copy.mock.calls[0]?.[1])).toBe('file:///home/ada/varsmith-broken-fleet-2');
});

test('whoever chooses no folder gets none', async () => {
  window.showOpenDialog.mockReset();
  window.showOpenDialog.mockImplementationOnce(async () => undefined);
  await commands.executeCommand('varsmith.openExample');
  expect(workspace.fs.copy).not.toHaveBeenCalled();
});
