// A folder of an editor, handed over to a server that reaches no files.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { FilesParams } from '../../client/src/protocol/files.ts';
import { atMost } from '../../client/src/web/at-most.ts';
import { provideFiles } from '../../client/src/web/files.ts';
import { fakeLog } from './fake-vscode.ts';

interface FakeUri {
  readonly path: string;
  toString(): string;
}

const { tree, uriOf, vscode } = vi.hoisted(() => {
  const tree = new Map<string, string | null>();
  const uriOf = (path: string): FakeUri => ({ path, toString: () => `memfs:${path}` });
  const there = (path: string) => [...tree.keys()].some(each => each.startsWith(`${path}/`));
  const heard: ((uri: FakeUri) => void)[] = [];
  const watcher = { ...{ onDidChange: vi.fn(), onDidDelete: vi.fn(), dispose: vi.fn() } };
  const fs = {
    async readDirectory({ path }: FakeUri) {
      const names = [...tree.keys()].flatMap(each =>
        each.startsWith(`${path}/`) ? [each.slice(path.length + 1)] : [],
      );
      const folders = new Set(names.filter(each => each.includes('/')).map(each => each.split('/')[0]));
      return [
        ...names.filter(each => !each.includes('/')).map(each => [each, 1]),
        ...[...folders].map(each => [each, 2]),
      ];
    },
    async readFile({ path }: FakeUri) {
      const text = tree.get(path);
      if (text === undefined || text === null) throw new Error('no permission');
      return new TextEncoder().encode(text);
    },
    async stat({ path }: FakeUri) {
      if (tree.has(path)) return { type: 1 };
      if (there(path)) return { type: 2 };
      throw new Error('not there');
    },
  };
  const folder = { uri: uriOf('/fleet') };
  const vscode = {
    FileType: { File: 1, Directory: 2, SymbolicLink: 64 },
    RelativePattern: class {},
    Uri: {
      parse: (text: string) => uriOf(text.slice('memfs:'.length)),
      joinPath: ({ path }: FakeUri, rest: string) => uriOf(rest === '' ? path : `${path}/${rest}`),
    },
    workspace: {
      ...{ fs, workspaceFolders: [folder], getWorkspaceFolder: () => folder },
      createFileSystemWatcher: () => ({
        ...watcher,
        onDidCreate: (hear: (uri: FakeUri) => void) => heard.push(hear),
      }),
    },
    /** Who has listened so far hears no more. */
    forget: () => heard.splice(0),
    changes: (path: string) => {
      for (const hear of heard) hear(uriOf(path));
    },
  };
  return { tree, uriOf, vscode };
});
vi.mock('vscode', () => vscode);

interface Sent {
  readonly method: string;
  readonly params: FilesParams & { readonly changes: readonly { readonly uri: string }[] };
}

let sent: Sent[];
let wants: (params: { readonly root: string; readonly paths: readonly string[] }) => void;

function start() {
  const client = {
    sendNotification: async (method: string, params: Sent['params']) => void sent.push({ method, params }),
    onNotification: (_method: string, hear: typeof wants) => {
      wants = hear;
    },
  };
  return provideFiles(client as never, fakeLog());
}

/** Paths that were handed over, with what came of their contents. */
const told = ({ params }: Sent) =>
  params.entries.map(({ path, kind, bytes, unlisted }) => {
    const content = bytes === undefined ? '' : bytes === null ? ' unreadable' : ` ${bytes.length}`;
    return `${path}${kind === 'directory' ? '/' : ''}${unlisted ? ' unlisted' : ''}${content}`;
  });

beforeEach(() => {
  tree.clear();
  vscode.forget();
  sent = [];
});

describe('a folder in a browser', () => {
  it('is handed over by its names, with the contents of what is read in any case', async () => {
    for (const [path, text] of [
      ['flake.nix', '{ }'],
      ['varsmith.json', '{}'],
      ['notes.md', 'many'],
      ['lib/locked.nix', null],
      ['node_modules/x/index.js', '1'],
    ] as const)
      tree.set(`/fleet/${path}`, text);
    await start().start();
    expect(told(sent[0] as Sent).sort()).toEqual([
      '/',
      'flake.nix 3',
      'lib/',
      'lib/locked.nix unreadable',
      'node_modules/ unlisted',
      'notes.md',
      'varsmith.json 2',
    ]);
    expect(sent.map(({ params }) => params.ready)).toEqual([false, true]);
  });

  it('brings what is asked for, and says what is gone', async () => {
    tree.set('/fleet/names.json', '[]');
    start();
    wants({ root: 'memfs:/fleet', paths: ['names.json', 'gone.json'] });
    await vi.waitFor(() => expect(sent).toHaveLength(2));
    expect([told(sent[0] as Sent), sent[0]?.params.gone]).toEqual([['names.json 2'], ['gone.json']]);
    expect(sent[1]?.params.changes.map(({ uri }) => uri)).toEqual([
      'memfs:/fleet/names.json',
      'memfs:/fleet/gone.json',
    ]);
  });

  it('hands over what changes, a burst at once, and says so afterwards', async () => {
    tree.set('/fleet/a.nix', '1');
    await start().start();
    sent = [];
    tree.set('/fleet/new/b.nix', '22');
    tree.delete('/fleet/a.nix');
    for (const path of ['/fleet/a.nix', '/fleet/new', '/fleet/.git/index']) vscode.changes(path);
    await vi.waitFor(() => expect(sent.length).toBeGreaterThanOrEqual(2));
    expect([told(sent[0] as Sent), sent[0]?.params.gone]).toEqual([['new/', 'new/b.nix 2'], ['a.nix']]);
    expect(sent[1]?.method).toBe('workspace/didChangeWatchedFiles');
    expect(uriOf('/fleet').toString()).toBe('memfs:/fleet');
  });

  it('hands over nothing after its end', async () => {
    vi.useFakeTimers();
    const files = start();
    await files.start();
    sent = [];
    tree.set('/fleet/late.nix', '1');
    vscode.changes('/fleet/late.nix');
    files.dispose();
    const waiting = vi.getTimerCount();
    vi.useRealTimers();
    expect([waiting, sent]).toEqual([0, []]);
  });
});

it('does so much work at a time', async () => {
  const inTurn = atMost(2);
  let running = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
  };
  await Promise.all(Array.from({ length: 9 }, () => inTurn(work)));
  await expect(inTurn(async () => Promise.reject(new Error('it failed')))).rejects.toThrow('it failed');
  expect([most, running]).toEqual([2, 0]);
});
