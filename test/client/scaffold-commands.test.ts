// Scaffolding from the editor: what is asked, that the server judges names, and what it is told to write.
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { registerScaffoldCommands } from '../../client/src/commands/scaffold-commands.ts';
import type { Server } from '../../client/src/language/server.ts';
import type { FleetRoot } from '../../client/src/protocol/fleet.ts';
import type { ScaffoldChoices, ScaffoldResult, SecretProposal } from '../../client/src/protocol/scaffold.ts';
import { commands, marked, TabInputText, Uri, window, workspace } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const root: FleetRoot = {
  name: 'fleet',
  uri: 'file:///fleet',
  machines: [],
  unassigned: 0,
  askable: false,
  keys: [],
  lacking: 0,
  summary: '',
  isFleet: true,
  secrets: 0,
};
const CHOICES: ScaffoldChoices = {
  registries: ['lib/secret-registry.nix'],
  machines: ['emily', 'lea'],
  templates: [{ id: 'ssh-key', label: 'SSH key', text: 'An SSH key pair.' }],
  files: ['machines/lea/a.nix', 'machines/lea/b.nix'],
  systems: ['x86_64-linux', 'aarch64-linux'],
};
const PROPOSAL: SecretProposal = {
  kind: 'prompt',
  category: 'api-key',
  generator: 'openai-api-key',
  envVar: 'OPENAI_API_KEY',
  description: 'Openai API key',
  domain: 'ai',
  like: ['anthropic', 'deepseek'],
};
const WRITTEN: ScaffoldResult = { refused: null, shown: null, notes: [], created: [], kept: [] };

let roots: readonly FleetRoot[];
let proposals: readonly SecretProposal[];
let choices: ScaffoldChoices;
let result: ScaffoldResult | null;
/** What the edit of the server does. */
let written: () => void;
const request = vi.fn(async (method: string, params?: unknown): Promise<unknown> => {
  // The server refuses the question without a filter.
  if (method === 'varsmith/fleet') return (params as { filter?: unknown } | undefined)?.filter ? roots : null;
  if (method === 'varsmith/scaffoldChoices') return choices;
  if (method === 'varsmith/secretProposals') return { proposals, domains: ['ai', 'mail'] };
  if (method === 'varsmith/checkName')
    return (params as { name: string }).name === 'taken' ? 'It is taken.' : null;
  if (method === 'varsmith/scaffold') written();
  return result;
});
/** What the server was told to write. */
const wish = () =>
  (
    request.mock.calls.find(([method]) => method === 'varsmith/scaffold')?.[1] as
      | { wish: unknown }
      | undefined
  )?.wish;

beforeEach(() => {
  vi.clearAllMocks();
  roots = [root];
  proposals = [PROPOSAL];
  choices = CHOICES;
  result = WRITTEN;
  written = () => {};
  window.activeTextEditor = undefined;
  window.tabGroups.all = [];
  registerScaffoldCommands({ request } as unknown as Server);
});

/** Answers the next questions of a kind, in their order. */
const type = (...values: readonly string[]) => {
  for (const value of values) window.showInputBox.mockImplementationOnce(async () => value);
};
const pick = (...indexes: readonly (number | readonly number[])[]) => {
  for (const index of indexes)
    window.showQuickPick.mockImplementationOnce(async items =>
      typeof index === 'number' ? items[index] : index.map(each => items[each]),
    );
};

/** Enter without a selection; a second one accepts that. */
const none = () => [];

test('a secret: name, kind, description, domain, variable and machines', async () => {
  type('openai', 'OpenAI API key', 'OPENAI_API_KEY');
  pick(0, 1);
  marked.push(({ items }) => items.slice(1, 2));
  await commands.executeCommand('varsmith.addSecret');
  expect(wish()).toEqual({
    what: 'secret',
    name: 'openai',
    kind: 'prompt',
    category: 'api-key',
    generator: 'openai-api-key',
    description: 'OpenAI API key',
    domain: 'mail',
    envVar: 'OPENAI_API_KEY',
    machines: ['lea'],
    registry: 'lib/secret-registry.nix',
  });
});

