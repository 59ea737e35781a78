// Generation from the editor: what is asked, what is run, what is shown. The command line is a program that does what a
// test says and notes what it was called with.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { isOnPath } from '../../client/src/generate/engine.ts';
import { clanCommand, registerGenerateCommands } from '../../client/src/generate/generate-commands.ts';
import type { Server } from '../../client/src/language/server.ts';
import type { FleetGenerator, FleetRoot } from '../../client/src/protocol/fleet.ts';
import type { RunEvent } from '../../client/src/run-protocol.ts';
import { fixAccessCommand } from '../../client/src/views/report.ts';
import { folder, write } from '../workspace/support.ts';
import {
  boxes,
  commands,
  endedTasks,
  env,
  marked,
  panels,
  set,
  type Task,
  tasks,
  typed,
  window,
  workspace,
} from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const machine = {
  name: 'lea',
  class: null,
  system: null,
  tags: [],
  generators: 2,
  complete: true,
  lacking: 1,
  state: 'partial' as const,
  summary: '1 of 2 generators missing',
  progress: '1/2 · 1 missing',
  nix: null,
  where: null,
};
const generator = (name: string, state: FleetGenerator['state']): FleetGenerator => ({
  name,
  share: false,
  state,
  stateText: state,
  stateSentence: state,
  nix: null,
  outdated: null,
  where: null,
  files: [
    {
      name: 'key',
      secret: true,
      stored: false,
      unreadable: false,
      stateText: 'missing',
      value: null,
      nix: null,
      where: null,
    },
  ],
  prompts: [],
  dependencies: [],
});
let root: FleetRoot;
let place: string;
const server = {
  request: vi.fn(async (method: string) =>
    method === 'varsmith/fleet' ? [root] : [generator('ca', 'missing'), generator('leaf', 'present')],
  ),
};

/** Tells events, waiting for an answer after each that asks; then ends. Keeps arguments and answers. */
const CLI = `
const { appendFileSync, readFileSync } = require('node:fs');
const note = what => appendFileSync(__dirname + '/called', JSON.stringify(what) + '\\n');
note(process.argv.slice(2));
const { events, stdout } = JSON.parse(readFileSync(__dirname + '/script.json', 'utf8'));
let input = '';
let wake = () => {};
process.stdin.setEncoding('utf8').on('data', text => { input += text; wake(); }).on('end', () => wake());
(async () => {
  for (const event of events) {
    process.stdout.write(JSON.stringify(event) + '\\n');
    if (!('id' in event)) continue;
    await new Promise(resolve => { wake = resolve; });
    if (input === '') return;
    note(JSON.parse(input));
    input = '';
  }
  process.stdout.write(stdout);
  if (process.argv[2] === 'set') process.stdin.on('end', () => note(input));
  else process.stdin.destroy();
})();
`;

beforeEach(() => {
  vi.clearAllMocks();
  for (const name of Object.keys(set)) delete set[name];
  panels.length = boxes.length = typed.length = 0;
  workspace.isTrusted = true;
  set['varsmith.engine'] = { globalValue: 'embedded' };
  place = folder({ 'cli.cjs': CLI });
  root = {
    name: 'fleet',
    uri: `file://${place}`,
    machines: [machine],
    unassigned: 0,
    askable: false,
    keys: [],
    ...{ lacking: 1, summary: '1 of 2 generators missing' },
    isFleet: true,
    secrets: 0,
  };
  does([]);
  registerGenerateCommands(server as unknown as Server, join(place, 'cli.cjs'));
});

function does(events: readonly Partial<RunEvent>[], stdout: unknown = '') {
  const text = typeof stdout === 'string' ? stdout : JSON.stringify(stdout);
  write(place, 'script.json', JSON.stringify({ events, stdout: text }));
}

