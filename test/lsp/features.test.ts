// The features of the language, over the protocol, on the real analysis.
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import type {
  CompletionItem,
  CompletionList,
  DocumentHighlight,
  DocumentSymbol,
  FoldingRange,
  InitializeParams,
  Location,
  SymbolInformation,
  WorkspaceEdit,
} from 'vscode-languageserver/node';
import type { FleetGenerator, FleetRoot } from '../../client/src/protocol/fleet.ts';
import type { GraphParams, GraphResult } from '../../client/src/protocol/graph.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { folder } from '../workspace/support.ts';
import { type Session, startSession } from './support.ts';

const engine = await loadEngine();

const TEXT = `{ config, ... }:
{
  clan.core.vars.generators.ca = {
    files.key = { };
    script = "openssl genrsa > $out/key";
  };
  services.web.key = config.clan.core.vars.generators.ca.files.key.path;
}
`;

/** As Neovim says it: without `documentChanges`. */
const MOVES = { resourceOperations: ['rename', 'create', 'delete'] };

async function session(capabilities = {}, clientInfo?: InitializeParams['clientInfo']): Promise<Session> {
  const root = folder({
    'flake.nix': '{ }',
    '.clan-flake': '',
    'a.nix': TEXT,
    'vars/per-machine/lea/ca/key/secret': '{}',
  });
  return startSession({ root, engine, capabilities, ...(clientInfo && { clientInfo }) });
}

/** The position behind some text. */
function behind(text: string, uri: string) {
  const lines = TEXT.slice(0, TEXT.indexOf(text) + text.length).split('\n');
  const position = { line: lines.length - 1, character: (lines.at(-1) ?? '').length };
  return { textDocument: { uri }, position };
}

test('references and marks', async () => {
  const { connection, uri } = await session();
  const at = behind('generators.c', uri('a.nix'));
  const context = { includeDeclaration: true };
  const found: Location[] = await connection.sendRequest('textDocument/references', { ...at, context });
  expect(found.map(({ range }) => range.start.line)).toEqual([2, 6]);
  const marks: DocumentHighlight[] = await connection.sendRequest('textDocument/documentHighlight', at);
  expect(marks.map(({ kind }) => kind)).toEqual([3, 2]);
});

test('outlines, nested where the client shows that, and symbols of the workspace', async () => {
  const documentSymbol = { hierarchicalDocumentSymbolSupport: true };
  const nested = await session({ textDocument: { documentSymbol } });
  const textDocument = { uri: nested.uri('a.nix') };
  const tree: DocumentSymbol[] = await nested.connection.sendRequest('textDocument/documentSymbol', {
    textDocument,
  });
  expect(tree.map(({ name, children }) => [name, children?.map(child => child.name)])).toEqual([
    ['ca', ['key', 'script']],
  ]);
  const flat = await session();
  const list: SymbolInformation[] = await flat.connection.sendRequest('textDocument/documentSymbol', {
    textDocument: { uri: flat.uri('a.nix') },
  });
  expect(list.map(({ name }) => name)).toEqual(['ca', 'key', 'script']);
  const found: SymbolInformation[] = await flat.connection.sendRequest('workspace/symbol', { query: 'ke' });
  expect(found.map(({ name, containerName }) => [name, containerName])).toEqual([['key', 'file of ca']]);
});

test('renaming edits the text, and moves what is stored if the client can', async () => {
  const workspaceEdit = {
    documentChanges: true,
    resourceOperations: ['rename'],
    changeAnnotationSupport: {},
  };
  const { connection, uri } = await session({ workspace: { workspaceEdit } });
  const at = behind('$out/k', uri('a.nix'));
  expect(await connection.sendRequest('textDocument/prepareRename', at)).toMatchObject({
    placeholder: 'key',
  });
  const edit: WorkspaceEdit = await connection.sendRequest('textDocument/rename', {
    ...at,
    newName: 'ca.key',
  });
  const [text, move] = edit.documentChanges ?? [];
  expect(text && 'edits' in text && text.edits.map(each => 'newText' in each && each.newText)).toEqual([
    '"ca.key"',
    'ca.key',
    '"ca.key"',
  ]);
  expect(move).toMatchObject({
    kind: 'rename',
    oldUri: uri('vars/per-machine/lea/ca/key'),
    newUri: uri('vars/per-machine/lea/ca/ca.key'),
  });
  expect(move).toMatchObject({ options: { overwrite: false }, annotationId: 'varsmith.move' });
  expect(Object.values(edit.changeAnnotations ?? {})).toEqual([
    expect.objectContaining({ label: 'Move the files stored under the old name', needsConfirmation: false }),
  ]);
});

