// What an editor offers around findings: many fixes at once, silence, documentation, and mistakes in varsmith.json.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CodeAction, Hover, ShowDocumentParams, TextEdit } from 'vscode-languageserver/node';
import { folder } from '../workspace/support.ts';
import { messages, type Session, settled, startSession } from './support.ts';

const EDITS = { documentChanges: true, resourceOperations: ['create' as const] };
const CAPABILITIES = { workspace: { workspaceEdit: EDITS }, window: { showDocument: { support: true } } };

async function actions(session: Session, path: string, only?: string[]): Promise<CodeAction[]> {
  const start = { line: 0, character: 0 };
  return session.connection.sendRequest('textDocument/codeAction', {
    textDocument: { uri: session.uri(path) },
    range: { start, end: start },
    context: { diagnostics: [], ...(only ? { only } : {}) },
  });
}

function titled(all: readonly CodeAction[], title: string): CodeAction {
  const found = all.find(action => action.title === title);
  expect(all.map(action => action.title)).toContain(title);
  return found as CodeAction;
}

/** Path → replacements of an action for a client without versioned edits. */
function changes(session: Session, action: CodeAction | undefined): Record<string, string[]> {
  const entries = Object.entries(action?.edit?.changes ?? {});
  return Object.fromEntries(
    entries.map(([uri, edits]) => [
      uri.slice(session.uri('').length),
      edits.map(({ range, newText }: TextEdit) => `${range.start.line}:${range.start.character} ${newText}`),
    ]),
  );
}

describe('source.fixAll.varsmith', () => {
  test('fixes a file, and nothing but that file', async () => {
    const session = await startSession({ root: folder({ 'a.nix': 'bad\nbad needs-x', 'b.nix': 'bad' }) });
    for (const only of ['source.fixAll.varsmith', 'source.fixAll', 'source']) {
      const found = await actions(session, 'a.nix', [only]);
      expect(found.map(({ kind }) => kind)).toEqual(['source.fixAll.varsmith']);
      expect(changes(session, found[0])).toEqual({ '/a.nix': ['0:0 good', '1:0 good', '1:4 good'] });
    }
  });
  test('is not offered where there is nothing to fix, nor at the cursor', async () => {
    const session = await startSession({ root: folder({ 'a.nix': 'bad', 'b.nix': '' }) });
    expect(await actions(session, 'b.nix', ['source.fixAll'])).toEqual([]);
    expect((await actions(session, 'a.nix')).map(({ kind }) => kind)).not.toContain('source.fixAll.varsmith');
    expect(await actions(session, 'a.nix', ['source.fixAll.eslint'])).toEqual([]);
  });
});

describe('fix all of a rule', () => {
  test('in the file and in the workspace, other rules left alone', async () => {
    const session = await startSession({ root: folder({ 'a.nix': 'bad bad needs-x', 'b.nix': 'bad' }) });
    const all = await actions(session, 'a.nix');
    expect(changes(session, titled(all, 'Fix all test/bad in this file'))).toEqual({
      '/a.nix': ['0:0 good', '0:4 good'],
    });
    expect(changes(session, titled(all, 'Fix all test/bad in the workspace'))).toEqual({
      '/a.nix': ['0:0 good', '0:4 good'],
      '/b.nix': ['0:0 good'],
    });
  });
  test('is not offered for a single finding', async () => {
    const session = await startSession({ root: folder({ 'a.nix': 'bad' }) });
    expect((await actions(session, 'a.nix')).filter(({ title }) => title.startsWith('Fix all'))).toEqual([]);
  });
});

describe('switch a rule off in the workspace', () => {
  const TITLE = 'Turn test/bad off in the workspace';

  test('makes varsmith.json where there is none', async () => {
    const session = await startSession({ root: folder({ 'a.nix': 'bad' }), capabilities: CAPABILITIES });
    const uri = session.uri('varsmith.json');
    const start = { line: 0, character: 0 };
    expect(titled(await actions(session, 'a.nix'), TITLE).edit).toEqual({
      documentChanges: [
        { kind: 'create', uri },
        {
          textDocument: { uri, version: null },
          edits: [
            { range: { start, end: start }, newText: '{\n  "rules": {\n    "test/bad": "off"\n  }\n}\n' },
          ],
        },
      ],
    });
  });
  test('is not offered to a client whose edits cannot make files', async () => {
    const session = await startSession({ root: folder({ 'a.nix': 'bad' }) });
    expect((await actions(session, 'a.nix')).map(({ title }) => title)).not.toContain(TITLE);
  });
  test('edits the file that is there, as it is open', async () => {
    const session = await startSession({ root: folder({ 'a.nix': 'bad', 'varsmith.json': '{ }' }) });
    session.open('varsmith.json', '{ "rules": { "test/needs": "off" } }');
    const action = titled(await actions(session, 'a.nix'), TITLE);
    expect(changes(session, action)).toEqual({ '/varsmith.json': ['0:32 , "test/bad": "off"'] });
  });
});

