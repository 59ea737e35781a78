/** Shows why a command failed, with the buttons that help, and repeats it once it can succeed. */
import { commands, l10n, window } from 'vscode';
import { showGuide } from '../language/documentation.ts';
import { doctorCommand } from '../views/doctor-command.ts';
import type { Failure } from './ask-program.ts';
import { askAuthor } from './git-author.ts';

/** Takes the URI of a fleet, and returns whether there is a key now. */
export const makeKeyCommand = 'varsmith.makeKey';

export interface Help {
  /** URI of the fleet. */
  readonly root: string;
  /**
   * Repeats the command with further arguments; `null` if it cannot be repeated, such as a command that would need
   * the secret again.
   */
  readonly again: ((more: readonly string[]) => Promise<void>) | null;
  /** True if the command takes `--identity`. */
  readonly takesKeyFile?: boolean;
  /** True if the command takes `--no-commit`. */
  readonly commits?: boolean;
}

/** A button and what it does before the command is repeated: further arguments, or `null` if the person cancels. */
interface Remedy {
  readonly label: string;
  readonly run: () => Promise<readonly string[] | null>;
}

/** Returns after the person has answered. */
export async function tellFailure({ kind, message }: Failure, help: Help): Promise<void> {
  const remedies = remediesFor(kind, help);
  const answer = await window.showErrorMessage(
    failureText(kind, message),
    ...remedies.map(({ label }) => label),
  );
  const more = await remedies.find(({ label }) => label === answer)?.run();
  if (more) await help.again?.(more);
}

function remediesFor(kind: Failure['kind'], help: Help): readonly Remedy[] {
  const { root, again, takesKeyFile = false, commits = false } = help;
  const create: Remedy = {
    label: l10n.t('Create Key…'),
    run: async () => ((await commands.executeCommand<boolean>(makeKeyCommand, root)) ? [] : null),
  };
  const keyFile: readonly Remedy[] =
    again !== null && takesKeyFile ? [{ label: l10n.t('Choose Key File…'), run: chooseKeyFile }] : [];
  const doctor: Remedy = {
    label: l10n.t('Doctor'),
    run: async () => {
      await commands.executeCommand(doctorCommand);
      return null;
    },
  };
  switch (kind) {
    case 'no-key':
      return [create, ...keyFile, doctor];
    case 'no-user':
      return [create, doctor];
    case 'no-matching-key':
      return keyFile.length > 0 ? keyFile : [doctor];
    case 'no-author':
      return [
        {
          label: l10n.t('Set Name and Email…'),
          run: async () => ((await askAuthor(root)) ? [] : null),
        },
        ...(again !== null && commits
          ? [{ label: l10n.t('Continue Without Commit'), run: async () => ['--no-commit'] }]
          : []),
      ];
    case 'no-clan':
      return [
        {
          label: l10n.t('Read How to Migrate'),
          run: async () => {
            await showGuide('docs/migrate.md');
            return null;
          },
        },
      ];
    case 'locked':
      return again === null ? [] : [{ label: l10n.t('Retry'), run: async () => [] }];
    default:
      return [];
  }
}

async function chooseKeyFile(): Promise<readonly string[] | null> {
  const [file] = (await window.showOpenDialog({ title: l10n.t('An age identity or an ssh key') })) ?? [];
  return file === undefined ? null : ['--identity', file.fsPath];
}

function failureText(kind: Failure['kind'], message: string): string {
  switch (kind) {
    case 'no-key':
      return l10n.t('You have no key yet. You need one because secrets are encrypted. {0}', message);
    case 'no-user':
      return l10n.t(
        '{0} Add yourself as a user. Someone with access must then re-encrypt the secrets.',
        message,
      );
    case 'no-clan':
      return l10n.t(
        '{0} The guide shows how a fleet becomes a clan. Until then Add sops Secret… and all checks work as they are.',
        message,
      );
    case 'locked':
      return l10n.t('{0} Try again when it has finished.', message);
    default:
      return message;
  }
}
