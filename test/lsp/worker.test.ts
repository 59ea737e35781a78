// The server as a browser runs it, from the bundle that ships: the same findings as everywhere else.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Diagnostic, DocumentDiagnosticReport, Hover, WorkspaceEdit } from 'vscode-languageserver';
import type { VirtualEntry, WantedParams } from '../../client/src/protocol/files.ts';
import type { FleetRoot } from '../../client/src/protocol/fleet.ts';
import { positionAt } from '../../server/src/nix/source.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { buildForBrowser, entriesOf, startWebServer, type WebServer } from './web-server.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const ROOT = 'vscode-vfs://github/some%20body/fleet';

let built: ReturnType<typeof buildForBrowser>;

beforeAll(() => {
  built = buildForBrowser();
});

afterAll(() => built.remove());

/**
 * Opens a folder and waits until all of it has been looked at.
 * @param bring what the server asks for
 */
async function open(
  entries: readonly VirtualEntry[],
  bring: (path: string) => readonly VirtualEntry[] = () => [],
): Promise<WebServer & { readonly wanted: readonly string[] }> {
  const server = startWebServer(built.dist);
  onTestFinished(() => void server.end());
  const wanted: string[] = [];
  server.on('varsmith/wanted', (params: WantedParams) => {
    wanted.push(...params.paths);
    server.notify('varsmith/files', {
      ...{ root: params.root, entries: params.paths.flatMap(bring), gone: [], ready: false },
    });
    server.notify('workspace/didChangeWatchedFiles', {
      changes: params.paths.map(path => ({ uri: `${params.root}/${path}`, type: 2 })),
    });
  });
  await server.request('initialize', {
    processId: null,
    workspaceFolders: [{ uri: ROOT, name: 'fleet' }],
    capabilities: {
      workspace: { diagnostics: { refreshSupport: true } },
      textDocument: { diagnostic: {} },
      experimental: { varsmith: true },
    },
  });
  const looked = server.heard('varsmith/changed');
  server.notify('initialized', {});
  server.notify('varsmith/files', { root: ROOT, entries, gone: [], ready: true });
  await looked;
  return { ...server, wanted };
}

/** Findings of a file, a line each. */
async function findingsOf(server: WebServer, path: string): Promise<string[]> {
  const report = await server.request<DocumentDiagnosticReport>('textDocument/diagnostic', {
    textDocument: { uri: `${ROOT}/${path}` },
  });
  return report.kind === 'full' ? report.items.map(lineOf) : [];
}

const lineOf = ({ range, code, message }: Diagnostic) =>
  `${range.start.line}:${range.start.character}-${range.end.line}:${range.end.character} ${code} ${message}`;

/** The same by the analysis as it runs on a disk; by file. */
async function expectedIn(root: string): Promise<Record<string, string[]>> {
  const engine = await loadEngine();
  const workspace = createWorkspace({ root, engine });
  const { findings, files } = workspace.snapshot();
  const found: Record<string, string[]> = {};
  for (const [file, inFile] of findings)
    found[file] = inFile.map(({ at, rule, message }) => {
      const starts = files.parse(file)?.lineStarts ?? [0];
      const [start, end] = [positionAt(starts, at.start), positionAt(starts, at.end)];
      return `${start.line}:${start.character}-${end.line}:${end.character} ${rule} ${message}`;
    });
  return found;
}

async function foundIn(server: WebServer, root: string): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const { path } of entriesOf(root).filter(({ kind }) => kind === 'file')) {
    const inFile = await findingsOf(server, path);
    if (inFile.length > 0) found[path] = inFile;
  }
  return found;
}

const text = (path: string, content: string): VirtualEntry => ({
  ...{ path, kind: 'file', bytes: new TextEncoder().encode(content) },
});

describe('the analysis in a browser', () => {
  it.each(['fleet', 'broken-fleet'])('finds in %s what is found on a disk', async name => {
    const root = join(EXAMPLES, name);
    const server = await open(entriesOf(root));
    expect(await foundIn(server, root)).toEqual(await expectedIn(root));
    expect([server.log, server.wanted]).toEqual([[], []]);
  });

  it('asks for what it reads and was not brought, before it shows anything', async () => {
    const settings = text('varsmith.json', '{ "rules": { "host/undefined-variable": "off" } }');
    const server = await open(
      [text('flake.nix', '{ a = b; }'), { path: 'varsmith.json', kind: 'file' }],
      path => [settings].filter(entry => entry.path === path),
    );
    expect(server.wanted).toEqual(['varsmith.json']);
    expect(await findingsOf(server, 'flake.nix')).toEqual([]);
  });

  it('follows edits and what changes in the folder', async () => {
    const server = await open([text('flake.nix', '{ a = import ./there.nix; }'), text('there.nix', '1')]);
    expect(await findingsOf(server, 'flake.nix')).toEqual([]);
    server.notify('varsmith/files', { root: ROOT, entries: [], gone: ['there.nix'], ready: false });
    server.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: `${ROOT}/there.nix`, type: 3 }] });
    expect(await findingsOf(server, 'flake.nix')).toEqual([expect.stringContaining('host/missing-file')]);
    server.notify('textDocument/didOpen', {
      textDocument: { uri: `${ROOT}/flake.nix`, languageId: 'nix', version: 1, text: '{ a = b; }' },
    });
    expect(await findingsOf(server, 'flake.nix')).toEqual([
      expect.stringContaining('host/undefined-variable'),
    ]);
  });

  it('answers with the addresses of the workspace', async () => {
    const server = await open(entriesOf(join(EXAMPLES, 'fleet')));
    const [root] = await server.request<FleetRoot[]>('varsmith/fleet', {
      filter: { text: '', lacking: false },
    });
    expect(root?.uri).toBe(ROOT);
    expect(root?.machines[0]?.where?.uri.startsWith(`${ROOT}/`)).toBe(true);
    const key = root?.keys[0]?.where;
    expect(key?.uri.startsWith(`${ROOT}/`)).toBe(true);
    const asked = { textDocument: { uri: key?.uri }, position: key?.range.start };
    expect(await server.request<Hover>('textDocument/hover', asked)).not.toBeNull();
    const edit = await server.request<WorkspaceEdit>('textDocument/rename', {
      ...asked,
      newName: 'other-key',
    });
    const changed = Object.keys(edit.changes ?? {});
    expect(changed).toContain(key?.uri);
    expect(changed.filter(uri => !uri.startsWith(`${ROOT}/`))).toEqual([]);
  });

  it('answers the view of access, and refuses the doctor', async () => {
    const server = await open(entriesOf(join(EXAMPLES, 'fleet')));
    expect(await server.request('varsmith/access', {})).toEqual([
      expect.objectContaining({ name: 'fleet', uri: ROOT }),
    ]);
    expect(await server.request('varsmith/doctor', { trusted: false })).toBeNull();
  });
});
