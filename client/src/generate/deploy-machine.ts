/**
 * *Deploy Machine…*: verifies a machine's vars, shows the command, its target and the rollback, and runs the command
 * in a terminal after confirmation. The command line determines the command.
 */
import { l10n, ProgressLocation, Uri, window, workspace } from 'vscode';
import { askProgram } from './ask-program.ts';
import { STAYS } from './choose.ts';
import type { Bench } from './generate-run.ts';
import { tellFailure } from './offer-help.ts';
import { runInTerminal } from './run-in-terminal.ts';

/** The answer of `varsmith deploy --dry-run --json`. */
interface DeployAnswer {
  readonly problems: readonly { readonly kind: string; readonly message: string }[];
  /** The reason why nothing can be run, or `null`. */
  readonly refused: string | null;
  /** True if the machine's address would help. */
  readonly needsTarget: boolean;
  /** The program and its arguments; absent if nothing can be run. */
  readonly command?: readonly string[];
  readonly where?: string;
  readonly rollback?: readonly string[];
}

/**
 * Returns the actions to choose from, with their texts.
 * @param machine the name of the machine
 */
const actions = (machine: string) => [
  {
    label: l10n.t('Deploy'),
    question: l10n.t('Deploy {0}?', machine),
    anyway: l10n.t('Deploy Anyway'),
    detail: l10n.t('Applies the configuration in this repository to the machine.'),
    flags: [],
  },
  {
    label: l10n.t('Test'),
    question: l10n.t('Test {0}?', machine),
    anyway: l10n.t('Test Anyway'),
    detail: l10n.t('Applies the configuration only until the next restart ({0}).', 'nixos-rebuild test'),
    flags: ['--test'],
  },
  {
    label: l10n.t('Roll Back'),
    question: l10n.t('Roll Back {0}?', machine),
    anyway: l10n.t('Roll Back Anyway'),
    detail: l10n.t('Restores the previous configuration ({0}).', 'nixos-rebuild, darwin-rebuild'),
    flags: ['--rollback'],
  },
  {
    label: l10n.t('Install'),
    question: l10n.t('Install {0}?', machine),
    anyway: l10n.t('Install Anyway'),
    detail: l10n.t(
      'Installs the machine on a computer that does not run NixOS yet. All data on its disks is lost.',
    ),
    flags: ['--install'],
  },
];

/**
 * Deploys a machine.
 * @param generate generates the machine's missing values
 */
export async function deployMachine(
  bench: Bench,
  root: string,
  machine: string,
  generate: () => Promise<void>,
): Promise<void> {
  const action = await window.showQuickPick(actions(machine), {
    ...STAYS,
    title: l10n.t('Deploy {0}', machine),
  });
  if (action === undefined) return;
  const answer = await answerFor(bench, root, machine, action.flags);
  if (answer === null) return;
  const { command, problems, where = '', rollback = [] } = answer;
  if (command === undefined) {
    void window.showErrorMessage(`Varsmith: ${answer.refused}`);
    return;
  }
  const { label, anyway, question } = action;
  const generateMissing = l10n.t('Generate Missing');
  const canGenerate = problems.some(({ kind }) => kind === 'missing');
  const buttons = problems.length === 0 ? [label] : canGenerate ? [generateMissing, anyway] : [anyway];
  const lines = problems.map(({ message }) => `✗ ${message}`);
  const detail = [
    ...(lines.length > SHOWN
      ? [...lines.slice(0, SHOWN), l10n.t('and {0} more', lines.length - SHOWN)]
      : lines),
    ...(lines.length > 0 ? [''] : []),
    l10n.t('Runs in a terminal: {0}', command.join(' ')),
    l10n.t('Changes {0}.', where),
    ...rollback.map(sentence => sentence.replaceAll('`', '')),
  ].join('\n');
  const message = problems.length > 0 ? l10n.t('{0} Its vars have problems.', question) : question;
  const choice = await window.showWarningMessage(message, { modal: true, detail }, ...buttons);
  if (choice === generateMissing) return generate();
  if (choice === undefined) return;
  await runInTerminal(`${label} ${machine}`, Uri.parse(root).fsPath, command);
}

/** The most problems that a dialogue shows. */
const SHOWN = 8;

/**
 * Requests the deployment, asking for the machine's address if it is missing. Returns `null` if the person cancels or
 * has been informed of a problem.
 */
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
    title: l10n.t('Deploy {0}: address', machine),
    prompt: answer.refused ?? '',
    placeHolder: `root@${machine}.example.org`,
    validateInput: value => (/^[^\s-]\S*$/.test(value) ? null : l10n.t('Use the form user@host.')),
  });
  return host ? ask(bench, root, machine, [...flags, '--target-host', host]) : null;
}

async function ask(
  bench: Bench,
  root: string,
  machine: string,
  flags: readonly string[],
): Promise<DeployAnswer | null> {
  const cwd = Uri.parse(root).fsPath;
  const args = ['deploy', machine, cwd, '--dry-run', ...flags];
  const answer = await window.withProgress(
    { location: ProgressLocation.Window, title: l10n.t('Varsmith: verifying the vars of {0}', machine) },
    () => askProgram<DeployAnswer>({ cli: bench.cli, cwd, trusted: workspace.isTrusted, args }),
  );
  if (answer.failure === null) return answer.value;
  let repeated: DeployAnswer | null = null;
  await tellFailure(answer.failure, {
    root,
    again: async () => {
      repeated = await ask(bench, root, machine, flags);
    },
  });
  return repeated;
}