describe('what is changed', () => {
  const documents = () =>
    ['secret-registry.nix', 'machine-env-matrix.nix'].map(name => ({
      uri: Uri.parse(`file:///fleet/lib/${name}`),
      isDirty: false,
      save: vi.fn(async () => true),
    }));

  /** Adds a secret, which changes the documents. */
  async function add(open: ReturnType<typeof documents>, already: number): Promise<void> {
    workspace.textDocuments = open as never;
    for (const document of open.slice(0, already)) document.isDirty = true;
    type('openai', 'OpenAI API key', 'OPENAI_API_KEY');
    pick(0, 1);
    marked.push(({ items }) => items.slice(1, 2));
    written = () => {
      for (const document of open) document.isDirty = true;
    };
    await commands.executeCommand('varsmith.addSecret');
    workspace.textDocuments = [];
  }

  test('is said to be unsaved, and saved where somebody wants it', async () => {
    const open = documents();
    window.showInformationMessage.mockResolvedValueOnce('Save');
    await add(open, 0);
    expect(window.showInformationMessage).toHaveBeenCalledWith(
      'Unsaved changes: secret-registry.nix, machine-env-matrix.nix.',
      'Save',
    );
    for (const { save } of open) expect(save).toHaveBeenCalledOnce();
  });

  test('is left alone otherwise, and where it was unsaved before', async () => {
    const open = documents();
    await add(open, 1);
    expect(window.showInformationMessage).toHaveBeenCalledWith(
      'Unsaved changes: machine-env-matrix.nix.',
      'Save',
    );
    for (const { save } of open) expect(save).not.toHaveBeenCalled();
  });
});

test('the kinds say which entries they are like, and each question has what they suggest', async () => {
  type('openai', 'x', '');
  pick(0, 0);
  marked.push(none, none);
  await commands.executeCommand('varsmith.addSecret');
  expect(window.showQuickPick.mock.calls[0]?.[0]).toMatchObject([
    {
      label: 'Secret from a prompt',
      description: 'api-key · like anthropic, deepseek',
      detail: 'Someone enters it once. Makes openai-api-key, in OPENAI_API_KEY.',
    },
  ]);
  expect(window.showQuickPick.mock.calls[1]?.[0]).toEqual(['ai', 'mail', '$(add) Another domain…']);
  const values = window.showInputBox.mock.calls.map(([options]) => (options as { value?: string }).value);
  expect(values).toEqual([undefined, 'Openai API key', 'OPENAI_API_KEY']);
  expect(wish()).toMatchObject({ envVar: '', domain: 'ai' });
});

test('the only machine is selected already, and a secret for none takes a second Enter', async () => {
  choices = { ...CHOICES, machines: ['lea'] };
  type('openai', 'x', '');
  pick(0, 0);
  marked.push(({ items }) => items.filter(({ picked }) => picked));
  await commands.executeCommand('varsmith.addSecret');
  expect(wish()).toMatchObject({ machines: ['lea'] });
  request.mockClear();
  type('openai', 'x', '');
  pick(0, 0);
  let title = '';
  marked.push(none, box => {
    title = box.title;
    return [];
  });
  await commands.executeCommand('varsmith.addSecret');
  expect(title).toContain('No machine would have it.');
  expect(wish()).toMatchObject({ machines: [] });
});

test('nobody is asked for the question of a value that a script makes', async () => {
  proposals = [{ ...PROPOSAL, kind: 'password' }];
  type('openai', '');
  pick(0, 0);
  marked.push(none, none);
  await commands.executeCommand('varsmith.addSecret');
  expect(window.showInputBox).toHaveBeenCalledTimes(2);
  expect(wish()).toMatchObject({ kind: 'password', envVar: '' });
});

test('a domain that the registry does not have yet', async () => {
  type('openai', 'x', 'search', '');
  pick(0, 2);
  marked.push(none, none);
  await commands.executeCommand('varsmith.addSecret');
  expect(wish()).toMatchObject({ domain: 'search' });
});