describe('documentation', () => {
  test('is opened by the client, at the page of the rule', async () => {
    let shown: (params: ShowDocumentParams) => void;
    const asked = new Promise<ShowDocumentParams>(resolve => {
      shown = resolve;
    });
    const session = await startSession({
      root: folder({ 'a.nix': 'bad' }),
      capabilities: CAPABILITIES,
      prepare: connection =>
        connection.onRequest('window/showDocument', (params: ShowDocumentParams) => {
          shown(params);
          return { success: true };
        }),
    });
    const { command } = titled(await actions(session, 'a.nix'), 'Open the documentation of test/bad');
    expect(session.initialized.capabilities.executeCommandProvider?.commands).toEqual([command?.command]);
    await session.connection.sendRequest('workspace/executeCommand', command as object);
    expect(await asked).toEqual({
      uri: 'https://varsmith.github.io/varsmith/rules/test/bad',
      external: true,
    });
  });
  test('is shown by a client that can show it itself, and leads to pages that are there', async () => {
    const session = await startSession({
      root: folder({ 'a.nix': 'bad' }),
      initializationOptions: { clientCommands: ['varsmith.showRule'] },
    });
    const href = `command:varsmith.showRule?${encodeURIComponent('["test/bad"]')}`;
    const { diagnostics } = await session.publication('a.nix', () => true);
    expect(diagnostics[0]?.codeDescription).toEqual({ href: 'varsmith-docs:/rules/test/bad.md' });
    const hover: Hover = await session.connection.sendRequest('textDocument/hover', {
      textDocument: { uri: session.uri('a.nix') },
      position: { line: 0, character: 1 },
    });
    expect(JSON.stringify(hover.contents)).toContain(`[Documentation](${href})`);
    const { command } = titled(await actions(session, 'a.nix'), 'Open the documentation of test/bad');
    expect(command).toMatchObject({ command: 'varsmith.showRule', arguments: ['test/bad'] });

    const page = (name: string): Promise<{ markdown: string } | null> =>
      session.connection.sendRequest('varsmith/rulePage', { page: name });
    const { markdown } = (await page('rules/test/bad')) ?? { markdown: '' };
    expect(markdown).toContain('# test/bad');
    expect(markdown).toContain('](../README.md');
    expect(markdown).toContain('](https://varsmith.github.io/varsmith/configuration');
    expect(markdown).not.toContain('configuration.md');
    expect((await page('rules/README'))?.markdown).toContain('](test/bad.md)');
    expect(await page('rules/test/none')).toBeNull();
  });

  test('is not for addresses of somebody else', async () => {
    const asked: unknown[] = [];
    const session = await startSession({
      root: folder({}),
      capabilities: CAPABILITIES,
      prepare: connection => connection.onRequest('window/showDocument', params => void asked.push(params)),
    });
    for (const argument of ['https://example.org', 'test/none', 3, undefined]) {
      const command = { command: 'varsmith.openDocumentation', arguments: [argument] };
      expect(await session.connection.sendRequest('workspace/executeCommand', command)).toBeNull();
    }
    expect(asked).toEqual([]);
  });
  test('is not offered to a client that cannot open it', async () => {
    const session = await startSession({ root: folder({ 'a.nix': 'bad' }) });
    expect(session.initialized.capabilities.executeCommandProvider).toBeUndefined();
    const titles = (await actions(session, 'a.nix')).map(({ title }) => title);
    expect(titles.filter(title => title.includes('documentation'))).toEqual([]);
  });
});

describe('varsmith.json in the editor', () => {
  const WRONG = '{ "rules": { "test/bda": "off" } }';

  test('a mistake is a diagnostic on its characters, with its cure', async () => {
    const session = await startSession({ root: folder({ 'varsmith.json': WRONG }) });
    const { diagnostics } = await session.publication('varsmith.json', () => true);
    expect(diagnostics).toMatchObject([
      {
        code: 'settings',
        codeDescription: { href: 'https://varsmith.github.io/varsmith/configuration' },
        severity: 1,
        range: { start: { line: 0, character: 13 }, end: { line: 0, character: 23 } },
      },
    ]);
    expect(messages({ diagnostics })[0]).toContain('Did you mean "test/bad"?');
    const found: CodeAction[] = await session.connection.sendRequest('textDocument/codeAction', {
      textDocument: { uri: session.uri('varsmith.json') },
      range: diagnostics[0]?.range,
      context: { diagnostics: [] },
    });
    expect(changes(session, titled(found, 'Replace with "test/bad"'))).toEqual({
      '/varsmith.json': ['0:13 "test/bad"'],
    });
    expect(found.filter(({ title }) => title.startsWith('Switch'))).toEqual([]);
  });

  test('while it is typed, it counts as it stands, saved or not', async () => {
    const session = await startSession({ root: folder({ 'a.nix': 'bad', 'varsmith.json': '{ }' }) });
    await session.publication('a.nix', ({ diagnostics }) => diagnostics.length === 1);
    session.open('varsmith.json', WRONG);
    await session.publication('varsmith.json', ({ diagnostics }) => diagnostics.length === 1);
    session.forget();
    session.edit('varsmith.json', 2, { text: WRONG.replace('bda', 'bad') });
    expect((await session.publication('varsmith.json', () => true)).diagnostics).toEqual([]);
    expect((await session.publication('a.nix', () => true)).diagnostics).toEqual([]);
    expect(session.log.some(line => line.includes('failed'))).toBe(false);
  });

  test('the settings of the editor go before it', async () => {
    const root = folder({ 'a.nix': 'bad', 'varsmith.json': '{ "rules": { "test/*": "off" } }' });
    const session = await startSession({ root, initializationOptions: { rules: { 'test/bad': 'hint' } } });
    const { diagnostics } = await session.publication('a.nix', () => true);
    expect(diagnostics).toMatchObject([{ severity: 4 }]);
  });

  test('hover and definition have nothing to say in it', async () => {
    const session = await startSession({ root: folder({ 'varsmith.json': WRONG }) });
    await settled(session);
    const params = {
      textDocument: { uri: session.uri('varsmith.json') },
      position: { line: 0, character: 15 },
    };
    expect(await session.connection.sendRequest('textDocument/hover', params)).toBeNull();
    expect(await session.connection.sendRequest('textDocument/definition', params)).toBeNull();
  });
});

test('the client opens varsmith.json for the server', () => {
  const source = readFileSync(join(__dirname, '../../client/src/language/language-client.ts'), 'utf8');
  expect(source).toContain("pattern: '**/varsmith.json'");
});
