/**
 * *Deploy Machine…*: verifies a machine's vars, shows what would run, where, and how it is taken back, and runs it in a
 * terminal once the person has confirmed. The command line says what would run.
 */
import { ProgressLocation, Uri, window, workspace } from 'vscode';
import { STAYS } from './choose.ts';
import type { Bench } from './generate-run.ts';
import { runProgram } from './program.ts';
import { runInTerminal } from './run-in-terminal.ts';

/** The answer of `varsmith deploy --dry-run --json`. */
export interface DeployAnswer {
  readonly problems: readonly { readonly kind: string; readonly message: string }[];
  /** Why nothing can be run; null if it can. */
  readonly refused: string | null;
  /** The address of the machine would help. */
  readonly needsTarget: boolean;
  /** The program and its arguments; absent where nothing can be run. */
  readonly command?: readonly string[];
  readonly where?: string;
  readonly rollback?: readonly string[];
}

const ACTIONS = [
  { label: 'Deploy', detail: 'Brings the machine to the configuration of this repository.', flags: [] },
  {
    label: 'Test',
    detail: 'The same, but only until its next start (nixos-rebuild test).',
    flags: ['--test'],
  },
  {
    label: 'Roll Back',
    detail: 'Brings back the previous configuration (nixos-rebuild, darwin-rebuild).',
    flags: ['--rollback'],
  },
  {
    label: 'Install',
    detail: 'Puts the machine onto a computer that has no NixOS yet. Everything on its disks is lost.',
    flags: ['--install'],
  },
];

const GENERATE = 'Generate Missing';

/** @param generate generates what the machine lacks */
export async function deployMachine(
  bench: Bench,
  root: string,
  machine: string,
  generate: () => Promise<void>,
): Promise<void> {
  const action = await window.showQuickPick(ACTIONS, { ...STAYS, title: `Deploy ${machine}` });
  if (action === undefined) return;
  const answer = await answerFor(bench, root, machine, action.flags);
  if (answer === null) return;
  const { command, problems, where = '', rollback = [] } = answer;
  if (command === undefined) {
    void window.showErrorMessage(`Varsmith: ${answer.refused}`);
    return;
  }
  const anyway = `${action.label} Anyway`;
  const canGenerate = problems.some(({ kind }) => kind === 'missing');
  const buttons = problems.length === 0 ? [action.label] : canGenerate ? [GENERATE, anyway] : [anyway];
  const lines = problems.map(({ message }) => `✗ ${message}`);
  const detail = [
    ...(lines.length > SHOWN ? [...lines.slice(0, SHOWN), `and ${lines.length - SHOWN} more`] : lines),
    ...(lines.length > 0 ? [''] : []),
    `Runs in a terminal: ${command.join(' ')}`,
    `Changes ${where}.`,
    ...rollback.map(sentence => sentence.replaceAll('`', '')),
  ].join('\n');
  const message = `${action.label} ${machine}?${problems.length > 0 ? ' Its vars have problems.' : ''}`;
  const choice = await window.showWarningMessage(message, { modal: true, detail }, ...buttons);
  if (choice === GENERATE) return generate();
  if (choice === undefined) return;
  await runInTerminal(`${action.label} ${machine}`, Uri.parse(root).fsPath, command);
}

/** Problems that a dialogue has room for. */
const SHOWN = 8;

/** Asks for the machine's address where that is what is missing. Null where the person left, or knows what is wrong. */
async function answerFor(
  bench: Bench,
  root: string,
  machine: string,
  flags: readonly string[],
): Promise<DeployAnswer | null> {
  const answer = await ask(bench, root, machine, flags);
  if (answer === null || !answer.needsTarget) return answer;
  const host = await window.showInputBox({
    ...STAYS,
    title: `Deploy ${machine}: address`,
    prompt: answer.refused ?? '',
    placeHolder: `root@${machine}.example.org`,
    validateInput: value => (/^[^\s-]\S*$/.test(value) ? null : 'Write it as user@host.'),
  });
  return host ? ask(bench, root, machine, [...flags, '--target-host', host]) : null;
}

async function ask(
  { cli }: Bench,
  root: string,
  machine: string,
  flags: readonly string[],
): Promise<DeployAnswer | null> {
  const cwd = Uri.parse(root).fsPath;
  const args = ['deploy', machine, cwd, '--dry-run', '--json', ...flags];
  const ended = await window.withProgress(
    { location: ProgressLocation.Window, title: `Varsmith: verifying the vars of ${machine}` },
    () => runProgram({ cli, cwd, trusted: workspace.isTrusted, args }),
  );
  if (ended.stdout !== '') return JSON.parse(ended.stdout) as DeployAnswer;
  void window.showErrorMessage(`Varsmith: ${ended.said === '' ? 'the command line has ended.' : ended.said}`);
  return null;
}
