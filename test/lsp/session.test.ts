// What the protocol wants refused: the numbers are its own.
import { PassThrough } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  createConnection,
  createProtocolConnection,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { serve } from '../../server/src/lsp/server.ts';
import { inOrder } from '../../server/src/lsp/session.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { folder, smallEngine } from '../workspace/support.ts';
import { startSession } from './support.ts';

const NOT_INITIALIZED = -32002;
const INVALID_REQUEST = -32600;
const INVALID_PARAMS = -32602;

/** A server that nobody has initialized. */
function fresh(): ProtocolConnection {
  const [toServer, toClient] = [new PassThrough(), new PassThrough()];
  const server = createConnection(
    new StreamMessageReader(toServer),
    new StreamMessageWriter(toClient),
    inOrder(),
  );
  serve(server, '1.2.3', async () => ({
    ...{ engine: smallEngine(), createWorkspace },
    ...{ findRoot: () => null, nix: null, upkeep: null },
  }));
  const connection = createProtocolConnection(
    new StreamMessageReader(toClient),
    new StreamMessageWriter(toServer),
  );
  connection.listen();
  onTestFinished(() => {
    connection.dispose();
    server.dispose();
  });
  return connection;
}

const HOVER = { textDocument: { uri: 'file:///x.nix' }, position: { line: 0, character: 0 } };

test('nothing is answered before initialize, and all of it after', async () => {
  const connection = fresh();
  for (const method of ['textDocument/hover', 'varsmith/fleet', 'no/such', 'shutdown'])
    await expect(connection.sendRequest(method, HOVER)).rejects.toMatchObject({ code: NOT_INITIALIZED });
  await expect(connection.sendRequest('initialize', null)).rejects.toMatchObject({ code: INVALID_PARAMS });
  const params = { processId: null, rootUri: null, capabilities: {} };
  await expect(connection.sendRequest('initialize', params)).resolves.toMatchObject({
    serverInfo: { name: 'varsmith' },
  });
  await expect(connection.sendRequest('initialize', params)).rejects.toMatchObject({ code: INVALID_REQUEST });
  await connection.sendNotification('initialized', {});
  expect(await connection.sendRequest('textDocument/hover', HOVER)).toBeNull();
});

test('nothing is answered after shutdown', async () => {
  const { connection } = await startSession({ root: folder({}) });
  await connection.sendRequest('shutdown');
  for (const method of ['textDocument/hover', 'initialize', 'shutdown'])
    await expect(connection.sendRequest(method, HOVER)).rejects.toMatchObject({ code: INVALID_REQUEST });
});

describe('nonsense', () => {
  const POSITIONS = [
    null,
    {},
    5,
    { line: 'a', character: null },
    { line: -1, character: 0 },
    { line: 0, character: 1.5 },
  ];

  test('is refused as that, with what is wrong', async () => {
    const { connection, log } = await startSession({ root: folder({ 'a.nix': 'bad' }) });
    const methods = ['hover', 'definition', 'references', 'completion', 'rename', 'prepareRename'];
    for (const method of methods.map(name => `textDocument/${name}`)) {
      for (const params of [null, 5, 'x', [], {}, { textDocument: null }, { textDocument: { uri: 5 } }])
        await expect(connection.sendRequest(method, params)).rejects.toMatchObject({ code: INVALID_PARAMS });
      for (const position of POSITIONS)
        await expect(connection.sendRequest(method, { ...HOVER, position })).rejects.toMatchObject({
          code: INVALID_PARAMS,
        });
    }
    await expect(
      connection.sendRequest('textDocument/hover', { ...HOVER, position: { line: 'a', character: 0 } }),
    ).rejects.toThrow('textDocument/hover: position.line: expected number');
    for (const method of ['workspace/symbol', 'workspace/executeCommand', 'textDocument/codeAction'])
      await expect(connection.sendRequest(method, {})).rejects.toMatchObject({ code: INVALID_PARAMS });
    for (const method of ['fleet', 'graph', 'doctor', 'machine', 'scaffold', 'checkName'])
      await expect(connection.sendRequest(`varsmith/${method}`, { root: 5 })).rejects.toMatchObject({
        code: INVALID_PARAMS,
      });
    expect(log).toEqual([]);
  });

  test('in notifications changes nothing', async () => {
    const session = await startSession({ root: folder({ 'a.nix': 'good' }) });
    for (const method of [
      'textDocument/didOpen',
      'textDocument/didChange',
      'workspace/didChangeWatchedFiles',
    ])
      for (const params of [null, {}, { textDocument: { uri: 5 } }])
        await session.connection.sendNotification(method, params as never);
    expect(await session.connection.sendRequest('varsmith/checkWorkspace')).toMatchObject({ files: 1 });
  });
});
