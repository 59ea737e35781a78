import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { folder, smallEngine, write } from '../workspace/support.ts';
import { messages, settled, startSession } from './support.ts';

describe('findings are pushed', () => {
  test('for files that nobody has opened', async () => {
    const root = folder({ 'a.nix': 'x = bad;' });
    const session = await startSession({ root });
    const { diagnostics, version } = await session.publication('a.nix', () => true);
    expect(version).toBeUndefined();
    expect(diagnostics).toEqual([
      {
        range: { start: { line: 0, character: 4 }, end: { line: 0, character: 7 } },
        severity: 1,
        code: 'test/bad',
        codeDescription: { href: 'https://varsmith.github.io/varsmith/rules/test/bad' },
        source: 'varsmith',
        message: 'This is bad.',
      },
    ]);
  });

  test('with the version of an open document, and taken back when it is mended', async () => {
    const session = await startSession({ root: folder({}) });
    session.open('a.nix', 'bad', 7);
    expect(messages(await session.publication('a.nix', ({ version }) => version === 7))).toEqual([
      'This is bad.',
    ]);
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 3 } };
    session.edit('a.nix', 8, { text: 'good', range });
    expect(messages(await session.publication('a.nix', ({ version }) => version === 8))).toEqual([]);
  });

  test('for other files when an edit concerns them', async () => {
    const root = folder({ 'registry.nix': 'gives-token', 'matrix.nix': 'needs-token' });
    const session = await startSession({ root });
    session.open('registry.nix', 'gives-token');
    await session.publication('registry.nix', ({ version }) => version === 1);
    session.edit('registry.nix', 2, { text: 'gives-other' });
    const told = await session.publication('matrix.nix', ({ diagnostics }) => diagnostics.length > 0);
    expect(messages(told)).toEqual(['Nobody gives "token".']);
    session.forget();
    session.edit('registry.nix', 3, { text: 'gives-token' });
    expect(messages(await session.publication('matrix.nix', () => true))).toEqual([]);
  });

  test('the edited document first', async () => {
    const root = folder({ 'a.nix': 'needs-x', 'b.nix': 'gives-x', 'c.nix': 'needs-x' });
    const session = await startSession({ root });
    session.open('b.nix', 'gives-x');
    await session.publication('b.nix', () => true);
    session.forget();
    session.edit('b.nix', 2, { text: 'bad' });
    await session.publication('c.nix', () => true);
    expect(session.published.slice(-3).map(({ uri }) => uri)).toEqual(
      ['b.nix', 'a.nix', 'c.nix'].map(session.uri),
    );
  });

  test('once for a burst of edits, for the newest text', async () => {
    const engine = smallEngine();
    const session = await startSession({ root: folder({}), engine });
    session.open('a.nix', '');
    await session.publication('a.nix', ({ version }) => version === 1);
    const before = engine.builds();
    for (let version = 2; version <= 21; version++)
      session.edit('a.nix', version, { text: 'bad '.repeat(version) });
    const last = await session.publication('a.nix', ({ version }) => version === 21);
    expect(last.diagnostics).toHaveLength(21);
    expect(engine.builds() - before).toBe(1);
  });

  test('for what changes on disk', async () => {
    const root = folder({ 'a.nix': 'bad' });
    const session = await startSession({ root });
    await session.publication('a.nix', () => true);
    session.forget();
    rmSync(join(root, 'a.nix'));
    write(root, 'b.nix', 'bad');
    await session.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [
        { uri: session.uri('a.nix'), type: 3 },
        { uri: session.uri('b.nix'), type: 1 },
      ],
    });
    expect(messages(await session.publication('b.nix', () => true))).toEqual(['This is bad.']);
    expect(messages(await session.publication('a.nix', () => true))).toEqual([]);
  });

  test('for the file on disk again when its document is closed', async () => {
    const session = await startSession({ root: folder({ 'a.nix': '' }) });
    session.open('a.nix', 'bad');
    await session.publication('a.nix', ({ diagnostics }) => diagnostics.length === 1);
    session.forget();
    session.close('a.nix');
    expect(messages(await session.publication('a.nix', () => true))).toEqual([]);
  });
});