test.each([
  ['Neovim 0.10', '0.10.4', true],
  ['Neovim 0.12 before its release', '0.12.0-dev', true],
  ['Neovim 0.7, which fails on folders', '0.7.2', false],
  ['Neovim of no version', undefined, false],
])('%s does not say that it takes changes of documents', async (_, version, moves) => {
  const clientInfo = { name: 'Neovim', ...(version === undefined ? {} : { version }) };
  const { connection, uri } = await session({ workspace: { workspaceEdit: MOVES } }, clientInfo);
  const asked = connection.sendRequest<WorkspaceEdit>('textDocument/rename', {
    ...behind('$out/k', uri('a.nix')),
    newName: 'ca.key',
  });
  if (moves) expect((await asked).documentChanges?.map(one => 'kind' in one && one.kind)).toContain('rename');
  else await expect(asked).rejects.toThrow('cannot move files');
});

test.each([
  ['moves no files', {}, 'vars/per-machine/lea/ca/key must become vars/per-machine/lea/ca/ca.key'],
  [
    'names moves, but is not known to take them',
    { workspace: { workspaceEdit: MOVES } },
    'This editor cannot move files',
  ],
])('an editor that %s leaves no values behind under the old name', async (_, capabilities, why) => {
  const { connection, uri } = await session(capabilities);
  const asked = connection.sendRequest('textDocument/rename', {
    ...behind('$out/k', uri('a.nix')),
    newName: 'ca.key',
  });
  await expect(asked).rejects.toThrow(why);
  await expect(asked).rejects.toThrow('`varsmith rename file ca/key ca.key` does everything');
});

test('a name that cannot be given is refused with the reason', async () => {
  const { connection, uri } = await session();
  const params = { ...behind('$out/k', uri('a.nix')), newName: 'a/b' };
  await expect(connection.sendRequest('textDocument/rename', params)).rejects.toThrow(
    'cannot be a name here',
  );
});

test('completion replaces the word that is begun; snippets only where the client fills them in', async () => {
  const at = (uri: string) => behind('files.key = { ', uri);
  const plain = await session();
  const list: CompletionList = await plain.connection.sendRequest(
    'textDocument/completion',
    at(plain.uri('a.nix')),
  );
  const mode = list.items.find(({ label }) => label === 'mode');
  expect(mode).toMatchObject({ textEdit: { newText: 'mode = "0400";' } });
  expect(mode?.insertTextFormat).toBeUndefined();
  const completionItem = { snippetSupport: true };
  const rich = await session({ textDocument: { completion: { completionItem } } });
  const snippets: CompletionList = await rich.connection.sendRequest(
    'textDocument/completion',
    at(rich.uri('a.nix')),
  );
  expect(snippets.items.find(({ label }) => label === 'mode')).toMatchObject({ insertTextFormat: 2 });
});

test('what a completion names is told when it is looked at, where the client asks', async () => {
  const text = TEXT.replace(
    '  services',
    '  clan.core.vars.generators.leaf.dependencies = [ "" ];\n  services',
  );
  const position = { line: 6, character: '  clan.core.vars.generators.leaf.dependencies = [ "'.length };
  const asked = async (capabilities: object) => {
    const running = await session({ textDocument: { completion: capabilities } });
    running.open('a.nix', text);
    const list: CompletionList = await running.connection.sendRequest('textDocument/completion', {
      textDocument: { uri: running.uri('a.nix') },
      position,
    });
    return { ...running, list };
  };
  const resolveSupport = { properties: ['documentation'] };
  const { connection, initialized, list, open } = await asked({
    completionItem: { resolveSupport },
    completionList: { itemDefaults: ['editRange'] },
  });
  expect(initialized.capabilities.completionProvider?.resolveProvider).toBe(true);
  expect(list.itemDefaults).toEqual({ editRange: { start: position, end: position } });
  const [item] = list.items;
  expect(item).toMatchObject({ label: 'ca' });
  expect(item).not.toHaveProperty('documentation');
  expect(item).not.toHaveProperty('textEdit');
  const card: CompletionItem = await connection.sendRequest('completionItem/resolve', item);
  expect(card.documentation).toMatchObject({ value: expect.stringMatching(/^\*\*ca\*\* · generator/) });
  open('a.nix', '{ }', 2);
  expect(await connection.sendRequest('completionItem/resolve', item)).toEqual(item);

  const [plain] = (await asked({})).list.items;
  expect(plain).toMatchObject({ textEdit: { newText: 'ca' } });
  expect(plain).not.toHaveProperty('data');
});

