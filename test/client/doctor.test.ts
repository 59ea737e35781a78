// The doctor in the editor: what is asked, and what is shown.
import { beforeEach, expect, test, vi } from 'vitest';
import type { Server } from '../../client/src/language/server.ts';
import { registerDoctor } from '../../client/src/views/doctor.ts';
import { commands, window, workspace } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const server = { request: vi.fn(async (): Promise<unknown> => []) };

beforeEach(() => {
  vi.clearAllMocks();
  workspace.isTrusted = true;
  registerDoctor(server as unknown as Server);
});

/** What the page holds now. */
function page(): string {
  const [, provider] = workspace.registerTextDocumentContentProvider.mock.calls[0] ?? [];
  return (provider as unknown as { provideTextDocumentContent(): string }).provideTextDocumentContent();
}

test('the server is asked, and its page shown as a preview', async () => {
  server.request.mockResolvedValueOnce([{ root: '', markdown: '# one\n', hasProblems: false, actions: [] }]);
  await commands.executeCommand('varsmith.doctor');
  expect(server.request).toHaveBeenCalledWith('varsmith/doctor', { trusted: true });
  expect(page()).toBe('# one\n');
  expect(commands.executeCommand).toHaveBeenLastCalledWith(
    'markdown.showPreview',
    expect.objectContaining({ scheme: 'varsmith-doctor' }),
  );
});

test('a key is offered where there is none, before anything is generated', async () => {
  const made = vi.fn();
  commands.registerCommand('varsmith.makeKey', made);
  const found = { root: '', markdown: '# one\n', hasProblems: false, actions: ['generate', 'key'] };
  server.request.mockResolvedValueOnce([found]);
  window.showInformationMessage.mockImplementationOnce(async (_message, button) => button);
  await commands.executeCommand('varsmith.doctor');
  expect(window.showInformationMessage.mock.calls[0]?.[1]).toBe('Create Key…');
  expect(made).toHaveBeenCalledOnce();
});

test('where nothing may run, trust is offered instead of a command that cannot work', async () => {
  workspace.isTrusted = false;
  commands.registerCommand('varsmith.generate', vi.fn());
  const found = { root: '', markdown: '# one\n', hasProblems: false, actions: ['generate'] };
  server.request.mockResolvedValueOnce([found]);
  window.showWarningMessage.mockImplementationOnce(async (_message, button) => button);
  await commands.executeCommand('varsmith.doctor');
  expect(window.showInformationMessage).not.toHaveBeenCalled();
  expect(window.showWarningMessage.mock.calls[0]?.[1]).toBe('Manage Workspace Trust');
  expect(commands.executeCommand).toHaveBeenLastCalledWith('workbench.trust.manage');
});

test('git is told who makes commits before anything is generated', async () => {
  const asked = vi.fn();
  commands.registerCommand('varsmith.setAuthor', asked);
  const found = { root: '', markdown: '# one\n', hasProblems: false, actions: ['generate', 'author'] };
  server.request.mockResolvedValueOnce([found]);
  window.showInformationMessage.mockImplementationOnce(async (_message, button) => button);
  await commands.executeCommand('varsmith.doctor');
  expect(window.showInformationMessage.mock.calls[0]?.[1]).toBe('Set Name and Email…');
  expect(asked).toHaveBeenCalledOnce();
});

test('an untrusted workspace is said to be one', async () => {
  workspace.isTrusted = false;
  await commands.executeCommand('varsmith.doctor');
  expect(server.request).toHaveBeenCalledWith('varsmith/doctor', { trusted: false });
});

test('without a folder it says what to do', async () => {
  await commands.executeCommand('varsmith.doctor');
  expect(page()).toContain('No folder is open.');
});
