// What is shown in and beside the text, over the protocol, on the real analysis.
import { mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type {
  CallHierarchyIncomingCall,
  CallHierarchyItem,
  CallHierarchyOutgoingCall,
  CodeAction,
  CodeLens,
  DocumentLink,
  InlayHint,
  Location,
  ProtocolConnection,
  SelectionRange,
  SemanticTokens,
  WorkspaceEdit,
} from 'vscode-languageserver/node';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { folder } from '../workspace/support.ts';
import { type Session, startSession } from './support.ts';

const engine = await loadEngine();

const TEXT = `{ config, lib, ... }:
let
  make = name: { inherit name; value.files.token = { }; };
in
{
  clan.core.vars.generators.ca = {
    files.key = { };
    files.crt.secret = false;
    script = ''
      openssl req > $out/crt
    '';
  };
  clan.core.vars.generators.leaf = {
    dependencies = [ "ca" ];
    files.leaf = { };
    script = "cat $in/ca/crt > $out/leaf";
  };
  other.vars.generators = { };
  environment.etc.crt.source = ./vars/per-machine/lea/ca/crt/value;
  services.web.ca = config.clan.core.vars.generators.ca.files.crt.value;
}
`;
const FILES = {
  'flake.nix':
    '{ outputs = { clan-core, self, ... }: { clan = clan-core.lib.clan { inherit self; inventory.machines.lea = { }; }; }; }',
  '.clan-flake': '',
  'machines/lea/configuration.nix': TEXT.replace('./vars', '../../vars'),
  'vars/per-machine/lea/ca/crt/value': 'CERT',
};
const FILE = 'machines/lea/configuration.nix';

interface Options {
  readonly settings?: object;
  readonly commands?: readonly string[];
  readonly capabilities?: object;
  readonly prepare?: (connection: ProtocolConnection) => void;
}

function session({ settings = {}, commands, capabilities = {}, prepare }: Options = {}): Promise<Session> {
  return startSession({
    root: folder(FILES),
    engine,
    capabilities,
    initializationOptions: { ...settings, ...(commands ? { clientCommands: commands } : {}) },
    ...(prepare ? { prepare } : {}),
  });
}

/** The request's parameters for a place behind some text. */
function behind(text: string, uri: string) {
  const lines = TEXT.slice(0, TEXT.indexOf(text) + text.length).split('\n');
  return {
    textDocument: { uri },
    position: { line: lines.length - 1, character: (lines.at(-1) ?? '').length },
  };
}

async function lensesOf({ connection, uri }: Session, file = FILE): Promise<CodeLens[]> {
  const lenses: CodeLens[] = await connection.sendRequest('textDocument/codeLens', {
    textDocument: { uri: uri(file) },
  });
  return Promise.all(
    lenses.map(lens => (lens.command ? lens : connection.sendRequest<CodeLens>('codeLens/resolve', lens))),
  );
}

const titles = (lenses: readonly CodeLens[]) => lenses.map(({ command }) => command?.title);

test('lenses say who has a generator; what the client cannot run is not offered', async () => {
  expect(titles(await lensesOf(await session()))).toEqual([
    '1 machine · partly generated',
    '1 machine · missing',
  ]);
});

test('lenses are offered with the commands that the client has', async () => {
  const running = await session({ commands: ['varsmith.generate', 'somebody.else'] });
  const lenses = await lensesOf(running);
  expect(titles(lenses)).toEqual([
    '1 machine · partly generated',
    'Generate',
    '1 machine · missing',
    'Generate',
  ]);
  expect(lenses[1]?.command).toMatchObject({
    command: 'varsmith.generate',
    arguments: [{ kind: 'generator', machine: null, generator: { name: 'ca' } }],
  });
});

test('rows of a matrix are offered generation and the preview of sessions', async () => {
  const running = await startSession({
    root: join(import.meta.dirname, '../../examples/fleet'),
    engine,
    capabilities: {},
    initializationOptions: { clientCommands: ['varsmith.generate', 'varsmith.previewEnvironment'] },
  });
  const lenses = await lensesOf(running, 'lib/machine-env-matrix.nix');
  expect(titles(lenses).slice(0, 3)).toEqual([
    expect.stringMatching(/^\d+ of \d+ generators missing$/),
    'Generate',
    'Preview Session',
  ]);
  expect(lenses[1]?.command?.arguments).toMatchObject([{ kind: 'machine', machine: { name: 'emily' } }]);
});

test('lenses can be switched off', async () => {
  expect(await lensesOf(await session({ settings: { codeLens: false } }))).toEqual([]);
});

test('hints are as many as the settings want', async () => {
  const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
  const hints = async (settings: object) => {
    const { connection, uri } = await session({ settings });
    const found: InlayHint[] = await connection.sendRequest('textDocument/inlayHint', {
      textDocument: { uri: uri(FILE) },
      range,
    });
    return found.map(({ position, label }) => `${position.line} ${String(label)}`);
  };
  expect(await hints({})).toEqual(['5 per machine', '6 secret', '12 per machine', '14 secret']);
  expect(await hints({ inlayHints: 'off' })).toEqual([]);
  expect((await hints({ inlayHints: 'all' })).at(-1)).toBe('19 = CERT');
});

test('links lead to what is stored', async () => {
  const { connection, uri } = await session();
  const links: DocumentLink[] = await connection.sendRequest('textDocument/documentLink', {
    textDocument: { uri: uri(FILE) },
  });
  const value = uri('vars/per-machine/lea/ca/crt/value');
  expect(links.map(({ range, target }) => [range.start.line, target])).toEqual([
    [7, value],
    [18, value],
    [19, value],
  ]);
});

test('the call hierarchy is that of the dependencies', async () => {
  const { connection, uri } = await session();
  const [ca]: CallHierarchyItem[] = await connection.sendRequest(
    'textDocument/prepareCallHierarchy',
    behind('generators.c', uri(FILE)),
  );
  expect(ca).toMatchObject({ name: 'ca', detail: 'per machine', range: { start: { line: 5 } } });
  const incoming: CallHierarchyIncomingCall[] = await connection.sendRequest('callHierarchy/incomingCalls', {
    item: ca,
  });
  expect(incoming).toMatchObject([{ from: { name: 'leaf' }, fromRanges: [{ start: { line: 13 } }] }]);
  const outgoing: CallHierarchyOutgoingCall[] = await connection.sendRequest('callHierarchy/outgoingCalls', {
    item: incoming[0]?.from,
  });
  expect(outgoing).toMatchObject([{ to: { name: 'ca' }, fromRanges: [{ start: { line: 13 } }] }]);
});

test('a selection grows by words, commands and expressions', async () => {
  const { connection, uri } = await session();
  await connection.sendRequest('varsmith/checkWorkspace');
  const { textDocument, position } = behind('$out/cr', uri(FILE));
  const [found]: SelectionRange[] = await connection.sendRequest('textDocument/selectionRange', {
    textDocument,
    positions: [position],
  });
  const widths: string[] = [];
  for (let at = found; at; at = at.parent)
    widths.push(
      `${at.range.start.line}:${at.range.start.character}-${at.range.end.line}:${at.range.end.character}`,
    );
  expect(widths.slice(0, 2)).toEqual(['9:25-9:28', '9:20-9:28']);
  expect(widths.at(-1)).toBe('0:0-21:0');
});

test('what makes a generator is its type', async () => {
  const { connection, uri } = await session();
  expect(
    await connection.sendRequest<Location[]>(
      'textDocument/typeDefinition',
      behind('generators.l', uri(FILE)),
    ),
  ).toBeNull();
});

test('words of scripts are coloured for those who ask for it', async () => {
  const tokens = async (settings: object) => {
    const { connection, uri } = await session({ settings });
    await connection.sendRequest('varsmith/checkWorkspace');
    const { data }: SemanticTokens = await connection.sendRequest('textDocument/semanticTokens/full', {
      textDocument: { uri: uri(FILE) },
    });
    return data;
  };
  expect(await tokens({})).toEqual([]);
  // openssl, $out, crt
  expect((await tokens({ semanticTokens: true })).slice(0, 15)).toEqual([
    9, 6, 7, 0, 0, 0, 15, 3, 1, 2, 0, 4, 3, 3, 0,
  ]);
});

test('refactorings are offered where nothing is wrong, and by their kind', async () => {
  const copy = TEXT.replace('files.key = { };', 'files.key = { };\n    prompts.key.type = "hidden";').replace(
    'openssl req > $out/crt',
    'cat "$prompts/key" > "$out/key"\n      openssl req > $out/crt',
  );
  const running = await session();
  running.open(FILE, copy);
  await running.connection.sendRequest('varsmith/checkWorkspace');
  const kinds = async (only?: readonly string[]) => {
    const actions: CodeAction[] = await running.connection.sendRequest('textDocument/codeAction', {
      textDocument: { uri: running.uri(FILE) },
      range: { start: { line: 5, character: 30 }, end: { line: 5, character: 30 } },
      context: { diagnostics: [], ...(only ? { only } : {}) },
    });
    return actions
      .filter(({ kind }) => kind?.startsWith('refactor'))
      .map(({ kind, title }) => `${kind} ${title}`);
  };
  expect(await kinds()).toEqual(['refactor.rewrite Keep "key" with persist = true']);
  expect(await kinds(['refactor'])).toHaveLength(1);
  expect(await kinds(['refactor.extract'])).toEqual([]);
});

test('clients that ask for it are told when lenses are others', async () => {
  let refreshed: () => void = () => undefined;
  const refresh = new Promise<void>(resolve => {
    refreshed = resolve;
  });
  const running = await session({
    capabilities: { workspace: { codeLens: { refreshSupport: true } } },
    prepare: connection =>
      void connection.onRequest('workspace/codeLens/refresh', () => {
        refreshed();
        return null;
      }),
  });
  running.open(FILE, TEXT);
  await refresh;
});

test('a machine is renamed with its folder, if the client moves folders', async () => {
  const workspaceEdit = {
    documentChanges: true,
    resourceOperations: ['rename'],
    changeAnnotationSupport: {},
  };
  const ask = async ({ connection, uri }: Session) => {
    const text = FILES['flake.nix'];
    const params = {
      textDocument: { uri: uri('flake.nix') },
      position: { line: 0, character: text.indexOf('machines.lea') + 'machines.l'.length },
      newName: 'lena',
    };
    return connection.sendRequest<WorkspaceEdit>('textDocument/rename', params);
  };
  const moving = await session({ capabilities: { workspace: { workspaceEdit } } });
  // A path into the folder of public values would make moving them more than an offer.
  moving.open(FILE, '{ }');
  const { documentChanges } = await ask(moving);
  expect(documentChanges).toMatchObject([
    { edits: [{ newText: 'lena' }] },
    { kind: 'rename', oldUri: moving.uri('machines/lea'), newUri: moving.uri('machines/lena') },
    { kind: 'rename', oldUri: moving.uri('vars/per-machine/lea'), annotationId: 'varsmith.move' },
  ]);
  await expect(ask(await session())).rejects.toThrow(
    'machines/lea must become machines/lena. In a terminal, `varsmith rename machine lea lena` does everything',
  );
});

const MOVING = { workspaceEdit: { documentChanges: true, resourceOperations: ['rename' as const] } };

test('a folder of a machine that is moved takes its name and what is stored along', async () => {
  const capabilities = { workspace: { ...MOVING, fileOperations: { willRename: true } } };
  const { connection, initialized, uri } = await session({ capabilities });
  expect(initialized.capabilities.workspace?.fileOperations?.willRename?.filters).toMatchObject([
    { pattern: { glob: '**/*' } },
  ]);
  const ask = (from: string, to: string) =>
    connection.sendRequest<WorkspaceEdit | null>('workspace/willRenameFiles', {
      files: [{ oldUri: uri(from), newUri: uri(to) }],
    });
  const edit = await ask('machines/lea', 'machines/lena');
  expect(edit?.documentChanges).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ kind: 'rename', oldUri: uri('vars/per-machine/lea') }),
      expect.objectContaining({ textDocument: expect.objectContaining({ uri: uri('flake.nix') }) }),
    ]),
  );
  expect(edit?.documentChanges).not.toContainEqual(expect.objectContaining({ oldUri: uri('machines/lea') }));
  expect(await ask('modules', 'more')).toBeNull();
});

