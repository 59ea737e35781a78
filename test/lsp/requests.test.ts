import { expect, test } from 'vitest';
import { CancellationTokenSource, type CodeAction, LSPErrorCodes } from 'vscode-languageserver/node';
import { createScheduler } from '../../server/src/lsp/schedule.ts';
import { folder, smallEngine } from '../workspace/support.ts';
import { startSession } from './support.ts';

const START = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

test('the server says what it can do', async () => {
  const { initialized } = await startSession({ root: folder({}) });
  expect(initialized.serverInfo).toEqual({ name: 'varsmith', version: '1.2.3' });
  expect(initialized.capabilities).toEqual({
    positionEncoding: 'utf-16',
    textDocumentSync: { openClose: true, change: 2, save: true },
    hoverProvider: true,
    definitionProvider: true,
    typeDefinitionProvider: true,
    referencesProvider: true,
    documentHighlightProvider: true,
    documentSymbolProvider: true,
    workspaceSymbolProvider: true,
    renameProvider: { prepareProvider: true },
    foldingRangeProvider: true,
    selectionRangeProvider: true,
    callHierarchyProvider: true,
    documentLinkProvider: { resolveProvider: false },
    codeLensProvider: { resolveProvider: true },
    inlayHintProvider: { resolveProvider: false },
    semanticTokensProvider: {
      legend: {
        tokenTypes: ['function', 'variable', 'class', 'property', 'parameter'],
        tokenModifiers: ['defaultLibrary', 'readonly'],
      },
      full: true,
    },
    completionProvider: { triggerCharacters: ['.', '"', '/', '$'], resolveProvider: false },
    codeActionProvider: {
      codeActionKinds: ['quickfix', 'refactor.extract', 'refactor.rewrite', 'source.fixAll.varsmith'],
    },
  });
});

test('a finding is offered its fixes, and a comment that silences it', async () => {
  const session = await startSession({ root: folder({ 'a.nix': 'bad' }) });
  const actions: CodeAction[] = await session.connection.sendRequest('textDocument/codeAction', {
    textDocument: { uri: session.uri('a.nix') },
    range: START,
    context: { diagnostics: [] },
  });
  expect(actions.map(({ title, kind, isPreferred }) => ({ title, kind, isPreferred }))).toEqual([
    { title: 'Replace with `good`', kind: 'quickfix', isPreferred: true },
    { title: 'Ignore test/bad here', kind: 'quickfix', isPreferred: undefined },
  ]);
  const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 3 } };
  expect(actions[0]?.edit).toEqual({ changes: { [session.uri('a.nix')]: [{ range, newText: 'good' }] } });
  expect(actions[0]?.diagnostics?.[0]?.message).toBe('This is bad.');
});

test('edits are worked out when they are wanted, where the client asks for them then', async () => {
  const session = await startSession({
    root: folder({}),
    capabilities: {
      textDocument: { codeAction: { dataSupport: true, resolveSupport: { properties: ['edit'] } } },
    },
  });
  expect(session.initialized.capabilities.codeActionProvider).toMatchObject({ resolveProvider: true });
  session.open('a.nix', 'bad');
  const actions: CodeAction[] = await session.connection.sendRequest('textDocument/codeAction', {
    textDocument: { uri: session.uri('a.nix') },
    range: START,
    context: { diagnostics: [] },
  });
  expect(actions.map(({ title, edit }) => [title, edit])).toEqual([
    ['Replace with `good`', undefined],
    ['Ignore test/bad here', undefined],
  ]);
  const resolve = (action?: CodeAction): Promise<CodeAction> =>
    session.connection.sendRequest('codeAction/resolve', action);
  const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 3 } };
  const [first, second] = await Promise.all(actions.slice(0, 2).map(resolve));
  expect(first).toEqual({
    ...actions[0],
    edit: { changes: { [session.uri('a.nix')]: [{ range, newText: 'good' }] } },
  });
  expect(second?.edit?.changes?.[session.uri('a.nix')]).toHaveLength(1);

  // The text has become another since: what is not offered any more has no edit.
  session.edit('a.nix', 2, { text: 'good' });
  expect((await resolve(actions[0])).edit).toBeUndefined();
});

test('edits name the version of an open document where the client understands that', async () => {
  const session = await startSession({
    root: folder({}),
    capabilities: { workspace: { workspaceEdit: { documentChanges: true } } },
  });
  session.open('a.nix', 'bad', 5);
  const [action]: CodeAction[] = await session.connection.sendRequest('textDocument/codeAction', {
    textDocument: { uri: session.uri('a.nix') },
    range: START,
    context: { diagnostics: [], only: ['quickfix'] },
  });
  expect(action?.edit?.documentChanges).toMatchObject([
    { textDocument: { uri: session.uri('a.nix'), version: 5 } },
  ]);
});

test('other kinds of code actions are not ours', async () => {
  const session = await startSession({ root: folder({ 'a.nix': 'bad' }) });
  const actions = await session.connection.sendRequest('textDocument/codeAction', {
    textDocument: { uri: session.uri('a.nix') },
    range: START,
    context: { diagnostics: [], only: ['refactor'] },
  });
  expect(actions).toEqual([]);
});

