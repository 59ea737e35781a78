import { beforeEach, expect, test, vi } from 'vitest';
import { registerCommands } from '../../client/src/commands/commands.ts';
import type { Server } from '../../client/src/language/server.ts';
import { commands, fakeLog, window } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const found = { errors: 2, warnings: 1, infos: 0, hints: 0, files: 34, milliseconds: 12 };
const log = fakeLog();
const graph = { show: vi.fn(async () => {}), refresh: vi.fn(), dispose: vi.fn() };
const server = {
  startInBackground: vi.fn(),
  restart: vi.fn(async () => true),
  stop: vi.fn(async () => {}),
  showFindings: vi.fn(),
  request: vi.fn(async (_method: string) => found as unknown),
};

beforeEach(() => {
  vi.clearAllMocks();
  registerCommands(server as Server, log, graph);
});

test('Check Workspace asks the server and says what it counted', async () => {
  await commands.executeCommand('varsmith.checkWorkspace');
  expect(server.request).toHaveBeenCalledWith('varsmith/checkWorkspace');
  expect(window.showInformationMessage).toHaveBeenCalledWith(
    'Checked 34 files: 2 errors, 1 warning.',
    'Show Problems',
  );
});

test('Show Problems opens the Problems view', async () => {
  window.showInformationMessage.mockResolvedValueOnce('Show Problems');
  await commands.executeCommand('varsmith.checkWorkspace');
  await vi.waitFor(() =>
    expect(commands.executeCommand).toHaveBeenCalledWith('workbench.panel.markers.view.focus'),
  );
});

test('a clean workspace offers no button', async () => {
  server.request.mockResolvedValueOnce({ ...found, errors: 0, warnings: 0 });
  await commands.executeCommand('varsmith.checkWorkspace');
  expect(window.showInformationMessage.mock.calls).toEqual([['Checked 34 files: nothing to report.']]);
});

test('a failed check is left to the editor, which shows the message', async () => {
  server.request.mockRejectedValueOnce(new Error('The language server is not running.'));
  await expect(commands.executeCommand('varsmith.checkWorkspace')).rejects.toThrow('not running');
  expect(window.showInformationMessage).not.toHaveBeenCalled();
});

test('Restart Server says so only when the new server runs', async () => {
  await commands.executeCommand('varsmith.restartServer');
  expect(window.showInformationMessage).toHaveBeenCalledOnce();
  server.restart.mockResolvedValueOnce(false);
  await commands.executeCommand('varsmith.restartServer');
  expect(window.showInformationMessage).toHaveBeenCalledOnce();
});

test('Show Log shows the log', async () => {
  await commands.executeCommand('varsmith.showLog');
  expect(log.show).toHaveBeenCalledOnce();
});

test('Show Dependency Graph shows all, or what is around the generator it is called on', async () => {
  await commands.executeCommand('varsmith.showGraph');
  expect(graph.show).toHaveBeenLastCalledWith(null);
  const generator = {
    name: 'ca',
    share: true,
    state: 'present',
    where: null,
    files: [],
    prompts: [],
    dependencies: [],
  };
  await commands.executeCommand('varsmith.showAround', {
    kind: 'generator',
    root: 'file:///fleet',
    machine: null,
    generator,
  });
  expect(graph.show).toHaveBeenLastCalledWith({ root: 'file:///fleet', generator: 'ca' });
});

test('a place is opened with its name selected', async () => {
  const range = { start: { line: 1, character: 2 }, end: { line: 1, character: 5 } };
  await commands.executeCommand('varsmith.open', { uri: 'file:///a.nix', range });
  expect(window.showTextDocument).toHaveBeenCalledWith(expect.objectContaining({ fsPath: '/a.nix' }), {
    selection: [1, 2, 1, 5],
  });
  await commands.executeCommand('varsmith.open', null);
  expect(window.showInformationMessage).toHaveBeenLastCalledWith(
    'This is not declared in a file of the workspace.',
  );
});

test('the menu of the graph opens a declaration, whose place the server knows', async () => {
  const range = { start: { line: 3, character: 0 }, end: { line: 3, character: 2 } };
  server.request.mockResolvedValueOnce({ uri: 'file:///fleet/a.nix', range });
  const given = { kind: 'generator', root: 'file:///fleet', machine: null, generator: { name: 'ca' } };
  await commands.executeCommand('varsmith.openGenerator', given);
  expect(server.request).toHaveBeenCalledWith('varsmith/place', { root: 'file:///fleet', generator: 'ca' });
  expect(window.showTextDocument).toHaveBeenCalledWith(expect.objectContaining({ fsPath: '/fleet/a.nix' }), {
    selection: [3, 0, 3, 2],
    viewColumn: -2,
  });
});
