// What is seen first of an example fleet, and what completes the first steps.
import { beforeEach, expect, test, vi } from 'vitest';
import { showFirstSight } from '../../client/src/start/first-sight.ts';
import { registerFirstSteps } from '../../client/src/start/first-steps.ts';
import { commands, languages, Uri, window, workspace } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const log = { warn: vi.fn() };
const memory = new Map<string, unknown>();
const context = {
  workspaceState: {
    get: (key: string) => memory.get(key),
    update: async (key: string, value: unknown) => void memory.set(key, value),
  },
} as unknown as Parameters<typeof showFirstSight>[0];

function marker(text: string | null): void {
  workspace.fs.readFile.mockImplementation(async () => {
    if (text === null) throw new Error('not there');
    return new TextEncoder().encode(text);
  });
}

const ran = () => commands.executeCommand.mock.calls.map(([id]) => id);

beforeEach(() => {
  vi.clearAllMocks();
  memory.clear();
  languages.listeners.clear();
  workspace.workspaceFolders = [{ uri: Uri.parse('file:///fleet') }];
  workspace.openTextDocument.mockImplementation(
    async () =>
      ({ getText: () => '{\n  lea = [ "anthropc" ];\n}\n', positionAt: (at: number) => at }) as never,
  );
});

test('the mistake is selected, with the problems below and the first steps beside', async () => {
  marker('{ "file": "lib/matrix.nix", "text": "anthropc" }');
  await showFirstSight(context, log);
  expect(String(workspace.openTextDocument.mock.calls[0]?.[0])).toBe('file:///fleet/lib/matrix.nix');
  expect(window.showTextDocument.mock.calls.at(-1)?.[1]).toMatchObject({
    selection: { anchor: 13, active: 21 },
  });
  expect(commands.executeCommand.mock.calls).toEqual([
    ['workbench.action.openWalkthrough', 'varsmith.varsmith#start', true],
    ['workbench.actions.view.problems'],
  ]);
});

test('once in a workspace', async () => {
  marker('{ "file": "lib/matrix.nix", "text": "anthropc" }');
  await showFirstSight(context, log);
  await showFirstSight(context, log);
  expect(ran()).toHaveLength(2);
});

test.each([
  ['is no example', null],
  ['says nothing that is understood', '{ "file": 1 }'],
  ['leads out of the folder', '{ "file": "../x.nix", "text": "x" }'],
  ['is not JSON', '{'],
])('a folder that %s is left as it is', async (_, text) => {
  marker(text);
  await showFirstSight(context, log);
  expect([ran(), window.showTextDocument.mock.calls, log.warn.mock.calls]).toEqual([[], [], []]);
});

test('an example whose file is gone is no mistake of the extension', async () => {
  marker('{ "file": "lib/matrix.nix", "text": "anthropc" }');
  workspace.openTextDocument.mockRejectedValueOnce(new Error('gone'));
  await showFirstSight(context, log);
  expect(log.warn).toHaveBeenCalledOnce();
});

test('an open fleet completes a step', async () => {
  workspace.findFiles.mockResolvedValueOnce([Uri.parse('file:///fleet/flake.nix')]);
  registerFirstSteps();
  await vi.waitFor(() =>
    expect(commands.executeCommand).toHaveBeenCalledWith('setContext', 'varsmith.fleetOpen', true),
  );
});

test('so does a finding that goes while its file is edited, and no other', () => {
  workspace.findFiles.mockResolvedValueOnce([]);
  registerFirstSteps();
  const uri = Uri.parse('file:///fleet/lib/matrix.nix');
  const now = (sources: readonly string[], isDirty: boolean) => {
    workspace.textDocuments = [{ uri, languageId: 'nix', getText: () => '', isDirty }];
    languages.getDiagnostics.mockReturnValueOnce(sources.map(source => ({ source })));
    for (const listener of [...languages.listeners]) listener({ uris: [uri] });
  };
  now(['varsmith', 'varsmith'], false);
  // On disk, by git or somebody else.
  now(['varsmith'], false);
  // Another extension's.
  now(['varsmith', 'nil'], true);
  now(['varsmith'], true);
  expect(ran()).toEqual([]);
  now([], true);
  expect(commands.executeCommand.mock.calls).toEqual([['setContext', 'varsmith.findingFixed', true]]);
});