test('folding', async () => {
  const { connection, uri } = await session();
  const ranges: FoldingRange[] = await connection.sendRequest('textDocument/foldingRange', {
    textDocument: { uri: uri('a.nix') },
  });
  expect(ranges).toEqual([
    { startLine: 1, endLine: 6 },
    { startLine: 2, endLine: 4 },
  ]);
});

const filter = { text: '', lacking: false };

test('the fleet is told level by level', async () => {
  const root = folder({
    'flake.nix':
      '{ outputs = { clan-core, self, ... }: { clan = clan-core.lib.clan { inherit self; inventory.machines.lea.tags = [ "home" ]; }; }; }',
    '.clan-flake': '',
    'machines/lea/configuration.nix': TEXT,
    'module.nix': '{ clan.core.vars.generators.loose.files.x = { }; }',
    'vars/per-machine/lea/ca/key/secret': '{}',
  });
  const { connection } = await startSession({ root, engine });
  const [fleet]: FleetRoot[] = await connection.sendRequest('varsmith/fleet', {
    filter,
  });
  expect(fleet).toMatchObject({
    unassigned: 1,
    machines: [{ name: 'lea', tags: ['home'], generators: 1, summary: '1 of 1 generator generated' }],
  });
  const generators: FleetGenerator[] = await connection.sendRequest('varsmith/machine', {
    root: fleet?.uri,
    machine: 'lea',
    filter,
  });
  expect(generators).toMatchObject([
    { name: 'ca', state: 'present', files: [{ name: 'key', secret: true, stored: true }] },
  ]);
  const loose: FleetGenerator[] = await connection.sendRequest('varsmith/machine', {
    root: fleet?.uri,
    machine: null,
    filter,
  });
  expect(loose.map(({ name }) => name)).toEqual(['loose']);
});

test('the graph is drawn, or written for other programs', async () => {
  const { connection, uri } = await session();
  const ask = (format: GraphParams['format']): Promise<GraphResult> =>
    connection.sendRequest('varsmith/graph', {
      ...{ near: uri('a.nix'), machine: null, generator: null, format },
      ...{ kind: null, condition: null, grouping: 'machine', open: [] },
    });
  const drawn = await ask('picture');
  expect(drawn.text).toMatch(/^<svg[^>]*>\n<defs>/);
  // A single generator is no group.
  expect(drawn).toMatchObject({ generators: 1, groups: [], open: [], owners: {} });
  expect(drawn.text).not.toContain('data-group');
  const asked = { root: drawn.rootUri, generator: 'ca' };
  expect(await connection.sendRequest('varsmith/place', asked)).toMatchObject({ uri: uri('a.nix') });
  expect(await connection.sendRequest('varsmith/place', { ...asked, generator: 'other' })).toBeNull();
  expect((await ask('dot')).text).toContain('digraph vars {');
  expect((await ask('mermaid')).text).toContain('flowchart LR');
});

test('the graph is that of the innermost folder around a file, and of the folder itself', async () => {
  const root = folder({
    ...{ 'flake.nix': '{ }', '.clan-flake': '', 'a.nix': TEXT },
    ...{
      'inner/flake.nix': '{ }',
      'inner/.clan-flake': '',
      'inner/b.nix': TEXT.replace('.ca =', '.inner ='),
    },
  });
  const { connection, uri } = await startSession({ root, engine, folders: [root, join(root, 'inner')] });
  const near = async (path: string) => {
    const drawn: GraphResult = await connection.sendRequest('varsmith/graph', {
      ...{ near: uri(path), machine: null, generator: null, format: 'dot' },
      ...{ kind: null, condition: null, grouping: null, open: null },
    });
    return drawn.root;
  };
  expect(await near('inner/b.nix')).toBe('inner');
  expect(await near('inner')).toBe('inner');
  expect(await near('a.nix')).toBe(basename(root));
});