test.each([
  ['the kind', 1, 0],
  ['the description', 1, 1],
  ['the domain', 2, 1],
  ['the variable', 2, 2],
])('nothing is written when %s is left', async (_, typed, picked) => {
  type(...['openai', 'x', 'X'].slice(0, typed));
  pick(...[0, 0].slice(0, picked));
  await commands.executeCommand('varsmith.addSecret');
  expect(wish()).toBeUndefined();
});

test('the server judges a name while it is typed', async () => {
  await commands.executeCommand('varsmith.addSecret');
  const asked = window.showInputBox.mock.calls[0]?.[0] as { validateInput: (value: string) => unknown };
  expect(await asked.validateInput('taken')).toBe('It is taken.');
  expect(await asked.validateInput('free')).toBeNull();
  expect(wish()).toBeUndefined();
});

test('without a registry the pipeline is offered', async () => {
  choices = { ...CHOICES, registries: [], machines: [] };
  window.showInformationMessage.mockImplementationOnce(async (_message, button) => button);
  type('example');
  pick(1);
  await commands.executeCommand('varsmith.addSecret');
  expect(wish()).toEqual({
    what: 'fleet',
    shape: 'registry',
    machine: 'example',
    system: 'aarch64-linux',
  });
});

test('a generator: the active file is offered first', async () => {
  window.activeTextEditor = {
    document: { uri: Uri.parse('file:///fleet/machines/lea/b.nix') },
    selection: { active: { line: 0, character: 0 } },
  };
  type('deploy-key');
  pick(0, 0);
  await commands.executeCommand('varsmith.newGenerator');
  expect(wish()).toEqual({
    what: 'generator',
    name: 'deploy-key',
    template: 'ssh-key',
    file: 'machines/lea/b.nix',
    importedBy: [],
  });
});

test('the fleet is the innermost around the active file, however its address is written', async () => {
  const inner = { ...root, name: 'inner', uri: 'file:///fleet/the%20inner' };
  roots = [root, { ...root, uri: 'file:///fleet-2' }, inner];
  window.activeTextEditor = {
    document: { uri: Uri.parse('file:///fleet/the%20%69nner/machines/lea/b.nix') },
    selection: { active: { line: 0, character: 0 } },
  };
  type('deploy-key');
  pick(0, 0);
  await commands.executeCommand('varsmith.newGenerator');
  expect(request.mock.calls.at(-1)?.[1]).toMatchObject({ root: inner.uri });
  expect(wish()).toMatchObject({ file: 'machines/lea/b.nix' });
});

test('a generator in a file of its own, which is saved and opened', async () => {
  const uri = 'file:///fleet/modules/deploy-key.nix';
  const at = { line: 2, character: 2 };
  result = {
    ...WRITTEN,
    created: [uri],
    shown: { uri, range: { start: at, end: at } },
    notes: ['Import it.'],
  };
  const save = vi.fn();
  workspace.openTextDocument.mockImplementationOnce(async () => ({ save }) as never);
  type('deploy-key', 'modules/deploy-key.nix');
  pick(0, 2);
  marked.push(({ items }) => items.slice(1));
  await commands.executeCommand('varsmith.newGenerator');
  expect(wish()).toMatchObject({ file: 'modules/deploy-key.nix', importedBy: ['lea'] });
  expect(save).toHaveBeenCalled();
  expect(window.showTextDocument).toHaveBeenCalledTimes(1);
  expect(window.showInformationMessage).toHaveBeenCalledWith('Import it.');
});

test('templates are listed without Markdown, in the case of other lists', async () => {
  choices = {
    ...CHOICES,
    templates: [{ id: 'e', label: 'environment file', text: 'For `EnvironmentFile=`.' }],
  };
  type('x');
  await commands.executeCommand('varsmith.newGenerator');
  expect(window.showQuickPick.mock.calls[0]?.[0]).toEqual([
    { label: 'Environment file', detail: 'For EnvironmentFile=.', id: 'e' },
  ]);
});

