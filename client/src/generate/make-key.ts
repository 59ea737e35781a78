/**
 * *Varsmith: Create Key…*: creates a key for encryption like `varsmith keygen`, and offers this if a run fails for
 * lack of a key. The private key never reaches the editor: the engine writes it to its file.
 */
import { commands, env, l10n, Uri, window, workspace } from 'vscode';
import type { FailureEvent } from '../run-protocol.ts';
import { doctorCommand } from '../views/doctor.ts';
import { runProgram } from './program.ts';
import { failureIn } from './run-failure.ts';
import { commitArguments } from './run-settings.ts';

export const makeKeyCommand = 'varsmith.makeKey';

/** Output of `varsmith keygen --json`. */
interface MadeKey {
  /** The public key. */
  readonly recipient: string;
  /** Path of the new key, or `null` if there already was one. */
  readonly written: string | null;
  /** `null` if the store has no users. */
  readonly user: string | null;
  /** True if the user is new in the repository. */
  readonly added: boolean;
  readonly committed: boolean;
  /** The reason why git did not accept it, or `null`. */
  readonly note: string | null;
}

/**
 * Asks for the user's name until the engine accepts it or the person cancels.
 * @param cli absolute path of the bundled command line
 * @param root URI of the fleet
 * @returns whether there is a key now
 */
export async function makeKey(cli: string, root: string): Promise<boolean> {
  const cwd = Uri.parse(root).fsPath;
  let name = process.env.USER ?? process.env.USERNAME ?? '';
  let wrong: string | null = null;
  for (;;) {
    const message = wrong;
    const asked = await window.showInputBox({
      title: l10n.t('Create Key: your name in this fleet'),
      prompt: l10n.t(
        'Secrets are encrypted to you under this name (sops/users). Small letters, digits, - and _.',
      ),
      value: name,
      ignoreFocusOut: true,
      validateInput: value => (value === name && message !== null ? message : null),
    });
    if (!asked) return false;
    name = asked;
    const args = ['keygen', cwd, '--user', name, '--json', ...commitArguments(cwd)];
    const ended = await runProgram({ cli, cwd, trusted: workspace.isTrusted, args });
    const failure = failureIn(ended.stdout);
    if (failure !== null) wrong = failure.message;
    else if (ended.stdout === '') {
      void window.showErrorMessage(`Varsmith: ${ended.said}`);
      return false;
    } else {
      tellMade(JSON.parse(ended.stdout) as MadeKey);
      // Completes the step of the walkthrough, wherever the key was made.
      void commands.executeCommand('setContext', 'varsmith.hasKey', true);
      return true;
    }
  }
}

/** Shows a message about the key. Not awaited, as the message may stay open for long. */
function tellMade(made: MadeKey): void {
  const copy = l10n.t('Copy Public Key');
  const text = madeText(made);
  const shown =
    made.note === null ? window.showInformationMessage(text, copy) : window.showWarningMessage(text, copy);
  void shown.then(async answer => {
    if (answer === copy) await env.clipboard.writeText(made.recipient);
  });
}

/** Returns sentences about the key: its location, its purpose, and the result of git. */
function madeText({ recipient, written, user, added, note }: MadeKey): string {
  const key =
    written === null
      ? l10n.t('You already have a key: {0}.', recipient)
      : l10n.t(
          'Your new key is in {0}. Keep a backup. You cannot read any secrets without the key.',
          written,
        );
  const member =
    user === null
      ? l10n.t('Add {0} to vars.settings.recipients in the configuration of the clan.', recipient)
      : added
        ? l10n.t('User {0} was added to sops/users: secrets are encrypted to you from now on.', user)
        : l10n.t('The user already exists in sops/users.');
  return [key, member, ...(note === null ? [] : [note])].join(' ');
}

/**
 * Shows the reason why a run failed, with an offer that helps.
 * @param again repeats the failed run once there is a key
 * @returns after the person has answered
 */
export async function offerKey(
  cli: string,
  root: string,
  { kind, message }: FailureEvent,
  again: (() => Promise<void>) | null,
): Promise<void> {
  const make = l10n.t('Create Key…');
  const doctor = l10n.t('Doctor');
  const text =
    kind === 'no-key'
      ? l10n.t('You have no key yet. You need one because secrets are encrypted. {0}', message)
      : l10n.t('{0} Add yourself as a user. Someone with access must then re-encrypt the secrets.', message);
  const answer = await window.showErrorMessage(l10n.t('Varsmith: {0}', text), make, doctor);
  if (answer === doctor) await commands.executeCommand(doctorCommand);
  if (answer === make && (await makeKey(cli, root)) && again !== null) await again();
}
