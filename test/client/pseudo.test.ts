/** The extension in a language in which each text stands in brackets: whatever people read of it has some. */
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { ExtensionContext } from 'vscode';
import { activate, deactivate } from '../../client/src/extension.ts';
import { confirmText, untold, verdictOf } from '../../client/src/generate/run-story.ts';
import { graphPage } from '../../client/src/graph/graph-page.ts';
import type { FleetGenerator, FleetRoot } from '../../client/src/protocol/fleet.ts';
import type { AccessRoot, SecretsRoot } from '../../client/src/protocol/secrets.ts';
import { runReport, verifyReport } from '../../client/src/views/report.ts';
import raw from '../../package.json' with { type: 'json' };
import texts from '../../package.nls.json' with { type: 'json' };
import { bundleText } from '../../scripts/lib/l10n.mjs';
import { resolved } from '../../scripts/lib/manifest.mjs';
import { commands, fakeLog, l10n, languages, Uri, views, window, workspace } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const ROOT = 'file:///fleet';

const fleet: FleetRoot = {
  ...{ uri: ROOT, name: 'lea-net', isFleet: true, unassigned: 2, keys: [], secrets: 1 },
  ...{ lacking: 1, summary: '1 of 1 generators missing' },
  machines: [],
} as unknown as FleetRoot;

const generator = {
  ...{ name: 'ssh', share: true, state: 'missing', stateText: '', stateSentence: '', outdated: null },
  ...{ prompts: ['pin'], dependencies: ['ca'], where: null },
  files: [{ name: 'id', secret: false, stored: true, stateText: '', value: null, nix: null, where: null }],
} as unknown as FleetGenerator;

const secrets = {
  ...{ uri: ROOT, name: 'lea-net', machines: [], unassigned: 2 },
  files: [
    { path: 'x.yaml', keeper: 'sops', state: 'plain', keys: 3, recipients: ['lea'], where: null },
    { path: 'y.yaml', keeper: 'sops', state: 'missing', keys: null, recipients: [], where: null },
  ],
} as unknown as SecretsRoot;

const access = {
  ...{ uri: ROOT, name: 'lea-net', notes: [] },
  secrets: [
    {
      ...{
        secret: 'ssh/id',
        kind: 'var',
        machines: ['tove'],
        neededFor: 'tove',
        stored: true,
        declared: true,
      },
      readers: [{ kind: 'user', name: 'lea', key: null, state: 'pending', via: [] }],
    },
  ],
} as unknown as AccessRoot;

const answers: Readonly<Record<string, unknown>> = {
  'varsmith/fleet': [fleet],
  'varsmith/machine': [generator],
  'varsmith/secrets': [secrets],
  'varsmith/access': [access],
  'varsmith/checkWorkspace': { errors: 1, warnings: 2, infos: 0, hints: 0, files: 3, milliseconds: 1 },
};

vi.mock('../../client/src/language/connection.ts', () => ({
  connect: async () => ({
    request: async (method: string) => answers[method] ?? null,
    showFindings: () => {},
    close: async () => {},
  }),
}));
// Programs say what they say in English.
vi.mock('../../client/src/generate/program.ts', () => ({
  nodeEnvironment: {},
  runProgram: async () => ({ code: 1, stdout: '', said: '' }),
  runGit: async () => ({ code: 1, stdout: '', said: '' }),
  watchProgram: async () => ({ code: 1, said: '' }),
}));

/** What was shown, in the order in which it was. */
const shown: string[] = [];

/** Remembers what is shown, and answers by the first choice. */
function watchWindow(): void {
  const keep = (...some: unknown[]) => shown.push(...some.filter(text => typeof text === 'string'));
  const message = async (...given: unknown[]) => {
    keep(...given);
    return undefined;
  };
  window.showInformationMessage.mockImplementation(message);
  window.showWarningMessage.mockImplementation(message);
  window.showErrorMessage.mockImplementation(message);
  window.setStatusBarMessage.mockImplementation(keep);
  window.showInputBox.mockImplementation(async given => {
    const { title, prompt } = given as { readonly title?: string; readonly prompt?: string };
    keep(title, prompt);
    return undefined;
  });
  window.showQuickPick.mockImplementation(async (items, given) => {
    const { title, placeHolder } = given as { readonly title?: string; readonly placeHolder?: string };
    keep(title, placeHolder);
    return items[0];
  });
  window.showOpenDialog.mockImplementation(async given => {
    const { title, openLabel } = given as { readonly title?: string; readonly openLabel?: string };
    keep(title, openLabel);
    return undefined;
  });
  window.createWebviewPanel.mockImplementation((_id, title) => {
    keep(title);
    throw new Error('[no page here]');
  });
}

