// Secrets of sops-nix from the editor: what is asked, what the command line is called with, what is shown.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { registerSopsCommands } from '../../client/src/commands/sops-commands.ts';
import type { Server } from '../../client/src/language/server.ts';
import { folder, write } from '../workspace/support.ts';
import { boxes, commands, marked, set, typed, window, workspace } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const CANARY = 'canary-5d0a-do-not-print';
let place: string;

/** Answers one call after the other, and notes what it was called with. */
const CLI = `
const { appendFileSync, readFileSync, existsSync } = require('node:fs');
const file = __dirname + '/called';
const count = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\\n').length : 0;
const { code, stdout, stderr } = JSON.parse(readFileSync(__dirname + '/script.json', 'utf8'))[count];
const input = readFileSync(0, 'utf8');
appendFileSync(file, JSON.stringify({ args: process.argv.slice(2), input }) + '\\n');
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = code;
`;

interface Answer {
  readonly code?: number;
  readonly json?: unknown;
  readonly stdout?: string;
  readonly stderr?: string;
}

function answers(...all: readonly Answer[]): void {
  const script = all.map(({ code = 0, json, stdout = '', stderr = '' }) => ({
    ...{ code, stderr },
    stdout: json === undefined ? stdout : JSON.stringify(json),
  }));
  write(place, 'script.json', JSON.stringify(script));
}