describe('folders', () => {
  test('the innermost folder owns a file, so that it is reported once', async () => {
    const root = folder({ 'a.nix': 'bad', 'inner/b.nix': 'bad needs-x', 'c.nix': 'gives-x' });
    const session = await startSession({ root, folders: [root, join(root, 'inner')] });
    expect(messages(await session.publication('inner/b.nix', () => true))).toEqual([
      'This is bad.',
      'Nobody gives "x".',
    ]);
    await settled(session);
    expect(session.published.map(({ uri }) => uri).sort()).toEqual(['a.nix', 'inner/b.nix'].map(session.uri));
  });

  test('come and go', async () => {
    const root = folder({ 'one/a.nix': 'bad', 'two/b.nix': 'bad' });
    const session = await startSession({
      root,
      folders: [join(root, 'one')],
      capabilities: { workspace: { workspaceFolders: true } },
    });
    await session.publication('one/a.nix', () => true);
    session.forget();
    const named = (name: string) => ({ uri: pathToFileURL(join(root, name)).href, name });
    await session.connection.sendNotification('workspace/didChangeWorkspaceFolders', {
      event: { added: [named('two')], removed: [named('one')] },
    });
    expect(messages(await session.publication('two/b.nix', () => true))).toEqual(['This is bad.']);
    expect(messages(await session.publication('one/a.nix', () => true))).toEqual([]);
  });

  test('a file outside of all brings the fleet around it', async () => {
    const root = folder({
      'fleet/flake.nix': 'gives-x',
      'fleet/lib/a.nix': '',
      'fleet/lib/b.nix': 'bad',
      'c.nix': 'bad',
    });
    const session = await startSession({ root, folders: null });
    session.open('fleet/lib/a.nix', 'needs-x needs-y');
    expect(messages(await session.publication('fleet/lib/a.nix', () => true))).toEqual(['Nobody gives "y".']);
    expect(messages(await session.publication('fleet/lib/b.nix', () => true))).toEqual(['This is bad.']);
    session.forget();
    session.close('fleet/lib/a.nix');
    expect(messages(await session.publication('fleet/lib/b.nix', () => true))).toEqual([]);
  });
});

describe('settings', () => {
  const configured = (rules: object) => ({ rules });

  test('are asked for, and asked again when they change', async () => {
    let answer = configured({ 'test/bad': 'off' });
    const session = await startSession({
      root: folder({ 'a.nix': 'bad needs-x' }),
      capabilities: { workspace: { configuration: true } },
      prepare: connection =>
        connection.onRequest('workspace/configuration', ({ items }: { items: unknown[] }) =>
          items.map(() => answer),
        ),
    });
    expect(messages(await session.publication('a.nix', () => true))).toEqual(['Nobody gives "x".']);
    session.forget();
    answer = configured({ 'test/needs': 'off' });
    await session.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    expect(messages(await session.publication('a.nix', () => true))).toEqual(['This is bad.']);
  });

  test('are taken from the start options where they cannot be asked for', async () => {
    const session = await startSession({
      root: folder({ 'a.nix': 'bad' }),
      initializationOptions: configured({ 'test/bad': 'hint' }),
    });
    const { diagnostics } = await session.publication('a.nix', () => true);
    expect(diagnostics[0]?.severity).toBe(4);
  });
});

describe('failures', () => {
  test('an analysis that fails is a line in the log and a state; the next edit begins anew', async () => {
    const engine = smallEngine();
    const states: string[] = [];
    const session = await startSession({
      root: folder({}),
      engine,
      capabilities: { experimental: { varsmith: true } },
      prepare: connection =>
        connection.onNotification(
          'varsmith/status',
          ({ state }: { state: string }) => void states.push(state),
        ),
    });
    session.open('a.nix', '');
    await session.publication('a.nix', () => true);
    engine.breakDown('out of\nluck');
    session.edit('a.nix', 2, { text: 'x' });
    const hover = { textDocument: { uri: session.uri('a.nix') }, position: { line: 0, character: 0 } };
    expect(await session.connection.sendRequest('textDocument/hover', hover)).toBeNull();
    expect(session.log).toContain(
      `analysis of ${decodeURIComponent(new URL(session.uri('')).pathname).replace(/\/$/, '')}: out of luck`,
    );
    expect(states.at(-1)).toBe('failed');
    engine.breakDown(null);
    session.edit('a.nix', 3, { text: 'bad' });
    expect(messages(await session.publication('a.nix', ({ version }) => version === 3))).toEqual([
      'This is bad.',
    ]);
    await settled(session);
    expect(states.at(-1)).toBe('ready');
  });

  test('documents that are no files are nobody’s business', async () => {
    const session = await startSession({ root: folder({}) });
    const uri = 'untitled:Untitled-1';
    await session.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'nix', version: 1, text: 'bad' },
    });
    const hover = { textDocument: { uri }, position: { line: 0, character: 0 } };
    expect(await session.connection.sendRequest('textDocument/hover', hover)).toBeNull();
    expect(session.log).toEqual([]);
    expect(session.published).toEqual([]);
  });
});