test('a generator where no module can take one: nobody chooses where, and the only machine is selected', async () => {
  choices = { ...CHOICES, files: [], machines: ['lea'] };
  type('deploy-key', 'modules/deploy-key.nix');
  pick(0);
  marked.push(({ items }) => items.filter(({ picked }) => picked));
  await commands.executeCommand('varsmith.newGenerator');
  expect(window.showQuickPick).toHaveBeenCalledTimes(1);
  expect(wish()).toMatchObject({ file: 'modules/deploy-key.nix', importedBy: ['lea'] });
});

test('a service', async () => {
  type('chat');
  pick(0, 1);
  await commands.executeCommand('varsmith.newService');
  expect(wish()).toEqual({ what: 'service', name: 'chat', template: 'ssh-key', per: 'machine' });
});

test('a fleet in an empty folder is a plain clan at first, or has a registry', async () => {
  choices = { ...CHOICES, machines: [] };
  for (const [index, shape] of ['plain', 'registry'].entries()) {
    request.mockClear();
    type('web');
    pick(index, 0);
    await commands.executeCommand('varsmith.initFleet');
    expect(wish()).toEqual({ what: 'fleet', shape, machine: 'web', system: 'x86_64-linux' });
  }
});

test('a fleet that has machines is not asked for one, and what is kept is said', async () => {
  result = { ...WRITTEN, kept: ['lib/secrets.nix'] };
  await commands.executeCommand('varsmith.initFleet');
  expect(window.showInputBox).not.toHaveBeenCalled();
  expect(window.showInformationMessage).toHaveBeenCalledWith(
    'All files already exist. Kept as they are: lib/secrets.nix.',
  );
});

test('of a new fleet the registry alone is opened, and the next step is a button', async () => {
  const uris = ['lib/secret-registry.nix', 'flake.nix', 'lib/secrets.nix'].map(
    path => `file:///fleet/${path}`,
  );
  const start = { line: 0, character: 0 };
  result = {
    ...WRITTEN,
    created: uris,
    shown: { uri: uris[0] ?? '', range: { start, end: start } },
    notes: ['The folder is a git repository now.'],
  };
  const save = vi.fn();
  for (const _ of uris) workspace.openTextDocument.mockImplementationOnce(async () => ({ save }) as never);
  const tabs = [...uris, 'file:///fleet/mine.nix'].map((uri, index) => ({
    input: new TabInputText(Uri.parse(uri)),
    isDirty: index === 2,
  }));
  window.tabGroups.all = [{ tabs }];
  window.showInformationMessage.mockImplementationOnce(async (_, button) => button);
  commands.registerCommand('varsmith.makeKey', () => undefined);
  await commands.executeCommand('varsmith.initFleet');
  expect(save).toHaveBeenCalledTimes(3);
  expect(window.tabGroups.close).toHaveBeenCalledWith([tabs[1]], true);
  expect(window.showTextDocument).toHaveBeenCalledTimes(1);
  const [message] = window.showInformationMessage.mock.calls[0] ?? [];
  expect(message).toBe(
    'A fleet of 3 files was made. The folder is a git repository now. Next, create your key and generate the vars.',
  );
  expect(commands.executeCommand).toHaveBeenLastCalledWith('varsmith.makeKey');
});

test('what is refused is shown', async () => {
  result = { ...WRITTEN, refused: 'The entries are computed.' };
  type('openai', 'OpenAI API key', '');
  pick(0, 0);
  marked.push(none, none);
  await commands.executeCommand('varsmith.addSecret');
  expect(window.showErrorMessage).toHaveBeenCalledWith('The entries are computed.');
});

test('a server that failed has written nothing, and that is said', async () => {
  result = null;
  await commands.executeCommand('varsmith.initFleet');
  expect(window.showErrorMessage).toHaveBeenCalledWith(
    'Nothing was written: the language server failed. See its log.',
  );
});
