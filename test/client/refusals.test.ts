/** Whatever the command line refuses, and however it ends: a command says so in words, and never as a raw error. */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { registerSopsCommands } from '../../client/src/commands/sops-commands.ts';
import { registerGenerateCommands } from '../../client/src/generate/generate-commands.ts';
import type { Server } from '../../client/src/language/server.ts';
import { failureKinds } from '../../client/src/run-protocol.ts';
import { folder } from '../workspace/support.ts';
import { commands, set, typed, window, workspace } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const program = vi.hoisted(() => ({
  ended: { code: 1 as number | null, stdout: '', said: '' },
  runs: [] as (readonly string[])[],
}));
vi.mock('../../client/src/generate/program.ts', () => ({
  nodeEnvironment: {},
  runProgram: async ({ args }: { args: readonly string[] }) => {
    program.runs.push(args);
    return program.ended;
  },
  runGit: async (_git: string, _cwd: string, args: readonly string[]) => {
    program.runs.push(['git', ...args]);
    return { code: 0, stdout: '', said: '' };
  },
  async watchProgram({ args }: { args: readonly string[] }, hear: (event: unknown) => Promise<unknown>) {
    program.runs.push(args);
    const { stdout, code, said } = program.ended;
    const event = /^\{"error"/.test(stdout) ? JSON.parse(stdout).error : null;
    if (event !== null) await hear({ event: 'failure', ...event });
    return { code, said };
  },
}));

const ROOT = 'file:///fleet';
const machine = { name: 'lea' };
const file = { name: 'key', secret: true, stored: true, stateText: '' };
const publicFile = { ...file, secret: false };
const node = { root: ROOT, machine: 'lea', generator: 'ca' };

/** Every command of the editor that runs the command line, and what it is started with. */
const COMMANDS: readonly (readonly [id: string, given?: unknown])[] = [
  ['varsmith.generate', { kind: 'machine', root: ROOT, machine }],
  ['varsmith.regenerate', { kind: 'machine', root: ROOT, machine }],
  ['varsmith.tryGenerator', node],
  ['varsmith.verify'],
  ['varsmith.setValue', { kind: 'file', ...node, file }],
  ['varsmith.setValue', { kind: 'file', ...node, file: publicFile }],
  ['varsmith.copyPublicValue', { kind: 'file', ...node, file: publicFile }],
  ['varsmith.deployMachine', { kind: 'machine', root: ROOT, machine }],
  ['varsmith.makeKey', ROOT],
  ['varsmith.generateMissing', ROOT],
  ['varsmith.fixAccess', ROOT],
  ['varsmith.addSopsSecret', { kind: 'root', root: { uri: ROOT } }],
  ['varsmith.convertToVars', { kind: 'root', root: { uri: ROOT } }],
  ['varsmith.undoConversion', { kind: 'root', root: { uri: ROOT } }],
];

beforeEach(() => {
  vi.clearAllMocks();
  // Answers that nobody asked for.
  for (const ask of [window.showInputBox, window.showQuickPick, window.showErrorMessage]) ask.mockReset();
  for (const name of Object.keys(set)) delete set[name];
  set['varsmith.engine'] = { globalValue: 'embedded' };
  workspace.isTrusted = true;
  program.runs.length = typed.length = 0;
  const root = { uri: ROOT, name: 'fleet', machines: [machine] };
  const server = { request: async () => [root] } as unknown as Server;
  registerGenerateCommands(server, '/cli.js');
  registerSopsCommands(server, '/cli.js');
});

async function start([id, given]: (typeof COMMANDS)[number]): Promise<void> {
  typed.push('value', 'value');
  // The first answer, then none, as somebody who gives up.
  window.showInputBox.mockResolvedValueOnce('name');
  window.showQuickPick.mockImplementationOnce(async items => items[0]);
  await commands.executeCommand(id, given);
}

const refusal = (kind: string) => JSON.stringify({ error: { kind, message: 'It does not work here.' } });

const said = () => [
  ...window.showErrorMessage.mock.calls.map(([text]) => text),
  // A name that is refused is asked for again, with the reason.
  ...window.showInputBox.mock.calls.flatMap(([options]) => {
    const { value = '', validateInput } = options as {
      value?: string;
      validateInput?: (text: string) => unknown;
    };
    return value === 'name' ? [validateInput?.(value)] : [];
  }),
];

describe.each(COMMANDS.map(command => ({ id: command[0], command })))('$id', ({ command }) => {
  test.each(failureKinds)('says why it is refused: %s', async kind => {
    program.ended = { code: 1, stdout: refusal(kind), said: 'varsmith --says so' };
    await start(command);
    expect(program.runs.length).toBeGreaterThan(0);
    expect(said()).toContainEqual(expect.stringContaining('It does not work here.'));
    expect(said().join()).not.toContain('--says');
  });

  test.each([
    ['that says why', { code: 1, stdout: '', said: 'The disk is full.' }, 'The disk is full.'],
    ['that says nothing', { code: 1, stdout: '', said: '' }, 'ended unexpectedly'],
    ['by a signal', { code: null, stdout: '', said: '' }, 'ended unexpectedly'],
    ['in the middle of a word', { code: 1, stdout: '{"conv', said: '' }, 'ended unexpectedly'],
    ['with something else', { code: 0, stdout: 'null', said: '' }, 'ended unexpectedly'],
  ])('tells of an end %s', async (_, ended, text) => {
    program.ended = ended;
    await start(command);
    expect(said()).toContainEqual(expect.stringContaining(text));
  });
});

describe('what helps is offered', () => {
  const buttons = async (kind: string, id: string) => {
    program.ended = { code: 1, stdout: refusal(kind), said: '' };
    await start(COMMANDS.find(([name]) => name === id) ?? ['']);
    return window.showErrorMessage.mock.calls[0]?.slice(1);
  };

  test.each([
    ['no-key', 'varsmith.convertToVars', ['Create Key…', 'Choose Key File…', 'Doctor']],
    ['no-user', 'varsmith.convertToVars', ['Create Key…', 'Doctor']],
    ['no-matching-key', 'varsmith.addSopsSecret', ['Choose Key File…']],
    ['no-matching-key', 'varsmith.copyPublicValue', ['Doctor']],
    ['no-clan', 'varsmith.convertToVars', ['Read How to Migrate']],
    ['locked', 'varsmith.generate', ['Retry']],
    ['no-author', 'varsmith.generate', ['Set Name and Email…', 'Continue Without Commit']],
    ['no-author', 'varsmith.makeKey', ['Set Name and Email…', 'Continue Without Commit']],
    ['other', 'varsmith.generate', []],
  ])('%s: %s', async (kind, id, offered) => {
    expect(await buttons(kind, id)).toEqual(offered);
  });

  test('a run without an author goes on without commits', async () => {
    window.showErrorMessage.mockResolvedValueOnce('Continue Without Commit');
    await buttons('no-author', 'varsmith.generate');
    expect(program.runs.at(-1)).toContain('--no-commit');
  });

  test('git is told the name and the address, and the run is repeated', async () => {
    vi.stubEnv('PATH', folderWithGit());
    window.showErrorMessage.mockResolvedValueOnce('Set Name and Email…');
    window.showInputBox.mockResolvedValueOnce('Ada Lovelace').mockResolvedValueOnce(' ada@example.org');
    program.ended = { code: 1, stdout: refusal('no-author'), said: '' };
    await commands.executeCommand('varsmith.generateMissing', ROOT);
    expect(program.runs.map(args => args.slice(0, 5))).toEqual([
      expect.arrayContaining(['generate']),
      ['git', 'config', '--global', 'user.name', 'Ada Lovelace'],
      ['git', 'config', '--global', 'user.email', 'ada@example.org'],
      expect.arrayContaining(['generate']),
    ]);
    vi.unstubAllEnvs();
  });

  test('the guide is the one that ships', async () => {
    window.showErrorMessage.mockResolvedValueOnce('Read How to Migrate');
    await buttons('no-clan', 'varsmith.convertToVars');
    expect(commands.executeCommand.mock.calls.map(([id, uri]) => [id, String(uri)])).toContainEqual([
      'markdown.showPreviewToSide',
      'file:///extension/docs/migrate.md',
    ]);
  });
});

function folderWithGit(): string {
  const place = folder({ git: '#!/bin/sh\n' });
  chmodSync(join(place, 'git'), 0o755);
  return place;
}