test('a cancelled request is answered as the protocol wants it', async () => {
  const session = await startSession({ root: folder({}) });
  session.open('a.nix', 'bad');
  const cancel = new CancellationTokenSource();
  const hover = { textDocument: { uri: session.uri('a.nix') }, position: START.start };
  const answer = session.connection.sendRequest('textDocument/hover', hover, cancel.token);
  cancel.cancel();
  await expect(answer).rejects.toMatchObject({ code: LSPErrorCodes.RequestCancelled });
});

test('the workspace is checked on request, from disk anew', async () => {
  const root = folder({ 'a.nix': 'bad', 'b.nix': 'needs-x', 'c.nix': '' });
  const session = await startSession({ root, initializationOptions: { rules: { 'test/needs': 'hint' } } });
  expect(await session.connection.sendRequest('varsmith/checkWorkspace')).toEqual({
    errors: 1,
    warnings: 0,
    infos: 0,
    hints: 1,
    files: 3,
    milliseconds: expect.any(Number),
  });
});

test('files to watch are registered where the client allows it', async () => {
  const registered = new Promise<unknown>(resolve => {
    void startSession({
      root: folder({}),
      capabilities: { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } },
      prepare: connection =>
        connection.onRequest('client/registerCapability', params => {
          resolve(params);
          return null;
        }),
    });
  });
  expect(await registered).toMatchObject({
    registrations: [
      {
        method: 'workspace/didChangeWatchedFiles',
        registerOptions: {
          watchers: expect.arrayContaining([{ globPattern: '**/*.nix' }, { globPattern: '**/vars/**' }]),
        },
      },
    ],
  });
});

test('an analysis that does not load leaves a server that answers', async () => {
  const engine = smallEngine();
  const root = folder({ 'a.nix': '' });
  const session = await startSession({
    root,
    engine: {
      ...engine,
      createFleetBuilder: () => {
        throw new Error('no such grammar');
      },
    },
  });
  const hover = { textDocument: { uri: session.uri('a.nix') }, position: START.start };
  expect(await session.connection.sendRequest('textDocument/hover', hover)).toBeNull();
  expect(session.log).toEqual(['start: no such grammar']);
});

test('work waits for the end of a burst of messages, and is done once', async () => {
  let runs = 0;
  const done = new Promise<void>(resolve => {
    const scheduler = createScheduler(function* () {
      runs++;
      yield;
      resolve();
    });
    let messages = 20;
    const message = () => {
      scheduler.request();
      if (--messages > 0) setImmediate(message);
    };
    message();
  });
  await done;
  expect(runs).toBe(1);
});

test('work ends when a message comes meanwhile, and begins again', async () => {
  const begun: string[] = [];
  await new Promise<void>(resolve => {
    const scheduler = createScheduler(function* () {
      begun.push('begun');
      // Ends only if nothing is requested before.
      if (begun.length < 3) scheduler.request();
      yield;
      begun.push('done');
      resolve();
    });
    scheduler.request();
  });
  expect(begun).toEqual(['begun', 'begun', 'begun', 'done']);
});

test('messages are handled between slices of long work', async () => {
  let isDone = false;
  const seen: boolean[] = [];
  await new Promise<void>(resolve => {
    const scheduler = createScheduler(function* () {
      setImmediate(() => seen.push(isDone));
      while (seen.length === 0) yield;
      isDone = true;
      resolve();
    });
    scheduler.request();
  });
  expect(seen).toEqual([false]);
});

const IMPATIENT = { least: 20, most: 20, now: () => performance.now() };

test('work ends although messages keep coming', async () => {
  let isDone = false;
  await new Promise<void>(resolve => {
    const scheduler = createScheduler(function* () {
      // More slices than there are until the next message.
      for (let step = 0; step < 3e5; step++) yield;
      isDone = true;
      resolve();
    }, IMPATIENT);
    const messageAfter = (turns: number) => {
      if (turns === 0) scheduler.request();
      if (!isDone) setImmediate(() => messageAfter(turns === 0 ? 12 : turns - 1));
    };
    messageAfter(0);
  });
  expect(isDone).toBe(true);
});

test('the longer work takes, the longer messages can put it off', async () => {
  let time = 0;
  const ends: number[] = [];
  await new Promise<void>(resolve => {
    const scheduler = createScheduler(
      function* () {
        for (let step = 0; step < 100; step++) {
          time++;
          yield;
        }
        ends.push(time);
        if (ends.length === 3) resolve();
      },
      { least: 500, most: 1500, now: () => time },
    );
    const messageAfter = (turns: number) => {
      if (turns === 0) scheduler.request();
      if (ends.length < 3) setImmediate(() => messageAfter(turns === 0 ? 12 : turns - 1));
    };
    messageAfter(0);
  });
  const [first = 0, second = 0, third = 0] = ends;
  expect(first).toBeGreaterThan(500);
  expect(first).toBeLessThan(700);
  // Twenty times as long as the work took, but no longer than allowed.
  expect(second - first).toBeGreaterThan(1500);
  expect(third - second).toBeGreaterThan(1500);
});