/** What the command line was called with, and the answers it was given. */
function called(): unknown[] {
  const text = readFileSync(join(place, 'called'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
}

const step = {
  ...{ key: 'per-machine/lea/ca', generator: 'ca', machines: ['lea'], reason: 'requested' },
  ...{ missing: [], overwrites: ['key'] },
};
const planned: RunEvent = { event: 'planned', steps: [step], problems: [], notes: [] };
const question: RunEvent = {
  ...{ event: 'question', id: 1, generator: 'ca', prompt: 'pin', description: 'The PIN', machines: ['lea'] },
  ...{ hidden: true, multiline: false, required: true, optional: false, previous: null },
};
const stored: RunEvent = {
  ...{ event: 'result', key: step.key, generator: 'ca', machines: ['lea'], outcome: 'stored' },
  ...{ message: '', output: '', undeclared: [], undeclaredMore: 0, where: null },
  files: [{ name: 'key', secret: true, path: 'vars/per-machine/lea/ca/key/secret' }],
};
const done: RunEvent = { event: 'end', outcome: 'done', fixed: [] };

test('generators are picked, those that are not generated already; prompts are boxes; the result is told', async () => {
  does([planned, question, stored, done]);
  typed.push('1234', '1234');
  marked.push(({ items }) => items.filter(({ picked }) => picked));
  window.showInformationMessage.mockResolvedValueOnce('Show Result');
  await commands.executeCommand('varsmith.generate');
  expect(called()).toEqual([
    ['generate', place, '--machine', 'lea', '-g', 'per-machine/lea/ca', '--events'],
    { id: 1, answer: '1234' },
  ]);
  expect(boxes.map(({ title, password }) => [title, password])).toEqual([
    ['ca/pin for lea', true],
    ['ca/pin for lea', true],
  ]);
  expect(window.showInformationMessage).toHaveBeenCalledWith('1 file of 1 generator stored.', 'Show Result');
  expect(panels.map(({ title }) => title)).toEqual(['Generated Vars']);
  expect(panels[0]?.webview.html).not.toContain('1234');
});

test('a quick fix runs what it names, and asks for nothing else', async () => {
  does([planned, stored, done]);
  const target = { root: root.uri, machines: ['lea', 'noa'], generators: ['ca'] };
  await commands.executeCommand('varsmith.generate', target);
  expect(called()).toEqual([
    ['generate', place, '--machine', 'lea', '--machine', 'noa', '-g', 'ca', '--events'],
  ]);
});

test('whoever leaves the list runs nothing', async () => {
  await commands.executeCommand('varsmith.generate');
  expect(() => called()).toThrow('ENOENT');
});

test('an empty choice is answered with a sentence, and the list stays', async () => {
  does([planned, stored, done]);
  let said = '';
  marked.push(
    () => [],
    box => {
      said = box.title;
      return box.items.filter(({ picked }) => picked);
    },
  );
  await commands.executeCommand('varsmith.generate');
  expect(said).toContain('No generator is selected. Select at least one, or press Escape to cancel.');
  expect(called()).toHaveLength(1);
});

describe('without a key', () => {
  const failure: RunEvent = { event: 'failure', kind: 'no-key', message: 'No age identity found.' };
  const made = { recipient: 'age1ada', written: '/home/ada/keys.txt', user: 'ada', added: true, note: null };

  test('one is offered, made by the engine, and the run goes on', async () => {
    does([planned, failure]);
    window.showErrorMessage.mockImplementationOnce(async () => {
      does([], made);
      return 'Create Key…';
    });
    window.showInputBox.mockResolvedValueOnce('ada');
    marked.push(({ items }) => items);
    await commands.executeCommand('varsmith.generate');
    expect(window.showErrorMessage.mock.calls[0]).toEqual([
      'You have no key yet. You need one because secrets are encrypted. No age identity found.',
      'Create Key…',
      'Doctor',
    ]);
    expect(called().map(call => (call as string[])[0])).toEqual(['generate', 'keygen', 'generate']);
    expect(called()[1]).toEqual(['keygen', place, '--user', 'ada', '--json']);
    expect(window.showInformationMessage).toHaveBeenCalledWith(
      'Your new key is in /home/ada/keys.txt. Keep a backup. You cannot read any secrets without the key. User ada was added to sops/users: secrets are encrypted to you from now on.',
      'Copy Public Key',
    );
  });

  test('a name that the engine refuses is asked for again, with its reason', async () => {
    does([], { error: { kind: 'other', message: '"Ada" cannot be the name of a user.' } });
    window.showInputBox.mockResolvedValueOnce('Ada');
    await commands.executeCommand('varsmith.makeKey');
    const [options] = window.showInputBox.mock.calls.at(-1) as [
      { value: string; validateInput(text: string): string | null },
    ];
    expect([options.value, options.validateInput('Ada')]).toEqual([
      'Ada',
      '"Ada" cannot be the name of a user.',
    ]);
    expect(options.validateInput('ada')).toBeNull();
  });

  test('what git did not take is said', async () => {
    does([], { ...made, note: 'Git does not know who you are.' });
    window.showInputBox.mockResolvedValueOnce('ada');
    await commands.executeCommand('varsmith.makeKey');
    expect(window.showWarningMessage.mock.calls[0]?.[0]).toMatch(/Git does not know who you are\.$/);
  });
});

test('a run that would overwrite something shows its plan and asks', async () => {
  does([
    planned,
    { event: 'confirm', id: 1, overwrites: 1, access: [] },
    { event: 'end', outcome: 'refused', fixed: [] },
  ]);
  await commands.executeCommand('varsmith.regenerate', { kind: 'machine', root: root.uri, machine });
  expect(called()).toEqual([
    ['generate', place, '--machine', 'lea', '--regenerate', '--events'],
    { id: 1, answer: false },
  ]);
  expect(window.showWarningMessage).toHaveBeenCalledWith(
    'This overwrites 1 stored value.',
    { modal: true, detail: 'ca (lea): key' },
    'Overwrite',
  );
  expect(window.showInformationMessage).toHaveBeenCalledWith('Cancelled. Nothing was changed.');
});

test('keys are given access only by somebody who was told whose they are', async () => {
  const gains = 'user mallory (age1qqqqqqqq…cccccc) gains access to shared/ca/key';
  const change = { secret: 'shared/ca/key', isNew: false, gains: [], losses: [] };
  does([
    { event: 'access', sentences: [gains], changes: [change] },
    { event: 'confirm', id: 1, overwrites: 0, access: [gains] },
    { event: 'end', outcome: 'refused', fixed: [] },
  ]);
  await commands.executeCommand(fixAccessCommand, root.uri);
  expect(called()).toEqual([['fix', place, '--events'], { id: 1, answer: false }]);
  expect(window.showWarningMessage).toHaveBeenCalledWith(
    'This gives access to keys that do not have access now.',
    { modal: true, detail: `${gains}.` },
    'Give Access',
  );
  expect(window.showInformationMessage).toHaveBeenCalledWith(
    'No access was granted and nothing was changed.',
  );
});

test('a box that is dismissed ends the run', async () => {
  does([planned, question, stored, done]);
  typed.push(null);
  await commands.executeCommand('varsmith.generate', { kind: 'machine', root: root.uri, machine });
  expect(called()).toHaveLength(1);
  expect(window.showInformationMessage).toHaveBeenCalledWith('Cancelled. Nothing was changed.');
});

test('a failure shows its page, and leads to the script', async () => {
  const where = { file: 'flake.nix', line: 3, column: 5 };
  does([
    planned,
    { ...stored, outcome: 'failed', message: 'It failed.', output: 'no such thing', files: [], where },
    { event: 'end', outcome: 'failed', fixed: [] },
  ]);
  window.showErrorMessage.mockResolvedValueOnce('Go to the Script');
  await commands.executeCommand('varsmith.generate', { kind: 'machine', root: root.uri, machine });
  expect(panels[0]?.webview.html).toContain('no such thing');
  expect(String(window.showTextDocument.mock.calls[0]?.[0])).toBe(`file://${place}/flake.nix`);
});

test('generators that need Nix are left out when the person says so', async () => {
  const problems = [{ kind: 'needs-nix', message: 'Generator "x" needs Nix.' }];
  does([
    { ...planned, problems },
    { event: 'end', outcome: 'problems', fixed: [] },
  ]);
  window.showErrorMessage.mockResolvedValueOnce('Leave Them Out');
  await commands.executeCommand('varsmith.generate', { kind: 'machine', root: root.uri, machine });
  expect(called()[1]).toContain('--skip-unknown');
});

test('a trial is shown, and comes from the view, a lens, or a list', async () => {
  const trial: RunEvent = {
    ...{ event: 'trial', machine: 'lea', generator: 'ca', milliseconds: 5, outcome: 'made', message: '' },
    ...{
      output: '',
      files: [],
      undeclared: [],
      undeclaredMore: 0,
      madeUp: [],
      dependencies: [],
      where: null,
    },
  };
  does([{ ...question, optional: true }, trial]);
  const node = { kind: 'generator', root: root.uri, machine: 'lea', generator: generator('ca', 'missing') };
  for (const given of [node, { root: root.uri, machine: 'lea', generator: 'ca' }]) {
    typed.push('');
    await commands.executeCommand('varsmith.tryGenerator', given);
  }
  window.showQuickPick.mockImplementationOnce(async items =>
    (items as { label: string }[]).find(({ label }) => label === 'ca'),
  );
  typed.push('once');
  await commands.executeCommand('varsmith.tryGenerator');
  const command = ['try', 'ca', place, '--machine', 'lea', '--events'];
  expect(called()).toEqual([
    command,
    { id: 1, answer: null },
    command,
    { id: 1, answer: null },
    command,
    { id: 1, answer: 'once' },
  ]);
  expect(panels.at(-1)?.title).toBe('Try ca');
});

test('verification lists problems and offers to generate what is missing', async () => {
  does([], { problems: [{ kind: 'missing', message: 'ca: key is missing.' }], notes: [] });
  window.showWarningMessage.mockImplementationOnce(async () => {
    does([planned, stored, done]);
    return 'Generate Missing';
  });
  await commands.executeCommand('varsmith.verify');
  expect(called()).toEqual([
    ['verify', place, '--json'],
    ['generate', place, '--events'],
  ]);
  expect(panels[0]?.webview.html).toContain('ca: key is missing.');
});

test('what a verification or a run has found is told to the server, for all views', async () => {
  const states = [
    { key: 'per-machine/lea/ca', generator: 'ca', machines: ['lea'], state: 'missing', missing: ['key'] },
  ];
  does([], { problems: [], notes: [], states });
  await commands.executeCommand('varsmith.verify');
  expect(server.request).toHaveBeenLastCalledWith('varsmith/verified', { root: root.uri, states });
  does([planned, stored, done]);
  marked.push(({ items }) => items);
  await commands.executeCommand('varsmith.generate');
  expect(server.request).toHaveBeenLastCalledWith('varsmith/verified', {
    root: root.uri,
    states: [{ key: stored.key, state: 'present', missing: [] }],
  });
});

const file = () => ({
  ...{ kind: 'file', root: root.uri, machine: 'lea', generator: 'ca' },
  file: generator('', 'missing').files[0],
});

test('a value is set through standard input, and what was made from the older one is offered to be generated', async () => {
  does([], { machines: ['lea'], outdated: ['per-machine/lea/leaf', 'shared/two'] });
  typed.push('canary', 'canary');
  window.showInformationMessage.mockImplementationOnce(async () => {
    does([planned, stored, done]);
    return 'Generate';
  });
  await commands.executeCommand('varsmith.setValue', file());
  const generate = ['-g', 'per-machine/lea/leaf', '-g', 'shared/two', '--regenerate', '--events'];
  expect(called()).toEqual([
    ['set', 'lea', 'ca/key', place, '--json'],
    'canary',
    ['generate', place, ...generate],
  ]);
  expect(window.showInformationMessage).toHaveBeenCalledWith(
    'Stored ca/key for lea. Still based on the old value: per-machine/lea/leaf, shared/two.',
    'Generate',
  );
});

test.each([
  ['one line', '51820\n', ['51821'], '51820', '51821\n'],
  ['a line without its end', 'a', ['b'], 'a', 'b'],
  ['several lines, which Enter keeps', 'a\n\nb\n', [''], '', 'a\n\nb\n'],
])('a public value begins with the stored one: %s', async (_, value, answers, shown, written) => {
  does([], { secret: false, encoding: 'utf8', value, machines: ['lea'], outdated: [] });
  typed.push(...answers);
  const open = { ...file(), file: { ...file().file, secret: false } };
  await commands.executeCommand('varsmith.setValue', open);
  expect(boxes[0]?.begunWith).toBe(shown);
  expect(called()).toEqual([
    ['get', 'lea', 'ca/key', place, '--json'],
    ['set', 'lea', 'ca/key', place, '--json'],
    written,
  ]);
});

test('a public value is copied, a secret never', async () => {
  await commands.executeCommand('varsmith.copyPublicValue', file());
  expect(env.clipboard.writeText).not.toHaveBeenCalled();
  expect(window.showWarningMessage).toHaveBeenCalledWith('"key" is secret. Only public values are copied.');
  does([], { secret: false, encoding: 'utf8', value: 'ssh-ed25519 AAAA' });
  const open = { ...file(), file: { ...file().file, secret: false } };
  await commands.executeCommand('varsmith.copyPublicValue', open);
  expect(env.clipboard.writeText).toHaveBeenCalledWith('ssh-ed25519 AAAA');
  expect(window.showInformationMessage).toHaveBeenLastCalledWith('The value of ca/key is on the clipboard.');
});

test('that a value is shared is said before it is set, chosen in the tree or in the list', async () => {
  root = { ...root, machines: [machine, { ...machine, name: 'noa' }] };
  const shared = { ...generator('ca', 'missing'), share: true };
  server.request.mockImplementation(async method => (method === 'varsmith/fleet' ? [root] : [shared]));
  const title = 'ca/key, shared by 2 machines: lea, noa';
  typed.push(null, null);
  await commands.executeCommand('varsmith.setValue', file());
  window.showQuickPick.mockImplementationOnce(async items => items[0]);
  await commands.executeCommand('varsmith.setValue');
  expect(boxes.map(box => box.title)).toEqual([title, title]);
  // So is a prompt of a run.
  does([{ ...question, machines: ['lea', 'noa'] }]);
  typed.push(null);
  await commands.executeCommand('varsmith.generate', { kind: 'machine', root: root.uri, machine });
  expect(boxes.at(-1)?.title).toBe('ca/pin, shared by 2 machines: lea, noa');
});

/** The program and arguments of the task that ran in a terminal. */
function inTerminal(): readonly string[] | undefined {
  const [task] = tasks.executeTask.mock.calls.at(-1) ?? [];
  const execution = (task as Task | undefined)?.execution;
  return execution && [execution.process, ...execution.args];
}

describe('Deploy Machine…', () => {
  const node = () => ({ kind: 'machine', root: root.uri, machine });
  const ready = {
    problems: [],
    refused: null,
    needsTarget: false,
    command: ['clan', 'machines', 'update', 'lea'],
    where: 'lea',
    rollback: ['Roll it back.'],
  };
  /** Chooses what is to be done: 0 deploys, 1 tests, 2 rolls back, 3 installs. */
  const choose = (index: number) => window.showQuickPick.mockImplementationOnce(async items => items[index]);

  test('says what would run, where, and how it is taken back, and runs it in a terminal once confirmed', async () => {
    choose(0);
    does([], ready);
    await commands.executeCommand('varsmith.deployMachine', node());
    const [message, options, ...buttons] = window.showWarningMessage.mock.calls[0] ?? [];
    expect([message, buttons]).toEqual(['Deploy lea?', ['Deploy']]);
    expect(options).toEqual({
      modal: true,
      detail: 'Runs in a terminal: clan machines update lea\nChanges lea.\nRoll it back.',
    });
    expect(tasks.executeTask).not.toHaveBeenCalled();
    choose(0);
    does([], ready);
    window.showWarningMessage.mockImplementationOnce(async () => 'Deploy');
    await commands.executeCommand('varsmith.deployMachine', node());
    expect(called()[0]).toEqual(['deploy', 'lea', place, '--dry-run', '--json']);
    expect(inTerminal()).toEqual(['clan', 'machines', 'update', 'lea']);
  });

  test('shows what is wrong with the vars, and offers to generate them', async () => {
    choose(0);
    does([], { ...ready, problems: [{ kind: 'missing', message: 'ca: key is missing.' }] });
    await commands.executeCommand('varsmith.deployMachine', node());
    const [message, options, ...buttons] = window.showWarningMessage.mock.calls[0] ?? [];
    expect([message, buttons]).toEqual([
      'Deploy lea? Its vars have problems.',
      ['Generate Missing', 'Deploy Anyway'],
    ]);
    expect(options).toMatchObject({ detail: expect.stringMatching(/^✗ ca: key is missing\.\n\nRuns/) });
  });

  test('asks for the address where only that is missing', async () => {
    choose(3);
    does([], { problems: [], refused: 'Specify the computer for lea.', needsTarget: true });
    window.showInputBox.mockImplementationOnce(async () => 'root@192.0.2.7');
    await commands.executeCommand('varsmith.deployMachine', node());
    expect(called().map(args => (args as string[]).slice(3))).toEqual([
      ['--dry-run', '--install', '--json'],
      ['--dry-run', '--install', '--target-host', 'root@192.0.2.7', '--json'],
    ]);
  });

  test('says why nothing can be run', async () => {
    choose(2);
    does([], { problems: [], refused: '`nixos-rebuild` is not installed here.', needsTarget: false });
    await commands.executeCommand('varsmith.deployMachine', node());
    expect(window.showErrorMessage).toHaveBeenCalledWith('lea cannot be deployed from here.', {
      modal: true,
      detail: '`nixos-rebuild` is not installed here.',
    });
    expect(tasks.executeTask).not.toHaveBeenCalled();
  });

  test('says in the list that no program for it is installed', async () => {
    vi.stubEnv('PATH', folder({}));
    await commands.executeCommand('varsmith.deployMachine', node());
    const items = window.showQuickPick.mock.calls[0]?.[0] as { description: string }[] | undefined;
    expect(items?.[0]?.description).toBe(
      'needs clan, nixos-rebuild, darwin-rebuild, which are not installed here',
    );
    vi.unstubAllEnvs();
  });

  test.each([
    ['access', 'Re-encrypt'],
    ['finding', 'Show Problems'],
  ])('Enter never deploys what has problems: %s', async (kind, first) => {
    choose(0);
    does([], {
      ...ready,
      problems: [{ kind, message: 'With "varsmith fix", …', what: 'x is not for lea.' }],
    });
    await commands.executeCommand('varsmith.deployMachine', node());
    const [, options, ...buttons] = window.showWarningMessage.mock.calls[0] ?? [];
    expect(buttons).toEqual([first, 'Deploy Anyway']);
    expect(options).toMatchObject({ detail: expect.stringMatching(/^✗ x is not for lea\.\n/) });
  });

  test('goes on with the deployment once what was missing is generated', async () => {
    choose(0);
    const missing = { ...ready, problems: [{ kind: 'missing', message: 'ca: key is missing.' }] };
    does([], missing);
    window.showWarningMessage.mockImplementationOnce(async () => {
      does([planned, stored, done]);
      return 'Generate Missing';
    });
    server.request.mockImplementationOnce(async () => {
      does([], ready);
      return [];
    });
    await commands.executeCommand('varsmith.deployMachine', node());
    expect(called().map(args => (args as string[])[0])).toEqual(['deploy', 'generate', 'deploy']);
    expect(window.showWarningMessage.mock.lastCall?.[0]).toBe('Deploy lea?');
  });

  test('does not start beside one that is running, and leads to its terminal', async () => {
    const show = vi.fn();
    window.terminals = [{ name: 'varsmith: Test lea', show }];
    tasks.taskExecutions = [{ task: { source: 'varsmith', name: 'Test lea', execution: undefined } }];
    window.showWarningMessage.mockResolvedValueOnce('Show Terminal');
    await commands.executeCommand('varsmith.deployMachine', node());
    expect(window.showWarningMessage.mock.calls).toEqual([['lea is being deployed.', 'Show Terminal']]);
    expect(window.showQuickPick).not.toHaveBeenCalled();
    expect(show).toHaveBeenCalled();
    tasks.taskExecutions = [{ task: { source: 'varsmith', name: 'Deploy noa', execution: undefined } }];
    await commands.executeCommand('varsmith.deployMachine', node());
    expect(window.showQuickPick).toHaveBeenCalled();
    tasks.taskExecutions = [];
  });

  test.each([
    [0, 'showInformationMessage', 'Deploy lea has succeeded.'],
    [3, 'showErrorMessage', 'Deploy lea has failed with exit code 3. Roll it back.'],
    [undefined, 'showErrorMessage', 'Deploy lea was ended. Roll it back.'],
  ] as const)('says how it has ended: %s', async (exitCode, show, text) => {
    const execution = {};
    tasks.executeTask.mockResolvedValueOnce(execution);
    choose(0);
    does([], ready);
    window.showWarningMessage.mockImplementationOnce(async () => 'Deploy');
    await commands.executeCommand('varsmith.deployMachine', node());
    endedTasks.fire({ execution, exitCode });
    expect(window[show]).toHaveBeenLastCalledWith(text, 'Show Terminal');
  });
});

test('clan generates in a terminal', async () => {
  set['varsmith.engine'] = { globalValue: 'clan' };
  await commands.executeCommand('varsmith.generate', { kind: 'machine', root: root.uri, machine });
  expect(inTerminal()).toEqual(['clan', 'vars', 'generate', '--flake', place, 'lea']);
  const target = { root: '', machines: ['lea'], generators: ['per-machine/lea/ca', 'shared/ca', 'x'] };
  expect(clanCommand('/fleet', target, true)).toEqual(
    'clan vars generate --flake /fleet lea --generator ca --generator x --regenerate'.split(' '),
  );
});

test('clan does not generate beside itself', async () => {
  set['varsmith.engine'] = { globalValue: 'clan' };
  tasks.taskExecutions = [{ task: { source: 'varsmith', name: 'Generate Vars', execution: undefined } }];
  await commands.executeCommand('varsmith.regenerate', { kind: 'machine', root: root.uri, machine });
  expect(tasks.executeTask).not.toHaveBeenCalled();
  expect(window.showWarningMessage).toHaveBeenCalledWith('Vars are being generated.', 'Show Terminal');
  tasks.taskExecutions = [];
});

test('the store is read again once clan has ended, and only then', async () => {
  const execution = {};
  tasks.executeTask.mockResolvedValueOnce(execution);
  set['varsmith.engine'] = { globalValue: 'clan' };
  const requests = () => server.request.mock.calls.map(([method]) => method);
  await commands.executeCommand('varsmith.generate', { kind: 'machine', root: root.uri, machine });
  endedTasks.fire({ execution: {} });
  expect(requests()).not.toContain('varsmith/verified');
  server.request.mockClear();
  endedTasks.fire({ execution });
  endedTasks.fire({ execution });
  expect(server.request.mock.calls).toEqual([['varsmith/verified', { root: root.uri, states: [] }]]);
});

test('the store is read again after a value was set, and after access was fixed', async () => {
  typed.push('a', 'a');
  does([], { machines: ['lea'], outdated: [] });
  await commands.executeCommand('varsmith.setValue', file());
  expect(server.request).toHaveBeenLastCalledWith('varsmith/verified', { root: root.uri, states: [] });
  server.request.mockClear();
  does([{ event: 'end', outcome: 'done', fixed: [] }]);
  await commands.executeCommand(fixAccessCommand, root.uri);
  expect(server.request).toHaveBeenLastCalledWith('varsmith/verified', { root: root.uri, states: [] });
});

test('nothing is committed, and scripts may take longer, where the settings say so', async () => {
  set['varsmith.commit'] = { workspaceValue: false };
  set['varsmith.timeLimit'] = { globalValue: 900 };
  set['varsmith.limits'] = { globalValue: { memoryMiB: 8192, processes: 'many' } };
  does([planned, stored, done], { machines: ['lea'], outdated: [], fixed: [] });
  const machineNode = { kind: 'machine', root: root.uri, machine };
  await commands.executeCommand('varsmith.generate', machineNode);
  does([], { machines: ['lea'], outdated: [], fixed: [] });
  await commands.executeCommand('varsmith.tryGenerator', { root: root.uri, machine: 'lea', generator: 'ca' });
  const file = { name: 'key', secret: true, stored: true };
  typed.push('a', 'a');
  await commands.executeCommand('varsmith.setValue', {
    ...{ kind: 'file', root: root.uri, machine: 'lea', generator: 'ca', file },
  });
  await commands.executeCommand(fixAccessCommand, root.uri);
  expect(called().filter(Array.isArray)).toEqual([
    [
      'generate',
      place,
      '--machine',
      'lea',
      '--timeout',
      '900',
      '--limit',
      'memoryMiB=8192',
      '--no-commit',
      '--events',
    ],
    ['try', 'ca', place, '--machine', 'lea', '--timeout', '900', '--limit', 'memoryMiB=8192', '--events'],
    ['set', 'lea', 'ca/key', place, '--no-commit', '--json'],
    ['fix', place, '--no-commit', '--events'],
  ]);

  set['varsmith.engine'] = { globalValue: 'clan' };
  await commands.executeCommand('varsmith.generate', machineNode);
  expect(tasks.executeTask.mock.lastCall?.[0]).toMatchObject({
    execution: { options: { env: { CLAN_NO_COMMIT: '1' } } },
  });
});

test('nothing runs in an untrusted workspace', async () => {
  workspace.isTrusted = false;
  for (const id of [
    'generate',
    'regenerate',
    'tryGenerator',
    'verify',
    'setValue',
    'generateMissing',
    'fixAccess',
  ])
    await commands.executeCommand(`varsmith.${id}`, root.uri);
  expect(server.request).not.toHaveBeenCalled();
  expect(tasks.executeTask).not.toHaveBeenCalled();
  expect(() => called()).toThrow('ENOENT');
  expect(window.showWarningMessage.mock.calls[0]?.[0]).toContain('only when you trust it');
});

test('a program is found on the path', async () => {
  expect(await isOnPath('node', `${folder({})}:${process.env.PATH}`)).toBe(true);
  expect(await isOnPath('no-such-program')).toBe(false);
});

test('a run that cannot be followed ends, and the person is told why', async () => {
  does([planned, 'canary' as never, question]);
  marked.push(({ items }) => items);
  await commands.executeCommand('varsmith.generate');
  expect(window.showErrorMessage).toHaveBeenCalledWith(
    'The command line printed something that is not an event.',
  );
});
