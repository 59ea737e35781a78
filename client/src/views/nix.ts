/**
 * *Varsmith: Ask Nix*, asking after saving, and *Report Disagreement*. Decides when the server asks Nix: never in an untrusted
 * workspace, and never while somebody types.
 */
import {
  CancellationTokenSource,
  commands,
  type Disposable,
  env,
  type LogOutputChannel,
  l10n,
  ProgressLocation,
  Uri,
  window,
  workspace,
} from 'vscode';
import type { Server } from '../language/server.ts';
import { messageOf } from '../message-of.ts';
import {
  type AskNixParams,
  askNixRequest,
  type Disagreement,
  disagreementRequest,
  type NixOutcome,
} from '../protocol/nix.ts';
import { isTrusted } from '../trust.ts';
import { doctorCommand } from './doctor-command.ts';

const askNixCommand = 'varsmith.askNix';
const REPORT = 'varsmith.reportDisagreement';

const ISSUES = 'https://github.com/varsmith/varsmith/issues/new';

/** How long nothing may be typed or saved before Nix is asked by itself. */
const IDLE_MS = 3_000;

export function registerNix(server: Server, log: LogOutputChannel): readonly Disposable[] {
  return [
    commands.registerCommand(askNixCommand, () => askAndTell(server)),
    commands.registerCommand(REPORT, () => reportDisagreement(server)),
    askAfterSaving(server, log),
  ];
}

/** Returns the outcome for each folder with a flake, or `null` if the server gave up. */
function ask(server: Server, stop: CancellationTokenSource['token']): Promise<readonly NixOutcome[] | null> {
  const params: AskNixParams = { trusted: workspace.isTrusted };
  return server.request<readonly NixOutcome[] | null>(askNixRequest, params, stop);
}

async function askAndTell(server: Server): Promise<void> {
  if (!(await isTrusted())) return;
  const progress = {
    location: ProgressLocation.Notification,
    title: l10n.t('Asking Nix…'),
    cancellable: true,
  };
  const outcomes = await window.withProgress(progress, async (_, token) => {
    try {
      return await ask(server, token);
    } catch (error) {
      if (token.isCancellationRequested) return null;
      throw error;
    }
  });
  if (outcomes === null) return;
  if (outcomes.length === 0) {
    void window.showInformationMessage(
      l10n.t('No open folder has a flake.nix, so there is nothing to ask Nix about.'),
    );
    return;
  }
  for (const outcome of outcomes) await tell(outcome);
}

/** Says in one sentence what Nix answered about a folder. */
async function tell({ answer, reason }: NixOutcome): Promise<void> {
  if (answer === null) {
    void window.showWarningMessage(reason ?? l10n.t('Nix was not asked.'));
    return;
  }
  const seconds = (answer.milliseconds / 1000).toFixed(1);
  const doctor = l10n.t('Doctor');
  const [show, sentence] =
    answer.failure !== null
      ? ([window.showWarningMessage, l10n.t('The flake does not evaluate: {0}', answer.failure)] as const)
      : answer.failed.length > 0
        ? ([
            window.showWarningMessage,
            l10n.t(
              'Nix {0} evaluated {1} of {2} machines in {3} s. See Problems for the others: {4}.',
              answer.version,
              answer.machines - answer.failed.length,
              answer.machines,
              seconds,
              answer.failed.join(', '),
            ),
          ] as const)
        : ([
            window.showInformationMessage,
            answer.machines === 1
              ? l10n.t('Nix {0} evaluated the machine in {1} s.', answer.version, seconds)
              : l10n.t(
                  'Nix {0} evaluated all {1} machines in {2} s.',
                  answer.version,
                  answer.machines,
                  seconds,
                ),
          ] as const);
  if ((await show(sentence, doctor)) === doctor) await commands.executeCommand(doctorCommand);
}

/**
 * Asks Nix when the workspace is opened and after saving, if the setting says so: once nothing was typed or saved for some seconds.
 * The log has the outcome; nothing pops up.
 */
function askAfterSaving(server: Server, log: LogOutputChannel): Disposable {
  let waiting: NodeJS.Timeout | undefined;
  let stop: CancellationTokenSource | null = null;
  const isWanted = () =>
    workspace.isTrusted && workspace.getConfiguration('varsmith').get('nix.ask') === 'afterSaving';

  const askNow = async () => {
    waiting = undefined;
    if (!isWanted()) return;
    const own = new CancellationTokenSource();
    stop = own;
    try {
      for (const { root, answer, reason } of (await ask(server, own.token)) ?? [])
        log.info(
          `Nix, ${Uri.parse(root).fsPath}: ${answer === null ? reason : `${answer.machines} machines, ${answer.milliseconds} ms`}`,
        );
    } catch (error) {
      if (!own.token.isCancellationRequested) log.warn(`Nix: ${messageOf(error)}`);
    } finally {
      if (stop === own) stop = null;
      own.dispose();
    }
  };
  const wait = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => void askNow(), IDLE_MS);
  };
  const isPart = (fileName: string) => /\.nix$|\.lock$|(^|[/\\])inventory\.json$/.test(fileName);
  wait();
  const listening = [
    workspace.onDidSaveTextDocument(({ fileName }) => {
      if (!isPart(fileName) || !isWanted()) return;
      // What is being evaluated is out of date.
      stop?.cancel();
      wait();
    }),
    // Typing puts off what is waiting, and starts nothing.
    workspace.onDidChangeTextDocument(({ document }) => {
      if (waiting !== undefined && document.uri.scheme === 'file') wait();
    }),
    workspace.onDidChangeConfiguration(event => {
      if (event.affectsConfiguration('varsmith.nix.ask')) wait();
    }),
  ];
  return {
    dispose() {
      for (const listener of listening) listener.dispose();
      clearTimeout(waiting);
      stop?.cancel();
    },
  };
}

/** Opens an account of what Nix contradicts, without names and values of the fleet, and offers the page for reports. */
async function reportDisagreement(server: Server): Promise<void> {
  if (!(await isTrusted())) return;
  const account = await server.request<Disagreement | null>(disagreementRequest);
  const askNix = l10n.t('Ask Nix');
  if (account === null) {
    const answer = await window.showInformationMessage(
      l10n.t('Nix has not been asked about this fleet yet.'),
      askNix,
    );
    if (answer === askNix) await commands.executeCommand(askNixCommand);
    return;
  }
  if (account.facts === 0) {
    void window.showInformationMessage(l10n.t('Nix contradicts nothing that Varsmith found in this fleet.'));
    return;
  }
  await window.showTextDocument(
    await workspace.openTextDocument({ language: 'markdown', content: account.markdown }),
  );
  const open = l10n.t('Copy and Open Issue Page');
  const answer = await window.showInformationMessage(
    l10n.t(
      'This page contains no names or values from your fleet. Add the lines that Varsmith reads wrongly and send the report.',
    ),
    open,
  );
  if (answer !== open) return;
  await env.clipboard.writeText(window.activeTextEditor?.document.getText() ?? account.markdown);
  await env.openExternal(Uri.parse(ISSUES));
}
