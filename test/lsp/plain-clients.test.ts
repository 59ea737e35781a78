// Clients that can do less than VS Code, as the language clients of other editors are: nothing is sent that they have
// not said they know, and what they cannot do is made up for.
import { expect, test } from 'vitest';
import type { ClientCapabilities } from 'vscode-languageserver/node';
import { plainText } from '../../server/src/lsp/plain-text.ts';
import { folder, write } from '../workspace/support.ts';
import { messages, startSession } from './support.ts';

/** The capabilities of Neovim 0.10: asks for diagnostics, cannot be told to ask again, watches no files. */
const ASKS_ONLY: ClientCapabilities = {
  textDocument: { diagnostic: {}, publishDiagnostics: {} },
  workspace: {},
};

test('who cannot be told to ask again is sent diagnostics, also those of the files around the edited one', async () => {
  const root = folder({ 'a.nix': 'needs-x', 'b.nix': '' });
  const session = await startSession({ root, capabilities: ASKS_ONLY });
  expect(session.initialized.capabilities.diagnosticProvider).toBeUndefined();
  session.open('a.nix', 'needs-x');
  const before = await session.publication('a.nix', ({ version }) => version === 1);
  expect(before.diagnostics).toHaveLength(1);
  session.forget();
  session.open('b.nix', 'gives-x');
  expect(messages(await session.publication('a.nix', () => true))).toEqual([]);
});

test('who does not watch files has them looked at whenever one is saved', async () => {
  const root = folder({ 'a.nix': '' });
  const session = await startSession({ root });
  session.open('a.nix', '');
  await session.publication('a.nix', () => true);
  write(root, 'from-outside.nix', 'bad');
  await session.connection.sendNotification('textDocument/didSave', {
    textDocument: { uri: session.uri('a.nix') },
  });
  expect(messages(await session.publication('from-outside.nix', () => true))).toEqual(['This is bad.']);
});

test('who watches files is not looked after like that', async () => {
  const watches = { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } };
  const { initialized } = await startSession({ root: folder({}), capabilities: watches });
  expect(initialized.capabilities.textDocumentSync).toEqual({ openClose: true, change: 2 });
});

test.each([
  ['says so', { varsmith: true }, true],
  ['does not', {}, false],
])('a client that %s hears what Varsmith adds to the protocol', async (_, experimental, hears) => {
  const heard = new Set<string>();
  // The last that is told after a look.
  let refreshed: () => void = () => undefined;
  const refresh = new Promise<void>(resolve => {
    refreshed = resolve;
  });
  const session = await startSession({
    root: folder({ 'a.nix': 'bad' }),
    capabilities: { experimental, workspace: { codeLens: { refreshSupport: true } } },
    prepare: connection => {
      connection.onRequest('workspace/codeLens/refresh', () => {
        refreshed();
        return null;
      });
      for (const method of ['varsmith/status', 'varsmith/changed'])
        connection.onNotification(method, () => void heard.add(method));
    },
  });
  await session.publication('a.nix', () => true);
  await refresh;
  expect([heard.has('varsmith/status'), heard.has('varsmith/changed')]).toEqual([hears, hears]);
});

test('who has no folder open gets the fleet around the document', async () => {
  const root = folder({ 'flake.nix': 'gives-x', 'lib/a.nix': 'needs-x', 'lib/b.nix': 'bad' });
  const session = await startSession({ root, folders: null });
  session.open('lib/a.nix', 'needs-x');
  expect(messages(await session.publication('lib/a.nix', () => true))).toEqual([]);
  expect(messages(await session.publication('lib/b.nix', () => true))).toEqual(['This is bad.']);
});

test.each([
  ['**gmail** · key', 'gmail · key'],
  ['- File `key` → `/run/x`', '- File key → /run/x'],
  ['Defined in [lib/a.nix:3](file:///f/lib/a.nix#L3)', 'Defined in lib/a.nix:3'],
  ['Write:\n\n```nix\nx = "`a` **b**";\n```\n\n`c`', 'Write:\n\nx = "`a` **b**";\n\nc'],
  ['2 * 3 * 4, a [list] (of two)', '2 * 3 * 4, a [list] (of two)'],
])('%j reads %j where Markdown is not rendered', (markdown, plain) => {
  expect(plainText(markdown)).toBe(plain);
});
