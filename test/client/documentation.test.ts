// The documentation of rules inside of the editor: what is asked, and what is shown.
import { beforeEach, expect, test, vi } from 'vitest';
import { registerDocumentation } from '../../client/src/language/documentation.ts';
import type { Server } from '../../client/src/language/server.ts';
import { commands, window, workspace } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const server = { request: vi.fn(async (): Promise<unknown> => null) };

beforeEach(() => {
  vi.clearAllMocks();
  registerDocumentation(server as unknown as Server);
});

interface Provider {
  provideTextDocumentContent(uri: { readonly path: string }): Promise<string>;
}

function page(path: string): Promise<string> {
  const [, provider] = workspace.registerTextDocumentContentProvider.mock.calls[0] ?? [];
  return (provider as unknown as Provider).provideTextDocumentContent({ path });
}

test("a rule's page is asked of the server", async () => {
  server.request.mockResolvedValueOnce({ markdown: '# store/missing\n' });
  expect(await page('/rules/store/missing.md')).toBe('# store/missing\n');
  expect(server.request).toHaveBeenCalledWith('varsmith/rulePage', { page: 'rules/store/missing' });
  expect(await page('/rules/store/none.md')).toBe('The page does not exist.');
});

test('it is shown as a preview beside the text', async () => {
  await commands.executeCommand('varsmith.showRule', 'store/missing');
  expect(commands.executeCommand).toHaveBeenLastCalledWith(
    'markdown.showPreviewToSide',
    expect.objectContaining({ scheme: 'varsmith-docs', path: '/rules/store/missing.md' }),
  );
});

test.each([undefined, 3, 'https://example.org', '../../etc/passwd'])(
  'nothing else is opened: %j',
  async rule => {
    await commands.executeCommand('varsmith.showRule', rule);
    expect(commands.executeCommand).toHaveBeenCalledTimes(1);
    expect(window.showTextDocument).not.toHaveBeenCalled();
  },
);
