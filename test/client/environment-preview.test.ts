// The preview of session variables: what is asked, and that it follows what is typed.
import { beforeEach, expect, test, vi } from 'vitest';
import type { Server } from '../../client/src/language/server.ts';
import type { EnvironmentParams, EnvironmentResult } from '../../client/src/protocol/environment.ts';
import { createEnvironmentPreview } from '../../client/src/views/environment-preview.ts';
import { commands, contentProviders, window, workspace } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

let text = "export TOKEN_FILE='/run/secrets/vars/shared/token/key'\n";
const request = vi.fn(
  async (_method: string, { machine }: EnvironmentParams): Promise<EnvironmentResult | null> => ({
    root: 'file:///fleet',
    machines: ['emily', 'lea'],
    text: machine === 'lea' ? text : null,
  }),
);

let preview: ReturnType<typeof createEnvironmentPreview>;

beforeEach(() => {
  vi.clearAllMocks();
  workspace.textDocuments = [];
  preview = createEnvironmentPreview({ request } as unknown as Server);
});

/** Runs the command and picks the machine lea and a shell, the first being bash. */
async function previewLea(shell: 0 | 1) {
  window.showQuickPick.mockImplementationOnce(async items => items[1]);
  window.showQuickPick.mockImplementationOnce(async items => items[shell]);
  await commands.executeCommand('varsmith.previewEnvironment');
  const [document, options] = window.showTextDocument.mock.calls.at(-1) ?? [];
  return { document, options };
}

test('machine and shell are picked, and the text is shown beside the editor', async () => {
  const { document, options } = await previewLea(0);
  expect(document.getText()).toBe(text);
  expect(document.uri.path).toBe('/lea.sh');
  expect(options).toMatchObject({ viewColumn: -2, preserveFocus: true });
  expect((await previewLea(1)).document.uri.path).toBe('/lea.nu');
});

test('a machine of the fleet view is not asked for', async () => {
  window.showQuickPick.mockImplementationOnce(async items => items[0]);
  const machine = { name: 'lea' };
  await commands.executeCommand('varsmith.previewEnvironment', {
    kind: 'machine',
    root: 'file:///fleet',
    machine,
  });
  expect(window.showQuickPick).toHaveBeenCalledTimes(1);
  expect(window.showTextDocument.mock.calls[0]?.[0].getText()).toBe(text);
});

test('an open preview is asked for anew when the server has looked again', async () => {
  const { document } = await previewLea(0);
  workspace.textDocuments = [document, { uri: { scheme: 'file' }, languageId: 'nix', getText: () => '' }];
  const provider = contentProviders.get('varsmith-env') as unknown as {
    onDidChange(listener: (uri: unknown) => void): void;
    provideTextDocumentContent(uri: unknown): Promise<string>;
  };
  const asked: unknown[] = [];
  provider.onDidChange(uri => asked.push(uri));
  preview.refresh();
  expect(asked).toEqual([document.uri]);
  text = '# nothing\n';
  expect(await provider.provideTextDocumentContent(document.uri)).toBe('# nothing\n');
});

test('a machine that is gone is said to be gone', async () => {
  const provider = contentProviders.get('varsmith-env');
  const query = JSON.stringify({ near: 'file:///fleet', machine: 'noa', shell: 'bash' });
  expect(await provider?.provideTextDocumentContent({ query })).toBe(
    '# The machine "noa" no longer exists.\n',
  );
});

test('without machines there is nothing to pick', async () => {
  request.mockResolvedValueOnce({ root: 'file:///fleet', machines: [], text: null });
  await commands.executeCommand('varsmith.previewEnvironment');
  expect(window.showQuickPick).not.toHaveBeenCalled();
  expect(window.showInformationMessage).toHaveBeenCalledWith('No machine is declared in the open folders.');
});
