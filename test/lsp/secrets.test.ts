// Secrets of sops-nix over the protocol, on the real analysis.
import { beforeEach, expect, test } from 'vitest';
import type {
  CompletionList,
  DocumentLink,
  DocumentSymbol,
  Hover,
  Location,
  LocationLink,
  Position,
  WorkspaceEdit,
} from 'vscode-languageserver/node';
import type { FileKey, MachineSecret, SecretsRoot } from '../../client/src/protocol/secrets.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { AGENIX, SOPS } from '../editor/secret-fleets.ts';
import { folder } from '../workspace/support.ts';
import { type Session, startSession } from './support.ts';

const engine = await loadEngine();
const MODULE = 'modules/secrets.nix';
const HOST = 'hosts/server/default.nix';

let session: Session;

beforeEach(async () => {
  session = await startSession({
    root: folder(SOPS),
    engine,
    capabilities: {
      textDocument: {
        definition: { linkSupport: true },
        documentSymbol: { hierarchicalDocumentSymbolSupport: true },
      },
    },
  });
});

function at(path: string, before: string): { textDocument: { uri: string }; position: Position } {
  const text = SOPS[path] ?? '';
  const lines = text.slice(0, text.indexOf(before) + before.length).split('\n');
  const position = { line: lines.length - 1, character: (lines.at(-1) as string).length };
  return { textDocument: { uri: session.uri(path) }, position };
}

test('hover says where a secret is encrypted and where it lies, and shows no value', async () => {
  const found: Hover = await session.connection.sendRequest(
    'textDocument/hover',
    at(HOST, 'secrets."api/tok'),
  );
  const text = JSON.stringify(found.contents);
  expect(text).toContain('/run/secrets/api/token');
  expect(text).toContain('secrets/common.yaml');
  expect(text).not.toContain('ENC[');
});

test('definition leads from the use to the declaration, and on to the line of the encrypted file', async () => {
  const [declared]: LocationLink[] = await session.connection.sendRequest(
    'textDocument/definition',
    at(HOST, 'secrets."api/tok'),
  );
  expect(declared).toMatchObject({ targetUri: session.uri(MODULE), targetRange: { start: { line: 3 } } });
  const [key]: LocationLink[] = await session.connection.sendRequest(
    'textDocument/definition',
    at(MODULE, '"api/tok'),
  );
  expect(key).toMatchObject({
    targetUri: session.uri('secrets/common.yaml'),
    targetRange: { start: { line: 1, character: 4 } },
  });
});

test('the encrypted file, opened, leads back', async () => {
  session.open('secrets/common.yaml', SOPS['secrets/common.yaml'] ?? '');
  const found: Location[] = await session.connection.sendRequest('textDocument/references', {
    ...at('secrets/common.yaml', '    tok'),
    context: { includeDeclaration: false },
  });
  expect(found.map(({ uri }) => uri)).toEqual([session.uri(MODULE), session.uri(HOST), session.uri(HOST)]);
});

test('completion offers the keys of the encrypted file', async () => {
  const text = (SOPS[HOST] ?? '').replace('sops.secrets.mistake', 'sops.secrets.w');
  session.open(HOST, text);
  const lines = text.slice(0, text.indexOf('secrets.w ') + 'secrets.w'.length).split('\n');
  const { items }: CompletionList = await session.connection.sendRequest('textDocument/completion', {
    textDocument: { uri: session.uri(HOST) },
    position: { line: lines.length - 1, character: (lines.at(-1) ?? '').length },
  });
  expect(items.map(({ label }) => label).sort()).toEqual(['api/token', 'wg']);
});

test('rename edits Nix alone, and says why the key itself stays', async () => {
  const edit: WorkspaceEdit = await session.connection.sendRequest('textDocument/rename', {
    ...at(MODULE, '"api/tok'),
    newName: 'token',
  });
  expect(Object.keys(edit.changes ?? {}).sort()).toEqual([session.uri(HOST), session.uri(MODULE)]);
  expect(JSON.stringify(edit)).toContain('key = \\"api/token\\";');
  const refused = session.connection.sendRequest('textDocument/prepareRename', at(MODULE, 'key = "users'));
  await expect(refused).rejects.toThrow('authenticated with its value');
});