/** What of a text stands outside of all brackets and is a word. */
function bare(text: string): string {
  let rest = text;
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = rest.replaceAll(/\[[^[\]]*\]/g, '');
  }
  return rest.replaceAll(/Varsmith|\$\([\w-]+\)/g, '').replaceAll(/[^\p{L}]+/gu, '');
}

/** What is read of a page, attributes included. */
function readOf(html: string): readonly string[] {
  const body = html.slice(html.indexOf('<body')).replaceAll(/<(style|script)[\s\S]*?<\/\1>/g, '');
  const attributes = [...body.matchAll(/ (?:title|aria-label|placeholder)="([^"]*)"/g)].map(
    found => found[1],
  );
  return [...attributes, ...body.split(/<[^>]*>/)].map(text => text ?? '').filter(text => text.trim() !== '');
}

beforeAll(() => {
  const bundle = JSON.parse(bundleText()) as Record<string, string>;
  l10n.bundle = Object.fromEntries(Object.entries(bundle).map(([text, same]) => [text, `[${same}]`]));
});

beforeEach(() => {
  shown.length = 0;
  watchWindow();
});

test('every command says what it says in the language of the editor', async () => {
  Object.assign(window, { createOutputChannel: () => fakeLog() });
  Object.assign(workspace, { onDidRenameFiles: () => ({ dispose: () => {} }) });
  const context = {
    ...{ subscriptions: [], extensionUri: Uri.parse('file:///extension') },
    workspaceState: { get: () => true, update: async () => {} },
    asAbsolutePath: (path: string) => path,
  };
  activate(context as unknown as ExtensionContext);
  // The server starts behind a macrotask.
  await vi.waitFor(async () => {
    const tree = views.get('varsmith.fleet')?.options.treeDataProvider;
    expect(await tree?.getChildren()).not.toEqual([]);
  });
  const said = new Map<string, readonly string[]>();
  for (const id of await commands.getCommands(true)) {
    shown.length = 0;
    await commands.executeCommand(id).catch((error: Error) => {
      // Some are given a place by what calls them.
      if (!(error instanceof TypeError)) shown.push(error.message);
    });
    said.set(id, [...shown]);
  }
  await deactivate();
  const spoken = [...said].filter(([, words]) => words.some(text => text.includes('[')));
  expect(spoken.length).toBeGreaterThan(12);
  const wrong = [...said].flatMap(([id, words]) =>
    words.filter(text => bare(text) !== '').map(text => `${id}: ${text}`),
  );
  expect(wrong).toEqual([]);
});

test('the status is in the language of the editor', () => {
  const [item] = languages.createLanguageStatusItem.mock.results.map(({ value }) => value);
  expect(item?.command?.title).toMatch(/^\[.*\]$/);
});

test('the graph and reports are in the language of the editor', () => {
  const names = /^(SVG|PNG|DOT \(Graphviz\)|Mermaid)$/;
  const read = readOf(graphPage('page.js', 'https://page.invalid', 'nonce'));
  expect(read.length).toBeGreaterThan(20);
  expect(read.filter(text => !names.test(text) && bare(text) !== '')).toEqual([]);
  const report = verifyReport({ problems: [], notes: [], generators: 2 }, ROOT);
  expect([report.title, ...readOf(`<body>${report.body}`)].filter(text => bare(text) !== '')).toEqual([]);
  const run = runReport(untold, ROOT, '[headline]');
  expect([run.title, ...readOf(`<body>${run.body}`)].filter(text => bare(text) !== '')).toEqual([]);
});

test('sentences about a run are in the language of the editor', () => {
  const end = { event: 'end', outcome: 'done', fixed: [] } as never;
  expect(bare(verdictOf({ ...untold, end }, false)?.text ?? 'nothing')).toBe('');
  expect(bare(verdictOf(untold, true)?.text ?? 'nothing')).toBe('');
  for (const overwrites of [0, 1, 2]) {
    const { message, yes } = confirmText({ overwrites, access: ['[lea]'] }, null);
    expect([message, yes].map(bare)).toEqual(['', '']);
  }
});

test('the manifest is in the language of the editor', () => {
  const bracketed = Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, `[${text}]`]));
  const { contributes } = resolved(raw, bracketed);
  expect(contributes.commands.map(({ title }) => title).filter(title => !/^\[.*\]$/.test(title))).toEqual([]);
});
