import { expect, test } from 'vitest';
import {
  type DocumentDiagnosticReport,
  ProgressType,
  type WorkspaceDiagnosticReport,
  type WorkspaceDiagnosticReportPartialResult,
  type WorkspaceDocumentDiagnosticReport,
} from 'vscode-languageserver/node';
import { folder } from '../workspace/support.ts';
import { type Session, settled, startSession } from './support.ts';

const PULLS = { textDocument: { diagnostic: {} }, workspace: { diagnostics: { refreshSupport: true } } };

function pull(session: Session, path: string, previousResultId?: string): Promise<DocumentDiagnosticReport> {
  return session.connection.sendRequest('textDocument/diagnostic', {
    textDocument: { uri: session.uri(path) },
    ...(previousResultId === undefined ? {} : { previousResultId }),
  });
}

/** `file: message, …` of the full reports, `file: unchanged` of the others. */
function summary(session: Session, items: readonly WorkspaceDocumentDiagnosticReport[]): string[] {
  return items.map(item => {
    const path = item.uri.slice(session.uri('').length + 1).replace(/^\//, '');
    return `${path}: ${item.kind === 'full' ? item.items.map(({ message }) => message).join(', ') : 'unchanged'}`;
  });
}

test('a client that pulls is told so, and nothing is pushed to it', async () => {
  const session = await startSession({ root: folder({ 'a.nix': 'bad' }), capabilities: PULLS });
  expect(session.initialized.capabilities.diagnosticProvider).toEqual({
    identifier: 'varsmith',
    interFileDependencies: true,
    workspaceDiagnostics: true,
  });
  session.open('a.nix', 'bad bad');
  const report = await pull(session, 'a.nix');
  expect(report.kind === 'full' && report.items).toHaveLength(2);
  expect(session.published).toEqual([]);
});

test('what has not changed is not sent twice', async () => {
  const session = await startSession({ root: folder({ 'a.nix': 'bad', 'b.nix': '' }), capabilities: PULLS });
  const first = await pull(session, 'a.nix');
  session.open('b.nix', 'good');
  expect(await pull(session, 'a.nix', first.resultId)).toEqual({
    kind: 'unchanged',
    resultId: first.resultId,
  });
  const clean = await pull(session, 'b.nix');
  expect(clean).toMatchObject({ kind: 'full', items: [] });
  expect(await pull(session, 'b.nix', clean.resultId)).toMatchObject({ kind: 'unchanged' });
});

test('a pull is answered for the newest text', async () => {
  const session = await startSession({ root: folder({}), capabilities: PULLS });
  session.open('a.nix', '');
  for (let version = 2; version <= 9; version++)
    session.edit('a.nix', version, { text: 'bad '.repeat(version) });
  const report = await pull(session, 'a.nix');
  expect(report.kind === 'full' && report.items).toHaveLength(9);
});

test('the client is asked to look again when other files are concerned, and only then', async () => {
  let refreshes = 0;
  const session = await startSession({
    root: folder({ 'matrix.nix': 'needs-x' }),
    capabilities: PULLS,
    prepare: connection =>
      connection.onRequest('workspace/diagnostic/refresh', () => {
        refreshes++;
        return null;
      }),
  });
  session.open('registry.nix', '');
  await settled(session);
  const before = refreshes;
  session.edit('registry.nix', 2, { text: 'bad' });
  await settled(session);
  expect(refreshes - before).toBe(0);
  session.edit('registry.nix', 3, { text: 'gives-x' });
  await settled(session);
  expect(refreshes - before).toBe(1);
});

test('the whole workspace can be pulled, with what is known already left out', async () => {
  const session = await startSession({
    root: folder({ 'a.nix': 'bad', 'b.nix': 'needs-x' }),
    capabilities: PULLS,
  });
  const all = (previousResultIds: object[]): Promise<WorkspaceDiagnosticReport> =>
    session.connection.sendRequest('workspace/diagnostic', { previousResultIds });
  const first = await all([]);
  expect(summary(session, first.items)).toEqual(['a.nix: This is bad.', 'b.nix: Nobody gives "x".']);

  session.open('a.nix', 'gives-x');
  const known = first.items.map(({ uri, resultId }) => ({ uri, value: resultId }));
  expect(summary(session, (await all(known)).items)).toEqual(['a.nix: ', 'b.nix: ']);
});

test('ids of an earlier life of the server are answered with what is true now', async () => {
  const session = await startSession({ root: folder({ 'a.nix': '' }), capabilities: PULLS });
  const report: WorkspaceDiagnosticReport = await session.connection.sendRequest('workspace/diagnostic', {
    previousResultIds: [{ uri: session.uri('a.nix'), value: '12' }],
  });
  expect(summary(session, report.items)).toEqual(['a.nix: ']);
});

test('a pull that stays open hears of every change at once, until it is cancelled', async () => {
  const session = await startSession({
    root: folder({ 'a.nix': 'bad', 'b.nix': 'needs-x' }),
    capabilities: PULLS,
  });
  const heard: string[][] = [];
  let next: () => void = () => undefined;
  const progress = new ProgressType<WorkspaceDiagnosticReportPartialResult>();
  session.connection.onProgress(progress, 'all', ({ items }) => {
    heard.push(summary(session, items));
    next();
  });
  const another = () => new Promise<void>(resolve => (next = resolve));

  const first = another();
  const { CancellationTokenSource } = await import('vscode-languageserver/node');
  const cancel = new CancellationTokenSource();
  const params = { previousResultIds: [], partialResultToken: 'all' };
  const ended = session.connection.sendRequest('workspace/diagnostic', params, cancel.token);
  await first;
  const second = another();
  session.open('a.nix', 'gives-x');
  await second;
  cancel.cancel();
  expect(await ended).toEqual({ items: [] });
  expect(heard).toEqual([
    ['a.nix: This is bad.', 'b.nix: Nobody gives "x".'],
    ['a.nix: ', 'b.nix: '],
  ]);
});

test('a client that can only pull is served, though it cannot be told to ask again', async () => {
  let refreshes = 0;
  const session = await startSession({
    root: folder({ 'a.nix': 'needs-x' }),
    capabilities: { textDocument: { diagnostic: {} } },
    prepare: connection =>
      connection.onRequest('workspace/diagnostic/refresh', () => {
        refreshes++;
        return null;
      }),
  });
  expect(session.initialized.capabilities.diagnosticProvider).toBeDefined();
  expect(await pull(session, 'a.nix')).toMatchObject({ items: [{ message: 'Nobody gives "x".' }] });
  session.open('b.nix', 'gives-x');
  expect(await pull(session, 'a.nix')).toMatchObject({ kind: 'full', items: [] });
  await settled(session);
  expect([session.published, refreshes]).toEqual([[], 0]);
});

test('a client that takes both and cannot be told to ask again is pushed to', async () => {
  const session = await startSession({
    root: folder({ 'a.nix': 'bad' }),
    capabilities: { textDocument: { diagnostic: {}, publishDiagnostics: {} } },
  });
  expect(session.initialized.capabilities.diagnosticProvider).toBeUndefined();
  await session.publication('a.nix', ({ diagnostics }) => diagnostics.length === 1);
});

test('an answer brings what an edit has changed elsewhere, once, where the client takes that', async () => {
  const session = await startSession({
    root: folder({ 'a.nix': 'needs-x', 'b.nix': '' }),
    capabilities: { textDocument: { diagnostic: { relatedDocumentSupport: true } } },
  });
  session.open('b.nix', '');
  await pull(session, 'b.nix');
  session.edit('b.nix', 2, { text: 'gives-x bad' });
  const report = await pull(session, 'b.nix');
  expect(report).toMatchObject({ kind: 'full', items: [{ message: 'This is bad.' }] });
  expect(report.relatedDocuments).toEqual({
    [session.uri('a.nix')]: { kind: 'full', resultId: expect.any(String), items: [] },
  });
  const again = await pull(session, 'b.nix', report.resultId);
  expect(again).toEqual({ kind: 'unchanged', resultId: report.resultId });
});