function called(): { readonly args: readonly string[]; readonly input: string }[] {
  return readFileSync(join(place, 'called'), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
}

beforeEach(() => {
  vi.clearAllMocks();
  for (const name of Object.keys(set)) delete set[name];
  boxes.length = typed.length = 0;
  workspace.isTrusted = true;
  place = folder({ 'cli.cjs': CLI });
  const root = { name: 'fleet', uri: `file://${place}`, machines: [], keys: [], isFleet: true };
  const server = { request: async () => [root] };
  registerSopsCommands(server as unknown as Server, join(place, 'cli.cjs'));
});

/** Picks the items of a list whose labels are named; all where none is. */
const pick = (...labels: readonly string[]) =>
  window.showQuickPick.mockImplementationOnce(async (items, options) => {
    const found = (items as { label: string }[]).filter(
      one => labels.length === 0 || labels.includes(one.label),
    );
    return (options as { canPickMany?: boolean }).canPickMany ? found : found[0];
  });

const CHOICES = { files: ['secrets/a.yaml', 'secrets/b.yaml'], modules: ['a.nix', 'b.nix'] };
const ADDED = { file: 'secrets/a.yaml', module: 'a.nix', line: 4, key: 'api/token', creates: false };

test('a secret is typed in and goes to standard input alone', async () => {
  answers({ json: { ...ADDED, choices: CHOICES } }, { json: ADDED });
  window.showInputBox.mockResolvedValueOnce('api/token');
  pick('Enter a value');
  typed.push(CANARY, CANARY);
  await commands.executeCommand('varsmith.addSopsSecret');
  expect(workspace.saveAll).toHaveBeenCalled();
  expect(called()).toEqual([
    { args: ['add', 'sops', 'api/token', place, '--dry-run', '--json'], input: '' },
    { args: ['add', 'sops', 'api/token', place, '--json'], input: CANARY },
  ]);
  expect(boxes.map(box => box.password)).toEqual([true, true]);
  expect(window.showTextDocument).toHaveBeenCalled();
  expect(window.showInformationMessage.mock.lastCall?.[0]).toBe(
    '"api/token" is now encrypted in secrets/a.yaml.',
  );
  expect(JSON.stringify(window.showInformationMessage.mock.calls)).not.toContain(CANARY);
});

test('what cannot be told is asked for: the module, then the file', async () => {
  const asks = (what: string) => ({ json: { refused: `Which ${what}?`, asks: what, choices: CHOICES } });
  answers(asks('module'), asks('file'), { json: { ...ADDED, choices: CHOICES } }, { json: ADDED });
  window.showInputBox.mockResolvedValueOnce('x').mockResolvedValueOnce('secrets/new.yaml');
  pick('b.nix');
  pick('$(new-file) Another…');
  pick('Make it');
  await commands.executeCommand('varsmith.addSopsSecret');
  expect(called().at(-1)).toEqual({
    args: [
      ...['add', 'sops', 'x', place, '--module', 'b.nix', '--file', 'secrets/new.yaml'],
      ...['--random', '--json'],
    ],
    input: '',
  });
});

test('a refusal is shown, and nobody is asked for a value', async () => {
  answers({ json: { refused: 'A secret "x" already, in a.nix.', choices: CHOICES } });
  window.showInputBox.mockResolvedValueOnce('x');
  await commands.executeCommand('varsmith.addSopsSecret');
  expect(window.showErrorMessage).toHaveBeenCalledWith('A secret "x" already, in a.nix.');
  expect(window.showQuickPick).not.toHaveBeenCalled();
});

test('where no key opens the file another one can be named', async () => {
  const closed = {
    code: 1,
    json: { error: { kind: 'no-matching-key', message: 'secrets/a.yaml: no key fits.' } },
  };
  answers({ json: { ...ADDED, choices: CHOICES } }, closed, { json: ADDED });
  window.showInputBox.mockResolvedValueOnce('x');
  pick('Make it');
  window.showErrorMessage.mockResolvedValueOnce('Choose Key File…');
  window.showOpenDialog.mockResolvedValueOnce([{ fsPath: '/keys/other' }]);
  await commands.executeCommand('varsmith.addSopsSecret');
  expect(called().at(-1)?.args.slice(-3)).toEqual(['--identity', '/keys/other', '--json']);
  expect(window.showErrorMessage.mock.calls[0]).toEqual(['secrets/a.yaml: no key fits.', 'Choose Key File…']);
});

const CONVERTED = {
  converted: ['api/token', 'key'].map(name => ({
    ...{ name, generator: name.replace('/', '-') },
    stored: [{ machines: ['lea'], file: 'secrets/a.yaml' }],
  })),
  kept: [{ name: 'old', reason: '"old" sets "path", which a var does not have (a.nix:3).' }],
  notes: ['secrets/a.yaml goes.'],
};

test('secrets are chosen, shown as a diff, and converted', async () => {
  answers(
    { json: CONVERTED },
    { json: { ...CONVERTED, preview: '+diff\n' } },
    { json: { ...CONVERTED, kept: [] } },
  );
  marked.push(({ items }) => items.filter(item => (item as { label?: string }).label === 'key'));
  window.showWarningMessage.mockResolvedValueOnce('Show Diff').mockResolvedValueOnce('Convert');
  window.showInformationMessage.mockResolvedValueOnce('Show Changes');
  await commands.executeCommand('varsmith.convertToVars');
  expect(called().map(one => one.args)).toEqual([
    ['convert', '--all', '--dry-run', '--root', place, '--json'],
    ['convert', 'key', '--root', place, '--dry-run', '--json'],
    ['convert', 'key', '--root', place, '--json'],
  ]);
  const [question, { detail }] = window.showWarningMessage.mock.calls[0] as unknown as [
    string,
    { detail: string },
  ];
  expect([question, detail]).toEqual([
    'Convert 1 secret, values included?',
    expect.stringMatching(/Nothing is committed\.\n\nNot changed: "old" sets "path"/),
  ]);
  // A document of ours is never unsaved.
  const shown = window.showTextDocument.mock.calls[0]?.[0] as { getText(): string };
  expect(shown.getText()).toBe('+diff\n');
  expect(workspace.openTextDocument.mock.calls[0]?.[0]).toMatchObject({ scheme: 'varsmith-conversion' });
  expect(window.showInformationMessage.mock.calls[0]?.[0]).toBe(
    '1 secret converted, nothing committed. secrets/a.yaml goes.',
  );
  expect(commands.executeCommand).toHaveBeenLastCalledWith('workbench.view.scm');
});

test('a conversion is taken back by the button beside its result', async () => {
  answers({ json: CONVERTED }, { json: CONVERTED }, { json: { restored: ['a.nix'] } });
  marked.push(({ items }) => items);
  window.showWarningMessage.mockResolvedValueOnce('Convert');
  window.showInformationMessage.mockResolvedValueOnce('Undo Conversion');
  await commands.executeCommand('varsmith.convertToVars');
  expect(called().at(-1)?.args).toEqual(['convert', '--undo', '--root', place, '--json']);
  expect(window.showInformationMessage.mock.lastCall?.[0]).toContain('The conversion was taken back');
});

test('all secrets are chosen already, and Enter without any says what is lacking', async () => {
  answers({ json: CONVERTED });
  let title = '';
  marked.push(
    ({ items }) => {
      expect(items).toMatchObject([
        {
          label: 'api/token',
          description: 'lea',
          detail: 'secrets/a.yaml → generator api-token',
          picked: true,
        },
        { label: 'key', picked: true },
      ]);
      return [];
    },
    box => {
      title = box.title;
      return [];
    },
  );
  await commands.executeCommand('varsmith.convertToVars');
  expect(title).toContain('No secret is selected. Select at least one, or press Escape to cancel.');
  expect(called()).toHaveLength(1);
});

test.each([
  [{ kind: 'secret', secret: { name: 'api/token' } }, ['api/token']],
  [{ kind: 'file', file: { path: 'secrets/a.yaml' } }, ['--file', 'secrets/a.yaml']],
  [{ kind: 'machine', machine: { name: 'lea' } }, ['--machine', 'lea']],
])('from the menu of an item it is about that: %j', async (node, args) => {
  answers({ json: CONVERTED });
  await commands.executeCommand('varsmith.convertToVars', { ...node, root: `file://${place}` });
  expect(called()[0]?.args).toEqual(['convert', ...args, '--dry-run', '--root', place, '--json']);
});

test('from the menu of an encrypted file a secret is added to that', async () => {
  answers({ json: { ...ADDED, choices: CHOICES } });
  window.showInputBox.mockResolvedValueOnce('x');
  const node = { kind: 'file', root: `file://${place}`, file: { path: 'secrets/b.yaml' } };
  await commands.executeCommand('varsmith.addSopsSecret', node);
  expect(called()[0]?.args).toEqual([
    'add',
    'sops',
    'x',
    place,
    '--file',
    'secrets/b.yaml',
    '--dry-run',
    '--json',
  ]);
});

test('nothing is converted unless that is confirmed', async () => {
  answers({ json: CONVERTED });
  marked.push(({ items }) => items);
  await commands.executeCommand('varsmith.convertToVars');
  expect(called()).toHaveLength(1);
});

test('where nothing can be converted the reasons are told', async () => {
  answers({ code: 1, json: { ...CONVERTED, converted: [] } });
  await commands.executeCommand('varsmith.convertToVars');
  expect(window.showInformationMessage.mock.lastCall?.[0]).toContain('"old" sets "path"');
  expect(window.showQuickPick).not.toHaveBeenCalled();
});

test('nothing runs in an untrusted workspace', async () => {
  workspace.isTrusted = false;
  await commands.executeCommand('varsmith.addSopsSecret');
  await commands.executeCommand('varsmith.convertToVars');
  expect(() => called()).toThrow('ENOENT');
});
