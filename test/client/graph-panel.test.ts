// The tab of the dependency graph: what it asks the server, and what it tells its page.
import { beforeEach, expect, test, vi } from 'vitest';
import { createGraphTab, type GraphTab } from '../../client/src/graph/graph-panel.ts';
import type { Server } from '../../client/src/language/server.ts';
import type { GraphParams, GraphResult } from '../../client/src/protocol/graph.ts';
import { type FakePanel, fakePanel, panels, serializers, Uri, window } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const PICTURE: GraphResult = {
  ...{ text: '<svg/>', root: 'fleet', rootUri: 'file:///fleet', machines: [], generators: 1 },
  ...{ grouping: null, open: null, groups: [], owners: {}, legend: [] },
};
const server = { request: vi.fn(async (_method: string, _params?: unknown): Promise<unknown> => PICTURE) };
let tab: GraphTab;

beforeEach(() => {
  vi.clearAllMocks();
  panels.length = 0;
  server.request.mockImplementation(async () => PICTURE);
  window.activeTextEditor = undefined;
  tab = createGraphTab(server as unknown as Server, Uri.parse('file:///extension') as never);
});

const asked = () =>
  server.request.mock.calls
    .filter(([method]) => method === 'varsmith/graph')
    .map(([, params]) => params as GraphParams);
const page = () => panels.at(-1) as FakePanel;

/** The file that is being written. */
function write(uri: string): void {
  window.activeTextEditor = {
    document: { uri: Uri.parse(uri) },
    selection: { active: { line: 0, character: 0 } },
  };
}

/** Opens the tab; its page asks for the picture once it is there. */
async function show(around: Parameters<GraphTab['show']>[0]): Promise<void> {
  await tab.show(around);
  await page().say({ type: 'ready', aspect: 2 });
}

test('the graph is that of the fleet of the active file', async () => {
  write('file:///fleet/a.nix');
  await show(null);
  expect(asked()).toMatchObject([{ near: 'file:///fleet/a.nix', generator: null }]);
  expect(page().told).toMatchObject([{ type: 'graph', root: 'file:///fleet', isOther: false }]);
});

test('the graph is laid out for the shape of the page, and anew for another', async () => {
  await show(null);
  await page().say({ type: 'shaped', aspect: 0.7 });
  expect(asked()).toMatchObject([{ aspect: 2 }, { aspect: 0.7 }]);
});

test('the tab has an icon of its own', async () => {
  await show(null);
  expect(String(page().iconPath?.dark)).toBe('file:///extension/docs/images/graph-tab-dark.svg');
  expect(String(page().iconPath?.light)).toBe('file:///extension/docs/images/graph-tab-light.svg');
});

test('around a generator, it is that of its fleet, whatever file is active', async () => {
  write('file:///another/a.nix');
  await show({ root: 'file:///fleet', generator: 'ca' });
  expect(asked()).toMatchObject([{ near: 'file:///fleet', generator: 'ca' }]);
  expect(page().title).toBe('Graph: ca');
});

test('the fleet that was shown last is shown again where no file is active', async () => {
  await show({ root: 'file:///fleet', generator: 'ca' });
  await tab.show(null);
  expect(asked().at(-1)).toMatchObject({ near: 'file:///fleet', generator: null });
});

test('the picture of another fleet begins anew', async () => {
  await show(null);
  server.request.mockImplementation(async () => ({ ...PICTURE, rootUri: 'file:///another' }));
  write('file:///another/a.nix');
  await tab.show(null);
  expect(page().told.at(-1)).toMatchObject({ root: 'file:///another', isOther: true });
});

test('another tab that becomes active is no reason to draw anew', async () => {
  await show(null);
  page().losesFocus();
  expect(asked()).toHaveLength(1);
});

test('where the server does not run, the page says so, and a click a message', async () => {
  await show(null);
  server.request.mockRejectedValue(new Error('The language server is not running.'));
  await page().say({ type: 'open', id: 'ca' });
  expect(window.showErrorMessage).toHaveBeenCalledWith('The language server is not running.');
  tab.refresh();
  await vi.waitFor(() =>
    expect(page().told.at(-1)).toMatchObject({
      type: 'empty',
      message: 'The graph cannot be drawn. The language server is not running.',
    }),
  );
});

test('a window that is opened anew shows the graph as it was left', async () => {
  const fresh = fakePanel('Graph: ca', {});
  const kept = { root: 'file:///fleet', choice: { generator: 'ca', machine: 'lea' } };
  await serializers.get('varsmith.graph')?.deserializeWebviewPanel(fresh, kept);
  await fresh.say({ type: 'ready', aspect: 2 });
  expect(asked()).toMatchObject([
    { near: 'file:///fleet', generator: 'ca', machine: 'lea', grouping: 'auto', format: 'picture' },
  ]);
  expect(fresh.webview.html).toContain('Content-Security-Policy');
  expect(fresh.told).toMatchObject([{ type: 'graph', choice: { generator: 'ca' } }]);
});

test('what an older version kept, or nothing, is no obstacle', async () => {
  const fresh = fakePanel('Dependency Graph', {});
  await serializers.get('varsmith.graph')?.deserializeWebviewPanel(fresh, undefined);
  await fresh.say({ type: 'ready', aspect: 2 });
  expect(asked()).toMatchObject([{ near: null, generator: null, machine: null }]);
});