test('what was moved in the editor is seen before any watcher tells of it', async () => {
  const root = folder(FILES);
  const capabilities = { workspace: { fileOperations: { didRename: true } } };
  const running = await startSession({ root, engine, capabilities });
  const { connection, initialized, uri } = running;
  expect(initialized.capabilities.workspace?.fileOperations?.didRename?.filters).toMatchObject([
    { pattern: { glob: '**/*' } },
  ]);
  const move = async (from: string, to: string) => {
    renameSync(join(root, from), join(root, to));
    await connection.sendNotification('workspace/didRenameFiles', {
      files: [{ oldUri: uri(from), newUri: uri(to) }],
    });
    return titles(await lensesOf(running));
  };
  const [stored, away] = ['vars/per-machine/lea/ca', 'vars/per-machine/lea/leaf'];
  expect(titles(await lensesOf(running))[0]).toBe('1 machine · partly generated');
  expect((await move(stored, away))[0]).toBe('1 machine · missing');
  expect((await move(away, stored))[0]).toBe('1 machine · partly generated');
  // A folder of modules, of which no watcher tells by its own name.
  mkdirSync(join(root, 'lib'));
  expect((await move('machines', 'lib/machines')).length).toBe(0);
});

test('links of secrets move only where somebody puts them right', async () => {
  const root = folder(FILES);
  const links = join(root, 'vars/shared/ca/key/machines');
  mkdirSync(links, { recursive: true });
  mkdirSync(join(root, 'sops/machines/lea'), { recursive: true });
  symlinkSync('../../../../../sops/machines/lea', join(links, 'lea'));
  const ask = async ({ connection, uri }: Session) =>
    connection.sendRequest<WorkspaceEdit>('textDocument/rename', {
      textDocument: { uri: uri('flake.nix') },
      position: { line: 0, character: FILES['flake.nix'].indexOf('machines.lea') + 'machines.l'.length },
      newName: 'lena',
    });
  const capabilities = { workspace: MOVING };
  const mending = { root, engine, capabilities, initializationOptions: { mendsMoves: true } };
  expect((await ask(await startSession(mending))).documentChanges).toContainEqual(
    expect.objectContaining({ kind: 'rename', newUri: expect.stringContaining('sops/machines/lena') }),
  );
  await expect(ask(await startSession({ root, engine, capabilities }))).rejects.toThrow(
    'cannot change links',
  );
});