test('the outline has secrets, and paths of encrypted files are links', async () => {
  const document = { textDocument: { uri: session.uri(MODULE) } };
  const symbols: DocumentSymbol[] = await session.connection.sendRequest(
    'textDocument/documentSymbol',
    document,
  );
  expect(symbols.map(({ name }) => name)).toEqual(['api/token', 'ada-password']);
  const links: DocumentLink[] = await session.connection.sendRequest('textDocument/documentLink', document);
  expect(links.map(({ target }) => target)).toEqual([
    session.uri('secrets/common.yaml'),
    session.uri('secrets/users.yaml'),
  ]);
});

test('the view is told level by level', async () => {
  const filter = { text: '', lacking: false };
  const [found]: SecretsRoot[] = await session.connection.sendRequest('varsmith/secrets', { filter });
  expect(found).toMatchObject({
    machines: [{ name: 'laptop', secrets: 3 }, { name: 'server' }],
    files: [{ state: 'missing' }, { path: 'secrets/common.yaml', recipients: ['admin', 'server'] }, {}],
  });
  const secrets: MachineSecret[] = await session.connection.sendRequest('varsmith/machineSecrets', {
    ...{ root: found?.uri, machine: 'server', filter },
  });
  expect(secrets.find(({ name }) => name === 'api/token')).toMatchObject({
    uses: [{ file: HOST }, { file: HOST }],
    sources: [{ file: 'secrets/common.yaml', where: { uri: session.uri('secrets/common.yaml') } }],
  });
  const keys: FileKey[] = await session.connection.sendRequest('varsmith/fileKeys', {
    ...{ root: found?.uri, path: 'secrets/common.yaml' },
  });
  expect(keys.map(({ key }) => key)).toEqual(['api/token', 'wg']);
});

test('files of agenix are links, in a declaration and in secrets.nix', async () => {
  const { connection, uri } = await startSession({ root: folder(AGENIX), engine });
  const linksOf = async (path: string) => {
    const links: DocumentLink[] = await connection.sendRequest('textDocument/documentLink', {
      textDocument: { uri: uri(path) },
    });
    return links.map(({ target }) => target);
  };
  expect(await linksOf('hosts/web.nix')).toEqual([uri('secrets/db.age')]);
  expect(await linksOf('secrets/secrets.nix')).toEqual([uri('secrets/db.age'), uri('secrets/mail.age')]);
});

test('an encrypted file that is open is answered for like any other', async () => {
  const path = 'secrets/common.yaml';
  session.open(path, SOPS[path] ?? '');
  const { textDocument, position } = at(path, '    tok');
  const range = { start: position, end: position };
  const shown: Hover = await session.connection.sendRequest('textDocument/hover', { textDocument, position });
  expect(JSON.stringify(shown.contents)).toContain('Taken as `api/token`');
  for (const [method, more] of [
    ['textDocument/completion', { position }],
    ['textDocument/documentHighlight', { position }],
    ['textDocument/documentSymbol', {}],
    ['textDocument/documentLink', {}],
    ['textDocument/foldingRange', {}],
    ['textDocument/codeLens', {}],
    ['textDocument/inlayHint', { range }],
    ['textDocument/semanticTokens/full', {}],
    ['textDocument/selectionRange', { positions: [position] }],
    ['textDocument/typeDefinition', { position }],
    ['textDocument/prepareCallHierarchy', { position }],
    ['textDocument/codeAction', { range, context: { diagnostics: [] } }],
  ] as const) {
    const answer = session.connection.sendRequest(method, { textDocument, ...more });
    await expect(answer, method).resolves.not.toThrow();
  }
});
