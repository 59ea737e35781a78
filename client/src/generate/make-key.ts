/**
 * *Varsmith: Create Key…*: creates a key for encryption like `varsmith keygen`. The private key never reaches the
 * editor: the engine writes it to its file.
 */
import { commands, env, l10n, Uri, window, workspace } from 'vscode';
import { askProgram, type Failure } from './ask-program.ts';
import { tellFailure } from './offer-help.ts';
import { commitArguments } from './run-settings.ts';

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
        'Secrets are encrypted to you under this name (sops/users). Lower-case letters, digits, - and _.',
      ),
      value: name,
      ignoreFocusOut: true,
      validateInput: value => (value === name && message !== null ? message : null),
    });
    if (!asked) return false;
    name = asked;
    const failure = await makeKeyNamed(cli, root, name, commitArguments(cwd));
    // Such as a name that is taken.
    if (failure?.kind !== 'other') return failure === null;
    wrong = failure.message;
  }
}

/** Returns the failure, or `null` if there is a key now. What can be mended without another name is offered here. */
async function makeKeyNamed(
  cli: string,
  root: string,
  name: string,
  more: readonly string[],
): Promise<Failure | null> {
  const cwd = Uri.parse(root).fsPath;
  const args = ['keygen', cwd, '--user', name, ...more];
  const answer = await askProgram<MadeKey>({ cli, cwd, trusted: workspace.isTrusted, args });
  if (answer.failure === null) {
    tellMade(answer.value);
    // Completes the step of the walkthrough, wherever the key was made.
    void commands.executeCommand('setContext', 'varsmith.hasKey', true);
    return null;
  }
  let left: Failure | null = answer.failure;
  if (left.kind === 'other') return left;
  await tellFailure(left, {
    ...{ root, commits: true },
    again: async added => {
      left = await makeKeyNamed(cli, root, name, [...more, ...added]);
    },
  });
  return left;
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
