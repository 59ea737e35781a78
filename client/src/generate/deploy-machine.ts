/**
 * *Deploy Machine…*: verifies a machine's vars, shows the command, its target and the rollback, and runs the command
 * in a terminal after confirmation. The command line determines the command.
 */
import { commands, l10n, ProgressLocation, Uri, window, workspace } from 'vscode';
import { isGenerated } from '../views/report.ts';
import { askProgram } from './ask-program.ts';
import { STAYS } from './choose.ts';
import { isOnPath } from './engine.ts';
import type { Bench } from './generate-run.ts';
import { tellFailure } from './offer-help.ts';
import { isRunning, runInTerminal, tellWithTerminal } from './run-in-terminal.ts';

/** The answer of `varsmith deploy --dry-run --json`. */
interface DeployAnswer {
  readonly problems: readonly {
    readonly kind: string;
    readonly message: string;
    /** The problem without the command that mends it; absent if no command is named. */
    readonly what?: string;
  }[];
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

/** The actions that mend the problems of a machine; each calls `next` once it is done. */
interface Remedies {
  readonly generate: (next: () => Promise<void>) => Promise<void>;
  readonly reencrypt: (next: () => Promise<void>) => Promise<void>;
}

type Action = ReturnType<typeof actions>[number];

/** Deploys a machine. */
export async function deployMachine(
  bench: Bench,
  root: string,
  machine: string,
  remedies: Remedies,
): Promise<void> {
  const all = actions(machine);
  const titles = all.map(action => titleOf(action, machine));
  if (isRunning(titles, Uri.parse(root).fsPath, l10n.t('{0} is being deployed.', machine))) return;
  const isPossible = (await Promise.all(PROGRAMS.map(name => isOnPath(name)))).includes(true);
  const lacking = l10n.t('needs {0}, which are not installed here', PROGRAMS.join(', '));
  const action = await window.showQuickPick(
    all.map(item => (isPossible ? item : { ...item, description: lacking })),
    { ...STAYS, title: l10n.t('Deploy {0}', machine) },
  );
  if (action !== undefined) await deployBy(bench, root, machine, action, remedies);
}

/** The programs that deploy, of which at least one is needed. */
const PROGRAMS = ['clan', 'nixos-rebuild', 'darwin-rebuild'];

const titleOf = ({ label }: Action, machine: string) => `${label} ${machine}`;

async function deployBy(
  bench: Bench,
  root: string,
  machine: string,
  action: Action,
  remedies: Remedies,
): Promise<void> {
  const answer = await answerFor(bench, root, machine, action);
  if (answer === null) return;
  const { command, problems, where = '', rollback = [] } = answer;
  if (command === undefined) {
    const message = l10n.t('{0} cannot be deployed from here.', machine);
    void window.showErrorMessage(message, { modal: true, detail: answer.refused ?? '' });
    return;
  }
  const { label, anyway, question } = action;
  const [generate, reencrypt, show] = [
    l10n.t('Generate Missing'),
    l10n.t('Re-encrypt'),
    l10n.t('Show Problems'),
  ];
  const mended = [
    ...(problems.some(isGenerated) ? [generate] : []),
    ...(problems.some(({ kind }) => kind === 'access') ? [reencrypt] : []),
  ];
  // Enter chooses the first button, which must not deploy what has problems.
  const buttons = problems.length === 0 ? [label] : [...(mended.length > 0 ? mended : [show]), anyway];
  const lines = problems.map(problem => `✗ ${problem.what ?? problem.message}`);
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
  const again = () => deployBy(bench, root, machine, action, remedies);
  if (choice === generate) return remedies.generate(again);
  if (choice === reencrypt) return remedies.reencrypt(again);
  if (choice === show) await commands.executeCommand('workbench.actions.view.problems');
  if (choice !== label && choice !== anyway) return;
  const title = titleOf(action, machine);
  await runInTerminal({
    ...{ title, cwd: Uri.parse(root).fsPath, command },
    ended: code => void tellEnd(title, code, rollback),
  });
}

/** Says how a deployment ended, as its terminal may be out of sight. */
function tellEnd(title: string, code: number | undefined, rollback: readonly string[]): Promise<void> {
  if (code === 0)
    return tellWithTerminal(l10n.t('{0} has succeeded.', title), title, window.showInformationMessage);
  const failed =
    code === undefined
      ? l10n.t('{0} was ended.', title)
      : l10n.t('{0} has failed with exit code {1}.', title, code);
  const message = [failed, ...rollback.slice(0, 1).map(sentence => sentence.replaceAll('`', ''))].join(' ');
  return tellWithTerminal(message, title, window.showErrorMessage);
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
  { flags }: Action,
): Promise<DeployAnswer | null> {
  const answer = await ask(bench, root, machine, flags);
  if (answer === null || !answer.needsTarget) return answer;
  const host = await window.showInputBox({
    ...STAYS,
    title: l10n.t('Deploy {0}: address', machine),
    prompt: l10n.t('The address of {0} for ssh. This computer has another name.', machine),
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
